"""Spellings of one title, and titles that only look alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.catalogue import Catalogue, Entry
from generation.titles import canonical, distance

SAME = [
    ("Matrix, The (1999)", "The Matrix"),
    ("The Matrix", "matrix"),
    ("Heat (1995)", "Heat (1996)"),
    ("Tom & Huck", "Tom and Huck"),
    ("Tom &amp; Huck", "Tom and Huck"),
    ("Alien [Blu-ray]", "Alien"),
    ("Alien (DVD)", "Alien"),
    ("Alien (Region 2)", "Alien"),
    ("M*A*S*H", "m a s h"),
    ("WALL·E", "Wall-E"),
    ("Ocean’s Eleven", "Oceans Eleven"),
    ("Ｓｅｖｅｎ Samurai", "Seven Samurai"),
    ("The Godfather: Part II", "Godfather Part 2"),
    ("Rocky IV", "Rocky 4"),
    ("Kill Bill: Vol. 2", "Kill Bill Volume 2"),
    ("Dune: Part Two", "Dune Part 2"),
    ("Casablanca", "Casablanka"),
    ("Schindler's List", "Schindlers Lists"),
    ("What's Up, Doc?", "Whats up doc"),
    ("[REC]", "rec"),
    ("Amélie Poulain", "Amelie Poulain"),
    ("A Beautiful Mind", "Beautiful Mind, A"),
]
OTHERS = [
    ("Toy Story", "Toy Story 2"),
    ("Toy Story 2", "Toy Story 3"),
    ("Rocky", "Rocky II"),
    ("Rocky II", "Rocky III"),
    ("Halloween (1978)", "Halloween (2018)"),
    ("Heat", "Hear"),
    ("Cars", "Carts"),
    ("Up", "Us"),
    ("Speed", "Spend it"),
    ("Kill Bill: Vol. 1", "Kill Bill: Vol. 2"),
    ("1917", "1918"),
    ("The Ring", "The Rink"),
    ("Alien", "Alien: Covenant"),
    ("The Hobbit Part One", "The Hobbit Part Two"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_title(one: str, other: str) -> None:
    assert distance(canonical(one), canonical(other)) is not None
    assert distance(canonical(other), canonical(one)) is not None


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_titles_that_only_look_alike(one: str, other: str) -> None:
    assert distance(canonical(one), canonical(other)) is None
    assert distance(canonical(other), canonical(one)) is None


@given(st.text())
def test_any_text_has_a_canonical_form_that_is_its_own(text: str) -> None:
    title = canonical(text)
    assert title.text == title.text.strip()
    assert distance(title, title) == 0


FILMS = Catalogue(
    [
        Entry("1", "Alien (1979)", 9),
        Entry("2", "Aliens (1986)", 8),
        Entry("3", "Alien: Covenant (2017)", 3),
        Entry("4", "Dune (1984)", 2),
        Entry("5", "Dune (2021)", 7),
        Entry("6", "Casablanca", 9),
        Entry("7", "Frozen: The Beginning", 1),
        Entry("8", "Mission: Impossible", 5),
        Entry("9", "Mission: Earth", 1),
        Entry("a", "Frost/Nixon", 2),
        Entry("b", "Heat", 2),
        Entry("c", "Heat", 2),
    ]
)


@pytest.mark.parametrize(
    ("written", "item", "rule"),
    [
        ("Alien", "1", "exact"),
        ("aliens", "2", "exact"),
        ("Dune", "5", "exact"),
        ("Dune (1984)", "4", "exact"),
        ("Casblanca", "6", "edits"),
        ("Frozen", "7", "subtitle"),
        ("Frost Nixon", "a", "exact"),
        ("Heat", "b", "exact"),
    ],
)
def test_the_item_that_is_meant(written: str, item: str, rule: str) -> None:
    match = FILMS.find(written)
    assert match is not None
    assert (match.item_id, match.rule) == (item, rule)


@pytest.mark.parametrize("written", ["", "  ", "Mission", "Dune 2", "Dune (1999)", "Covenant", "Head", "x" * 400])
def test_nothing_is_meant(written: str) -> None:
    assert FILMS.find(written) is None


def test_what_could_be_several_is_marked() -> None:
    heat, alien = FILMS.find("Heat"), FILMS.find("Alien")
    assert heat is not None
    assert alien is not None
    assert (heat.ambiguous, alien.ambiguous) == (True, False)
