"""docs/filters.md says what the filters are."""

from pathlib import Path

from generation.checks.table import FILTERS

DOCS = Path(__file__).resolve().parents[3] / "docs" / "filters.md"


def test_every_filter_is_described_with_its_default() -> None:
    rows = {line.split()[1]: line.split(" | ") for line in DOCS.read_text("utf-8").splitlines() if line[2:4] in FILTERS}
    assert {code: cells[2] for code, cells in rows.items()} == {
        code: "yes" if one.rejects else "no" for code, one in FILTERS.items()
    }
