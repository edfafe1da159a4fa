"""docs/filters.md says what the filters are."""

from pathlib import Path

from generation.checks.table import CONVERSATION_FILTERS, FILTERS

DOCS = Path(__file__).resolve().parents[3] / "docs" / "filters.md"
ALL = {**FILTERS, **CONVERSATION_FILTERS}


def test_every_filter_is_described_with_its_default() -> None:
    lines = [line for line in DOCS.read_text("utf-8").splitlines() if line[2:4] in ALL and line[4] == " "]
    rows = {line.split()[1]: line.split(" | ")[2].strip(" |") for line in lines}
    assert rows == {code: "yes" if one.rejects else "no" for code, one in ALL.items()}
