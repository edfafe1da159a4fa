"""What of a dialogue is shown: normalised alike for every dataset, blinded, and frozen with a digest. Pure.

The content of an exhibit is `{"turns": [{"speaker", "text", "indices", "translations"}]}`: Markdown source, the
messages that were merged into the turn, and the text in other languages where every merged message has it. Where the
block shows something beside its dialogues, that is its `context` (`annotation/beside.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from annotation.beside import Beside, beside_shown
from annotation.instruments import canonical_digest
from annotation.tidying import tidy
from generation.references import with_titles


@dataclass(frozen=True)
class Message:
    """One utterance as it was filed, and where it names items: (start, end, title) in characters of `text`."""

    index: int
    speaker: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)
    mentions: Sequence[tuple[int | None, int | None, str]] = ()


def content(
    messages: Iterable[Message], *, merge: bool, beside: Beside | None = None, context: Sequence[str] = ()
) -> dict[str, Any]:
    """What is shown of these messages; with `merge`, neighbouring messages of one speaker are one turn.

    `context` names what of `beside` is shown with them.

    >>> content([Message(0, "user", "Hi"), Message(1, "user", "A  film?")], merge=True)["turns"][0]["text"]
    'Hi A film?'
    """
    ordered = sorted(messages, key=lambda message: message.index)
    runs = [list(run) for _, run in groupby(ordered, key=lambda message: message.speaker)]
    turns = [_turn(run) for run in (runs if merge else [[message] for message in ordered])]
    return {"turns": turns} | ({"context": beside_shown(beside or Beside(), context)} if context else {})


def offered_languages(contents: Iterable[Mapping[str, Any]]) -> list[str]:
    """The translations that every turn of every dialogue has, and every text beside it: any other would tell
    dialogues apart.

    >>> offered_languages([{"turns": [{"translations": {"zh": "你好", "de": ""}}, {"translations": {"zh": "好"}}]}])
    ['zh']
    """
    texts = (text for content in contents for text in _texts(content))
    had = ({code for code, text in one.get("translations", {}).items() if text} for one in texts)
    offered = next(had, set())
    for codes in had:
        offered &= codes
        if not offered:
            break
    return sorted(offered)


def _texts(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from content["turns"]
    yield from (part for part in content.get("context", {}).values() if part.get("text"))


def content_digest(shown: Mapping[str, Any]) -> str:
    """SHA-256 of what is shown."""
    return canonical_digest(shown)


def unit_digest(*digests: str) -> str:
    """SHA-256 of what a unit shows: the digest of its dialogue, or of its two in their order."""
    return canonical_digest(list(digests))


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
