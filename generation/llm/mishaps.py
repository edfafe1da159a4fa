"""What the scripted models can be told to get wrong, so that every filter can be seen at work. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

ENDS_AT: Final = "ends_at"
MOST_TURNS: Final = 1000


class Part(StrEnum):
    """What a scripted endpoint does when the mishap befalls it."""

    WRITER = "writer"
    PEOPLE = "people"
    TRANSLATION = "translation"
    USER = "user"
    ASSISTANT = "assistant"
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
        Mishap("never_ends", "Q1", "is never ended by the user", Part.USER),
        Mishap("role_swap", "Q2", "has the user offer help and a plan", Part.USER),
        Mishap("speaks_as_user", "Q3", "has the assistant speak as the user", Part.ASSISTANT),
        Mishap("ends_at_once", "Q4", "is ended by the user before it began", Part.USER),
        Mishap("leaked_command", "Q5", "shows the line that tells the user how to end", Part.USER),
        Mishap("foreign_language", "Q6", "has the user speak another language", Part.USER),
        Mishap("refuses", "Q7", "has the assistant refuse, or return an error as text", Part.ASSISTANT),
        Mishap("says_nothing", "Q7", "has the user say nothing but “…”", Part.USER),
        Mishap("answers_nothing", "Q7", "has the assistant answer nothing but “…”", Part.ASSISTANT),
        Mishap("repeats", "Q9", "has the user say the same again, word for word", Part.USER),
        Mishap("no_answer", "", "is answered by a server error, and tried again", Part.ANY),
        Mishap("turned_down", "", "is turned down by the endpoint, and not tried again", Part.ANY),
    )
}


def read_mishaps(said: Mapping[str, Any]) -> dict[str, float]:
    """The chances that are known, are numbers, and are not 0; each at most 1."""
    found = {slug: said.get(slug) for slug in MISHAPS}
    numbers = {slug: float(chance) for slug, chance in found.items() if isinstance(chance, int | float)}
    return {slug: min(chance, 1.0) for slug, chance in numbers.items() if chance > 0}


def read_ends_at(said: Mapping[str, Any]) -> int | None:
    """After how many turns the scripted user is to end every conversation, where it was told."""
    found = said.get(ENDS_AT)
    fits = isinstance(found, int) and not isinstance(found, bool) and 0 < found <= MOST_TURNS
    return found if fits else None
