"""Agreement of real annotations, against values computed elsewhere. Nothing of these datasets is shipped."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.agreement import agreement
from evaluation.coincidences import Ratings

Answer = tuple[int, int, float]


def check(answers: Iterable[Answer], reference: dict[str, Any]) -> None:
    unit, annotator, value = zip(*answers, strict=True)
    ratings = Ratings.collect(np.array(unit), np.array(annotator), np.array(value), np.array(unit))
    for distance in ("nominal", "ordinal", "interval"):
        if distance in reference["alpha"]:
            found = agreement(ratings, f"alpha-{distance}").any_panel.value
            assert found == pytest.approx(reference["alpha"][distance], abs=1.5e-6)
    if "mean" in reference:
        assert float(np.mean(value)) == pytest.approx(reference["mean"], abs=1e-4)


@pytest.fixture
def reference(shared_data: Path) -> dict[str, Any]:
    return dict(json.loads((shared_data / "agreement_reference.json").read_text()))


def test_crs_que_many_workers_on_few_dialogues(shared_data: Path, reference: dict[str, Any]) -> None:
    with (shared_data / "annot-crs-que" / "annotations.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["is_gold_standard"] == "0"]
    dialogues = {name: at for at, name in enumerate({row["dialogue_id"] for row in rows})}
    people = {name: at for at, name in enumerate({row["participant_id"] for row in rows})}
    assert len(rows) == reference["annot-crs-que"]["ratings"]
    for dimension, expected in reference["annot-crs-que"]["dimensions"].items():
        answers = [
            (dialogues[row["dialogue_id"]], people[row["participant_id"]], float(row[dimension])) for row in rows
        ]
        check(answers, expected)


def test_usr_three_raters_without_gaps(shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "annot-usr-personachat" / "pc_usr_data.json.gz", "rt") as file:
        responses = [response for context in json.load(file) for response in context["responses"]]
    for dimension, expected in reference["annot-usr-personachat"]["dimensions"].items():
        check(
            [
                (at, rater, float(value))
                for at, one in enumerate(responses)
                for rater, value in enumerate(one[dimension])
            ],
            expected,
        )


def test_fed_with_missing_cells(shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "annot-fed" / "fed_data.json.gz", "rt") as file:
        items = json.load(file)
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
        check(answers, expected)


@pytest.mark.parametrize("name", ["ReDial", "CCPE"])
def test_uss_uneven_numbers_of_raters(name: str, shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "annot-uss" / f"{name}.txt.gz", "rt") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.startswith("USER")]
    for level in ("utterance", "dialogue"):
        chosen = [row for row in rows if (row[1] == "OVERALL") == (level == "dialogue")]
        answers = [
            (at, rater, float(value)) for at, row in enumerate(chosen) for rater, value in enumerate(row[3].split(","))
        ]
        assert len(chosen) == reference["annot-uss"][f"{name}/{level}"]["items"]
        check(answers, reference["annot-uss"][f"{name}/{level}"])


def test_context_three_raters_and_codes_that_differ_by_file(shared_data: Path, reference: dict[str, Any]) -> None:
    for name, expected in reference["annot-dialogue-context"].items():
        with gzip.open(shared_data / "annot-dialogue-context" / f"{name}.json.gz", "rt") as file:
            columns = json.load(file)
        key = name.split("/")[0].lower()
        check(_numbers(item[key] for item in columns.values()), expected)


def pair_of(row: dict[str, str]) -> tuple[str, str, str]:
    return row["prompt"], row["left"], row["right"]


def test_llmfao_votes_on_which_answer_won(shared_data: Path, reference: dict[str, Any]) -> None:
    with gzip.open(shared_data / "pairwise-llmfao" / "llmfao.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    expected = reference["pairwise-llmfao"]
    assert len(rows) == expected["votes"]
    assert len({pair_of(row) for row in rows}) == expected["pairs"]
    pairs = {key: at for at, key in enumerate({pair_of(row) for row in rows})}
    people = {key: at for at, key in enumerate({row["worker"] for row in rows})}
    order = {"left": 0.0, "tie": 1.0, "right": 2.0}
    answers = [(pairs[pair_of(row)], people[row["worker"]], order[row["winner"]]) for row in rows]
    alphas = {"nominal": expected["alpha_nominal"], "ordinal": expected["alpha_ordinal_left_tie_right"]}
    check(answers, {"alpha": alphas})


def _numbers(lists: Iterable[Iterable[Any]]) -> Iterator[Answer]:
    for at, values in enumerate(lists):
        for rater, value in enumerate(values):
            if str(value).strip() not in {"", "nan", "None"}:
                yield at, rater, float(value)
