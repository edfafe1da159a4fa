"""Translating a dataset: each utterance by itself, with what was said before it; situations and profiles once each."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generation.languages import languages, trouble_with_translation
from generation.llm.prompts import Rendered, get_prompt, unfence
from generation.models import AskedText, Call, Dataset, Dialogue, Enquiry, ItemMention, Person, Utterance
from generation.references import with_titles
from generation.services.enquiries.kinds import Answered, Refused, Target
from generation.services.enquiries.translated import digest_of, take_back, unmark, write_translations

BEFORE: Final = 600
"""Characters of what was said before, from its end."""
REMOVED_AT_ONCE: Final = 300
What = AskedText.What


class Translation:
    prompt = "translation"
    tokens_out = 1.3
    side_by_side = False

    def targets(self, dataset: Dataset, language: str, said: Mapping[str, Any]) -> Iterator[Target]:
        """Profiles and situations first, each text once; then utterances. What a file translated is left alone."""
        dialogues = Dialogue.objects.visible().in_dataset(dataset).order_by()
        if said.get("beside", True):
            people = Person.objects.filter(dataset=dataset, dialogues__in=dialogues).exclude(profile="").distinct()
            yield from (Target(What.PROFILE, pk) for pk in _untranslated(people, "profile_translations", language))
            yield from (Target(What.SITUATION, pk) for pk in _situations(dialogues, language))
        spoken = (
            Utterance.objects.filter(dialogue__in=dialogues).exclude(text="").exclude(translations__has_key=language)
        )
        ordered = spoken.order_by("dialogue__number", "index").values_list("pk", flat=True)
        yield from (Target(What.UTTERANCE, pk) for pk in ordered.iterator(chunk_size=2000))

    def questions(self, enquiry: Enquiry, texts: Sequence[AskedText]) -> dict[int, Rendered]:
        language, prompt = languages()[enquiry.language], get_prompt(self.prompt)
        sources = Sources(texts)
        found = {}
        for asked in texts:
            text, before, there = sources.of(asked, enquiry.language)
            if text.strip() and not there:
                found[asked.pk] = prompt.render(language=language.name, code=language.code, before=before, text=text)
        return found

    def take(self, enquiry: Enquiry, answers: Sequence[Answered]) -> list[str | Refused]:
        taken = [self._read(enquiry, call) for _asked, call in answers]
        read = zip(answers, taken, strict=True)
        write_translations(enquiry, [(one.asked, said) for one, said in read if not isinstance(said, Refused)])
        return [said if isinstance(said, Refused) else digest_of(said) for said in taken]

    def _read(self, enquiry: Enquiry, call: Call) -> str | Refused:
        if call.finish_reason == "length":
            return Refused("The answer was cut off: the endpoint allows too few tokens for it.")
        translation = call.answer.strip()
        text = unfence("text", call.messages[-1]["content"]) or ""
        trouble = trouble_with_translation(text, translation, languages()[enquiry.language])
        return Refused(trouble) if trouble else translation

    def remove(self, enquiry: Enquiry) -> Iterator[int]:
        """What was changed since by somebody else stays."""
        language = enquiry.language
        done = enquiry.texts.done().exclude(digest="").order_by("n")
        while some := list(done[:REMOVED_AT_ONCE]):
            for asked in some:
                take_back(asked, language)
            AskedText.objects.filter(pk__in=[asked.pk for asked in some]).update(digest="")
            unmark({asked.utterance.dialogue_id for asked in some if asked.utterance}, language)
            yield len(some)


class Sources:
    """The texts of these rows, items by their titles, and what was said before each."""

    def __init__(self, texts: Sequence[AskedText]) -> None:
        spoken = [asked.utterance_id for asked in texts if asked.utterance_id is not None]
        self._utterances = {row.pk: row for row in Utterance.objects.filter(pk__in=spoken)}
        before = {(row.dialogue_id, row.index - 1) for row in self._utterances.values()}
        dialogues, indices = ({one[place] for one in before} for place in (0, 1))
        near = Utterance.objects.filter(dialogue__in=dialogues, index__in=indices)
        self._before = {(row.dialogue_id, row.index + 1): row for row in near if (row.dialogue_id, row.index) in before}
        keys = [*self._utterances, *(row.pk for row in self._before.values())]
        self._mentions: dict[int, list[tuple[int | None, int | None, str]]] = {}
        named = ItemMention.objects.filter(utterance__in=keys).order_by("utterance", "start")
        for key, start, end, title in named.values_list("utterance", "start", "end", "item__title"):
            self._mentions.setdefault(key, []).append((start, end, title))

    def of(self, asked: AskedText, language: str) -> tuple[str, str, bool]:
        """The text, what was said before, and whether a translation is there already."""
        if asked.what == What.PROFILE and asked.person:
            return asked.person.profile, "", bool(asked.person.profile_translations.get(language))
        if asked.what == What.SITUATION and asked.dialogue:
            return asked.dialogue.situation, "", bool(asked.dialogue.situation_translations.get(language))
        row = self._utterances[asked.utterance_id or 0]
        before = self._before.get((row.dialogue_id, row.index))
        return self._text(row), self._text(before)[-BEFORE:] if before else "", bool(row.translations.get(language))

    def _text(self, row: Utterance) -> str:
        return with_titles(row.text, self._mentions.get(row.pk, ()))


def _untranslated(rows: Any, field: str, language: str) -> list[int]:
    found = rows.exclude(**{f"{field}__has_key": language}).order_by("pk").values_list("pk", flat=True)
    return list(found)


def _situations(dialogues: Any, language: str) -> list[int]:
    """The first dialogue of each situation that has no translation."""
    first: dict[str, int] = {}
    rows = dialogues.exclude(situation="").exclude(situation_translations__has_key=language).order_by("number")
    for pk, situation in rows.values_list("pk", "situation").iterator(chunk_size=2000):
        first.setdefault(hashlib.sha256(situation.encode()).hexdigest(), pk)
    return list(first.values())
