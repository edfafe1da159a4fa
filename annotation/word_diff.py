"""Two texts and what differs between them, word by word: for people to read. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

CONTEXT: Final = 24
"""Words and spaces shown on either side of a difference; what lies further off is left out."""
MOST_WORDS: Final = 4_000


@dataclass(frozen=True)
class Piece:
    """A stretch of text: in both, only before, only after; or a gap, where both go on alike."""

    kind: Literal["same", "gone", "new", "gap"]
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """What has to be struck out and added to make `after` of `before`.

    >>> [(piece.kind, piece.text) for piece in word_diff("Is it good?", "Is it any good?")]
    [('same', 'Is it '), ('new', 'any '), ('same', 'good?')]
    """
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > MOST_WORDS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return list(_pieces(old, new))


def _words(text: str) -> list[str]:
    """Words, signs and spaces apart; signs of Chinese and Japanese each alone."""
    return re.findall(r"\n|[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|[^\S\n]+|.", text)


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Spaces between two differences belong to both, so that a phrase that was replaced stays in one piece."""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    gone = added = ""
    for place, (kind, start, stop, new_start, new_stop) in enumerate(codes):
        first, last = place == 0, place == len(codes) - 1
        if kind == "equal" and (first or last or "".join(old[start:stop]).strip()):
            yield from _differing(gone, added)
            gone = added = ""
            yield from _same(old[start:stop], first=first, last=last)
        else:
            gone += "".join(old[start:stop])
            added += "".join(new[new_start:new_stop])
    yield from _differing(gone, added)


def _differing(gone: str, added: str) -> Iterator[Piece]:
    if gone:
        yield Piece("gone", gone)
    if added:
        yield Piece("new", added)


def _same(words: Sequence[str], *, first: bool, last: bool) -> Iterator[Piece]:
    head, tail = 0 if first else CONTEXT, 0 if last else CONTEXT
    if len(words) <= head + tail + CONTEXT:
        yield Piece("same", "".join(words))
        return
    if head:
        yield Piece("same", "".join(words[:head]))
    yield Piece("gap", " … ")
    if tail:
        yield Piece("same", "".join(words[len(words) - tail :]))


@dataclass(frozen=True)
class ShownChange:
    """One change of an amendment: where, of what, and the difference."""

    place: str
    what: str
    pieces: Sequence[Piece]
    refusal: str = ""


def shown_changes(changes: Iterable[Mapping[str, Any]]) -> list[ShownChange]:
    """Changes as they are stored with an amendment, to be shown."""
    return [
        ShownChange(
            change["place"],
            change["what"],
            word_diff(_told(change["before"]), _told(change["after"])),
            change.get("refusal", ""),
        )
        for change in changes
    ]


def _told(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
