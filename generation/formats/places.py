"""Where in a file something stands, and what of an entry is meant: put in words where something is wrong. Pure.

A file has millions of places and few problems, so that what is made for each is a text and what the text is made of.

>>> where = place(ENTRY, 3, line_of("", 7))
>>> where, where.what
('line 7, entry 3', ('%(of)s, entry %(name)s', 3, ('line %(name)s', 7)))
>>> in_words(where).pattern
'%(of)s, entry %(name)s'
"""

from typing import Final, TypeAlias

from generation.wording import gettext_noop, worded

What: TypeAlias = "str | tuple[str, int | str] | tuple[str, int | str, What]"
"""A text; or a pattern with the number or name that stands in it, and perhaps of what that is a part."""

LINE: Final = gettext_noop("line %(name)s")
LINE_OF: Final = gettext_noop("%(of)s, line %(name)s")
ENTRY: Final = gettext_noop("%(of)s, entry %(name)s")
CONVERSATION: Final = gettext_noop("%(of)s, conversation %(name)s")
OF_PERSON: Final = gettext_noop("%(of)s of %(name)s")
COLUMN: Final = gettext_noop("%(of)s, column %(name)s")
NAMED: Final = gettext_noop("%(of)s, %(name)s")

MESSAGE: Final = gettext_noop("message %(name)s")
UTTERANCE: Final = gettext_noop("utterance %(name)s")
ITEM: Final = gettext_noop("item %(name)s")
MENTION: Final = gettext_noop("mention %(name)s of %(of)s")
A_KEY: Final = gettext_noop("`%(name)s`")
KEY: Final = gettext_noop("`%(name)s` of %(of)s")
NUMBERED: Final = gettext_noop("conversation %(name)s")
SAID_OF: Final = gettext_noop("what is said of %(name)s")
ENTRY_OF: Final = gettext_noop("entry %(name)s of `%(of)s`")

THE_FILE: Final = worded("the file")
THE_ENTRY: Final = worded("the entry")
THE_ROW: Final = worded("the row")


class Place(str):
    """A place in a file, in English, and what it is made of."""

    __slots__ = ("what",)
    what: What


def place(pattern: str, name: int | str, of: str) -> Place:
    """What a pattern says of a number or name, and of the place that it is in."""
    return made(pattern % {"name": name, "of": of}, (pattern, name, told(of)))


def line_of(file: str, number: int) -> Place:
    """A line of a file; `file` is empty where there is only one."""
    if not file:
        return made(f"line {number}", (LINE, number))
    return made(f"{file}, line {number}", (LINE_OF, number, file))


def made(text: str, what: What) -> Place:
    """A place whose text is at hand: what is made for every line or cell is not filled into a pattern."""
    place = Place(text)
    place.what = what
    return place


def told(place: str) -> What:
    """What a place is made of, to be said in words elsewhere; it goes to another process at little cost."""
    return place.what if isinstance(place, Place) else place


def in_words(what: What) -> str:
    """A place, or a part of an entry, in words that can be translated."""
    if isinstance(what, str):
        return in_words(what.what) if isinstance(what, Place) else what
    pattern, name, *of = what
    return worded(pattern, name=name, of=in_words(of[0]) if of else "")
