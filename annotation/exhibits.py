"""What of a dialogue is shown: normalised alike for every dataset, blinded, and frozen with a digest. Pure.

The content of an exhibit is `{"turns": [{"speaker", "text", "indices", "translations"}]}`: Markdown source, the
messages that were merged into the turn, and the text in other languages where every merged message has it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from annotation.instruments import canonical_digest
from generation.rendering import with_titles

INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
JOINERS: Final = "\u200c\u200d"
"""Format characters that change how words and emoji are written; they stay."""


@dataclass(frozen=True)
class Message:
    """One utterance as it was filed, and where it names items: (start, end, title) in characters of `text`."""

    index: int
    speaker: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)
    mentions: Sequence[tuple[int | None, int | None, str]] = ()


def content(messages: Iterable[Message], *, merge: bool) -> dict[str, Any]:
    """What is shown of these messages; with `merge`, neighbouring messages of one speaker are one turn.

    >>> content([Message(0, "user", "Hi"), Message(1, "user", "A  film?")], merge=True)["turns"][0]["text"]
    'Hi A film?'
    """
    ordered = sorted(messages, key=lambda message: message.index)
    if not merge:
        return {"turns": [_turn([message]) for message in ordered]}
    runs = groupby(ordered, key=lambda message: message.speaker)
    return {"turns": [_turn(list(run)) for _, run in runs]}


def content_digest(shown: Mapping[str, Any]) -> str:
    """SHA-256 of what is shown."""
    return canonical_digest(shown)


def unit_digest(*digests: str) -> str:
    """SHA-256 of what a unit shows: the digest of its dialogue, or of its two in their order."""
    return canonical_digest(list(digests))


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


def _turn(messages: Sequence[Message]) -> dict[str, Any]:
    languages = set(messages[0].translations)
    for message in messages[1:]:
        languages &= set(message.translations)
    return {
        "speaker": messages[0].speaker,
        "text": _joined(with_titles(message.text, message.mentions, markdown=True) for message in messages),
        "indices": [message.index for message in messages],
        "translations": {
            language: _joined(message.translations[language] for message in messages) for language in sorted(languages)
        },
    }


def _joined(texts: Iterable[str]) -> str:
    return " ".join(tidied for text in texts if (tidied := tidy(text)))
