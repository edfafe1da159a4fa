"""Reading what a writer sent back as utterances, and saying what could not be read. Pure.

>>> parse_dialogue("Sure!\\n\\n**User:** Hi.\\n\\n2. Agent: Hello.\\nNice day.\\n\\nHope this helps!").utterances
(Said(speaker='user', text='Hi.'), Said(speaker='system', text='Hello.\\nNice day.'))
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from generation.records import Speaker

NAMES: Final[dict[str, Speaker]] = {"user": "user", "agent": "system"}
SAYS: Final = re.compile(
    r"[ \t>#•*_–-]{0,8}(?:\(?\d{1,3}[.):\]]{1,2}[ \t]{0,4})?(?P<open>[*_]{0,3})(?P<name>user|agent)"
    r"(?P<close>[*_]{0,3})[ \t]{0,2}[:：](?P<after>[*_]{0,3})[ \t]{0,4}(?P<text>.*)",
    re.I,
)
"""A line with which somebody begins to speak. Every repetition is bounded, so that no line takes long."""
ORNAMENT: Final = re.compile(r"[ \t]*(?:`{3,}\w{0,20}|[-*_=]{3,})[ \t]*")
"""A fence or a rule around the dialogue: nobody says it."""


class Said(NamedTuple):
    speaker: Speaker
    text: str


class Stray(NamedTuple):
    """Text that nobody says: where it stands in the raw text, and whether somebody has spoken before it."""

    start: int
    end: int
    trailing: bool


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read. `strays` is what could not be, before the first utterance and after the last."""

    raw: str
    utterances: tuple[Said, ...]
    strays: tuple[Stray, ...]


@dataclass(slots=True)
class _Open:
    """An utterance that is being read: its paragraphs, each with where it stands."""

    speaker: Speaker
    wrapped: str
    paragraphs: list[list[str]]
    places: list[tuple[int, int]]


def parse_dialogue(raw: str) -> Parsed:
    """Utterances begin with `User:` or `Agent:`, perhaps numbered or bold, and go on over lines.

    A paragraph without a speaker goes on with the utterance before it if somebody speaks after it; after the last
    utterance it is the writer's own words.
    """
    spoken: list[_Open] = []
    strays: list[Stray] = []
    after_gap, place = True, 0
    for line in raw.split("\n"):
        content, start = line.rstrip("\r"), place
        place += len(line) + 1
        if begins := SAYS.fullmatch(content):
            spoken.append(_begun(begins, start))
        elif not content.strip() or ORNAMENT.fullmatch(content):
            after_gap = True
            continue
        elif not spoken:
            _stray(strays, start, start + len(content), trailing=False, joined=not after_gap)
        elif after_gap and spoken[-1].paragraphs[-1] != [""]:
            spoken[-1].paragraphs.append([content.strip()])
            spoken[-1].places.append((start, start + len(content)))
        else:
            spoken[-1].paragraphs[-1].append(content.strip())
            spoken[-1].places[-1] = (spoken[-1].places[-1][0], start + len(content))
        after_gap = False
    if spoken and len(spoken[-1].paragraphs) > 1:
        strays += [Stray(*where, trailing=True) for where in spoken[-1].places[1:]]
        del spoken[-1].paragraphs[1:]
    return Parsed(raw, tuple(map(_said, spoken)), tuple(strays))


def _begun(begins: re.Match[str], start: int) -> _Open:
    marks = begins["open"] or re.sub(r"[^*_]", "", begins[0][: begins.start("name")])
    wrapped = marks if marks and not begins["close"] and not begins["after"] else ""
    return _Open(NAMES[begins["name"].lower()], wrapped, [[begins["text"].strip()]], [(start, start + len(begins[0]))])


def _stray(strays: list[Stray], start: int, end: int, *, trailing: bool, joined: bool) -> None:
    if joined and strays:
        start = strays.pop().start
    strays.append(Stray(start, end, trailing))


def _said(one: _Open) -> Said:
    text = "\n\n".join("\n".join(lines) for lines in one.paragraphs).strip()
    if one.wrapped and text.endswith(one.wrapped):
        text = text.removesuffix(one.wrapped).rstrip()
    return Said(one.speaker, text)
