"""How many units a block has, in words: those its figures count, and apart from them those they do not."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import ngettext, pgettext


@dataclass(frozen=True)
class Sizes:
    """Units of a block. `controls` have answers and no place, so that none of these ever counts; `unanswered` have
    neither, of a file in which nobody answered them."""

    counted: int
    controls: int = 0
    unanswered: int = 0
    excluded: int = 0


def size_words(sizes: Sizes, *, pairs: bool) -> str:
    """`200 dialogues`, or `200 dialogues; 2 more not counted (controls)`."""
    told = {"n": _number(sizes.counted)}
    if pairs:
        things = ngettext("%(n)s pair of dialogues", "%(n)s pairs of dialogues", sizes.counted) % told
    else:
        things = ngettext("%(n)s dialogue", "%(n)s dialogues", sizes.counted) % told
    return with_apart(things, sizes)


def with_apart(said: str, sizes: Sizes) -> str:
    """What was said of the units that count, and those that do not."""
    return pgettext("between two parts", "; ").join(part for part in (said, *_apart(sizes)) if part)


def _apart(sizes: Sizes) -> tuple[str, ...]:
    controls = ngettext("%(n)s more not counted (control)", "%(n)s more not counted (controls)", sizes.controls)
    excluded = ngettext("%(n)s more excluded", "%(n)s more excluded", sizes.excluded)
    unanswered = ngettext("%(n)s more without an answer", "%(n)s more without an answer", sizes.unanswered)
    told = ((controls, sizes.controls), (unanswered, sizes.unanswered), (excluded, sizes.excluded))
    return tuple(words % {"n": _number(count)} for words, count in told if count)


def _number(count: int) -> str:
    return str(number_format(count, decimal_pos=0, force_grouping=True))
