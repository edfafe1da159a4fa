"""One way of writing white space, whatever dataset a text is from. Pure."""

import re
import unicodedata
from typing import Final

INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
JOINERS: Final = "\u200c\u200d"
"""Format characters that change how words and emoji are written; they stay."""


def tidy(text: str) -> str:
    """One way of writing white space for every dataset: no invisible characters, no runs of spaces or empty lines.

    >>> tidy("Hello,\\u00a0\\u200b you  there\\r\\n\\r\\n\\r\\n- one\\t")
    'Hello, you there\\n\\n- one'
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    text = "".join(
        character
        for character in text
        if character in JOINERS or character == "\n" or unicodedata.category(character) not in INVISIBLE
    )
    lines = [_tidy_line(line) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _tidy_line(line: str) -> str:
    stripped = line.lstrip()
    indent = len(line) - len(stripped)
    return (" " * indent + re.sub(r"\s+", " ", stripped)).rstrip()
