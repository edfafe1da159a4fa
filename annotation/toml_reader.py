"""Reading hand-written tables (TOML, JSON) with every problem named by its place. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from generation.wording import worded

MISSING: Final = object()
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps: NUL, and halves of characters."""


def quoted(value: object) -> str:
    """`value` as it may stand in a message: short, on one line, in quotation marks."""
    try:
        text = " ".join(str(value).split())
    except ValueError:  # Python writes out no number of thousands of digits
        text = "a huge number"
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def listed(values: Iterable[str]) -> str:
    return ", ".join(values)


class Reader:
    """One table, read key by key. What is wrong is added to `problems`; what is read is always of the right type."""

    def __init__(self, data: object, place: str, problems: list[str]) -> None:
        self.place = place
        self.problems = problems
        self._known: list[str] = []
        self._data: Mapping[str, Any] = {}
        if isinstance(data, Mapping):
            self._data = data
        else:
            self.problem(worded("should be a table with keys and values"))

    def problem(self, text: str) -> None:
        self.problems.append(worded("%(place)s: %(problem)s", place=self.place, problem=text) if self.place else text)

    def within(self, place: str) -> str:
        return worded("%(place)s, %(part)s", place=self.place, part=place) if self.place else place

    def given(self, key: str) -> bool:
        return key in self._data

    def _take(self, key: str, kind: type, words: str, default: object) -> Any:
        self._known.append(key)
        value = self._data.get(key, MISSING)
        if value is MISSING or (value is None and default is not MISSING):
            if default is MISSING:
                self.problem(worded("`%(key)s` is missing; give %(words)s.", key=key, words=words))
                return kind()
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problem(
                worded("`%(key)s` is %(value)s; it should be %(words)s.", key=key, value=quoted(value), words=words)
            )
            return kind() if default is MISSING else default
        return value

    def text(self, key: str, *, most: int, default: Any = MISSING) -> str:
        value = self._take(key, str, worded("a text"), default)
        if UNSTORABLE.search(value):
            self.problem(
                worded(
                    "`%(key)s` contains a character that cannot be stored (NUL, or half a character); remove it.",
                    key=key,
                )
            )
        if len(value) > most:
            self.problem(
                worded(
                    "`%(key)s` is %(value)s characters long; at most %(most)s are allowed.",
                    key=key,
                    value=f"{len(value):,}",
                    most=f"{most:,}",
                )
            )
        return UNSTORABLE.sub("", value)[:most].strip()

    def value(self, key: str, *, default: object) -> object:
        """Whatever stands there; whoever asks looks at its kind."""
        return self._take(key, object, worded("a value"), default)

    def integer(self, key: str, *, least: int, most: int, default: Any = MISSING) -> int:
        value = self._take(key, int, worded("a whole number"), default)
        return self._ranged(key, value, least, most) if self.given(key) else int(value)

    def integer_or_none(self, key: str, *, least: int, most: int) -> int | None:
        value = self._take(key, int, worded("a whole number"), None)
        return None if value is None else self._ranged(key, value, least, most)

    def _ranged(self, key: str, value: int, least: int, most: int) -> int:
        if not least <= value <= most:
            said = f"{value:,}" if abs(value) < 10**20 else worded("a huge number")
            self.problem(
                worded(
                    "`%(key)s` is %(said)s; it should be from %(least)s to %(most)s.",
                    key=key,
                    said=said,
                    least=f"{least:,}",
                    most=f"{most:,}",
                )
            )
            return min(max(value, least), most)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._take(key, bool, worded("true or false"), default))

    def choice(self, key: str, allowed: Iterable[str], *, default: Any = MISSING) -> str:
        options = list(allowed)
        value = self._take(key, str, worded("one of %(options)s", options=listed(options)), default)
        if value not in options and self.given(key):
            self.problem(
                worded(
                    "`%(key)s` is %(value)s; it should be one of %(options)s.",
                    key=key,
                    value=quoted(value),
                    options=listed(options),
                )
            )
            return options[0]
        return str(value)

    def texts(self, key: str, *, most: int, default: Any = MISSING) -> tuple[str, ...]:
        values = self._take(key, list, worded("a list of texts"), default)
        if len(values) > most:
            self.problem(
                worded(
                    "`%(key)s` lists %(values)s entries; at most %(most)s are allowed.",
                    key=key,
                    values=len(values),
                    most=most,
                )
            )
        for value in values:
            if not isinstance(value, str):
                self.problem(
                    worded("`%(key)s` contains %(value)s; every entry should be a text.", key=key, value=quoted(value))
                )
        return tuple(value for value in values[:most] if isinstance(value, str))

    def tables(self, key: str, *, most: int) -> list[object]:
        values = self._take(key, list, worded("a list of tables"), [])
        if len(values) > most:
            self.problem(
                worded(
                    "there are %(values)s `%(key)s`; at most %(most)s are allowed.",
                    values=f"{len(values):,}",
                    key=key,
                    most=f"{most:,}",
                )
            )
        return list(values[:most])

    def table(self, key: str) -> object | None:
        value = self._take(key, dict, worded("a table"), None)
        return value if isinstance(value, dict) else None

    def finish(self) -> None:
        """Name every key that nobody asked for, with the nearest that exists."""
        for key in self._data:
            if key not in self._known:
                near = difflib.get_close_matches(str(key), self._known, n=1)
                hint = (
                    worded("did you mean `%(near)s`?", near=near[0])
                    if near
                    else worded("known are %(known)s.", known=listed(f"`{k}`" for k in self._known))
                )
                self.problem(worded("`%(key)s` is not known; %(hint)s", key=str(key)[:60], hint=hint))
