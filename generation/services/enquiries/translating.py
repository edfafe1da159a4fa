"""Translating a dataset: each utterance by itself, with what was said before it; situations and profiles once each."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Concat, Replace
from django.utils import timezone

from generation.finding import mark
from generation.languages import languages, trouble_with_translation
from generation.llm.prompts import Rendered, get_prompt, unfence
from generation.models import AskedText, Call, Dataset, Dialogue, Enquiry, Findable, ItemMention, Person, Utterance
from generation.rendering import with_titles
from generation.services.enquiries.kinds import Refused, Target

BEFORE: Final = 600
"""Characters of what was said before, from its end."""
REMOVED_AT_ONCE: Final = 300
TRANSLATED: Final = "translated_by"
What = AskedText.What


class Translation:
    prompt = "translation"
    tokens_out = 1.3

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

    def take(self, enquiry: Enquiry, asked: AskedText, call: Call) -> str:
        if call.finish_reason == "length":
            raise Refused("The answer was cut off: the endpoint allows too few tokens for it.")
        translation = call.answer.strip()
        text = unfence("text", call.messages[-1]["content"]) or ""
        if trouble := trouble_with_translation(text, translation, languages()[enquiry.language]):
            raise Refused(trouble)
        _write(asked, enquiry, translation)
        return _digest(translation)

    def remove(self, enquiry: Enquiry) -> Iterator[int]:
        """What was changed since by somebody else stays."""
        language = enquiry.language
        done = enquiry.texts.done().exclude(digest="").order_by("n")
        while some := list(done[:REMOVED_AT_ONCE]):
            for asked in some:
                _take_back(asked, language)
            AskedText.objects.filter(pk__in=[asked.pk for asked in some]).update(digest="")
            _unmark({asked.utterance.dialogue_id for asked in some if asked.utterance}, language)
            yield len(some)


class Sources:
    """The texts of these rows, items by their titles, and what was said before each."""

    def __init__(self, texts: Sequence[AskedText]) -> None:
        spoken = [asked.utterance_id for asked in texts if asked.utterance_id is not None]
        rows = Utterance.objects.filter(pk__in=spoken).select_related("dialogue")
        self._utterances = {row.pk: row for row in rows}
        around = Q(pk__in=[])
        for row in self._utterances.values():
            around |= Q(dialogue_id=row.dialogue_id, index=row.index - 1) if row.index else Q(pk__in=[])
        self._before = {(row.dialogue_id, row.index + 1): row for row in Utterance.objects.filter(around)}
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


def _write(asked: AskedText, enquiry: Enquiry, translation: str) -> None:
    """Into the rows that have the text. They are locked, so that two languages at once lose nothing."""
    language = enquiry.language
    if asked.what == What.UTTERANCE:
        row = Utterance.objects.select_for_update().only("translations", "dialogue_id").get(asked=asked)
        row.translations = {**row.translations, language: translation}
        row.save(update_fields=["translations"])
        if _mark(row.dialogue_id, language):
            _note(row.dialogue_id, language, provenance(enquiry))
    elif asked.what == What.PROFILE:
        person = Person.objects.select_for_update().get(asked=asked)
        person.profile_translations = {**person.profile_translations, language: translation}
        person.save(update_fields=["profile_translations"])
    else:
        for dialogue in _of_one_situation(asked):
            if language not in dialogue.situation_translations:
                dialogue.situation_translations = {**dialogue.situation_translations, language: translation}
                dialogue.save(update_fields=["situation_translations"])


def _take_back(asked: AskedText, language: str) -> None:
    if asked.what == What.UTTERANCE:
        field = "translations"
        rows: list[Any] = list(Utterance.objects.select_for_update().filter(asked=asked))
    elif asked.what == What.PROFILE:
        field = "profile_translations"
        rows = list(Person.objects.select_for_update().filter(asked=asked))
    else:
        field, rows = "situation_translations", list(_of_one_situation(asked))
    for row in rows:
        there = getattr(row, field)
        if _digest(there.get(language, "")) == asked.digest:
            setattr(row, field, {code: text for code, text in there.items() if code != language})
            row.save(update_fields=[field])


def _of_one_situation(asked: AskedText) -> list[Dialogue]:
    first = Dialogue.objects.get(asked=asked)
    alike = Dialogue.objects.filter(dataset=first.dataset_id, situation=first.situation)
    return list(alike.select_for_update().only("situation_translations", "dataset_id"))


def provenance(enquiry: Enquiry) -> dict[str, Any]:
    """How a translation came to be, as it goes with its dialogue wherever that is exported."""
    said = enquiry.settings
    return {
        "scripted": enquiry.is_scripted,
        "model": said["endpoint"]["model"],
        "prompt": {"name": said["prompt"]["name"], "version": said["prompt"]["version"]},
        "sha256": said["prompt"]["digest"],
        "at": timezone.now().isoformat(timespec="seconds"),
    }


def _note(dialogue_id: int, language: str, said: Mapping[str, Any] | None) -> None:
    """Say in a dialogue's metadata who translated it into this language, or no more."""
    dialogue = Dialogue.objects.select_for_update().only("metadata").get(pk=dialogue_id)
    others = {code: by for code, by in dialogue.metadata.get(TRANSLATED, {}).items() if code != language}
    rest = {key: value for key, value in dialogue.metadata.items() if key != TRANSLATED}
    told = others | ({language: said} if said else {})
    dialogue.metadata = rest | ({TRANSLATED: told} if told else {})
    dialogue.save(update_fields=["metadata"])


def _mark(dialogue_id: int, language: str) -> int:
    """Let the dialogue be found by the language; 1 if it was not yet. Several workers may do so at the same time."""
    line = mark(f"translated.{language}")
    unmarked = Findable.objects.filter(dialogue=dialogue_id).exclude(marks__contains=line)
    longer = Concat(F("marks"), Value(line[1:]), output_field=TextField())
    return unmarked.update(marks=Case(When(marks="", then=Value(line)), default=longer, output_field=TextField()))


def _unmark(dialogue_ids: set[int], language: str) -> None:
    still = Utterance.objects.filter(dialogue__in=dialogue_ids, translations__has_key=language)
    gone = dialogue_ids - set(still.values_list("dialogue", flat=True))
    line = Value(mark(f"translated.{language}"), output_field=TextField())
    Findable.objects.filter(dialogue__in=gone).update(marks=Replace(F("marks"), line, Value("\n")))
    for dialogue_id in sorted(gone):
        _note(dialogue_id, language, None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
