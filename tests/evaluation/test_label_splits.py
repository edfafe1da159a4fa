"""Labelled utterances in three parts: the published ones, by whole dialogues, from the command line."""

import csv
import doctest
import json
from collections import Counter
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from evaluation.intents import splits
from evaluation.intents.splits import Split, by_conversation, by_utterance
from evaluation.management.commands.split_labels import _shared as said_of
from generation.models import Dataset
from tests.generation.dataset_scenes import dataset, dialogue

SEEDS = st.integers(0, 2**32 - 1)


def assert_each_is_in_one_part(split: Split, n: int) -> None:
    assert sorted(np.concatenate(list(split.parts().values())).tolist()) == list(range(n))


def test_its_examples_hold() -> None:
    assert doctest.testmod(splits).failed == 0


@given(st.integers(0, 400), SEEDS)
def test_every_utterance_is_in_one_part_of_the_right_size(n: int, seed: int) -> None:
    split = by_utterance(n, seed=seed)
    assert_each_is_in_one_part(split, n)
    assert split.train.size == n - -(-n // 5)
    assert 0 <= split.test.size - split.validation.size <= 1


@given(st.lists(st.integers(0, 30), max_size=200), SEEDS)
def test_no_conversation_is_in_two_parts(conversations: list[int], seed: int) -> None:
    split = by_conversation(conversations, seed=seed)
    assert_each_is_in_one_part(split, len(conversations))
    of = np.array(conversations)
    parts = [set(of[part].tolist()) for part in split.parts().values()]
    assert sum(map(len, parts)) == len(set(conversations))


@given(st.integers(20, 400), SEEDS)
def test_the_same_seed_draws_the_same(n: int, seed: int) -> None:
    assert by_utterance(n, seed=seed).train.tolist() == by_utterance(n, seed=seed).train.tolist()
    assert by_utterance(n, seed=seed).train.tolist() != by_utterance(n, seed=(seed + 1) % 2**32).train.tolist()


@pytest.fixture
def films(db: None) -> Dataset:
    """Ten talks of two labelled messages each, and one without a label; one label would be a formula."""
    made = dataset("Films")
    for number in range(10):
        said = {0: {"labels": {"intent": "Search"}}, 2: {"labels": {"intent": "=Other" if number else ""}}}
        dialogue(made, ("One?", "Yes.", "And two?"), said=said)
    dialogue(made, ("Unlabelled.",))
    return made


def told(*arguments: object) -> str:
    out = StringIO()
    call_command("split_labels", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_amira_splits_her_labels_and_each_has_its_line(films: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "parts.csv"
    found = json.loads(told("Films", "--out", path, "--json"))
    assert found["utterances"] == {"train": 15, "validation": 2, "test": 2}
    assert sum(part["Search"] for part in found["classes"].values()) == 10
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert Counter(row["part"] for row in rows) == found["utterances"]
    assert {(row["utterance"], row["label"]) for row in rows} == {("1", "Search"), ("3", "'=Other")}
    assert len({(row["dialogue"], row["utterance"]) for row in rows}) == 19


def test_whole_dialogues_stay_together(films: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "parts.csv"
    table = told("films", "--whole-dialogues", "--seed", 3, "--out", path)
    assert "| all | 16 | " in table or "| all | 15 | " in table
    assert "0 of the 2 utterances of the test part (0%) are of a dialogue that the training part has too." in table
    with path.open(newline="") as lines:
        parts = {(row["dialogue"], row["part"]) for row in csv.DictReader(lines)}
    assert len(parts) == 10


@pytest.mark.parametrize(
    ("shared", "tested", "share"),
    [
        (0, 7, "(0%) are"),
        (1, 7096, "(< 0.1%) is"),
        (7095, 7096, "(> 99.9%) are"),
        (687, 710, "(96.8%) are"),
        (2, 2, "(100%) are"),
    ],
)
def test_a_share_is_nothing_or_all_only_where_it_is(shared: int, tested: int, share: str) -> None:
    assert share in said_of(shared, tested)


def test_a_part_that_holds_nothing_is_named_and_has_no_share(db: None) -> None:
    made = dataset("Few")
    dialogue(made, ("One?",), said={0: {"labels": {"intent": "Search"}}})
    table = told("Few")
    assert "The train part is empty." in table
    assert "The validation part is empty." in table
    assert "%" not in table
    assert json.loads(told("Few", "--json"))["test_in_dialogues_of_train"] == 0


def test_what_cannot_be_split_is_said(films: Dataset, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No utterance of the user has a label 'mood'"):
        told("films", "--label", "mood")
    with pytest.raises(CommandError, match="whole number"):
        told("films", "--seed", "-1")
    with pytest.raises(CommandError, match="cannot be written"):
        told("films", "--out", tmp_path / "nowhere" / "parts.csv")
    with pytest.raises(CommandError, match="There is no dataset"):
        told("books")
