"""What the judging screen shows of one unit. It needs no assignment: the researcher's preview draws the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from annotation.beside import VERDICTS
from annotation.instruments import Criterion, Instrument, Option
from annotation.questions import questions
from generation.rendering import SafeHtml, render_markdown
from generation.transcript import language_name

KEPT_SECONDS: Final = 24 * 3600

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
class Part:
    """One part of what is shown beside a dialogue: a text, also in other languages, or titles by verdict."""

    name: str
    text: SafeHtml
    translations: list[tuple[str, SafeHtml]]
    titles: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Side:
    """One dialogue: the only one (no letter), or A on the left and B on the right."""

    letter: str
    turns: list[Turn]
    parts: list[Part]


@dataclass(frozen=True)
class Asked:
    """One criterion with the options this block offers."""

    instrument: str
    criterion: Criterion
    options: tuple[Option, ...]

    @property
    def reasons(self) -> bool:
        """Some answer takes a reason, “cannot judge” included."""
        values = [None, *(option.value for option in self.options)]
        return any(self.criterion.reason_of(value) != "never" for value in values)

    @property
    def marks(self) -> bool:
        """Some answer marks words."""
        return any(self.criterion.span_of(value) for value in (None, *(option.value for option in self.options)))


@dataclass(frozen=True)
class UnitScreen:
    """Everything `annotation/_unit.html` draws; `data` is what the page's script reads.

    What is asked is drawn once and kept under the name `kept_as`, if it has one.
    """

    sides: list[Side]
    asked: list[Asked]
    languages: list[tuple[str, str]]
    data: dict[str, Any]
    kept_as: str = ""

    @property
    def kept_seconds(self) -> int:
        return KEPT_SECONDS if self.kept_as else 0

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
    kept_as: str = "",
    **more: Any,
) -> UnitScreen:
    """The screen of one dialogue (`contents` has one) or a pair (two, the left one first).

    `languages` are the codes of the translations offered; `answers` those given so far; `rotation` says with which
    criterion this annotator begins; `kept_as` names what is asked, where it is frozen; `more` goes to the script.
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
    sides = [
        Side(letter, _turns(content, offered), _parts(content, offered))
        for letter, content in zip(letters, contents, strict=True)
    ]
    first = rotation % len(asked) if asked else 0
    named = [(code, language_name(code)) for code in offered]
    return UnitScreen(sides, asked, named, data, kept_as and f"{kept_as}:{first}")


def _turns(content: dict[str, Any], languages: list[str]) -> list[Turn]:
    return [
        Turn(
            place,
            turn["speaker"],
            render_markdown(turn["text"]),
            _translations(turn, languages),
        )
        for place, turn in enumerate(content["turns"])
    ]


def _parts(content: dict[str, Any], languages: list[str]) -> list[Part]:
    return [
        Part(
            name, render_markdown(part.get("text", "")), _translations(part, languages), _titles(part.get("items", []))
        )
        for name, part in content.get("context", {}).items()
    ]


def _titles(items: list[dict[str, str]]) -> list[tuple[str, list[str]]]:
    """Titles by verdict, those of a known one first."""
    grouped = (
        (verdict, [item["title"] for item in items if item["verdict"] == verdict]) for verdict in (*VERDICTS, "")
    )
    return [(verdict, titles) for verdict, titles in grouped if titles]


def _translations(shown: dict[str, Any], languages: list[str]) -> list[tuple[str, SafeHtml]]:
    return [(code, render_markdown(shown["translations"][code])) for code in languages if _has(shown, code)]


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
        "options": [
            {name: getattr(option, name) for name in ("value", "key", "label", "reason", "span", "rest_key")}
            for option in asked.options
        ],
    }
