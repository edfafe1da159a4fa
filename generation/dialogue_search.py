"""Which dialogues of a dataset somebody looks at, in which order, and where their words stand in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from generation.finding import folded, mark
from generation.models import Dataset, Dialogue, DialogueQuerySet, Item, ItemMention, Utterance
from generation.references import with_titles

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
        found = Dialogue.objects.visible_in(dataset)
        exact = {"task": self.task, "split": self.split}
        found = found.filter(**{name: value for name, value in exact.items() if value})
        if self.shortest is not None:
            found = found.filter(utterance_count__gte=self.shortest)
        if self.longest is not None:
            found = found.filter(utterance_count__lte=self.longest)
        if self.translated:
            found = found.filter(_contains("findable__marks", mark(f"translated.{self.translated}")))
        if self.label:
            found = found.filter(_contains("findable__marks", mark(self.label)))
        if self.search:
            found = found.filter(_says(self.search, dataset))
        return found

    def ordered(self, dataset: Dataset) -> DialogueQuerySet:
        return self.matching(dataset).order_by(*SORTS[self.sort])

    def keys(self, dataset: Dataset) -> Sequence[int] | QuerySet[Dialogue, int]:
        """The primary keys of what is asked for, in order, to cut a page out of.

        They are fetched at once where finding them reads every text: counting first would read it all twice.
        """
        found = self.ordered(dataset).values_list("pk", flat=True)
        return list(found) if self.search or self.label or self.translated else found

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


def _contains(text: str, part: str) -> GreaterThan:
    """Exactly this, case and all; faster than LIKE, and nothing in it is a wildcard."""
    return GreaterThan(StrIndex(text, Value(part)), 0)


def _says(words: str, dataset: Dataset) -> Q:
    """Said in an utterance, or the title of an item that one names, or the dialogue's name in its file."""
    said = Q(_contains("findable__words", folded(words))) | Q(external_id=words)
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
    named = re.compile(_spaced(words), re.IGNORECASE)
    utterances = (
        Utterance.objects.filter(dialogue__in=[dialogue.pk for dialogue in dialogues])
        .prefetch_related("mentions__item")
        .order_by("dialogue", "-index")
    )
    shown = ((utterance, _shown(utterance)) for utterance in utterances)
    return {
        utterance.dialogue_id: snippet(text, words)
        for utterance, text in shown
        if folded(words) in folded(utterance.text) or named.search(text)
    }


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
