"""JSON values out of files, each with its place, and problems with them in words. Pure."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn, Self, TypeVar

from generation.formats.places import THE_ENTRY, What, in_words
from generation.records import Json
from generation.wording import Worded, as_it_is, either, parts_of, read_parts, worded

T = TypeVar("T")

NESTING_LIMIT: Final = 64
UNSTORABLE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
TEXTS: Final = ("place", "problem", "remedy")
KINDS: Final = {
    dict: worded("an object"),
    list: worded("a list"),
    str: worded("a text"),
    bool: worded("true or false"),
    int: worded("a whole number"),
    float: worded("a number"),
    type(None): worded("null"),
}


NO_JSON: Final = {
    str(said): said
    for said in (
        worded("Expecting value"),
        worded("Expecting property name enclosed in double quotes"),
        worded("Expecting ',' delimiter"),
        worded("Expecting ':' delimiter"),
        worded("Extra data"),
        worded("Unterminated string starting"),
        worded("Invalid control character"),
        worded("Invalid \\uXXXX escape"),
    )
}
"""What Python says of a text that is no JSON."""


class FormatError(Exception):
    """A file that is not what it should be: where, what is wrong, and what to do about it, each a worded text.

    With `fatal` nothing after it can be read either.
    """

    def __init__(self, *, place: str = "", problem: Worded, remedy: Worded, fatal: bool = False) -> None:
        super().__init__(place, problem, remedy)
        self.place = in_words(place)
        self.problem = problem
        self.remedy = remedy
        self.fatal = fatal

    def __str__(self) -> str:
        return str(self.words)

    @property
    def words(self) -> Worded:
        """All of it in a sentence or two, to be translated."""
        said = worded("%(problem)s. %(remedy)s", problem=self.problem, remedy=self.remedy)
        return worded("%(place)s: %(problem)s", place=self.place, problem=said) if self.place else said

    def as_dict(self) -> dict[str, Any]:
        """As it is stored: in English, with the parts of each text."""
        texts = dict(zip(TEXTS, (self.place, self.problem, self.remedy), strict=True))
        return {**texts, "parts": {name: parts_of(text) for name, text in texts.items()}}

    @classmethod
    def stored(cls, filed: Mapping[str, Any]) -> Self:
        """What `as_dict` gave; also of before there were parts, which is in English."""
        parts = filed.get("parts", {})
        read = (read_parts(filed[name], parts.get(name)) for name in TEXTS)
        place, problem, remedy = (text if isinstance(text, Worded) else as_it_is(text) for text in read)
        return cls(place=place, problem=problem, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a source may hold: bytes unpacked from .gz or .zip; files; bytes of one line or one JSON file."""

    unpacked: int = 4 * 1024**3
    entries: int = 200_000
    line: int = 16 * 1024**2


class Value(NamedTuple):
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
        remedy = worded("Correct the file there; each line, or each .json file, must be complete JSON.")
        raise FormatError(place=place, problem=_no_json(error), remedy=remedy) from None
    except (RecursionError, ValueError) as error:
        too_deep = isinstance(error, RecursionError)
        problem = worded("nested too deeply") if too_deep else worded("this is not JSON: %(error)s", error=str(error))
        raise FormatError(place=place, problem=problem, remedy=worded("Correct the file there.")) from None
    if text.count("{") + text.count("[") > NESTING_LIMIT and _is_nested_deeper(data, NESTING_LIMIT):
        problem = worded("lists and objects are nested deeper than %(limit)d", limit=NESTING_LIMIT)
        remedy = worded("Such a file is not a dialogue; check where it is from.")
        raise FormatError(place=place, problem=problem, remedy=remedy)
    if UNSTORABLE.search(text):
        _refuse_unstorable(data, place)
    return data


def _no_json(error: json.JSONDecodeError) -> Worded:
    text = error.msg.removesuffix(" at")
    said = NO_JSON.get(text, text)
    if error.lineno == 1:
        return worded("this is not JSON: %(error)s at character %(character)d", error=said, character=error.colno)
    return worded(
        "this is not JSON: %(error)s at line %(line)d, character %(character)d",
        error=said,
        line=error.lineno,
        character=error.colno,
    )


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
        problem = worded("the key `%(key)s` stands twice in one object", key=twice)
        raise FormatError(problem=problem, remedy=worded("Keep one of them."))
    return data


def _no_constant(name: str) -> NoReturn:
    problem = worded("%(name)s is not JSON", name=name)
    raise FormatError(problem=problem, remedy=worded("Write null, or leave the key out."))


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        problem = worded("the number %(number)s is too large", number=text[:40])
        raise FormatError(problem=problem, remedy=worded("Write it as text, in quotes."))
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
        problem = worded("a text holds the NUL character \\u0000")
        raise FormatError(place=place, problem=problem, remedy=worded("Remove it; no database keeps it."))
    try:
        text.encode()
    except UnicodeEncodeError:
        problem = worded("a text holds half a character (a surrogate such as \\ud83d without its partner)")
        remedy = worded("Write the whole character, or remove it.")
        raise FormatError(place=place, problem=problem, remedy=remedy) from None


def kind_of(data: Json) -> str:
    return KINDS.get(type(data), type(data).__name__)


def an_object(data: Json, what: What) -> Mapping[str, Json]:
    """`data`, if it is an object; `what` names it for the reader: "message 7"."""
    if not isinstance(data, dict):
        problem = worded("%(what)s is %(kind)s, not an object", what=in_words(what), kind=kind_of(data))
        raise FormatError(problem=problem, remedy=worded("Write it as {…} with its keys."))
    return data


def get(data: Mapping[str, Json], key: str, kinds: type[T] | tuple[type[T], ...], what: What = THE_ENTRY) -> T:
    """`data[key]`, which must be there and of one of these kinds."""
    value = data.get(key)
    if type(value) is kinds:
        return value
    if key not in data:
        problem = worded("%(what)s has no `%(key)s`", what=in_words(what), key=key)
        raise FormatError(problem=problem, remedy=worded("Add `%(key)s`, or choose another format.", key=key))
    return _of_kind(value, key, kinds, what)


def get_or(
    data: Mapping[str, Json], key: str, kinds: type[T] | tuple[type[T], ...], default: T, what: What = THE_ENTRY
) -> T:
    """`data[key]` of one of these kinds, or the default where the key is missing or null."""
    value = data.get(key)
    return default if value is None else _of_kind(value, key, kinds, what)


def _of_kind(value: Any, key: str, kinds: type[T] | tuple[type[T], ...], what: What) -> T:
    if type(value) is kinds:
        return value
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    if type(value) not in wanted:
        expected = either([KINDS.get(kind, kind.__name__) for kind in wanted])
        problem = worded(
            "`%(key)s` of %(what)s is %(kind)s, not %(expected)s",
            key=key,
            what=in_words(what),
            kind=kind_of(value),
            expected=expected,
        )
        raise FormatError(problem=problem, remedy=worded("Write %(expected)s.", expected=expected))
    return value  # type: ignore[no-any-return]
