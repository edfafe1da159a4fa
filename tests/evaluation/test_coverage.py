"""The intervals keep their promise: in simulated studies with a known truth they hold it as often as they say."""

import numpy as np
import pytest

from evaluation.comparison import difference
from tests.evaluation.coverage_cells import CELLS, Cell, documented
from tests.evaluation.simulation import as_cells, mover_limits, two_systems, win_rate


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.table.split(',')[0]}: {cell.name}")
def test_an_interval_covers_what_it_should(cell: Cell) -> None:
    covered = cell.run()
    low, high = cell.band
    assert low - 3 * covered.error <= covered.share <= high + 3 * covered.error
    assert covered.share == pytest.approx(documented()[cell.table, cell.name], abs=0.01), "run coverage_cells again"


def test_the_simulation_would_notice_votes_taken_as_independent() -> None:
    covered = win_rate(1, 0.6, 0.5, target="pooled")
    assert covered.share + 3 * covered.error < 0.92


def test_what_is_simulated_is_what_is_shown() -> None:
    (one, _), (two, _) = two_systems(1, 3, "mid", 0.4, 0.3)
    low, high = mover_limits(one, two)
    for run in range(3):
        shown = difference(as_cells(one[run]), as_cells(two[run]), low=0, high=1).estimates.any_panel
        assert np.allclose([shown.low, shown.high], [low[run], high[run]])
