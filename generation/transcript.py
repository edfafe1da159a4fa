"""A dialogue as a page shows it: text rendered and sanitised, items by their titles, labels in words.

Texts, titles and labels are hostile: everything here is escaped, or has gone through `render_markdown`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from generation.models import Dialogue, Item, ItemMention, Utterance
from generation.references import is_reference
from generation.rendering import render_markdown

OPEN, CLOSE = "\ue000", "\ue001"
PLACE: Final = re.compile(f"{OPEN}(\\d+){CLOSE}")
ALL_LANGUAGES: Final = "all"
ALARMING: Final = "hallucination"


@dataclass(frozen=True, slots=True)
class Said:
    """A text in one language, ready to be shown."""

    language: str
    markup: SafeString


@dataclass(frozen=True, slots=True)
class Label:
    """A label that came with the file, in words; `alarming` where it says that something is wrong."""

    name: str
    value: str
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A label that is itself a table: one row for each thing that was rated or asked about."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ShownUtterance:
    index: int
    speaker: str
    speaker_name: str
    texts: tuple[Said, ...]
    raw: str
    filed: str
    """The labels as they stand in the file."""
    labels: tuple[Label, ...]
    unplaced: tuple[ItemMention, ...]
    """Items that the file says are named here, without saying where."""


def languages_of(dialogue: Dialogue, utterances: Iterable[Utterance]) -> list[str]:
    """The language of the texts as filed first, then those they are translated into."""
    translated = {language for utterance in utterances for language in utterance.translations}
    return [dialogue.dataset.language, *sorted(translated - {dialogue.dataset.language})]


def language_name(code: str) -> str:
    """A language by its own name, by its code where nobody has told us the name.

    >>> language_name("de"), language_name("xx-new")
    ('Deutsch', 'xx-new')
    """
    try:
        return str(get_language_info({"zh": "zh-hans"}.get(code, code))["name_local"])
    except KeyError:
        return code


def shown_utterances(dialogue: Dialogue, languages: Sequence[str]) -> list[ShownUtterance]:
    """The utterances in these languages, as filed where none of them is there."""
    own = dialogue.dataset.language
    return [
        ShownUtterance(
            index=utterance.index,
            speaker=utterance.speaker,
            speaker_name=utterance.get_speaker_display(),
            texts=tuple(_texts(utterance, languages, own)),
            raw=utterance.text,
            filed=json.dumps(utterance.labels, ensure_ascii=False) if utterance.labels else "",
            labels=utterance_labels(utterance.labels),
            unplaced=tuple(mention for mention in utterance.mentions.all() if mention.start is None),
        )
        for utterance in dialogue.utterances.all()
    ]


def shown_texts(text: str, translations: Mapping[str, str], languages: Sequence[str], own: str) -> list[Said]:
    """A situation or a profile in these languages, as filed where none of them is there."""
    texts = [(language, text if language == own else translations.get(language, "")) for language in languages]
    there = [(language, said) for language, said in texts if said] or [(own, text)] * bool(text)
    return [Said(language, marked(str(said), [])) for language, said in there]


def _texts(utterance: Utterance, languages: Sequence[str], own: str) -> list[Said]:
    translated = [language for language in languages if language != own and utterance.translations.get(language)]
    texts = [Said(language, marked(str(utterance.translations[language]), [])) for language in translated]
    if own in languages or not texts:
        texts.insert(0, Said(own, marked(utterance.text, utterance.mentions.all())))
    return texts


def marked(text: str, mentions: Iterable[ItemMention]) -> SafeString:
    """The text as markup, each mentioned item by its title in a marked span that says as what it is named."""
    placed: list[SafeString] = []
    pieces: list[str] = []
    reached = 0
    for mention in sorted(mentions, key=lambda mention: mention.start or 0):
        start, end = mention.start, mention.end
        if start is None or end is None or start < reached or end <= start or end > len(text):
            continue
        pieces += [_without_places(text[reached:start]), f"{OPEN}{len(placed)}{CLOSE}"]
        placed.append(_mention(mention, text[start:end]))
        reached = end
    markup = render_markdown("".join([*pieces, _without_places(text[reached:])]))
    return mark_safe(PLACE.sub(lambda found: placed[int(found[1])], markup))


def _without_places(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")


def _mention(mention: ItemMention, said: str) -> SafeString:
    """The title where the text has a mere reference, else the words as they were said."""
    title = " ".join(mention.item.title.split()) or mention.item.external_id
    return format_html(
        '<span class="mention {}" title="{}">{}</span>',
        mention.role,
        mention.get_role_display(),
        title if is_reference(said) else said,
    )


def utterance_labels(labels: Mapping[str, Any]) -> tuple[Label, ...]:
    """Labels in words: a flag stands by its name where it is true, and is left out where it is false.

    >>> utterance_labels({"intent": "Planning", "hallucination": False})
    (Label(name='Intent', value='Planning', alarming=False),)
    """
    said = {name: value for name, value in labels.items() if value not in (None, "", False, [], {})}
    return tuple(
        Label(words(name), "" if value is True else in_words(value), name == ALARMING and value is True)
        for name, value in said.items()
        if not _says_nothing(name, value, labels)
    )


def _says_nothing(name: str, value: Any, labels: Mapping[str, Any]) -> bool:
    """A memo beside a flag that is down, which only repeats that it is down: "No Hallucination"."""
    flag = name.removesuffix("_memo")
    return flag != name and labels.get(flag) is False and str(value).lower() == f"no {flag}"


def dialogue_labels(labels: Mapping[str, Any], items: Mapping[str, Item]) -> tuple[list[Label], list[LabelTable]]:
    """A dialogue's labels: plain ones, and those that are tables, their rows by the titles of items where they are."""
    plain, tables = [], []
    for name, value in labels.items():
        if isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
            tables.append(_table(words(name), value, items))
        elif isinstance(value, dict) and value:
            rows = tuple((words(key), (in_words(rated),)) for key, rated in value.items())
            tables.append(LabelTable(words(name), (), rows))
        elif value not in (None, "", [], {}):
            plain.append(Label(words(name), in_words(value)))
    return plain, tables


def _table(name: str, value: Mapping[str, Mapping[str, Any]], items: Mapping[str, Item]) -> LabelTable:
    columns = list(dict.fromkeys(column for row in value.values() for column in row))
    rows = tuple(
        (items[key].title if key in items else key, tuple(in_words(row.get(column, "")) for column in columns))
        for key, row in value.items()
    )
    return LabelTable(name, tuple(words(column) for column in columns), rows)


def words(name: str) -> str:
    """A key of a file, fit to be a heading.

    >>> words("hallucination_memo"), words("Detail Level")
    ('Hallucination memo', 'Detail Level')
    """
    spaced = name.replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:]


def in_words(value: Any) -> str:
    """A value of a file as text.

    >>> in_words(["trip planned", 2])
    'trip planned; 2'
    """
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return "; ".join(in_words(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
