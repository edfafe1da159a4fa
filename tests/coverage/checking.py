"""What is asked of every row: its band, the study that was made before the product, and the page."""

import pytest

from tests.coverage.covered import Row, Table, monte_carlo
from tests.coverage.document import documented


def rows_of(*tables: Table) -> pytest.MarkDecorator:
    """Every row of some tables as a test of its own."""
    cases = [pytest.param(table, row, id=f"{table.title}: {row.name}") for table in tables for row in table.rows]
    return pytest.mark.parametrize(("table", "row"), cases)


def check(table: Table, row: Row) -> None:
    stated = documented()[table.title, row.name]
    for place, (column, covered) in enumerate(zip(table.columns, row.run(), strict=True)):
        if covered is None:
            assert stated[place] is None
            continue
        band = (row.bands[place] if row.bands else None) or column.band
        if band:
            low, high = band
            assert low - 3 * covered.error <= covered.share <= high + 3 * covered.error, column.title
        first = row.first[place] if place < len(row.first) else None
        if first:
            error = (covered.error**2 + monte_carlo(covered.share, table.runs) ** 2) ** 0.5
            assert first[0] - 3 * error <= covered.share <= first[1] + 3 * error, f"{column.title}: not what it was"
        assert covered.share == pytest.approx(stated[place], abs=0.0026), "run `make coverage`"
