"""The figures of a study, as values that pages, commands and tests take alike. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from evaluation.estimates import Estimate, Estimates, Test


@dataclass(frozen=True)
class System:
    """What is compared: a dataset, or one of the two samples where both come from one dataset."""

    slug: str
    name: str


@dataclass(frozen=True)
class Counts:
    """What the figures of a block rest on, and what was left out of them."""

    units: int
    annotators: int
    places: int
    counted: int
    in_progress: int
    not_counted: int
    judgments: int
    cannot_judge: int
    superseded: int
    judgments_not_counted: int


@dataclass(frozen=True)
class SystemMean:
    """The mean of a criterion for one system. `plain` takes every rating alike, as papers print it; `distribution`
    counts the answers by value."""

    system: System
    estimates: Estimates | None
    plain: float | None
    distribution: Mapping[int, int]
    cannot_judge: int


@dataclass(frozen=True)
class SystemDifference:
    """First minus second. `holm` is the p-value adjusted over the criteria of the block."""

    first: System
    second: System
    estimates: Estimates
    test: Test
    holm: float | None = None
    family: int = 1


@dataclass(frozen=True)
class AgreementFigure:
    """One coefficient, of all systems together or of one."""

    coefficient: str
    title: str
    system: System | None
    estimates: Estimates


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
    low: int
    high: int
    labels: Mapping[int, str]


@dataclass(frozen=True)
class CriterionFigures:
    """A criterion on a scale. Without means and differences where those may not be seen yet."""

    question: Question
    judgments: int
    cannot_judge: int
    means: tuple[SystemMean, ...]
    differences: tuple[SystemDifference, ...]
    agreement: tuple[AgreementFigure, ...]


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
    """A preference between the dialogues of pairs. Without its contest where that may not be seen yet."""

    question: Question
    judgments: int
    cannot_judge: int
    ties: int
    contest: Contest | None
    left: Estimate
    left_test: Test
    agreement: tuple[AgreementFigure, ...]


@dataclass(frozen=True)
class BlockFigures:
    number: int
    name: str
    target: str
    design: str
    annotators_per_unit: int
    systems: tuple[System, ...]
    counts: Counts
    criteria: tuple[CriterionFigures, ...]
    preferences: tuple[PreferenceFigures, ...]


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

    @property
    def judgments(self) -> int:
        return sum(block.counts.judgments for block in self.blocks)


def blinded(figures: StudyFigures) -> StudyFigures:
    """The same without whatever tells the systems apart: what a study may show while it is open."""
    return replace(figures, blinded=True, blocks=tuple(_blinded_block(block) for block in figures.blocks))


def as_json(figures: StudyFigures) -> dict[str, Any]:
    """The figures as JSON-able values, every number in full."""
    return asdict(figures)


def _blinded_block(block: BlockFigures) -> BlockFigures:
    criteria = tuple(replace(one, means=(), differences=(), agreement=_of_all(one.agreement)) for one in block.criteria)
    preferences = tuple(replace(one, contest=None, agreement=_of_all(one.agreement)) for one in block.preferences)
    return replace(block, criteria=criteria, preferences=preferences)


def _of_all(agreement: tuple[AgreementFigure, ...]) -> tuple[AgreementFigure, ...]:
    return tuple(figure for figure in agreement if figure.system is None)
