"""Which phrases may say the same: suggested by their words, or by a model; confirmed by people alone. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from generation.preferences.phrases import LIST, AnswerError, comparable, stems

ALIKE: Final = 90.0
"""Of a hundred, from when on the sorted stems of two phrases count as spelt alike."""
MOST_COMPARED: Final = 2000
SHORTEST_COMPARED: Final = 8
NUMBER: Final = re.compile(r"^\s*(\d+)[.)]\s+(.*)$", re.MULTILINE)


class Group(NamedTuple):
    """Phrases that may say the same, under the name of the most frequent."""

    name: str
    phrases: tuple[str, ...]


def suggested(counts: Mapping[str, int]) -> list[Group]:
    """Groups of two phrases and more whose words are the same but for their form, order and spelling.

    >>> suggested({"art galleries": 3, "visiting art galleries": 1, "art gallery": 1, "calm films": 2})
    [Group(name='art galleries', phrases=('art galleries', 'art gallery'))]
    """
    ordered = sorted(counts, key=lambda phrase: (-counts[phrase], phrase))
    by_stems: dict[tuple[str, ...], list[str]] = {}
    for phrase in ordered:
        by_stems.setdefault(stems(phrase), []).append(phrase)
    groups: dict[str, list[str]] = {}
    for key, phrases in by_stems.items():
        spelt = " ".join(key)
        groups.setdefault(_spelt_alike(spelt, list(groups)[:MOST_COMPARED]) or spelt, []).extend(phrases)
    return [Group(phrases[0], tuple(phrases)) for phrases in groups.values() if len(phrases) > 1]


def _spelt_alike(spelt: str, others: Sequence[str]) -> str:
    """The first that is spelt alike; short ones have to be the same, and numbers have to agree."""
    if len(spelt) < SHORTEST_COMPARED:
        return ""
    found = process.extractOne(spelt, others, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return found[0] if found and _beginnings(found[0]) == _beginnings(spelt) else ""


def _beginnings(spelt: str) -> list[str]:
    """What words begin with, numbers whole: “booking” is no slip of “cooking”, nor 2019 one of 2018."""
    return sorted(stem if stem.isdecimal() else stem[:3] for stem in spelt.split())


def numbered(phrases: Sequence[str]) -> str:
    """Phrases as a prompt lists them."""
    return "\n".join(f"{number}. {phrase}" for number, phrase in enumerate(phrases, start=1))


def read_numbered(text: str) -> list[str]:
    """
    >>> read_numbered("1. calm films\\n2. tea")
    ['calm films', 'tea']
    """
    return [found[2] for found in NUMBER.finditer(text)]


def read_groups(answer: str, phrases: Sequence[str]) -> list[Group]:
    """The groups of a model's answer: a JSON list of objects with `name` and `phrases`, these by number or as they are.

    Phrases that were not asked about, or stand in an earlier group, are left out; so are groups of one.

    >>> read_groups('[{"name": "Calm films", "phrases": [1, 3]}]', ["calm films", "tea", "quiet films"])
    [Group(name='calm films', phrases=('calm films', 'quiet films'))]
    """
    listed = LIST.search(answer)
    try:
        said = json.loads(listed[0]) if listed else None
    except ValueError:
        said = None
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise AnswerError("The answer is no JSON list of groups.")
    free = dict.fromkeys(phrases)
    groups = []
    for one in said:
        members = one.get("phrases")
        named = [_member(member, phrases) for member in members] if isinstance(members, list) else []
        taken = tuple(dict.fromkeys(phrase for phrase in named if phrase in free))
        if len(taken) < 2:
            continue
        for phrase in taken:
            del free[phrase]
        name = one.get("name")
        groups.append(Group(comparable(name) if isinstance(name, str) and comparable(name) else taken[0], taken))
    return groups


def _member(said: object, phrases: Sequence[str]) -> str:
    if isinstance(said, int) and 1 <= said <= len(phrases):
        return phrases[said - 1]
    return comparable(said) if isinstance(said, str) else ""
