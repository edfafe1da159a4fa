"""One label for each unit of a question, by majority and by Dawid and Skene's model, with its counts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from evaluation.aggregation import Estimated, Labels, dawid_skene, majority
from evaluation.columns import Columns
from evaluation.criteria import MOST_PLACES, ratings_of, votes_of
from evaluation.estimates import FloatArray, IntArray
from evaluation.figures import Question, System
from evaluation.ratings import Ratings

LABELLED: Final = frozenset({"ordinal", "binary", "nominal", "preference"})
"""A number on a line has no majority."""
SURE: Final = 0.9


@dataclass(frozen=True, eq=False)
class OneLabel:
    """`unit` and `place` say what was judged (−1 a whole dialogue or pair); of the same order and length `voted` and
    `estimated.labels`. Of a preference 1 is the first of two systems (of more, a pair's first dialogue), 0 the second.
    """

    question: Question
    unit: IntArray
    place: IntArray
    ratings: Ratings
    voted: Labels
    estimated: Estimated

    def leading(self, at: int) -> list[float]:
        """The answers that most gave about this unit: several where they are tied."""
        counts = self.ratings.counts[at]
        return [float(score) for score in self.ratings.scores[counts == counts.max()]]


@dataclass(frozen=True)
class LabelCounts:
    """What becomes of a question's units: `single` have one answer and no majority to speak of, `unsure` are less than
    90 % probable by the model, `otherwise` have another label by it than by majority. `majority` and `model` count the
    units of each label."""

    question: Question
    units: int
    tied: int
    single: int
    unanimous: int
    otherwise: int
    unsure: int
    majority: Mapping[float, int]
    model: Mapping[float, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlockLabels:
    number: int
    name: str
    target: str
    systems: tuple[System, ...]
    questions: tuple[LabelCounts, ...] = field(default_factory=tuple)


def one_label(question: Question, columns: Columns, systems: Sequence[System]) -> OneLabel | None:
    """The labels of a question, or None where its answers have no majority: texts, marked words, numbers on a line."""
    if question.scale not in LABELLED or not columns.value.size:
        return None
    value = _values(question, columns, two=len(systems) == 2)
    ratings = ratings_of(question, columns, value)
    ids = ratings.unit_ids.astype(np.int64)
    return OneLabel(
        question, ids // MOST_PLACES, ids % MOST_PLACES - 1, ratings, majority(ratings), dawid_skene(ratings)
    )


def counts_of(found: OneLabel) -> LabelCounts:
    """How often each label, and what to beware of."""
    voted, model = found.voted, found.estimated.labels
    told = ~np.isnan(voted.values)
    return LabelCounts(
        found.question,
        int(voted.values.size),
        voted.tied,
        int((voted.answers == 1).sum()),
        int(((voted.sure == 1) & (voted.answers > 1)).sum()),
        int((told & (voted.values != model.values)).sum()),
        int((model.sure < SURE).sum()),
        _counted(found, voted.values[told]),
        _counted(found, model.values),
        found.estimated.notes,
    )


def _values(question: Question, columns: Columns, *, two: bool) -> FloatArray:
    if question.scale == "preference":
        return votes_of(columns, two=two)[0]
    return np.asarray(columns.value / 10**question.decimals)


def _counted(found: OneLabel, values: FloatArray) -> dict[float, int]:
    """How often each answer that there is, those that no unit has among them."""
    return {float(score): int((values == score).sum()) for score in found.ratings.scores}
