"""Conversations of simulated users with assistants: asked utterance by utterance, each side by its own endpoint."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Progress
from generation.checks.conversation import Talk
from generation.checks.parsing import Said
from generation.checks.table import check_conversation, first_failure
from generation.models import Call, GenerationRun, Person, Planned, RunPart
from generation.records import DialogueRecord, PersonRecord, UtteranceRecord
from generation.services.runs.making import Maker, Question, Read, prompt_of
from generation.services.runs.simulated.interviews import interview_of, labels_of
from generation.services.runs.simulated.planning import assistants_of, plan_steps
from generation.services.runs.simulated.settings import SimulationSettings, situations_of
from generation.services.runs.twins import Kept
from generation.simulation.conversation import USER_PROMPT, Conversation, End, Turn
from generation.simulation.interview import QUESTIONS, Asking, asked, is_interview, question_of, says

SHORTEST_SECRET: Final = 40
"""Bytes: 40 letters, or 14 Chinese characters."""


class Simulated(Maker):
    settings: SimulationSettings

    def __init__(self, run: GenerationRun) -> None:
        super().__init__(run)
        self.settings = SimulationSettings.of(run.settings)
        self.rules = self.settings.rules()
        self.situations = situations_of(run.settings)
        self._user = run.parts.get(plays=RunPart.Plays.USER).endpoint_id
        self._assistants = assistants_of(run)
        self._profiles: dict[str, str] = {}
        self._under_way: dict[int, Conversation] = {}
        self._secrets = secrets(self.settings)

    @property
    def variant_title(self) -> str:
        return _("Assistant")

    def plan_steps(self) -> Iterator[Progress]:
        return plan_steps(self.run)

    def conversation(self, planned: Planned) -> Conversation:
        """Remembered while it is under way, so that its priming is put together once."""
        found = self._under_way.get(planned.pk)
        if found is None:
            task = self.situations[planned.subject].text
            found = Conversation(self.rules, task=task, profile=self.profile(planned.person))
            self._under_way[planned.pk] = found
        return found

    def profile(self, name: str) -> str:
        if not self._profiles:
            people = Person.objects.filter(dataset=self.run.dataset_id)
            self._profiles = dict(people.values_list("external_id", "profile"))
        return self._profiles[name]

    def next(self, planned: Planned, said: Sequence[str | None]) -> Question | None:
        turn = self._turn(self.conversation(planned), said)
        if turn is None:
            return None
        endpoint = self._user if turn.speaker == "user" else self._assistants[planned.variant]
        return Question(endpoint, turn.prompt, self.settings.temperature)

    def _turn(self, talk: Conversation, said: Sequence[str | None]) -> Turn | None:
        """What is said next; when all was said, what is asked afterwards, of a conversation that will be kept.

        An utterance that never came ends the conversation; of the questions afterwards each stands for itself.
        """
        messages = _messages([text for text in said if text is not None])
        if self.settings.interview and (length := talk.length(messages)) is not None:
            number = len(said) - length
            goes_on = number < len(QUESTIONS) and (number > 0 or self._passes(talk, messages))
            return asked(talk, messages[:length], QUESTIONS[number]) if goes_on else None
        turn = talk.next(messages)
        return None if isinstance(turn, End) or None in said else turn

    def _passes(self, talk: Conversation, messages: Sequence[str]) -> bool:
        found = check_conversation(self._case(talk, messages))
        return first_failure(found, set(self.settings.rejecting)) is None

    def _case(self, talk: Conversation, messages: Sequence[str], kept: Kept | None = None) -> Talk:
        return Talk(
            said=[Said(speaker, text) for speaker, text in talk.kept(messages)],
            ended=talk.next(messages) == End.SAID,
            max_turns=self.rules.max_turns,
            language=self.settings.language,
            secrets=self._secrets,
            duplicates=kept,
        )

    def is_whole(self, planned: Planned, said: Sequence[str]) -> bool:
        """A conversation that was over is kept, whatever became of what was asked afterwards."""
        return self.settings.interview and self.conversation(planned).length(_messages(said)) is not None

    def read(self, planned: Planned, said: Sequence[str], last: Call, kept: Kept) -> Read:
        talk, messages = self.conversation(planned), _messages(said)
        self._under_way.pop(planned.pk)
        if self.settings.interview:
            messages = messages[: talk.length(messages)]
        case = self._case(talk, messages, kept)
        return Read(case.said, check_conversation(case))

    def record(
        self, planned: Planned, said: Sequence[Said], *, name: str, metadata: Mapping[str, Any]
    ) -> DialogueRecord:
        situation = self.situations[planned.subject]
        return DialogueRecord(
            external_id=name,
            person=PersonRecord(external_id=planned.person, kind="simulated", profile=self.profile(planned.person)),
            partner=planned.variant,
            task=situation.task,
            scenario=situation.id,
            situation=situation.text,
            utterances=tuple(UtteranceRecord(speaker=one.speaker, text=one.text) for one in said),
            labels=labels_of(interview_of(metadata)),
            metadata=metadata,
        )

    def provenance(self, planned: Planned, calls: Sequence[Call]) -> dict[str, Any]:
        talk = [call for call in calls if not is_interview(call.prompt_name)]
        sides = {"user": talk[::2], "assistant": talk[1::2]}
        prompts = {call.prompt_name: prompt_of(call) for call in calls if call.prompt_name}
        more = {"unjudged": self.settings.unjudged(), "interview": self._answers(calls[len(talk) :])}
        return {
            **{side: side_calls[0].settings for side, side_calls in sides.items() if side_calls},
            "prompts": list(prompts.values()),
            "priming": self.settings.priming,
            "max_turns": self.settings.max_turns,
            "calls": len(calls),
            **{name: value for name, value in more.items() if value},
        }

    def _answers(self, calls: Sequence[Call]) -> list[dict[str, str]]:
        """What both sides said when they were asked afterwards; the calls come without their answers."""
        texts = dict(Call.objects.filter(pk__in=[call.pk for call in calls]).values_list("pk", "answer"))
        return [self._answer(question_of(call.prompt_name), call, texts[call.pk].strip()) for call in calls]

    def _answer(self, question: Asking, call: Call, answer: str) -> dict[str, str]:
        """The question and its answer, or what came of the call that brought none."""
        [message] = self.rules.prompt(question.prompt).messages
        put = {"asked": question.of, "about": question.slug, "question": message.content, "answer": answer}
        if call.state != Call.State.ANSWERED:
            return {**put, "answer": "", "unanswered": call.outcome or call.state}
        return {**put, "says": says(answer, self.settings.language)} if question.decided else put


def secrets(settings: SimulationSettings) -> list[str]:
    """What nobody but the simulated user was told, in pieces long enough to be no chance."""
    rules = settings.rules()
    steps = rules.prompt(USER_PROMPT).messages
    texts = [*(one.content for one in steps if one.role == "user"), Conversation(rules, "", "").end_command]
    lines = (line.strip() for text in texts for line in text.splitlines())
    return [line for line in lines if len(line.encode()) >= SHORTEST_SECRET and "{{" not in line]


def _messages(said: Sequence[str]) -> list[str]:
    return [text.strip() for text in said]
