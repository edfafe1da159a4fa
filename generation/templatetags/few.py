"""Long lists where there is little room: `{% few names as shown %}`, then `shown.first` and `shown.more`."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from django import template

register = template.Library()
CHARACTERS: Final = 60
"""About two lines of a card."""


class Few(NamedTuple):
    """The first names, and the others."""

    first: Sequence[str]
    more: Sequence[str]


@register.simple_tag
def few(names: Sequence[str]) -> Few:
    """As many as there is room for, and one at least.

    >>> few(["films", "a" * 60, "games"])
    Few(first=['films'], more=['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'games'])
    """
    lengths = accumulate(len(name) + 2 for name in names)
    shown = max(1, sum(length <= CHARACTERS for length in lengths))
    return Few(names[:shown], names[shown:])
