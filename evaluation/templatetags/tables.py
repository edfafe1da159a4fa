"""Tables whose cells say what they are where there is no room for heads."""

from collections.abc import Sequence
from typing import Any

from django import template

register = template.Library()


@register.filter
def head_at(heads: Sequence[Any], place: int) -> Any:
    """The head over the cell at this place of its row: what stands before the value on a narrow screen."""
    return heads[place]
