"""Which dialogues of a dataset somebody looks at, in which order, and where their words stand in them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.models import Dataset, Dialogue, DialogueQuerySet, Item, ItemMention, Utterance
from generation.rendering import with_titles

Rows = TypeVar("Rows", DialogueQuerySet, QuerySet[Utterance])

SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("number",),
    "-number": ("-number",),
    "length": ("utterance_count", "number"),
    "-length": ("-utterance_count", "-number"),
}
SNIPPET_BEFORE: Final = 60
SNIPPET_LENGTH: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueSearch:
    """What the list of dialogues was asked for; equally the query of its address.

    `label` is `utterance.<name>`, `dialogue.<name>` (said and not false) or either with `=<value>`; `translated`
    is a language that utterances are translated into.
    """

    search: str = ""
    task: str = ""
    split: str = ""
    shortest: int | None = None
    longest: int | None = None
    label: str = ""
    translated: str = ""
    sort: str = "number"

    @property
    def query(self) -> str:
        """As the query of an address, without what is left at its default."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: value for name, value in said.items() if value not in ("", None, "number")})

    @property
    def filters(self) -> bool:
        """Whether more than words narrow it."""
        return any((self.task, self.split, self.label, self.translated, self.shortest, self.longest))

    @property
    def narrows(self) -> bool:
        return any(getattr(self, field.name) not in ("", None) for field in fields(self) if field.name != "sort")

    def matching(self, dataset: Dataset) -> DialogueQuerySet:
        """The visible dialogues asked for, in no order yet."""
        found = Dialogue.objects.visible().in_dataset(dataset)
        exact = {"task": self.task, "split": self.split}
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.shortest is not None:
            found = found.filter(utterance_count__gte=self.shortest)
        if self.longest is not None:
            found = found.filter(utterance_count__lte=self.longest)
        if self.translated:
            found = found.filter(_has_utterance(Utterance.objects.filter(translations__has_key=self.translated)))
        if self.label.startswith("dialogue."):
            found = _labelled(found, self.label.removeprefix("dialogue."))
        elif self.label:
            found = found.filter(
                _has_utterance(_labelled(Utterance.objects.all(), self.label.removeprefix("utterance.")))
            )
        if self.search:
            found = found.filter(_says(self.search, dataset))
        return found

    def ordered(self, dataset: Dataset) -> DialogueQuerySet:
        return self.matching(dataset).order_by(*SORTS[self.sort])

    def neighbours(self, dialogue: Dialogue) -> tuple[int | None, int | None]:
        """The numbers of the dialogues before and after this one, in this order, among those asked for."""
        found = self.matching(dialogue.dataset)
        by_length = "length" in self.sort
        before, after = _beside(dialogue, "lt", by_length), _beside(dialogue, "gt", by_length)
        order = SORTS[self.sort.lstrip("-")]
        earlier = (
            found.filter(before).order_by(*(f"-{name}" for name in order)).values_list("number", flat=True).first()
        )
        later = found.filter(after).order_by(*order).values_list("number", flat=True).first()
        return (later, earlier) if self.sort.startswith("-") else (earlier, later)


def _beside(dialogue: Dialogue, comparison: str, by_length: bool) -> Q:
    beside = Q(**{f"number__{comparison}": dialogue.number})
    if not by_length:
        return beside
    length = dialogue.utterance_count
    return Q(**{f"utterance_count__{comparison}": length}) | Q(utterance_count=length) & beside


def _has_utterance(utterances: QuerySet[Utterance]) -> Exists:
    return Exists(utterances.filter(dialogue=OuterRef("pk")))


def _labelled(rows: Rows, label: str) -> Rows:
    """Of utterances or dialogues, those with the label `name` (said, and not false) or `name=value`."""
    name, says, value = label.partition("=")
    rows = rows.filter(labels__has_key=name).alias(said=KeyTransform(name, "labels"))
    return rows.filter(Q(said=value)) if says else rows.exclude(Q(said=False))


def _says(words: str, dataset: Dataset) -> Q:
    """Said in an utterance, or the title of an item that one names, or the dialogue's name in its file."""
    said = Q(_has_utterance(Utterance.objects.filter(text__icontains=words))) | Q(external_id=words)
    items = list(Item.objects.filter(dataset=dataset, title__iregex=_spaced(words)).values_list("pk", flat=True)[:500])
    if items:
        said |= Q(Exists(ItemMention.objects.filter(item__in=items, utterance__dialogue=OuterRef("pk"))))
    return said


def _spaced(words: str) -> str:
    """A pattern for these words with any white space between them: titles in files are not careful with it."""
    return r"\s+".join(map(re.escape, words.split()))


def snippets(dialogues: Iterable[Dialogue], words: str) -> dict[int, SafeString]:
    """By dialogue, where it first says these words, with the words marked; items by their titles."""
    if not words:
        return {}
    named = ItemMention.objects.filter(utterance=OuterRef("pk"), item__title__iregex=_spaced(words))
    utterances = (
        Utterance.objects.filter(dialogue__in=[dialogue.pk for dialogue in dialogues])
        .filter(Q(text__icontains=words) | Q(Exists(named)))
        .prefetch_related("mentions__item")
        .order_by("dialogue", "-index")
    )
    return {utterance.dialogue_id: snippet(_shown(utterance), words) for utterance in utterances}


def _shown(utterance: Utterance) -> str:
    return with_titles(
        utterance.text, [(mention.start, mention.end, mention.item.title) for mention in utterance.mentions.all()]
    )


def snippet(text: str, words: str) -> SafeString:
    """The part of a text around these words, the words in `<mark>`, everything escaped.

    >>> snippet("Have you seen <Heat>?", "heat")
    'Have you seen &lt;<mark>Heat</mark>&gt;?'
    """
    line = " ".join(text.split())
    pattern = re.compile(f"({_spaced(words)})", re.IGNORECASE)
    match = pattern.search(line)
    start = _word_start(line, max(0, match.start() - SNIPPET_BEFORE)) if match else 0
    part = line[start : start + SNIPPET_LENGTH]
    marked = format_html_join(
        "",
        "{}{}",
        (
            (format_html("<mark>{}</mark>", piece) if at % 2 else piece, "")
            for at, piece in enumerate(pattern.split(part))
        ),
    )
    return format_html("{}{}{}", "…" if start else "", marked, "…" if start + SNIPPET_LENGTH < len(line) else "")


def _word_start(line: str, at: int) -> int:
    """Where a word begins, at this place or soon after; the place itself in a text without spaces."""
    if at == 0 or line[at - 1] == " ":
        return at
    space = line.find(" ", at, at + SNIPPET_BEFORE // 2)
    return at if space == -1 else space + 1
