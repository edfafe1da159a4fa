"""What the scripted models can be told to get wrong, so that every filter can be seen at work. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from generation.wording import gettext_noop

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
        Mishap("cut_off", "F1", gettext_noop("ends in the middle of a sentence")),
        Mishap("garbled", "F2", gettext_noop("has letters garbled")),
        Mishap("leaked_slot", "F3", gettext_noop("shows the name of a slot")),
        Mishap("missing_title", "F3", gettext_noop("does not name the item that is due")),
        Mishap("dropped_utterance", "F4", gettext_noop("leaves an utterance out")),
        Mishap("swapped_speakers", "F4", gettext_noop("has two speakers swapped")),
        Mishap("long_sentence", "A1", gettext_noop("has a sentence that is too long")),
        Mishap("copied_review", "A2", gettext_noop("copies a review word for word")),
        Mishap("early_gold", "A3", gettext_noop("names the gold item too early")),
        Mishap("leaked_instruction", "A4", gettext_noop("speaks of its instructions")),
        Mishap("wrong_outcome", "A5", gettext_noop("declines where it should accept")),
        Mishap("repeated", "A6", gettext_noop("is the same dialogue again")),
        Mishap("untranslated", "", gettext_noop("leaves a text that it should translate as it is"), Part.TRANSLATION),
        Mishap("missing_field", "P1", gettext_noop("leaves a line out"), Part.PEOPLE),
        Mishap("odd_age", "P2", gettext_noop("has an age that is none"), Part.PEOPLE),
        Mishap("only_likes", "P3", gettext_noop("likes everything somewhere"), Part.PEOPLE),
        Mishap("same_person", "P4", gettext_noop("is somebody again, a year older"), Part.PEOPLE),
        Mishap("never_ends", "Q1", gettext_noop("is never ended by the user"), Part.USER),
        Mishap("role_swap", "Q2", gettext_noop("has the user offer help and a plan"), Part.USER),
        Mishap("speaks_as_user", "Q3", gettext_noop("has the assistant speak as the user"), Part.ASSISTANT),
        Mishap("ends_at_once", "Q4", gettext_noop("is ended by the user before it began"), Part.USER),
        Mishap("leaked_command", "Q5", gettext_noop("shows the line that tells the user how to end"), Part.USER),
        Mishap("foreign_language", "Q6", gettext_noop("has the user speak another language"), Part.USER),
        Mishap("refuses", "Q7", gettext_noop("has the assistant refuse, or return an error as text"), Part.ASSISTANT),
        Mishap("says_nothing", "Q7", gettext_noop("has the user say nothing but “…”"), Part.USER),
        Mishap("answers_nothing", "Q7", gettext_noop("has the assistant answer nothing but “…”"), Part.ASSISTANT),
        Mishap("repeats", "Q9", gettext_noop("has the user say the same again, word for word"), Part.USER),
        Mishap("no_answer", "", gettext_noop("is answered by a server error, and tried again"), Part.ANY),
        Mishap("turned_down", "", gettext_noop("is turned down by the endpoint, and not tried again"), Part.ANY),
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
