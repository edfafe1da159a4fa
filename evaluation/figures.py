"""The figures of a study, as values that pages, commands and tests take alike. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from evaluation.annotators import AnnotatorRow
from evaluation.estimates import Estimate, Estimates, Test
from evaluation.habits import Lines, Pace, Side
from evaluation.left_out import Amended, Counts, Departed, Excluded
from evaluation.ranking import Ranking
from evaluation.superiority import Superiority
from evaluation.time_spent import TimeSpent

MOST_COMPARED: Final = 6
"""Of more systems than this, each with each other makes no table that anybody reads."""


@dataclass(frozen=True)
class System:
    """What is compared: a dataset, or one of the two samples where both come from one dataset."""

    slug: str
    name: str


@dataclass(frozen=True)
class SystemMean:
    """The mean of a criterion for one system, or of a nominal one the share of each class. `plain` takes every rating
    alike, as papers print it; `distribution` counts the answers by value; `by_task` are the
    means of each task where dialogues have several."""

    system: System
    estimates: Estimates | None
    plain: float | None
    distribution: Mapping[int, int]
    cannot_judge: int
    shares: Mapping[int, Estimates] = field(default_factory=dict)
    by_task: Mapping[str, Estimates] = field(default_factory=dict)


@dataclass(frozen=True)
class SystemDifference:
    """First minus second. `holm` is the p-value adjusted over the criteria of the block; `standardised` is in standard
    deviations of the ratings, `shares` says how often the first is rated higher; `others` are tests of this panel."""

    first: System
    second: System
    estimates: Estimates
    test: Test
    holm: float | None = None
    family: int = 1
    standardised: Estimates | None = None
    others: tuple[Test, ...] = ()
    shares: Superiority | None = None


@dataclass(frozen=True)
class AgreementFigure:
    """One coefficient, of all systems together or of one; `beside` if it is one of the two that stand beside every
    criterion, where there is no room for all."""

    coefficient: str
    title: str
    system: System | None
    estimates: Estimates
    beside: bool = True


@dataclass(frozen=True)
class Question:
    """A criterion as its study froze it."""

    instrument: str
    version: int
    criterion: str
    title: str
    text: str
    scale: str
    target: str
    low: float
    high: float
    labels: Mapping[int, str]
    decimals: int = 0


@dataclass(frozen=True)
class CriterionFigures:
    """A criterion on a scale. Without means and differences where those may not be seen yet.

    `wordings`, of a criterion whose words were amended: how many of the counted answers, “cannot judge” among them,
    were given to which, by the number of the amendment that brought it (0: as the study opened).
    """

    question: Question
    judgments: int
    cannot_judge: int
    means: tuple[SystemMean, ...]
    differences: tuple[SystemDifference, ...]
    agreement: tuple[AgreementFigure, ...]
    wordings: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Contest:
    """How often `first` was preferred to `second`, and by other measures of the same votes."""

    first: System
    second: System
    rate: Estimates
    test: Test
    majority: Estimate
    published: Estimate
    published_test: Test
    others: tuple[Test, ...] = ()

    @property
    def turned(self) -> bool:
        """The second system is ahead."""
        value = self.rate.any_panel.value
        return value is not None and value < 0.5

    @property
    def preferred(self) -> System:
        return self.second if self.turned else self.first

    @property
    def other(self) -> System:
        return self.first if self.turned else self.second

    @property
    def preferred_rate(self) -> Estimates:
        """The share of votes for the system that is ahead."""
        return self.rate.scaled(lambda share: 1 - share) if self.turned else self.rate

    @property
    def preferred_majority(self) -> Estimate:
        return self.majority.scaled(lambda share: 1 - share) if self.turned else self.majority

    @property
    def preferred_published(self) -> Estimate:
        return self.published.scaled(lambda share: 1 - share) if self.turned else self.published


@dataclass(frozen=True)
class PreferenceFigures:
    """A preference between the dialogues of pairs.

    Without contest, rankings and `left_redrawn`, the left choices beside those of sides drawn again (which tells how
    one-sided votes are), where they may not be seen yet; the contest is of two systems, the rankings (ties half,
    and Davidson's where there are ties) of more.
    """

    question: Question
    judgments: int
    cannot_judge: int
    ties: int
    contest: Contest | None
    left: Estimate
    left_test: Test
    agreement: tuple[AgreementFigure, ...]
    wordings: Mapping[int, int] = field(default_factory=dict)
    rankings: tuple[Ranking, ...] = ()
    left_redrawn: Test | None = None


@dataclass(frozen=True)
class Early:
    """What may be said while a study is open, however often one looks: how often `first` is preferred to `second`, or
    (`percent` not set) how much higher it is rated."""

    question: Question
    first: System
    second: System
    estimate: Estimate
    percent: bool


@dataclass(frozen=True)
class Habits:
    """How an annotator went about it: straight lines, pace, and of pairs the sides."""

    annotator: str
    judgments: int
    lines: Lines | None
    pace: Pace | None
    side: Side | None


@dataclass(frozen=True)
class BesideOthers:
    """The annotators of a question beside one another, each by name; `coefficient` is the one of the rest without."""

    question: Question
    coefficient: str
    rows: tuple[tuple[str, AnnotatorRow], ...]


@dataclass(frozen=True)
class BlockFigures:
    number: int
    name: str
    target: str
    design: str
    annotators_per_unit: int
    systems: tuple[System, ...]
    counts: Counts
    excluded: tuple[Excluded, ...]
    criteria: tuple[CriterionFigures, ...]
    preferences: tuple[PreferenceFigures, ...]
    time: TimeSpent | None = None
    early: tuple[Early, ...] = ()
    habits: tuple[Habits, ...] = ()
    beside: tuple[BesideOthers, ...] = ()

    @property
    def asked(self) -> tuple[PreferenceFigures | CriterionFigures, ...]:
        """Everything that has figures, preferences first."""
        return (*self.preferences, *self.criteria)

    @property
    def excluded_knowingly(self) -> bool:
        """A unit was taken out when somebody could have known which system that helps."""
        return any(one.after_look or one.after_closing for one in self.excluded)


@dataclass(frozen=True)
class StudyFigures:
    """Every figure of a study. `blinded`: without anything that tells the systems apart."""

    slug: str
    title: str
    state: str
    digest: str
    revision: int
    blinded: bool
    blocks: tuple[BlockFigures, ...]
    amendments: tuple[Amended, ...] = ()
    removed: tuple[Departed, ...] = ()
    withdrawn: int = 0

    @property
    def judgments(self) -> int:
        return sum(block.counts.judgments for block in self.blocks)


def blinded(figures: StudyFigures) -> StudyFigures:
    """The same without whatever tells the systems apart: what a study may show while it is open."""
    return replace(figures, blinded=True, blocks=tuple(_blinded_block(block) for block in figures.blocks))


def as_json(figures: StudyFigures) -> dict[str, Any]:
    """The figures as JSON-able values, every number in full."""
    return asdict(figures)


def agreement_rows(figures: StudyFigures) -> list[dict[str, Any]]:
    """The coefficients that stand beside every criterion, over all systems, every number in full, as JSON-able rows."""
    return [
        {
            "block": block.number,
            "criterion": one.question.criterion,
            "title": one.question.title,
            "target": one.question.target,
            "coefficient": figure.coefficient,
            "name": figure.title,
            "value": figure.estimates.any_panel.value,
            "n": dict(figure.estimates.any_panel.n),
        }
        for block in figures.blocks
        for one in block.asked
        for figure in _of_all(one.agreement)
        if figure.beside
    ]


def _blinded_block(block: BlockFigures) -> BlockFigures:
    criteria = tuple(replace(one, means=(), differences=(), agreement=_of_all(one.agreement)) for one in block.criteria)
    preferences = tuple(
        replace(one, contest=None, rankings=(), left_redrawn=None, agreement=_of_all(one.agreement))
        for one in block.preferences
    )
    time = replace(block.time, systems=()) if block.time else None
    # How often an annotator gave the commonest vote says how far apart two systems are.
    beside = tuple(one for one in block.beside if one.question.scale != "preference")
    return replace(block, criteria=criteria, preferences=preferences, time=time, beside=beside, early=())


def _of_all(agreement: tuple[AgreementFigure, ...]) -> tuple[AgreementFigure, ...]:
    return tuple(figure for figure in agreement if figure.system is None)
