"""Long JSON lists, one element at a time. Pure: a file of gigabytes may be one list, and is never held whole."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from generation.formats.values import FormatError
from generation.wording import worded

SPACE: Final = re.compile(r"[ \t\n\r]*")
INSIDE: Final = re.compile(r'"|[\[{]|[\]}]|,')
STRING_END: Final = re.compile(r'["\\]')


def elements(first: str, more: Callable[[], str], limit: int) -> Iterator[str]:
    """The text of each element of the list that begins in `first`; `more` gives what follows, "" at the end.

    >>> rest = iter(['"b, ]"', "}, 2", "]"])
    >>> list(elements('[{"a": ', lambda: next(rest, ""), 100))
    ['{"a": "b, ]"}', '2']
    """
    scan = _Scan(first, more, limit)
    scan.at = SPACE.match(first).end() + 1  # type: ignore[union-attr]
    while True:
        element, closing = scan.element()
        if element or closing == ",":
            yield element
        if closing == "]":
            break
    if scan.rest().strip():
        problem = worded("there is something after the end of the list")
        raise FormatError(problem=problem, remedy=worded("Keep the list alone."))


class _Scan:
    """A window over the text, from the beginning of an element on."""

    def __init__(self, text: str, more: Callable[[], str], limit: int) -> None:
        self.text, self.more, self.limit = text, more, limit
        self.at = 0

    def element(self) -> tuple[str, str]:
        """The text up to the comma or bracket that ends the element, and which it was."""
        self.text, self.at = self.text[self.at :], 0
        depth, look = 0, 0
        while True:
            found = INSIDE.search(self.text, look)
            if found is None:
                look = len(self.text)
                self._grow()
                continue
            sign, look = found[0], found.end()
            if sign == '"':
                look = self._after_string(look)
            elif depth == 0 and sign in ",]":
                self.at = look
                if look > self.limit:
                    raise self._too_long()
                return self.text[: look - 1].strip(), sign
            elif sign in "[{":
                depth += 1
            elif sign in "]}":
                depth -= 1

    def _after_string(self, look: int) -> int:
        while True:
            found = STRING_END.search(self.text, look)
            if found is None:
                look = len(self.text)
                self._grow()
            elif found[0] == '"':
                return found.end()
            else:
                look = found.end() + 1
                while look > len(self.text):
                    self._grow()

    def _grow(self) -> None:
        if len(self.text) > self.limit:
            raise self._too_long()
        piece = self.more()
        if not piece:
            problem = worded("this is not JSON: the list does not end")
            remedy = worded("The file was cut off; copy or download it again.")
            raise FormatError(problem=problem, remedy=remedy, fatal=True)
        self.text += piece

    def _too_long(self) -> FormatError:
        problem = worded("an entry of the list is longer than %(limit)s characters", limit=f"{self.limit:,}")
        remedy = worded("A dialogue of that length is none; check where the file is from.")
        return FormatError(problem=problem, remedy=remedy, fatal=True)

    def rest(self) -> str:
        left = self.text[self.at :]
        while not left.strip() and (piece := self.more()):
            left = piece
        return left
