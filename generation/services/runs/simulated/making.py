"""Conversations of simulated users with assistants: asked utterance by utterance, each side by its own endpoint."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Progress
from generation.checks.conversation import Talk
from generation.checks.parsing import Said
from generation.checks.table import check_conversation
from generation.models import Call, GenerationRun, Person, Planned, RunPart
from generation.records import DialogueRecord, PersonRecord, UtteranceRecord
from generation.services.runs.making import Maker, Question, Read, prompt_of
from generation.services.runs.simulated.planning import assistants_of, plan_steps
from generation.services.runs.simulated.settings import SimulationSettings, situations_of
from generation.services.runs.twins import Kept
from generation.simulation.conversation import USER_PROMPT, Conversation, End

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

    def next(self, planned: Planned, said: Sequence[str]) -> Question | None:
        turn = self.conversation(planned).next(_messages(said))
        if isinstance(turn, End):
            return None
        endpoint = self._user if turn.speaker == "user" else self._assistants[planned.variant]
        return Question(endpoint, turn.prompt, self.settings.temperature)

    def read(self, planned: Planned, said: Sequence[str], last: Call, kept: Kept) -> Read:
        talk, messages = self.conversation(planned), _messages(said)
        self._under_way.pop(planned.pk)
        kept_said = [Said(speaker, text) for speaker, text in talk.kept(messages)]
        case = Talk(
            said=kept_said,
            ended=talk.next(messages) == End.SAID,
            max_turns=self.rules.max_turns,
            language=self.settings.language,
            secrets=self._secrets,
            duplicates=kept,
        )
        return Read(kept_said, check_conversation(case))

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
            metadata=metadata,
        )

    def provenance(self, planned: Planned, calls: Sequence[Call]) -> dict[str, Any]:
        sides = {"user": calls[::2], "assistant": calls[1::2]}
        prompts = {call.prompt_name: prompt_of(call) for call in calls if call.prompt_name}
        return {
            **{side: side_calls[0].settings for side, side_calls in sides.items() if side_calls},
            "prompts": list(prompts.values()),
            "priming": self.settings.priming,
            "max_turns": self.settings.max_turns,
            "calls": len(calls),
            **({"unjudged": unjudged} if (unjudged := self.settings.unjudged()) else {}),
        }


def secrets(settings: SimulationSettings) -> list[str]:
    """What nobody but the simulated user was told, in pieces long enough to be no chance."""
    rules = settings.rules()
    steps = rules.prompt(USER_PROMPT).messages
    texts = [*(one.content for one in steps if one.role == "user"), Conversation(rules, "", "").end_command]
    lines = (line.strip() for text in texts for line in text.splitlines())
    return [line for line in lines if len(line.encode()) >= SHORTEST_SECRET and "{{" not in line]


def _messages(said: Sequence[str]) -> list[str]:
    return [text.strip() for text in said]
