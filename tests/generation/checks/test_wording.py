"""A1, A2: sentences and copies, each from both sides of its edge."""

import pytest

from tests.generation.checks.scenes import CLEAN, HATED, LOVED, changed, codes, found, plan

LONG = "word " * 60


def asked(text: str) -> list[str]:
    return changed(u6=f"Agent: {text}")


@pytest.mark.parametrize(("words", "flagged"), [(60, []), (61, ["A1"])])
def test_a_sentence_of_sixty_words_is_the_longest(words: int, flagged: list[str]) -> None:
    assert codes(asked(f"{'word ' * (words - 1)}word. Shall I go on?")) == flagged


@pytest.mark.parametrize(
    "text", [f"{LONG}! {LONG}?", f"{LONG}” {LONG}.".replace(" ”", ".”"), f"{LONG}\n{LONG}.", f"{LONG}… {LONG}."]
)
def test_where_sentences_end(text: str) -> None:
    assert codes(asked(text)) == []


def test_the_long_sentence_is_marked() -> None:
    (one,) = found(asked(f"Well. {LONG}and on. Yes?"))
    text = f"Well. {LONG}and on. Yes?"
    assert one.span
    assert text[slice(*one.span)] == f"{LONG}and on."


@pytest.mark.parametrize(("words", "flagged"), [(11, []), (12, ["A2"])])
def test_a_run_of_twelve_words_is_a_copy(words: int, flagged: list[str]) -> None:
    run = " ".join(LOVED.split()[3 : 3 + words])
    own = "But that is what I would say to anybody who asks me about an evening like this one, and a good deal more"
    assert codes(asked(f"They said, “{run.upper()}”! {own}. Shall I go on?")) == flagged


def test_mostly_copied_utterances_without_a_long_run() -> None:
    said = HATED.split()
    assert codes(asked(f"{' '.join(said[:10])}. Oh! {' '.join(said[11:21])}.")) == ["A2"]
    assert codes(asked(f"{' '.join(said[:6])}. Shall I look for something else for this evening?")) == []


def test_the_copied_run_is_marked() -> None:
    run = " ".join(LOVED.split()[2:20])
    text = f"Oh, {run}; really?"
    (one,) = found(asked(text))
    assert one.span
    assert text[slice(*one.span)] == run


def test_a_long_title_that_a_review_names_is_no_copy() -> None:

    title = "Paper Kites and Other Very Long Stories That My Grandmother Told Me on the Farm"
    assert codes([line.replace("Paper Kites", title) for line in CLEAN], of=plan(gold=title)) == []
