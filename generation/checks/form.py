"""F1, F2, F4: is it a whole dialogue of the planned shape, in letters that can be read? Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from generation.checks.findings import Case, Found, quoted
from generation.formats.text import UNSPACED
from generation.wording import either, worded

ENDS: Final = frozenset(".!?…\"')”’»。！？”」』）")
MARKDOWN: Final = "*_~` \t\n"
JOINERS: Final = "\ufe0f\u200d"
MOJIBAKE: Final = re.compile("Ã[\u0080-\u00bfŒœŠšŸŽžƒˆ˜€‚„…†‡‰‹›•™]|â€|ï¿½")
"""UTF-8 read as Latin-1 or Windows-1252. After Ã only what a second byte becomes: “SÃO” is Portuguese."""
LETTER: Final = rf"[^\W\d_{UNSPACED}]"


def incomplete(case: Case) -> Iterator[Found]:
    reason = case.finish_reason
    if reason not in case.settings.finish_reasons:
        said = (
            worded("the model did not say that it was done, but %(said)s", said=quoted(reason))
            if reason
            else worded("the model did not say that it was done, but nothing")
        )
        yield Found(None, None, said)
    for stray in case.parsed.strays:
        if stray.trailing:
            words = quoted(case.parsed.raw[stray.start : stray.end])
            reason = worded("nobody says what follows the last utterance: %(words)s", words=words)
            yield Found(None, (stray.start, stray.end), reason)
    if not case.texts:
        yield Found(None, None, worded("no line begins with `User:` or `Agent:`"))
    for index, text in enumerate(case.texts):
        if not text:
            yield Found(index, None, worded("nothing is said"))
    if case.texts and case.texts[-1] and not ends_whole(case.texts[-1]):
        last = len(case.texts) - 1
        end = len(case.texts[last])
        yield Found(last, (end - 1, end), worded("the last utterance ends in the middle of a sentence"))


def ends_whole(text: str) -> bool:
    """Whether a text ends as a sentence does, or in an emoji.

    >>> ends_whole("Enjoy!"), ends_whole("**Enjoy!**"), ends_whole("Enjoy 🍿"), ends_whole("and then")
    (True, True, True, False)
    """
    last = text.rstrip(MARKDOWN + JOINERS)[-1:]
    return last in ENDS if last in ENDS or not last else unicodedata.category(last) in ("So", "Sk")


def unreadable(case: Case) -> Iterator[Found]:
    settings = case.settings
    token = re.compile(rf"(?<!{LETTER}){LETTER}{{{settings.longest_token + 1},}}")
    repeated = re.compile(rf"(\S)\1{{{settings.repeated_character - 1},}}")
    for index, text in enumerate(case.texts):
        for place, character in enumerate(text):
            if not character.isprintable() and (said := strange(character)):
                reason = worded("holds %(what)s (U+%(code)s)", what=said, code=f"{ord(character):04X}")
                yield Found(index, (place, place + 1), reason)
            elif character == "\ufffd":
                yield Found(index, (place, place + 1), worded("holds the sign for a letter that was lost (U+FFFD)"))
        for found in MOJIBAKE.finditer(text):
            reason = worded("%(letter)s looks like a letter decoded wrongly", letter=quoted(found[0]))
            yield Found(index, found.span(), reason)
        for found in token.finditer(text):
            yield Found(index, found.span(), worded("a word has %(letters)d letters", letters=len(found[0])))
        for found in repeated.finditer(text):
            times = found.end() - found.start()
            reason = worded("%(letter)s stands %(times)d times in a row", letter=quoted(found[1]), times=times)
            yield Found(index, found.span(), reason)
    yield from _foreign(case)


def strange(character: str) -> str:
    """What is wrong with a character, if something is."""
    if character in "\n\t":
        return ""
    kinds = {
        "Cc": worded("a control character"),
        "Co": worded("a private character"),
        "Cs": worded("half of a character"),
    }
    return kinds.get(unicodedata.category(character), "")


def _foreign(case: Case) -> Iterator[Found]:
    """Letters of scripts that are not expected, where it is known which are; those of the plan's titles are."""
    if not case.settings.scripts:
        return
    expected = {letter for title in case.naming.titles for letter in title}
    letters = Counter({letter: count for letter, count in _counted(case.texts).items() if letter.isalpha()})
    foreign = sum(
        count
        for letter, count in letters.items()
        if letter not in expected and script(letter) not in case.settings.scripts
    )
    if foreign > case.settings.foreign_share * letters.total():
        reason = worded(
            "%(foreign)d of %(letters)d letters are not %(scripts)s",
            foreign=foreign,
            letters=letters.total(),
            scripts=either([name.title() for name in case.settings.scripts]),
        )
        yield Found(None, None, reason)


def _counted(texts: tuple[str, ...]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return counts


@lru_cache(maxsize=16_384)
def script(letter: str) -> str:
    """The script that a letter is named by in Unicode.

    >>> script("é"), script("я"), script("漢"), script("ª")
    ('LATIN', 'CYRILLIC', 'CJK', 'LATIN')
    """
    name = unicodedata.name(letter, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ")
    return "LATIN" if letter in "ªº" else name.partition(" ")[0]


def other_shape(case: Case) -> Iterator[Found]:
    planned = [step.speaker for step in case.plan.template.steps]
    there = [said.speaker for said in case.parsed.utterances]
    if len(planned) != len(there):
        reason = worded("has %(there)d utterances, %(planned)d were planned", there=len(there), planned=len(planned))
        yield Found(None, None, reason)
    for index, (speaker, wanted) in enumerate(zip(there, planned, strict=False)):
        if speaker != wanted:
            reason = (
                worded("the user speaks where the system should")
                if speaker == "user"
                else worded("the system speaks where the user should")
            )
            yield Found(index, None, reason)
            return
