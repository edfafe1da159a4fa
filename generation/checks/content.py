"""F3, A3, A4: what the template left in the text, titles that are due, and the gold title before its time. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from generation.checks.findings import Case, Found, quoted
from generation.checks.phrases import phrases_in, plain
from generation.reviews.goals import GOALS, PLACEHOLDER, SLOTS
from generation.wording import worded

ENGLISH: Final = phrases_in("en")
FEWEST_WORDS: Final = 3
"""An instruction of fewer words (“Close politely”) may be said by chance."""
SLOT: Final = re.compile(rf"\[?\b(?:(?:USER|OTHER)_[A-Z0-9_]+|(?i:{'|'.join(sorted(SLOTS))})(?:_\d+)?)\b\]?")
BRACES: Final = re.compile(r"\{\{[^{}\n]{0,80}\}\}|[{}]")
OF_PUBLISHED_TEMPLATES: Final = ("Greeting with", "Recommend [", "Suggest [")


def _labels() -> list[str]:
    """What instructions say before their first slot, where that is long enough to be no chance."""
    said = {PLACEHOLDER.split(goal.instruction)[0].strip(" :") for goal in GOALS.values()}
    return sorted(words for words in said if len(words.split()) >= FEWEST_WORDS)


LABEL: Final = re.compile(
    "|".join(
        [
            r"\bSG(?:0[1-9]|[12]\d|30)\b",
            rf"\b(?:{'|'.join(goal.slug for goal in GOALS.values() if '_' in goal.slug)})\b",
        ]
        + [rf"(?<!\w){re.escape(words)}" for words in (*OF_PUBLISHED_TEMPLATES, *_labels())]
    )
)
RESIDUE: Final = (
    (SLOT, worded("the name of a slot")),
    (BRACES, worded("braces")),
    (LABEL, worded("what a goal asks for, word for word")),
)


def residue(case: Case) -> Iterator[Found]:
    for index, text in enumerate(case.masked):
        for pattern, what in RESIDUE:
            for found in pattern.finditer(text):
                yield Found(index, found.span(), worded("%(what)s: %(words)s", what=what, words=quoted(found[0])))
    yield from _not_named(case)


def _not_named(case: Case) -> Iterator[Found]:
    """Titles that are not named where they are due; where utterances are not those planned, titles named nowhere."""
    for index, planned in enumerate(case.plan.utterances):
        for slot in planned.slots:
            if slot not in case.plan.items:
                continue
            title = case.plan.items[slot].title
            readings = case.readings[index : index + 1] if case.fits else case.readings
            if not any(reading.names(title) for reading in readings):
                yield (
                    Found(index, None, worded("%(title)s is due and not named here", title=quoted(title)))
                    if case.fits
                    else Found(None, None, worded("%(title)s is due and not named anywhere", title=quoted(title)))
                )


def early_gold(case: Case) -> Iterator[Found]:
    """Only what surely names the title: “I loved it” does not give “It” away.

    In a dialogue with fewer utterances than planned, the recommendation may come earlier by as many.
    """
    gold = case.plan.gold.title
    title = case.naming.titles.get(gold)
    due = next((index for index, one in enumerate(case.plan.utterances) if gold in _titles(case, index)), None)
    if title is None or due is None:
        return
    lacking = max(0, len(case.plan.utterances) - len(case.readings))
    for index, reading in enumerate(case.readings[: max(0, due - lacking)]):
        for one in reading.named:
            if one.title == title.text and one.sure:
                reason = worded("names %(title)s before it is recommended", title=quoted(gold))
                yield Found(index, (one.start, one.end), reason)


def _titles(case: Case, index: int) -> list[str]:
    """The titles that an utterance introduces."""
    items = case.plan.items
    return [items[slot].title for slot in case.plan.utterances[index].slots if slot in items]


def leaked_instruction(case: Case) -> Iterator[Found]:
    for index, text in enumerate(case.masked):
        for found in ENGLISH.finditer("leaks", plain(text)):
            words = quoted(text[slice(*found.span())])
            yield Found(index, found.span(), worded("speaks of how it was made: %(words)s", words=words))
