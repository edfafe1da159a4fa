"""What the scripted writer can be told to get wrong, so that every filter can be seen at work. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Part(StrEnum):
    """What a scripted endpoint does when the mishap befalls it."""

    WRITER = "writer"
    PEOPLE = "people"
    TRANSLATION = "translation"
    ANY = "any"


@dataclass(frozen=True)
class Mishap:
    """One way in which what is written goes wrong, and the filter that should find it."""

    slug: str
    filter: str
    words: str
    part: Part = Part.WRITER


MISHAPS: Final = {
    one.slug: one
    for one in (
        Mishap("cut_off", "F1", "ends in the middle of a sentence"),
        Mishap("garbled", "F2", "has letters garbled"),
        Mishap("leaked_slot", "F3", "shows the name of a slot"),
        Mishap("missing_title", "F3", "does not name the item that is due"),
        Mishap("dropped_utterance", "F4", "leaves an utterance out"),
        Mishap("swapped_speakers", "F4", "has two speakers swapped"),
        Mishap("long_sentence", "A1", "has a sentence that is too long"),
        Mishap("copied_review", "A2", "copies a review word for word"),
        Mishap("early_gold", "A3", "names the gold item too early"),
        Mishap("leaked_instruction", "A4", "speaks of its instructions"),
        Mishap("wrong_outcome", "A5", "declines where it should accept"),
        Mishap("repeated", "A6", "is the same dialogue again"),
        Mishap("untranslated", "", "leaves a text that it should translate as it is", Part.TRANSLATION),
        Mishap("missing_field", "P1", "leaves a line out", Part.PEOPLE),
        Mishap("odd_age", "P2", "has an age that is none", Part.PEOPLE),
        Mishap("only_likes", "P3", "likes everything somewhere", Part.PEOPLE),
        Mishap("same_person", "P4", "is somebody again, a year older", Part.PEOPLE),
        Mishap("no_answer", "", "is answered by a server error, and tried again", Part.ANY),
    )
}


def read_mishaps(said: Mapping[str, Any]) -> dict[str, float]:
    """The chances that are known, are numbers, and are not 0; each at most 1."""
    found = {slug: said.get(slug) for slug in MISHAPS}
    numbers = {slug: float(chance) for slug, chance in found.items() if isinstance(chance, int | float)}
    return {slug: min(chance, 1.0) for slug, chance in numbers.items() if chance > 0}
