"""How often each answer of a criterion was given, as stacked bars and as the table of the same numbers."""

from dataclasses import dataclass
from typing import Final

from evaluation.figures import CriterionFigures, Question
from evaluation.palette import ink_on, viridis
from evaluation.rows import behind
from evaluation.sentences import THIN, number

MOST_STEPS: Final = 11
"""A scale with more answers is drawn and told in ten parts."""
PARTS: Final = 10
ROOM_FOR_A_NUMBER: Final = 8.0
ROOM_ON_A_PHONE: Final = 18.0
ROW_HEIGHT: Final = 62


@dataclass(frozen=True)
class Answer:
    """One answer of a scale, or a stretch of answers, with its colour."""

    label: str
    text: str
    values: tuple[int, ...]
    fill: str
    ink: str


@dataclass(frozen=True)
class Segment:
    """How often one answer was given: where its part of the bar begins and how wide it is, in percent."""

    answer: Answer
    x: float
    width: float
    count: str
    share: str
    behind: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 3)

    @property
    def told(self) -> bool:
        """There is room for its number."""
        return self.width >= ROOM_FOR_A_NUMBER

    @property
    def tight(self) -> bool:
        """There is none on a narrow screen."""
        return self.width < ROOM_ON_A_PHONE


@dataclass(frozen=True)
class Bar:
    """The answers about one system."""

    system: str
    y: int
    judgments: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Distribution:
    """The answers to one criterion, a bar for each system."""

    question: Question
    answers: tuple[Answer, ...]
    bars: tuple[Bar, ...]
    height: int

    @property
    def lines(self) -> list[tuple[Segment, ...]]:
        """The same numbers answer by answer: a segment of each bar."""
        return list(zip(*(bar.segments for bar in self.bars), strict=True))


def distribution(block: int, figures: CriterionFigures) -> Distribution:
    """The bars of a criterion, answers from the lowest to the highest, from the left and from light to dark."""
    answers = _answers(figures.question)
    bars = []
    for place, one in enumerate(mean for mean in figures.means if mean.distribution):
        total = sum(one.distribution.values())
        at, segments = 0.0, []
        for answer in answers:
            count = sum(one.distribution.get(value, 0) for value in answer.values)
            width = 100 * count / total if total else 0.0
            narrowed = {"answer": answer.values[0]} if len(answer.values) == 1 else {}
            query = behind(block, figures.question.criterion, system=one.system.slug, **narrowed)
            share = f"{number(width, 1)}{THIN}%"
            segments.append(Segment(answer, round(at, 3), round(width, 3), number(count, 0), share, query))
            at += width
        bars.append(Bar(one.system.name, place * ROW_HEIGHT, number(total, 0), tuple(segments)))
    return Distribution(figures.question, answers, tuple(bars), len(bars) * ROW_HEIGHT)


def _answers(question: Question) -> tuple[Answer, ...]:
    values = sorted(question.labels)
    if len(values) > MOST_STEPS:
        size = -(-len(values) // PARTS)
        groups = [tuple(values[at : at + size]) for at in range(0, len(values), size)]
    else:
        groups = [(value,) for value in values]
    named = question.scale == "nominal"
    found = []
    for group, fill in zip(groups, viridis(len(groups)), strict=True):
        shown = [f"{value / 10**question.decimals:g}" for value in (group[0], group[-1])]
        figure = shown[0] if len(group) == 1 else "–".join(shown)
        text = question.labels[group[0]] if len(group) == 1 else ""
        label = text if named and text else figure
        found.append(Answer(label, "" if text == label else text, group, fill, ink_on(fill)))
    return tuple(found)
