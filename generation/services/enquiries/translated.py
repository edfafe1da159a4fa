"""Translations on the rows that have the texts: written many at a time, and taken back where they still stand."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db.models import Case, F, Model, QuerySet, TextField, Value, When
from django.db.models.functions import Concat, Replace
from django.utils import timezone

from generation.finding import mark
from generation.models import AskedText, Dialogue, Enquiry, Findable, Person, Utterance
from generation.services.inserting import update

TRANSLATED: Final = "translated_by"
What = AskedText.What


def write_translations(enquiry: Enquiry, said: Sequence[tuple[AskedText, str]]) -> None:
    """Into the rows that have these texts. They are locked, so that two languages at once lose nothing."""
    language = enquiry.language
    spoken = {asked.utterance_id: text for asked, text in said if asked.utterance_id is not None}
    told = {asked.person_id: text for asked, text in said if asked.person_id is not None}
    _add(Utterance.objects.filter(pk__in=spoken), "translations", language, spoken)
    _add(Person.objects.filter(pk__in=told), "profile_translations", language, told)
    dialogues = set(Utterance.objects.filter(pk__in=spoken).values_list("dialogue", flat=True))
    _note(_mark(dialogues, language), language, provenance(enquiry))
    for asked, text in said:
        if asked.what == What.SITUATION:
            alike = _of_one_situation(asked).exclude(situation_translations__has_key=language)
            _add(alike, "situation_translations", language, text)


def _add(rows: QuerySet[Any], field: str, language: str, said: Mapping[int, str] | str) -> None:
    """Put each row's text, or the one text of them all, beside those they have in other languages."""
    locked = rows.order_by("pk").select_for_update().values_list("pk", field)
    written = {pk: {**there, language: said if isinstance(said, str) else said[pk]} for pk, there in locked}
    model: type[Model] = rows.model
    update(model, list(written), {field: list(written.values())})


def take_back(asked: AskedText, language: str) -> None:
    if asked.what == What.UTTERANCE:
        field = "translations"
        rows: list[Any] = list(Utterance.objects.select_for_update().filter(asked=asked))
    elif asked.what == What.PROFILE:
        field = "profile_translations"
        rows = list(Person.objects.select_for_update().filter(asked=asked))
    else:
        field, rows = "situation_translations", list(_of_one_situation(asked).select_for_update())
    for row in rows:
        there = getattr(row, field)
        if digest_of(there.get(language, "")) == asked.digest:
            setattr(row, field, {code: text for code, text in there.items() if code != language})
            row.save(update_fields=[field])


def _of_one_situation(asked: AskedText) -> QuerySet[Dialogue]:
    first = Dialogue.objects.get(asked=asked)
    return Dialogue.objects.filter(dataset=first.dataset_id, situation=first.situation)


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


def _note(dialogues: Collection[int], language: str, said: Mapping[str, Any] | None) -> None:
    """Say in the metadata of dialogues who translated them into this language, or no more."""
    rows = Dialogue.objects.filter(pk__in=dialogues).order_by("pk").select_for_update().values_list("pk", "metadata")
    noted = {pk: _noted(metadata, language, said) for pk, metadata in rows}
    update(Dialogue, list(noted), {"metadata": list(noted.values())})


def _noted(metadata: Mapping[str, Any], language: str, said: Mapping[str, Any] | None) -> dict[str, Any]:
    others = {code: by for code, by in metadata.get(TRANSLATED, {}).items() if code != language}
    rest = {key: value for key, value in metadata.items() if key != TRANSLATED}
    told = others | ({language: dict(said)} if said else {})
    return rest | ({TRANSLATED: told} if told else {})


def _mark(dialogues: Collection[int], language: str) -> list[int]:
    """Let dialogues be found by the language; returns those that were not yet. Others may do so at the same time."""
    line = mark(f"translated.{language}")
    unmarked = Findable.objects.filter(dialogue__in=dialogues).exclude(marks__contains=line)
    keys = list(unmarked.order_by("dialogue").select_for_update().values_list("dialogue", flat=True))
    longer = Concat(F("marks"), Value(line[1:]), output_field=TextField())
    marked = Case(When(marks="", then=Value(line)), default=longer, output_field=TextField())
    Findable.objects.filter(dialogue__in=keys).update(marks=marked)
    return keys


def unmark(dialogue_ids: set[int], language: str) -> None:
    still = Utterance.objects.filter(dialogue__in=dialogue_ids, translations__has_key=language)
    gone = dialogue_ids - set(still.values_list("dialogue", flat=True))
    line = Value(mark(f"translated.{language}"), output_field=TextField())
    Findable.objects.filter(dialogue__in=gone).update(marks=Replace(F("marks"), line, Value("\n")))
    _note(gone, language, None)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
