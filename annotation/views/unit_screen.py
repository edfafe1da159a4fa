"""What the judging screen shows of one unit. It needs no assignment: the researcher's preview draws the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annotation.instruments import Criterion, Instrument, Option
from annotation.questions import questions
from generation.rendering import SafeHtml, render_markdown

Mode = Literal["judge", "revise", "preview"]
Answered = dict[str, Any]


@dataclass(frozen=True)
class Turn:
    """One turn as shown: its text, and the same in other languages."""

    place: int
    speaker: str
    text: SafeHtml
    translations: list[tuple[str, SafeHtml]]


@dataclass(frozen=True)
class Side:
    """One dialogue: the only one (no letter), or A on the left and B on the right."""

    letter: str
    turns: list[Turn]


@dataclass(frozen=True)
class Asked:
    """One criterion with the options this block offers."""

    instrument: str
    criterion: Criterion
    options: tuple[Option, ...]


@dataclass(frozen=True)
class UnitScreen:
    """Everything `annotation/_unit.html` draws; `data` is what the page's script reads."""

    sides: list[Side]
    asked: list[Asked]
    languages: list[str]
    data: dict[str, Any]

    @property
    def is_pair(self) -> bool:
        return len(self.sides) == 2


def unit_screen(
    *,
    instruments: Sequence[Instrument],
    contents: Sequence[dict[str, Any]],
    mode: Mode = "preview",
    reveal: str = "progressive",
    ties: bool = False,
    languages: Iterable[str] = (),
    answers: Sequence[Answered] = (),
    rotation: int = 0,
    **more: Any,
) -> UnitScreen:
    """The screen of one dialogue (`contents` has one) or a pair (two, the left one first).

    `languages` are the codes of the translations offered; `answers` those given so far; `rotation` says with which
    criterion this annotator begins; `more` goes to the script.
    """
    pair = len(contents) == 2
    steps = questions(instruments, [] if pair else contents[0]["turns"], rotation=rotation)
    keys = list(dict.fromkeys((step.instrument, step.criterion.key) for step in steps))
    criteria = {(step.instrument, step.criterion.key): step.criterion for step in steps}
    asked = [Asked(slug, criteria[slug, key], criteria[slug, key].choices(ties=ties)) for slug, key in keys]
    offered = list(languages)
    data = {
        "mode": mode,
        "pair": pair,
        "reveal": reveal,
        "criteria": [_for_script(one) for one in asked],
        "steps": [[keys.index((step.instrument, step.criterion.key)), step.place] for step in steps],
        "answers": list(answers),
        **more,
    }
    letters = "AB" if pair else [""]
    sides = [Side(letter, _turns(content, offered)) for letter, content in zip(letters, contents, strict=True)]
    return UnitScreen(sides, asked, offered, data)


def _turns(content: dict[str, Any], languages: list[str]) -> list[Turn]:
    return [
        Turn(
            place,
            turn["speaker"],
            render_markdown(turn["text"]),
            [(code, render_markdown(turn["translations"][code])) for code in languages if _has(turn, code)],
        )
        for place, turn in enumerate(content["turns"])
    ]


def _has(turn: dict[str, Any], language: str) -> bool:
    return bool(turn.get("translations", {}).get(language))


def _for_script(asked: Asked) -> dict[str, Any]:
    criterion = asked.criterion
    return {
        "instrument": asked.instrument,
        "key": criterion.key,
        "title": criterion.title,
        "scale": criterion.scale,
        "reason": criterion.reason,
        "options": [{"value": option.value, "key": option.key, "label": option.label} for option in asked.options],
    }
