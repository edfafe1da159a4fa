"""Texts of people and models as they may be kept. Pure."""

import re
from typing import Final

UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters, halves of characters, and what turns the direction of writing: no database takes some of them,
and no reader sees the others."""


def clean(text: str) -> str:
    """Without what is unwanted, its lines ended in one way.

    >>> clean("two\\r\\nlines\\x00")
    'two\\nlines'
    """
    return UNWANTED.sub("", text.replace("\r\n", "\n"))


def one_line(value: object, longest: int) -> str:
    """
    >>> one_line("likes\\n hiking ", 40), one_line(None, 40), one_line(25, 40)
    ('likes hiking', '', '25')
    """
    said = "" if value is None else str(value)
    return UNWANTED.sub("", " ".join(said.split()))[:longest].strip()
