"""Intervals of agreement hold what the page says of them, and what is simulated is what is shown."""

from collections import defaultdict

import numpy as np
import pytest

from evaluation.agreement import agreement
from evaluation.coverage import SIMULATED, simulated_coverage
from evaluation.jackknife import limits, spread
from evaluation.ratings import Ratings
from tests.coverage.agreement import KEYS, LEVELS, TABLES, left_out, measure_of, ratings_of
from tests.coverage.checking import check, rows_of
from tests.coverage.covered import Row, Table
from tests.coverage.document import documented
from tests.coverage.drawing import ordinal, random_of


@rows_of(*TABLES)
def test_agreement_is_covered_as_often_as_the_page_says(table: Table, row: Row) -> None:
    check(table, row)


@pytest.mark.parametrize("key", KEYS)
def test_what_is_simulated_is_what_is_shown(key: str) -> None:
    answers, _panel = ordinal(random_of(9), 3, mean=1.4, dialogues=20, utterances=4, people=5, sds=(1, 1, 0.3))
    told = spread(left_out(measure_of(key), ratings_of(answers), 3))
    wide = limits(told.centre, told.variance, told.df, least=-1, level=0.95)
    narrow = limits(told.centre, told.dialogue_variance, told.dialogue_df, least=-1, level=0.95)
    for run in range(3):
        unit, person = np.indices((80, 5)).reshape(2, -1)
        shown = agreement(Ratings.collect(unit, person, answers[run].ravel(), unit // 4, range(3)), key)
        assert np.allclose([shown.any_panel.low, shown.any_panel.high], [side[run] for side in wide])
        assert np.allclose([shown.this_panel.low, shown.this_panel.high], [side[run] for side in narrow])


def test_the_product_states_the_coverage_of_this_page() -> None:
    (table,) = TABLES
    found: dict[tuple[int, str], list[tuple[float, float]]] = defaultdict(list)
    for row in table.rows:
        level, dialogues = row.name.split(" ")[0], int(row.name.split(", ")[1].split(" ")[0])
        any_panel, this_panel = documented()[table.title, row.name][:2]
        assert any_panel is not None
        assert this_panel is not None
        found[dialogues, level].append((any_panel, this_panel))
    for (dialogues, level), covered in found.items():
        (stated,) = [one for one in SIMULATED if (one.dialogues, one.level) == (dialogues, level)]
        for place, target in enumerate(("any panel", "this panel")):
            shares = [one[place] for one in covered]
            told = stated.any_panel if target == "any panel" else stated.this_panel
            assert told == pytest.approx((min(shares), max(shares)), abs=0.0101)


def test_shares_of_the_commonest_category_are_those_of_the_levels() -> None:
    for level, mean in LEVELS.items():
        answers, _panel = ordinal(random_of(5), 200, mean=mean, dialogues=50, utterances=11, people=7, sds=(1, 1, 0.3))
        (share,) = {one.largest_share for one in SIMULATED if one.level == level}
        assert (answers == 2).mean() == pytest.approx(share, abs=0.015)


def test_a_size_between_takes_the_worse_neighbour() -> None:
    assert simulated_coverage(19, 0.5, "any panel") is None
    assert simulated_coverage(35, 0.5, "any panel") == simulated_coverage(20, 0.57, "any panel")
    assert simulated_coverage(60, 0.7, "any panel") == simulated_coverage(50, 0.80, "any panel")
    assert simulated_coverage(5000, 0.94, "this panel") == simulated_coverage(200, 0.96, "this panel")
    assert simulated_coverage(20, 0.99, "any panel") is None
