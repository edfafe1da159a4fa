"""What pure code worded, in the language of whoever reads it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from generation.wording import Worded, read_parts


def translated(text: str) -> str:
    """A worded text in the language in force, with what is filled in; any other text as it is."""
    if not isinstance(text, Worded):
        return text
    pattern = ngettext(text.pattern, text.plural, text.number) if text.plural else gettext(text.pattern)
    return pattern % {name: _translated(value) for name, value in text.values.items()}


def _translated(value: Any) -> Any:
    return translated(value) if isinstance(value, str) else value


def stored_text(finding: Mapping[str, Any], name: str) -> str:
    """A text of a finding as it was stored with its parts; those stored before there were parts are in English."""
    return translated(read_parts(str(finding[name]), finding.get("parts")))


def stored_notes(report: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What is odd in a file, and how often."""
    parts = report.get("note_parts", {})
    return [(translated(read_parts(note, parts.get(note))), count) for note, count in report.get("notes", {}).items()]
