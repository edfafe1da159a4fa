"""Agreement of real annotations, against values computed elsewhere. Nothing of these datasets is shipped."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.agreement import agreement, pairs_of_annotators
from evaluation.ratings import Ratings

Answer = tuple[int, int, float]
CLOSE = 1.5e-6


def collected(answers: Iterable[Answer]) -> Ratings:
    unit, annotator, value = (np.array(column) for column in zip(*answers, strict=True))
    return Ratings.collect(unit, annotator, value, unit)


def value_of(answers: Iterable[Answer], key: str) -> float:
    found = agreement(collected(answers), key).any_panel
    assert found.value is not None, found.reason
    return found.value


def judged_by(answers: Iterable[Answer], times: int) -> list[Answer]:
    """The answers about units that have so many."""
    rows = list(answers)
    sizes = Counter(unit for unit, _annotator, _value in rows)
    return [row for row in rows if sizes[row[0]] == times]


def check(answers: Iterable[Answer], reference: dict[str, Any], *, complete: int | None = None) -> set[str]:
    """Every figure of the reference that is said of these answers; gives back which they were."""
    rows = list(answers)
    seen = set()
    for distance, expected in reference["alpha"].items():
        assert value_of(rows, f"alpha-{distance}") == pytest.approx(expected, abs=CLOSE)
    for name, key in (("pairwise_mean_spearman", "spearman"), ("pairwise_mean_pearson", "pearson")):
        if name in reference:
            seen.add(name)
            assert value_of(rows, key) == pytest.approx(reference[name], abs=5.1e-5)
    for name, key in (("cohen_kappa_by_pair", "kappa"), ("cohen_kappa_quadratic_by_pair", "kappa-quadratic")):
        if name in reference:
            seen.add(name)
            pairs = [pair.value for pair in pairs_of_annotators(collected(rows), key)]
            assert sorted(pairs, key=float) == pytest.approx(sorted(reference[name]), abs=CLOSE)
            assert value_of(rows, key) == pytest.approx(np.mean(reference[name]), abs=CLOSE)
    for name, expected in reference.items():
        if name.startswith("fleiss"):
            seen.add(name)
            units, expected = expected if isinstance(expected, list) else (None, expected)
            chosen = judged_by(rows, complete) if complete else rows
            assert units is None or len({unit for unit, *_ in chosen}) == units
            assert value_of(chosen, "fleiss") == pytest.approx(expected, abs=CLOSE)
    if "mean" in reference:
        assert float(np.mean([value for *_, value in rows])) == pytest.approx(reference["mean"], abs=1e-4)
    return seen | ({"alpha", "mean"} & set(reference))


@pytest.fixture
def reference(shared_data: Path) -> dict[str, Any]:
    return dict(json.loads((shared_data / "agreement_reference.json").read_text()))


def test_crs_que_many_workers_on_few_dialogues(shared_data: Path, reference: dict[str, Any]) -> None:
    with (shared_data / "annot-crs-que" / "annotations.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["is_gold_standard"] == "0"]
    dialogues = {name: at for at, name in enumerate({row["dialogue_id"] for row in rows})}
    people = {name: at for at, name in enumerate({row["participant_id"] for row in rows})}
    expected = reference["annot-crs-que"]
    assert (len(rows), len(dialogues), len(people)) == (expected["ratings"], expected["items"], expected["raters"])
    for dimension, figures in expected["dimensions"].items():
        answers = [
            (dialogues[row["dialogue_id"]], people[row["participant_id"]], float(row[dimension])) for row in rows
        ]
        assert check(answers, figures) == set(figures)


def test_usr_three_raters_without_gaps(shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "annot-usr-personachat" / "pc_usr_data.json.gz", "rt") as file:
        responses = [response for context in json.load(file) for response in context["responses"]]
    expected = reference["annot-usr-personachat"]
    assert len(responses) == expected["items"]
    for dimension, figures in expected["dimensions"].items():
        answers = [
            (at, rater, float(value)) for at, one in enumerate(responses) for rater, value in enumerate(one[dimension])
        ]
        assert check(answers, figures) == set(figures)


def test_fed_with_missing_cells(shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "annot-fed" / "fed_data.json.gz", "rt") as file:
        items = json.load(file)
    raters = reference["annot-fed"]["raters_per_item"]
    for name, expected in reference["annot-fed"]["dimensions"].items():
        kind, quality = name.split("/", 1)
        chosen = [item for item in items if ("response" in item) == (kind == "turn") and quality in item["annotations"]]
        answers = [
            (at, rater, float(value))
            for at, item in enumerate(chosen)
            for rater, value in enumerate(item["annotations"][quality])
            if isinstance(value, int | float)
        ]
        assert len(chosen) == expected["items"]
        assert len(chosen) * raters - len(answers) == expected["na_cells"]
        assert check(answers, expected, complete=raters) == set(expected) - {"items", "na_cells"}


@pytest.mark.parametrize("name", ["ReDial", "CCPE"])
def test_uss_uneven_numbers_of_raters(name: str, shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "annot-uss" / f"{name}.txt.gz", "rt") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.startswith("USER")]
    for level in ("utterance", "dialogue"):
        chosen = [row for row in rows if (row[1] == "OVERALL") == (level == "dialogue")]
        answers = [
            (at, rater, float(value)) for at, row in enumerate(chosen) for rater, value in enumerate(row[3].split(","))
        ]
        expected = reference["annot-uss"][f"{name}/{level}"]
        assert len(chosen) == expected["items"]
        sizes = Counter(Counter(unit for unit, *_ in answers).values())
        assert {str(size): times for size, times in sizes.items()} == expected["ratings_per_item"]
        assert check(answers, expected, complete=3) == set(expected) - {"items", "ratings_per_item"}


def test_context_three_raters_and_codes_that_differ_by_file(shared_data: Path, reference: dict[str, Any]) -> None:
    for name, expected in reference["annot-dialogue-context"].items():
        with gzip.open(shared_data / "annot-dialogue-context" / f"{name}.json.gz", "rt") as file:
            columns = json.load(file)
        key = name.split("/")[0].lower()
        assert len(columns) == expected["items"]
        assert check(_numbers(item[key] for item in columns.values()), expected) == set(expected) - {"items"}


def pair_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["prompt"], row["left"], row["right"]


def test_llmfao_votes_on_which_answer_won(shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "pairwise-llmfao" / "llmfao.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    expected = reference["pairwise-llmfao"]
    assert len(rows) == expected["votes"]
    assert len({pair_of(row) for row in rows}) == expected["pairs"]
    assert len({row["worker"] for row in rows}) == expected["workers"]
    pairs = {key: at for at, key in enumerate({pair_of(row) for row in rows})}
    people = {key: at for at, key in enumerate({row["worker"] for row in rows})}
    order = {"left": 0.0, "tie": 1.0, "right": 2.0}
    answers = [(pairs[pair_of(row)], people[row["worker"]], order[row["winner"]]) for row in rows]
    figures = {
        "alpha": {"nominal": expected["alpha_nominal"], "ordinal": expected["alpha_ordinal_left_tie_right"]},
        "fleiss": expected["fleiss_kappa_pairs_with_5_votes"],
    }
    assert check(answers, figures, complete=5) == {"alpha", "fleiss"}


def test_krippendorffs_codings(shared_data: Path, reference: dict[str, Any]) -> None:
    with (shared_data / "pairwise-llmfao" / "krippendorff_codings.csv").open() as file:
        rows = list(csv.reader(file))
    table = [[cell for cell in row if cell.strip() not in {"", "*"}] for row in rows]
    assert table, "the file is there"
    answers = [
        (unit, coder, float(cell))
        for coder, row in enumerate(rows)
        for unit, cell in enumerate(row)
        if cell.strip() not in {"", "*"}
    ]
    assert check(answers, {"alpha": reference["krippendorff_codings.csv"]["alpha"]}) == {"alpha"}


def _numbers(lists: Iterable[Iterable[Any]]) -> Iterator[Answer]:
    for at, values in enumerate(lists):
        for rater, value in enumerate(values):
            if str(value).strip() not in {"", "nan", "None"}:
                yield at, rater, float(value)
