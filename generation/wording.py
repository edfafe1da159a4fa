"""Texts of pure code that people read: marked there, translated where they are shown. Pure.

What is put together from parts is kept and exported in English. It remembers its parts until it is cut or joined, and
`generation/translation.py` says it in the reader's language.

>>> said = worded("a word has %(letters)d letters", letters=50)
>>> said, said.pattern
('a word has 50 letters', 'a word has %(letters)d letters')
>>> read_parts(said, parts_of(said)).values
{'letters': 50}
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any


def gettext_noop(text: str) -> str:
    """Mark a text for translation, unchanged; `{% translate %}` or `gettext` translates it."""
    return text


class Worded(str):
    """An English text that knows its pattern, what is filled in, and the number that chooses the plural."""

    __slots__ = ("number", "pattern", "plural", "values")
    pattern: str
    plural: str
    number: int
    values: Mapping[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        """As another process is told of it: what it is made of, and not its text as well."""
        return _made, (self.pattern, self.plural, self.number, self.values)


def worded(pattern: str, /, **values: Any) -> Worded:
    """A text with these values in their places; they may be worded themselves."""
    return _made(pattern, "", 0, values)


def as_it_is(text: str) -> Worded:
    """A text in whatever language it is in, of which nothing is translated.

    >>> as_it_is("100 %").values
    {'text': '100 %'}
    """
    return _made("%(text)s", "", 0, {"text": text})


def worded_count(singular: str, plural: str, number: int, /, **values: Any) -> Worded:
    """The same, of one or of several.

    >>> worded_count("%(n)s reply", "%(n)s replies", 2, n="2")
    '2 replies'
    """
    return _made(singular, plural, number, values)


def _made(pattern: str, plural: str, number: int, values: Mapping[str, Any]) -> Worded:
    text = Worded((plural if plural and number != 1 else pattern) % values)
    text.pattern, text.plural, text.number, text.values = pattern, plural, number, values
    return text


def either(names: list[str]) -> str:
    """Names of which one will do.

    >>> either(["Cyrillic", "Latin"])
    'Cyrillic or Latin'
    """
    return _joined(gettext_noop("%(one)s or %(other)s"), names)


def together(texts: list[str]) -> str:
    """Texts one after the other.

    >>> together(["2 of these", "3 of those"])
    '2 of these, 3 of those'
    """
    return _joined(gettext_noop("%(one)s, %(other)s"), texts)


def apart(texts: list[str]) -> str:
    """Texts that may have commas of their own.

    >>> apart(["1, 2", "3"])
    '1, 2; 3'
    """
    return _joined(gettext_noop("%(one)s; %(other)s"), texts)


def sentences(texts: list[str]) -> str:
    """Sentences one after the other.

    >>> sentences(["One.", "Two."])
    'One. Two.'
    """
    return _joined(gettext_noop("%(one)s %(other)s"), texts)


def _joined(pattern: str, texts: list[str]) -> str:
    return reduce(lambda one, other: worded(pattern, one=one, other=other), texts)


def parts_of(text: str) -> dict[str, Any] | None:
    """What is stored beside a text, as JSON, so that it can be translated when it is read again."""
    if not isinstance(text, Worded):
        return None
    values = {name: parts_of(value) or value for name, value in text.values.items()}
    return {"pattern": text.pattern, "plural": text.plural, "number": text.number, "values": values}


def read_parts(text: str, parts: Any) -> str:
    """A stored text with the parts stored beside it, where they are its parts."""
    try:
        found = _read(parts)
    except (TypeError, ValueError, KeyError):
        return text
    return found if found == text else text


def _read(parts: Mapping[str, Any]) -> Worded:
    values = {name: _read(value) if isinstance(value, dict) else value for name, value in parts["values"].items()}
    return _made(parts["pattern"], parts["plural"], parts["number"], values)
