"""Intervals of win rates hold what they promise, and what is simulated is what is shown."""

import numpy as np

from evaluation.crossed import Cells, crossed_moments, crossed_wilson
from evaluation.preference import win_rate, win_test
from tests.coverage.checking import check, rows_of
from tests.coverage.covered import Row, Table
from tests.coverage.drawing import random_of, votes
from tests.coverage.votes import TABLES, panel, this_panel


@rows_of(*TABLES)
def test_a_win_rate_is_covered_as_often_as_it_says(table: Table, row: Row) -> None:
    check(table, row)


def test_votes_taken_as_independent_would_be_noticed() -> None:
    independent = panel(0.5, 1, 0.6)[2]
    assert independent is not None
    assert independent.share + 3 * independent.error < 0.92


def test_what_is_simulated_is_what_is_shown() -> None:
    table, _own = votes(random_of(9), 3, 50, 7, rate=0.65, unit_sd=1, person_sd=0.6)
    wide, narrow = crossed_wilson(crossed_moments(table), units=50, judgments=350), this_panel(table)
    for run in range(3):
        units, people = np.indices(table[run].shape).reshape(2, -1)
        cells = Cells.collect(units, people, table[run].ravel())
        shown = win_rate(cells)
        assert np.allclose([shown.any_panel.low, shown.any_panel.high], [side[run] for side in wide])
        assert np.allclose([shown.this_panel.low, shown.this_panel.high], [side[run] for side in narrow])
        assert win_test(cells).p is not None
