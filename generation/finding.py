"""What a dialogue is found by: what was said in it, without case, and its labels, one a line. Pure.

A search then reads one short row a dialogue instead of each of its utterances, and means the same on every database:
SQLite by itself folds the case of ASCII letters alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from generation.records import Json

LONGEST_VALUE: Final = 200
"""Of a label's values that can be filtered by: longer ones are remarks."""


def folded(text: str) -> str:
    """
    >>> folded("STRASSE") == folded("Straße")
    True
    """
    return text.casefold()


def words_of(texts: Iterable[str]) -> str:
    """The utterances' texts, to be searched for something `folded`."""
    return folded("\n".join(texts))


def marks_of(
    dialogue_labels: Mapping[str, Json],
    utterances: Iterable[tuple[Mapping[str, Json], Iterable[str]]],
) -> str:
    r"""A line for each label that is said and not false, and for its value; also for each language translated into.

    Each of `utterances` is its labels and the languages of its translations.

    >>> marks_of({"split": "b"}, [({"intent": "ask", "odd": False}, ["zh"])])
    '\ndialogue.split\ndialogue.split=b\ntranslated.zh\nutterance.intent\nutterance.intent=ask\n'
    """
    marks = set(_of_labels("dialogue", dialogue_labels)) if dialogue_labels else set()
    for labels, languages in utterances:
        if labels:
            marks.update(_of_labels("utterance", labels))
        for language in languages:
            marks.add(f"translated.{language}")
    return "".join(mark(one)[:-1] for one in sorted(marks)) + "\n" if marks else ""


def mark(name: str) -> str:
    """What stands in the marks of a dialogue that has this one."""
    return "\n" + " ".join(name.split("\n")) + "\n"


def _of_labels(target: str, labels: Mapping[str, Json]) -> Iterator[str]:
    for name, value in labels.items():
        if value is not False:
            yield f"{target}.{name}"
            if isinstance(value, str) and len(value) <= LONGEST_VALUE:
                yield f"{target}.{name}={value}"
