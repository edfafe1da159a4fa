"""Near-duplicates: estimates beside exact similarity, stored signatures, the same on every machine."""

import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.checks.duplicates import (
    PERMUTATIONS,
    SIGNATURE_BYTES,
    DuplicateIndex,
    read_signature,
    runs,
    signature,
    stored,
)
from generation.checks.findings import CheckSettings
from generation.checks.parsing import parse_dialogue
from generation.checks.table import check
from tests.generation.checks.scenes import CLEAN, codes, plan

ROOT = Path(__file__).resolve().parents[3]
WORDS = [f"w{number}" for number in range(400)]


def dialogue(seed: int, words: int = 200) -> list[str]:
    return Random(seed).choices(WORDS, k=words)


def said(words: list[str]) -> list[str]:
    return [" ".join(words)]


def exact(one: list[str], other: list[str]) -> float:
    """The Jaccard similarity of two sets of runs of five words, written plainly."""
    mine, others = ({tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in (one, other))
    return len(mine & others) / len(mine | others)


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.integers(5, 300), st.integers(0, 60))
def test_the_estimate_is_within_five_standard_errors_of_the_exact_similarity(seed: int, words: int, edits: int) -> None:
    random = Random(seed)
    one = dialogue(seed, words)
    other = list(one)
    for _ in range(edits):
        other[random.randrange(words)] = random.choice(WORDS)
    truth = exact(one, other)
    estimate = float((signature(said(one)) == signature(said(other))).mean())
    error = max((truth * (1 - truth) / PERMUTATIONS) ** 0.5, 1 / PERMUTATIONS)
    assert abs(estimate - truth) <= 5 * error


def test_near_duplicates_are_found_and_others_are_not() -> None:
    """Of 300 dialogues each with a changed copy: nearly all copies above the threshold are found, none far below."""
    index = DuplicateIndex()
    originals = [dialogue(seed) for seed in range(300)]
    for name, one in enumerate(originals):
        index.add(name, signature(said(one)))
    hits = {"near": 0, "far": 0}
    for name, one in enumerate(originals):
        near, far = list(one), list(one)
        near[100] = "new"
        far[::25] = ["new"] * len(far[::25])
        assert exact(one, near) > 0.94
        assert exact(one, far) < 0.72
        twin = index.twin_of(said(near))
        hits["near"] += twin is not None and twin.name == name
        hits["far"] += index.twin_of(said(far)) is not None
    assert hits["near"] >= 290
    assert hits["far"] == 0


def test_the_first_of_equals_is_the_twin() -> None:
    index = DuplicateIndex()
    for name in (7, 8, 9):
        index.add(name, signature(CLEAN))
    twin = index.twin_of([line.upper() for line in CLEAN])
    assert twin is not None
    assert (twin.name, twin.similarity) == (7, 1.0)


@given(st.lists(st.integers(0, 40), max_size=100))
def test_an_index_rebuilt_from_stored_signatures_answers_the_same(seeds: list[int]) -> None:
    index, kept = DuplicateIndex(), []
    for name, seed in enumerate(seeds):
        made = signature(said(dialogue(seed, 30)))
        index.add(name, made)
        kept.append((name, stored(made)))
    again = DuplicateIndex.rebuilt(kept)
    assert len(again) == len(index) == len(seeds)
    for seed in range(0, 45, 5):
        assert index.twin_of(said(dialogue(seed, 30))) == again.twin_of(said(dialogue(seed, 30)))


def test_bytes_that_are_no_signature_are_refused() -> None:
    assert len(stored(signature(CLEAN))) == SIGNATURE_BYTES
    with pytest.raises(ValueError, match="512 bytes, not 3"):
        read_signature(b"abc")


@given(st.lists(st.text()))
def test_a_signature_survives_being_stored(texts: list[str]) -> None:
    made = signature(texts)
    assert np.array_equal(read_signature(stored(made)), made)


def test_nothing_said_is_like_nothing() -> None:
    index = DuplicateIndex()
    index.add(1, signature([]))
    assert index.twin_of([""]) is None
    assert runs(["", "…"]).size == 0


def test_short_dialogues_are_compared_whole() -> None:
    index = DuplicateIndex()
    index.add(1, signature(["Hi there."]))
    assert index.twin_of(["hi, there!"]) is not None
    assert index.twin_of(["Hi you."]) is None


def test_signatures_do_not_depend_on_the_process() -> None:
    script = "from generation.checks.duplicates import *; print(stored(signature(['a b c d e f'])).hex()[:16])"
    shown = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert shown == {f"{stored(signature(['a b c d e f'])).hex()[:16]}\n".encode()}


def test_the_filter_says_which_dialogue_and_how_similar() -> None:
    parsed = parse_dialogue("\n\n".join(CLEAN))
    index = DuplicateIndex()
    index.add(41, signature(one.text for one in parsed.utterances))
    (one,) = check(parsed, plan(), finish_reason="stop", settings=CheckSettings(), duplicates=index)
    assert (one.code, one.reason) == ("A6", "almost the same as dialogue 41 (similarity 1.00)")
    assert codes() == []
