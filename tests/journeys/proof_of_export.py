"""Every answer is in the export once, as whoever gave it remembers it; and the design that they met is balanced."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commands import command
from tests.journeys.design import SEATS, SLUG, Judged
from tests.journeys.person import Said


def prove_balance(judged: Judged) -> None:
    design = judged.design
    units = {(one.seat, one.seen, one.position) for one in judged.said}
    left: defaultdict[frozenset[str], int] = defaultdict(int)
    left_of: Counter[int] = Counter()
    positions: dict[str, list[int]] = defaultdict(list)
    for seat, seen, position in units:
        if len(seen) == 1:
            positions[seen[0].dataset].append(position)
        else:
            redial_left = seen[0].dataset == "redial"
            left[frozenset(one.name for one in seen)] += redial_left
            left_of[seat] += redial_left
    assert len(left) == design.pairs
    assert set(left.values()) <= {SEATS // 2, SEATS - SEATS // 2}
    assert set(left_of.values()) <= {design.pairs // 2, design.pairs - design.pairs // 2}
    means = [sum(places) / len(places) for places in positions.values()]
    assert len(positions["redial"]) == len(positions["recllmsim"]) == SEATS * design.size
    assert abs(means[0] - means[1]) < 0.15


def prove_export(judged: Judged, folder: Path) -> dict[str, bytes]:
    files = {name: folder / f"judgments.{name}" for name in ("csv", "jsonl")}
    for file in files.values():
        command("export_judgments", SLUG, "--out", file)
    lines = [json.loads(line) for line in files["jsonl"].read_bytes().splitlines()]
    with files["csv"].open(encoding="utf-8", newline="") as opened:
        table = list(csv.DictReader(opened))
    rows = {row_key(line): line for line in lines}
    assert len(rows) == len(lines) == len(judged.said)
    for one in judged.said:
        expected = dict(expected_row(one, judged))
        row = rows[row_key(expected)]
        assert {name: row[name] for name in expected} == expected
    assert [list(row) for row in table] == [list(row) for row in lines]
    for row, line in zip(table, lines, strict=True):
        assert row == {name: as_cell(value) for name, value in line.items()}
        assert line["started"] <= line["answered"]
        assert line["started"] <= line["submitted"]
    return {name: file.read_bytes() for name, file in files.items()}


def row_key(row: dict[str, Any]) -> tuple[Any, ...]:
    """Nobody answers the same question of the same dialogues twice in the same revision."""
    dialogues = row.get("dialogue") or (row["left_dialogue"], row["right_dialogue"])
    return row["seat"], dialogues, row["criterion"], row["turn"], row["revision"]


def expected_row(one: Said, judged: Judged) -> Iterator[tuple[str, Any]]:
    """What the long table must say of an answer, in the words of whoever gave it."""
    pair = len(one.seen) == 2
    person = next(person for person in judged.people if person.seat == one.seat)
    unit = next(key for key, unit in person.finished.items() if unit.seen == one.seen)
    yield from {"study": SLUG, "block": 2 if pair else 1, "target": "pair" if pair else "dialogue"}.items()
    for side, original in zip(("left_", "right_") if pair else ("",), one.seen, strict=True):
        yield f"{side}dialogue", original.name
        yield f"{side}dataset", original.dataset
    if not pair:
        messages = one.seen[0].messages[one.place]
        yield "utterance", messages[0]
        yield "messages", " ".join(map(str, messages))
        yield "speaker", one.seen[0].shown[one.place][0]
    yield "inclusion_probability", pytest.approx(judged.design.probability(*one.seen))
    winner = one.seen[one.value - 1] if pair and one.value else None
    yield "won_dialogue", winner.name if winner else ""
    yield "won_dataset", winner.dataset if winner else ""
    yield from {"position": one.position, "seat": one.seat, "annotator": judged.pseudonyms[one.seat]}.items()
    yield from {"instrument": one.instrument, "instrument_version": 1, "criterion": one.criterion}.items()
    yield from {"turn": None if pair else one.place, "value": one.value, "label": one.label}.items()
    yield from {"cannot_judge": int(one.cannot_judge), "reason": one.reason, "revision": one.revision}.items()
    yield from {"superseded": int(one.superseded), "counted": 1, "assignment_state": "submitted"}.items()
    yield "active_seconds", person.seconds[unit]


def as_cell(value: Any) -> str:
    """How a value stands in the CSV: a text that a spreadsheet would take for a formula has an apostrophe before it."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
