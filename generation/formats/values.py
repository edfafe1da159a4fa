"""JSON values out of files, each with its place, and problems with them in words. Pure."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from generation.records import Json

T = TypeVar("T")

NESTING_LIMIT: Final = 64
UNSTORABLE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
KINDS: Final = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "null",
}


class FormatError(Exception):
    """A file that is not what it should be: where, what is wrong, and what to do about it.

    With `fatal` nothing after it can be read either.
    """

    def __init__(self, *, place: str = "", problem: str, remedy: str, fatal: bool = False) -> None:
        super().__init__(place, problem, remedy)
        self.place = place
        self.problem = problem
        self.remedy = remedy
        self.fatal = fatal

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.problem.rstrip('.')}. {self.remedy}"

    def as_dict(self) -> dict[str, str]:
        return {"place": self.place, "problem": self.problem, "remedy": self.remedy}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a source may hold: bytes unpacked from .gz or .zip; files; bytes of one line or one JSON file."""

    unpacked: int = 4 * 1024**3
    entries: int = 200_000
    line: int = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Value:
    """One JSON value of a source. `name` is that of the file it is alone in, within a folder or archive, or empty."""

    place: str
    data: Json
    name: str = ""


def parse(text: str, place: str) -> Json:
    """The JSON value that this text is; no NaN, no repeated keys, nothing nested deeper than 64, nothing unstorable."""
    try:
        data = _DECODER.decode(text)
    except FormatError as error:
        raise FormatError(place=place, problem=error.problem, remedy=error.remedy) from None
    except json.JSONDecodeError as error:
        where = f"character {error.colno}" if error.lineno == 1 else f"line {error.lineno}, character {error.colno}"
        problem = f"this is not JSON: {error.msg.removesuffix(' at')} at {where}"
        remedy = "Correct the file there; each line, or each .json file, must be complete JSON."
        raise FormatError(place=place, problem=problem, remedy=remedy) from None
    except (RecursionError, ValueError) as error:
        problem = "nested too deeply" if isinstance(error, RecursionError) else f"this is not JSON: {error}"
        raise FormatError(place=place, problem=problem, remedy="Correct the file there.") from None
    if text.count("{") + text.count("[") > NESTING_LIMIT and _is_nested_deeper(data, NESTING_LIMIT):
        problem = f"lists and objects are nested deeper than {NESTING_LIMIT}"
        raise FormatError(place=place, problem=problem, remedy="Such a file is not a dialogue; check where it is from.")
    if UNSTORABLE.search(text):
        _refuse_unstorable(data, place)
    return data


def first_repeated(names: Iterable[str]) -> str | None:
    """The first of these that stands there a second time, in one pass however many there are.

    >>> first_repeated(["a", "b", "b", "a"]), first_repeated("ab")
    ('b', None)
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _unique_keys(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    data = dict(pairs)
    if len(data) < len(pairs):
        twice = first_repeated(key for key, _value in pairs)
        raise FormatError(problem=f"the key `{twice}` stands twice in one object", remedy="Keep one of them.")
    return data


def _no_constant(name: str) -> NoReturn:
    raise FormatError(problem=f"{name} is not JSON", remedy="Write null, or leave the key out.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise FormatError(problem=f"the number {text[:40]} is too large", remedy="Write it as text, in quotes.")
    return number


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_no_constant, parse_float=_finite)


def _is_nested_deeper(data: Json, limit: int) -> bool:
    level = [data] if isinstance(data, dict | list) else []
    for _depth in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


def _refuse_unstorable(data: Json, place: str) -> None:
    text = json.dumps(data, ensure_ascii=False)
    if "\\u0000" in text.replace("\\\\", ""):  # without those that are a written backslash
        problem = "a text holds the NUL character \\u0000"
        raise FormatError(place=place, problem=problem, remedy="Remove it; no database keeps it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        problem = "a text holds half a character (a surrogate such as \\ud83d without its partner)"
        raise FormatError(place=place, problem=problem, remedy="Write the whole character, or remove it.") from None


def kind_of(data: Json) -> str:
    return KINDS.get(type(data), type(data).__name__)


def an_object(data: Json, what: str) -> Mapping[str, Json]:
    """`data`, if it is an object; `what` names it for the reader: "message 7"."""
    if not isinstance(data, dict):
        raise FormatError(problem=f"{what} is {kind_of(data)}, not an object", remedy="Write it as {…} with its keys.")
    return data


def get(data: Mapping[str, Json], key: str, kinds: type[T] | tuple[type[T], ...], what: str = "the entry") -> T:
    """`data[key]`, which must be there and of one of these kinds."""
    value = data.get(key)
    if type(value) is kinds:
        return value
    if key not in data:
        raise FormatError(problem=f"{what} has no `{key}`", remedy=f"Add `{key}`, or choose another format.")
    return _of_kind(value, key, kinds, what)


def get_or(
    data: Mapping[str, Json], key: str, kinds: type[T] | tuple[type[T], ...], default: T, what: str = "the entry"
) -> T:
    """`data[key]` of one of these kinds, or the default where the key is missing or null."""
    value = data.get(key)
    return default if value is None else _of_kind(value, key, kinds, what)


def _of_kind(value: Any, key: str, kinds: type[T] | tuple[type[T], ...], what: str) -> T:
    if type(value) is kinds:
        return value
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if type(value) not in wanted:
        expected = " or ".join(KINDS.get(kind, kind.__name__) for kind in wanted)
        problem = f"`{key}` of {what} is {kind_of(value)}, not {expected}"
        raise FormatError(problem=problem, remedy=f"Write {expected}.")
    return value  # type: ignore[no-any-return]
