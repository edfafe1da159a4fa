"""Asking for the preferences that a user shows in each conversation, and that profiles name."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generation.llm.prompts import Rendered, get_prompt
from generation.models import AskedText, Dataset, Dialogue, Enquiry, Person, Preference, Utterance
from generation.preferences.phrases import MOST, AnswerError, read_answer
from generation.services.enquiries.kinds import Answered, Refused, Target
from generation.services.preferences import entries_of, entry_rows, phrase_rows, wanted_entries

PROFILE_PROMPT: Final = "profile_preferences"
LONGEST: Final = 60_000
"""Characters of a conversation; the assistant's messages are cut first."""
LONGEST_REPLY: Final = 1_500
REMOVED_AT_ONCE: Final = 1000
What = AskedText.What


class Preferences:
    prompt = "preferences"
    tokens_out = 0.05
    side_by_side = True

    def targets(self, dataset: Dataset, language: str, said: Mapping[str, Any]) -> Iterator[Target]:
        """The fitting entries of profiles, then each conversation in which a user says something."""
        if said.get("profiles", True):
            yield from (Target(What.PROFILE, pk, [entry]) for pk, entry in wanted_entries(dataset))
        dialogues = Dialogue.objects.visible().in_dataset(dataset).filter(utterance_count__gt=0).order_by("number")
        yield from (
            Target(What.DIALOGUE, pk) for pk in dialogues.values_list("pk", flat=True).iterator(chunk_size=2000)
        )

    def questions(self, enquiry: Enquiry, texts: Sequence[AskedText]) -> dict[int, Rendered]:
        about, entry = get_prompt(self.prompt), get_prompt(PROFILE_PROMPT)
        talks = _talks([asked.dialogue_id for asked in texts if asked.dialogue_id is not None])
        people = Person.objects.in_bulk([asked.person_id for asked in texts if asked.person_id is not None])
        found = {}
        for asked in texts:
            if asked.what == What.DIALOGUE and (talk := talks.get(asked.dialogue_id or 0)):
                found[asked.pk] = about.render(most=MOST, dialogue=talk)
            elif asked.what == What.PROFILE:
                said = entries_of(people[asked.person_id or 0]).get(asked.phrases[0], "")
                if said:
                    found[asked.pk] = entry.render(most=MOST, entry=said)
        return found

    def take(self, enquiry: Enquiry, answers: Sequence[Answered]) -> list[str | Refused]:
        by_user = _messages_of_users([asked.dialogue_id for asked, _call in answers if asked.dialogue_id is not None])
        rows: list[Preference] = []
        taken: list[str | Refused] = []
        for asked, call in answers:
            try:
                rows += _said(enquiry, asked, call.answer, by_user.get(asked.dialogue_id or 0, {}))
            except AnswerError as error:
                taken.append(Refused(str(error)))
            else:
                taken.append(hashlib.sha256(call.answer.encode()).hexdigest())
        Preference.objects.bulk_create(rows)
        return taken

    def remove(self, enquiry: Enquiry) -> Iterator[int]:
        while some := list(enquiry.preferences.values_list("pk", flat=True)[:REMOVED_AT_ONCE]):
            Preference.objects.filter(pk__in=some).delete()
            yield len(some)


def _said(enquiry: Enquiry, asked: AskedText, answer: str, by_user: Mapping[int, int]) -> list[Preference]:
    """The phrases of one answer, as rows that are not saved."""
    if asked.person_id is not None:
        phrases = [found.words for found in read_answer(answer, [])]
        return entry_rows(enquiry.dataset, enquiry, asked.person_id, {asked.phrases[0]: phrases})
    if asked.dialogue_id is None:
        return []
    found = read_answer(answer, by_user)
    placed = [(one.words, by_user[one.utterance] if one.utterance is not None else None) for one in found]
    return phrase_rows(enquiry.dataset, enquiry, asked.dialogue_id, placed)


def _messages_of_users(dialogues: Sequence[int]) -> dict[int, dict[int, int]]:
    """The keys of what users say in these dialogues, by the numbers that prompts give their messages."""
    found: dict[int, dict[int, int]] = {}
    spoken = Utterance.objects.filter(dialogue__in=dialogues, speaker=Utterance.Speaker.USER)
    for dialogue, index, key in spoken.values_list("dialogue", "index", "pk"):
        found.setdefault(dialogue, {})[index + 1] = key
    return found


def _talks(keys: Sequence[int]) -> dict[int, str]:
    """Conversations as the prompt has them: numbered messages; nothing where no user speaks."""
    lines: dict[int, list[str]] = {}
    spoken: set[int] = set()
    rows = Utterance.objects.filter(dialogue__in=keys).order_by("dialogue", "index")
    for dialogue, index, speaker, text in rows.values_list("dialogue", "index", "speaker", "text"):
        is_user = speaker == Utterance.Speaker.USER
        if is_user and text.strip():
            spoken.add(dialogue)
        shown = text if is_user or len(text) <= LONGEST_REPLY else f"{text[:LONGEST_REPLY]} …"
        lines.setdefault(dialogue, []).append(f"[{index + 1}] {'User' if is_user else 'Assistant'}: {shown}")
    return {key: "\n\n".join(said)[:LONGEST] for key, said in lines.items() if key in spoken}
