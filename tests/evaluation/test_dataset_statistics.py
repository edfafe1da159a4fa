"""Distinct tokens and 4-grams, beside a slow and plain count, and beside counts by hand."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import dataset_statistics
from evaluation.dataset_statistics import TOKENISERS, TextCounts, Texts, distinct, tokens_of

SOME_TEXT = st.lists(st.sampled_from(["I", "i", "like", "films!", "?!", "’t", "好看", "\n", "a_b", "7"]), max_size=9)
UTTERANCES = st.lists(SOME_TEXT.map(" ".join), max_size=8)


def plainly(utterances: list[str], tokeniser: str, *, keep_case: bool) -> TextCounts:
    cut = [tokens_of(text, tokeniser, keep_case=keep_case) for text in utterances]
    grams = {tuple(tokens[at : at + 4]) for tokens in cut for at in range(len(tokens) - 3)}
    types = {token for tokens in cut for token in tokens}
    return TextCounts(len(cut), sum(map(len, cut)), len(types), len(grams))


@pytest.mark.parametrize("size", [1, 3, 1 << 20])
@settings(deadline=None)
@given(
    datasets=st.dictionaries(st.sampled_from("abc"), UTTERANCES, min_size=1),
    tokeniser=st.sampled_from(sorted(TOKENISERS)),
    keep_case=st.booleans(),
)
def test_any_texts_count_as_they_do_slowly(
    size: int, datasets: dict[str, list[str]], tokeniser: str, keep_case: bool
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dataset_statistics, "AT_ONCE", size)
        texts = Texts(datasets, tokeniser, keep_case=keep_case)
        for name, utterances in datasets.items():
            taken = texts.add(name, utterances[:2]) + texts.add(name, utterances[2:])
            assert taken == plainly(utterances, tokeniser, keep_case=keep_case).tokens
        each, together = texts.counted()
    assert each == {name: plainly(said, tokeniser, keep_case=keep_case) for name, said in datasets.items()}
    everything = [text for said in datasets.values() for text in said]
    assert together == plainly(everything, tokeniser, keep_case=keep_case)


@given(st.lists(st.lists(st.integers(0, 2**64 - 1))))
def test_different_numbers_are_each_given_once_and_in_order(chunks: list[list[int]]) -> None:
    def arrays() -> Iterator[np.ndarray[tuple[int], np.dtype[np.uint64]]]:
        return (np.array(chunk, dtype=np.uint64) for chunk in chunks)

    assert distinct(arrays()).tolist() == sorted({number for chunk in chunks for number in chunk})


def test_totals_of_two_domains_are_unions_and_dialogues_are_summed() -> None:
    """Table 3 of LLM-REDIAL in small: 5 + 5 types are 6 together, 2 + 2 4-grams are 3."""
    texts = Texts(["books", "films"])
    texts.add("books", ["do you like old books"])
    texts.add("films", ["do you like old films", "films"])
    each, together = texts.counted()
    assert (each["books"].distinct_tokens, each["films"].distinct_tokens, together.distinct_tokens) == (5, 5, 6)
    assert (each["books"].distinct_grams, each["films"].distinct_grams, together.distinct_grams) == (2, 2, 3)
    assert together.utterances == 3


def test_no_4_gram_reaches_from_one_utterance_into_the_next() -> None:
    texts = Texts(["talk"])
    texts.add("talk", ["one two three", "four five six", "", "seven"])
    assert texts.counted()[1] == TextCounts(utterances=4, tokens=7, distinct_tokens=7, distinct_grams=0)


def test_nothing_at_all_counts_nothing() -> None:
    assert Texts([]).counted() == ({}, TextCounts(0, 0, 0, 0))


def test_a_vocabulary_beyond_16_bits_loses_no_4_gram() -> None:
    texts = Texts(["large"])
    texts.add("large", [" ".join(f"w{number}" for number in range(70_000))])
    texts.add("large", ["w0 w1 w2 w65536", "w0 w1 w2 w3"])
    assert texts.counted()[1].distinct_grams == 69_997 + 1
