"""What pure code worded, translated on pages: `{{ finding.words|translated }}`; `problem` reads one of a report."""

from collections.abc import Mapping
from typing import Any

from django import template

from generation.formats.values import FormatError
from generation.translation import translated

register = template.Library()
register.filter(translated)


@register.filter
def problem(filed: Mapping[str, Any]) -> FormatError:
    return FormatError.stored(filed)
