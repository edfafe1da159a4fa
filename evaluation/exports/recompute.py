"""Recompute every number of a report from its table of judgments, and compare.

    python recompute.py

It needs Python 3.11 or later, NumPy and SciPy (`pip install -r requirements.txt`), and the folders beside it: `data/`,
whose `judgments.csv` is the only source of numbers and `asked.json` says what was asked, and `evaluation/`, the
formulas. It writes `recomputed.csv`, a row a number, and ends with 1 if one differs from `data/figures.json`.
"""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from evaluation.from_table import Asked, figures_of_table

NOT_IN_TABLE: Final = frozenset(
    {"units", "units_control", "units_excluded", "annotators", "places", "counted", "in_progress", "not_counted"}
)
"""Counts of a block that are of its record: also units that nobody judged are counted there."""
OF_JUDGMENTS: Final = ("criteria", "preferences", "time", "habits", "beside")
TOLERANCE: Final = 1e-9
LONGEST_CELL: Final = 2**31 - 1


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, float | None]]:
    """Every number of nested lists and mappings with its place; None where one is undefined.

    >>> list(numbers({"means": [{"system": {"slug": "ours"}, "plain": 1.5}]}))
    [('means.ours.plain', 1.5)]
    """
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "annotator":
                continue  # a key of the database; the name stands beside it
            yield from numbers(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from numbers(inner, f"{path}.{_name(inner, place)}" if path else f"block {_name(inner, place)}")
    elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield path, None if value is None or value != value else value


def differences(published: Any, recomputed: Any) -> tuple[list[tuple[str, float | None, float | None]], float]:
    """Every number that was recomputed with the published one beside it, and the largest difference of two.

    A number that only one of them has stands beside nothing and counts as an infinite difference.
    """
    known, found = dict(numbers(published)), dict(numbers(recomputed))
    rows, largest = [], 0.0
    for path in dict.fromkeys([*known, *found]):
        one, two = known.get(path), found.get(path)
        rows.append((path, one, two))
        if path not in known or path not in found or (one is None) != (two is None):
            largest = float("inf")
        elif one is not None and two is not None:
            largest = max(largest, abs(one - two) / max(1.0, abs(one)))
    return rows, largest


def of_judgments(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The part of `figures.json` that judgments alone decide."""
    return [
        {
            "number": block["number"],
            "counts": {key: count for key, count in block["counts"].items() if key not in NOT_IN_TABLE},
            **{part: block[part] for part in OF_JUDGMENTS},
        }
        for block in figures["blocks"]
    ]


def recompute(folder: Path) -> tuple[list[tuple[str, float | None, float | None]], float]:
    """The numbers of the report in `folder`, published and recomputed, and their largest difference."""
    csv.field_size_limit(LONGEST_CELL)
    data = folder / "data"
    asked = Asked.from_json(json.loads((data / "asked.json").read_text(encoding="utf-8")))
    published = json.loads((data / "figures.json").read_text(encoding="utf-8"))
    with (data / "judgments.csv").open(encoding="utf-8", newline="") as file:
        recomputed = figures_of_table(csv.DictReader(file), asked)
    return differences(of_judgments(published), json.loads(json.dumps(recomputed["blocks"])))


def main() -> int:
    folder = Path(__file__).resolve().parent
    rows, largest = recompute(folder)
    with (folder / "recomputed.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("number", "published", "recomputed"))
        writer.writerows(rows)
    same = largest <= TOLERANCE
    told = "All are those of data/figures.json" if same else "NOT all are those of data/figures.json"
    sys.stdout.write(f"{len(rows)} numbers recomputed from data/judgments.csv. {told}.\n")
    sys.stdout.write(f"Largest difference: {largest:g}. Each number stands in recomputed.csv.\n")
    return 0 if same else 1


def _name(value: Any, place: int) -> str:
    """How an element of a list is called: by what it is about, else by its place."""
    if not isinstance(value, Mapping):
        return str(place)
    about = [
        value.get("number"),
        value["annotator"] if isinstance(value.get("annotator"), str) else "",
        *(_slug(value.get(key)) for key in ("question", "first", "second", "system")),
    ]
    told = [str(one) for one in (*about, value.get("coefficient")) if one not in (None, "")]
    return "-".join(told) or str(place)


def _slug(value: Any) -> str:
    return str(value.get("criterion", value.get("slug", ""))) if isinstance(value, Mapping) else ""


if __name__ == "__main__":
    sys.exit(main())
