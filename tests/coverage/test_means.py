"""Intervals of means and differences hold what they promise, and what is simulated is what is shown."""

import numpy as np

from evaluation.comparison import difference, mean
from evaluation.crossed import Cells, crossed_moments, crossed_wilson
from tests.coverage.checking import check, rows_of
from tests.coverage.covered import Array, Row, Table
from tests.coverage.means import LEVELS, TABLES, dialogue_limits, mover_limits, studies, two_way_p, welch_limits


@rows_of(*TABLES)
def test_a_mean_or_difference_is_covered_as_often_as_it_says(table: Table, row: Row) -> None:
    check(table, row)


def as_cells(table: Array, judgments: int) -> Cells:
    """One run's cells as the product gets them."""
    units, people = np.indices(table.shape).reshape(2, -1)
    cells = Cells.collect(units, people, table.ravel())
    return Cells(cells.unit_ids, cells.annotator_ids, cells.units, cells.annotators, cells.values, judgments)


def test_what_is_simulated_is_what_is_shown() -> None:
    (one, _own, judgments), (two, _other, _same) = studies(LEVELS["mid"], 0.4, 0.3)
    one, two = one[:4], two[:4]
    mean_limits = crossed_wilson(crossed_moments(one), units=10, judgments=judgments)
    for run in range(4):
        cells = as_cells(one[run], judgments), as_cells(two[run], judgments)
        shown, alone = difference(*cells, low=0, high=1), mean(cells[0], low=0, high=1)
        for figure, limits in (
            (alone.any_panel, mean_limits),
            (alone.this_panel, dialogue_limits(one)),
            (shown.estimates.any_panel, mover_limits(one, two, judgments)),
            (shown.estimates.this_panel, welch_limits(one, two)),
        ):
            assert np.allclose([figure.low, figure.high], [limits[0][run], limits[1][run]])
        assert shown.test.p is not None
        assert np.isclose(shown.test.p, two_way_p(one, two)[run])
