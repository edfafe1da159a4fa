"""Python literals, as the Amazon metadata of 2014 are written: rewritten as JSON, never evaluated. Pure."""

import ast
import json
import re
from typing import Final

from generation.formats.values import FormatError, parse
from generation.records import Json
from generation.wording import worded

TOKEN: Final = re.compile(
    r"""\s*(?:
    [uU]?(?P<text>'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")
    |(?P<word>True|False|None)\b
    |(?P<plain>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[{}\[\]:,])
    )\s*""",
    re.VERBOSE | re.DOTALL,
)
WORDS: Final = {"True": "true", "False": "false", "None": "null"}
LONGEST: Final = 1024**2


def json_or_literal(text: str, place: str) -> Json:
    """The value of a line that is JSON, or else a Python literal of the same kinds of values."""
    try:
        return parse(text, place)
    except FormatError:
        if not text.startswith(("{'", "{u'")):
            raise
    return parse(as_json(text, place), place)


def as_json(text: str, place: str = "") -> str:
    """The literal written as JSON. Anything but texts, numbers, True, False, None, lists and dicts is refused.

    >>> as_json("{'title': \\"Bob's\\", 'price': 9.5, 'new': True}")
    '{"title":"Bob\\'s","price":9.5,"new":true}'
    """
    if len(text) > LONGEST:
        problem = worded("the Python literal is longer than %(most)s characters", most=f"{LONGEST:,}")
        remedy = worded("Such a line is no item; check where it is from.")
        raise FormatError(place=place, problem=problem, remedy=remedy)
    written, at = [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            problem = worded(
                "this is neither JSON nor a Python literal: %(text)s at character %(character)d",
                text=repr(text[at : at + 20]),
                character=at + 1,
            )
            raise FormatError(place=place, problem=problem, remedy=worded("Write each line as JSON."))
        written.append(_written(found, place))
        at = found.end()
    return "".join(written)


def _written(found: re.Match[str], place: str) -> str:
    text = found["text"]
    if text is None:
        return found["plain"] or WORDS[found["word"]]
    if "\\" not in text:
        return json.dumps(text[1:-1])
    try:
        return json.dumps(ast.literal_eval(text))  # one text in its quotes, nothing else
    except (SyntaxError, ValueError) as error:
        problem = worded("a text cannot be read: %(error)s", error=str(error))
        raise FormatError(place=place, problem=problem, remedy=worded("Write each line as JSON.")) from error
