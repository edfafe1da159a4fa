"""P1: what is left of a review's text, and how its words are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.reviews.cleaning import WORD_RULES, cleaned, count_letters


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<b>Bold</b> and <br />new", "Bold and new"),
        ("a < b and c > d", "a b and c d"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("see https://example.com/a?b=c now", "see now"),
        ("one\x00two\u200bthree", "one two three"),
        ("***** five stars =====", "five stars"),
        ("well ... then — yes", "well ... then — yes"),
        ("a" * 30, "a" * 30),
        ("a" * 31, ""),
        ("ab** abc**** a*", "ab** a*"),
        ("हिन्दी में", "हिन्दी में"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned(text: str, left: str) -> None:
    assert cleaned(text) == left


def test_the_length_of_a_token_is_a_setting() -> None:
    assert cleaned("aaaa bb", max_token_length=3) == "bb"


@given(st.text())
def test_cleaning_is_harmless_to_any_text(text: str) -> None:
    left = cleaned(text)
    assert left == " ".join(left.split())
    assert all(len(token) <= 30 for token in left.split())


def test_words_are_counted_by_the_rule() -> None:
    assert count_letters("Don't stop, it's 2 good-natured") == 5
    assert WORD_RULES["spaces"]("Don't stop, it's 2 good-natured") == 5
    assert WORD_RULES["letters"]("我喜欢") == 0
    assert WORD_RULES["spaces"]("我喜欢") == 3
