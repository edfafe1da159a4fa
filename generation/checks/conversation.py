"""Q1–Q7 and Q9: what can be wrong with a conversation of a simulated user and an assistant. Pure.

Roles are looked at from both sides, with phrases of the conversation's language (`phrases/`); what they miss, the eyes
of a person find (Q8).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from generation.checks.findings import Duplicates, Found, Span, quoted
from generation.checks.language import other_language
from generation.checks.parsing import Said
from generation.checks.phrases import Phrases, phrases_in, plain
from generation.formats.text import UNSPACED
from generation.records import SPEAKERS, Speaker
from generation.wording import worded

ONE_OR_TWO: Final = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\s{UNSPACED}]+")
"""What counts as a word: of what is written without spaces, two characters."""
QUESTION: Final = re.compile("[?？]")
LONGEST_LOOKED_AT: Final = 20_000
LONGEST_REFUSAL: Final = 600
FEWEST_STEPS: Final = 3
SHORTEST_REPEATED: Final = 4
LEAKED: Final = worded("repeats what only the simulated user was told")
SILENT: Final = (worded("the user says nothing at all"), worded("the assistant says nothing at all"))
"""Of which side nothing is there, in the order of `SPEAKERS`."""


@dataclass(frozen=True)
class Talk:
    """A conversation before the filters. `ended`: whether the user said so within `max_turns`."""

    said: Sequence[Said]
    ended: bool
    max_turns: int
    language: str
    secrets: Sequence[str] = ()
    duplicates: Duplicates | None = None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(one.text for one in self.said)

    @cached_property
    def phrases(self) -> Phrases:
        return phrases_in(self.language)

    def found(self, index: int, span: Span, why: str) -> Found:
        """What is wrong there, in the words that were said."""
        return Found(
            index, span, worded("%(what)s: %(words)s", what=why, words=quoted(self.said[index].text[slice(*span)]))
        )

    def of(self, speaker: Speaker) -> Iterator[tuple[int, str]]:
        """What one side said, each with its place; very long messages up to a point."""
        for index, one in enumerate(self.said):
            if one.speaker == speaker:
                yield index, plain(one.text[:LONGEST_LOOKED_AT])


def never_ended(talk: Talk) -> Iterator[Found]:
    if not talk.ended:
        yield Found(None, None, worded("the user had not ended it after %(turns)d turns", turns=talk.max_turns))


def swapped_user(talk: Talk) -> Iterator[Found]:
    for index, text in talk.of("user"):
        if found := talk.phrases.search("offers_help", text) or talk.phrases.search("names_assistant", text):
            yield talk.found(index, found.span(), worded("the user speaks as the assistant"))
        elif span := _plan(text, talk.phrases):
            yield Found(index, span, worded("the user lays out a plan of several steps"))


def _plan(text: str, phrases: Phrases) -> Span | None:
    """Where a numbered plan of several items begins and ends. A list of questions, or of what the user says of himself
    when he was asked several things, is none; in a language whose words for that are not known, nothing is one."""
    steps = list(phrases.finditer("steps", text))
    if len(steps) < FEWEST_STEPS or not phrases.knows("of_oneself"):
        return None
    begin, end = steps[0].start(), steps[-1].end()
    rest = text[begin:]
    if QUESTION.search(rest) or phrases.search("of_oneself", rest):
        return None
    return begin, end


def swapped_assistant(talk: Talk) -> Iterator[Found]:
    for index, text in talk.of("system"):
        if found := talk.phrases.search("names_user", text) or talk.phrases.search("speaks_as_user", text):
            yield talk.found(index, found.span(), worded("the assistant speaks as the user"))


def one_sided(talk: Talk) -> Iterator[Found]:
    there = {one.speaker for one in talk.said}
    for speaker, reason in zip(SPEAKERS, SILENT, strict=True):
        if speaker not in there:
            yield Found(None, None, reason)
    for index, one in enumerate(talk.said):
        if one.speaker != SPEAKERS[index % 2]:
            yield Found(index, None, worded("the speakers do not take turns, the user first"))
            return


def leaked_prompt(talk: Talk) -> Iterator[Found]:
    secrets = [plain(line) for line in talk.secrets]
    for index, one in enumerate(talk.said):
        text = plain(one.text[:LONGEST_LOOKED_AT])
        if found := talk.phrases.search("leaked_prompt", text):
            yield talk.found(index, found.span(), LEAKED)
            continue
        place, secret = next(((at, line) for line in secrets if (at := text.find(line)) >= 0), (-1, ""))
        if secret:
            yield talk.found(index, (place, place + len(secret)), LEAKED)


def foreign_language(talk: Talk) -> Iterator[Found]:
    for index, one in enumerate(talk.said):
        if why := other_language(one.text, talk.language):
            yield Found(index, None, why)


def no_answer(talk: Talk) -> Iterator[Found]:
    for index, one in enumerate(talk.said):
        if not any(map(str.isalnum, one.text[:LONGEST_LOOKED_AT])):
            yield Found(index, None, worded("nothing is said"))
        elif len(one.text) <= LONGEST_REFUSAL and (found := _refusal(plain(one.text), talk.phrases)):
            yield talk.found(index, found.span(), worded("a refusal or an error, not an answer"))


def _refusal(text: str, phrases: Phrases) -> re.Match[str] | None:
    """What cannot be done is no refusal where it goes on with what can."""
    return None if phrases.search("goes_on", text) else phrases.search("refusals", text)


def repeated(talk: Talk) -> Iterator[Found]:
    seen: dict[tuple[Speaker, str], int] = {}
    for index, one in enumerate(talk.said):
        words = " ".join(one.text.casefold().split())
        first = seen.setdefault((one.speaker, words), index)
        if first != index and len(list(islice(ONE_OR_TWO.finditer(words), SHORTEST_REPEATED))) == SHORTEST_REPEATED:
            yield Found(index, None, worded("says word for word what utterance %(number)d says", number=first + 1))
