"""What differs between two texts, for people to read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.word_diff import CONTEXT, word_diff

texts = st.lists(st.sampled_from(["the ", "a ", "good", " ", "\n", "词", "film."]), max_size=CONTEXT // 2).map("".join)


@given(texts, texts)
@settings(max_examples=200, deadline=None)
def test_what_is_shown_makes_both_texts(before: str, after: str) -> None:
    """Short texts are shown whole: without what is new they are the earlier one, without what is gone the later."""
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_only_the_neighbourhood_of_a_difference_is_shown() -> None:
    words = [f"word{number} " for number in range(200)]
    pieces = word_diff("".join(words), "".join([*words[:100], "new ", *words[100:]]))
    assert [piece.kind for piece in pieces] == ["gap", "same", "new", "same", "gap"]
    assert pieces[1].text.split() == [f"word{number}" for number in range(100 - CONTEXT // 2, 100)]


def test_a_word_put_in_is_all_that_is_marked_and_a_phrase_stays_whole() -> None:
    assert [
        (piece.kind, piece.text) for piece in word_diff("Read each message.", "Read each message in its context.")
    ] == [
        ("same", "Read each message"),
        ("new", " in its context"),
        ("same", "."),
    ]
    kinds = [piece.kind for piece in word_diff("Does it say much?", "Is the reply rich?")]
    assert kinds == ["gone", "new", "same"]


def test_very_long_texts_are_compared_by_lines() -> None:
    lines = [f"line {number} of the guidelines\n" for number in range(3_000)]
    pieces = word_diff("".join(lines), "".join([*lines[:1500], "one more\n", *lines[1500:]]))
    assert [piece.text for piece in pieces if piece.kind == "new"] == ["one more\n"]
