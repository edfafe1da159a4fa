"""Coefficients against the examples that papers and manuals print."""

import krippendorff
import numpy as np
import pytest

from evaluation.agreement import COEFFICIENTS, agreement
from evaluation.intraclass import EXAMPLE, Intraclass
from evaluation.ratings import Ratings
from tests.evaluation.answers_drawn import columns_of, simulated
from tests.evaluation.oracles import Answer

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: 4 observers, 12 units. It is also
# example 4.1 of Gwet, "Handbook of Inter-Rater Reliability" (2014).
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
# The two abstractors of Gwet (2014), table 2.1: ectopic, abnormal and normal pregnancies.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
# Fourteen raters, ten subjects, five categories: the example of Fleiss' κ in Sim & Wright (2005) and many manuals.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def value_of(answers: list[Answer] | Ratings, key: str) -> float | None:
    ratings = answers if isinstance(answers, Ratings) else columns_of(answers)
    return agreement(ratings, key).any_panel.value


def four_observers() -> list[Answer]:
    return [
        (unit, coder, float(value), unit)
        for coder, row in enumerate(FOUR_OBSERVERS)
        for unit, value in enumerate(row)
        if value is not None
    ]


def of_table(table: list[list[int]]) -> list[Answer]:
    """Two annotators' answers from the table of how often each pair of answers was given."""
    pairs = [(one, other) for one, row in enumerate(table) for other, times in enumerate(row) for _ in range(times)]
    return [(unit, who, float(value), unit) for unit, pair in enumerate(pairs) for who, value in enumerate(pair)]


def of_counts(counts: list[list[int]]) -> list[Answer]:
    said = [[option for option, times in enumerate(row) for _ in range(times)] for row in counts]
    return [(unit, who, float(value), unit) for unit, row in enumerate(said) for who, value in enumerate(row)]


@pytest.mark.parametrize(
    ("key", "published"),
    [
        ("alpha-nominal", 0.743421),
        ("alpha-ordinal", 0.815388),
        ("alpha-interval", 0.849107),
        ("alpha-ratio", 0.797403),
        ("ac1", 0.77544),
    ],
)
def test_four_observers_with_gaps(key: str, published: float) -> None:
    assert value_of(four_observers(), key) == pytest.approx(published, abs=5e-6)


@pytest.mark.parametrize(
    ("key", "published"),
    [
        ("kappa", 0.7964094),
        ("fleiss", 0.7962397),  # of two annotators Scott's π
        ("ac1", 0.8493305),
        ("alpha-nominal", 0.7972585),
        ("exact", 0.89),
    ],
)
def test_two_abstractors(key: str, published: float) -> None:
    assert value_of(of_table(ABSTRACTORS), key) == pytest.approx(published, abs=5e-8)


def test_fleiss_kappa_of_fourteen_raters() -> None:
    assert value_of(of_counts(FOURTEEN_RATERS), "fleiss") == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize(
    ("key", "published", "low", "high"),
    [("icc-1", 0.1657, -0.133, 0.723), ("icc-2-1", 0.2898, 0.019, 0.761), ("icc-2-k", 0.6201, 0.071, 0.927)],
)
def test_intraclass_correlations_of_shrout_and_fleiss(key: str, published: float, low: float, high: float) -> None:
    """Values from Shrout & Fleiss (1979), table 4; limits as the R package psych prints them for the same table."""
    unit, who = np.indices(EXAMPLE.shape).reshape(2, -1)
    ratings = Ratings.collect(unit, who, EXAMPLE.ravel(), unit)
    found = agreement(ratings, key).any_panel
    assert found.value == pytest.approx(published, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-4)
    assert isinstance(COEFFICIENTS[key].measure, Intraclass)


@pytest.mark.parametrize("key", ["alpha-nominal", "alpha-ordinal", "alpha-interval", "alpha-ratio"])
def test_alpha_is_that_of_the_krippendorff_package(key: str) -> None:
    answers = simulated(3, dialogues=12)
    table = np.full((4, 200), np.nan)
    for unit, person, value, _dialogue in answers:
        table[person, unit] = value
    theirs = krippendorff.alpha(reliability_data=table, level_of_measurement=key.removeprefix("alpha-"))
    assert value_of(answers, key) == pytest.approx(theirs, abs=1e-12)
