"""What is found in profiles: nothing in good ones, each planted fault under its code, likes and dislikes by words."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.llm.mishaps import MISHAPS, Mishap, Part
from generation.llm.people import Asked, write_people
from generation.simulation.coverage import BANDS, band, coverage
from generation.simulation.profile_checks import (
    TASTES,
    TOO_NEAR,
    Neighbours,
    findings,
    findings_of,
    says,
    words_of,
)
from generation.simulation.profiles import FIELDS, Profile, read_profile, read_records
from tests.generation.simulation.people import ANNA, PAUL

PEOPLE = [mishap for mishap in MISHAPS.values() if mishap.part == Part.PEOPLE]


def codes(profile: Profile, language: str = "en") -> list[str]:
    return [one.code for one in findings(profile, language)]


def people(count: int, *, language: str = "", **mishaps: float) -> list[Profile]:
    return read_records(write_people(Asked(count, 1, language), mishaps, Random(7)).text)


def test_good_ones_have_no_finding() -> None:
    assert not codes(ANNA)
    assert not codes(PAUL)


@pytest.mark.parametrize("language", ["", "zh"])
def test_the_scripted_writer_invents_people_who_pass_and_differ(language: str) -> None:
    found = findings_of(dict(enumerate(people(200, language=language))), language or "en")
    assert len(found) == 200
    assert not [one for one in found.values() if one]


@pytest.mark.parametrize("language", ["", "zh"])
@pytest.mark.parametrize("mishap", PEOPLE, ids=lambda mishap: mishap.slug)
def test_every_planted_fault_is_found(mishap: Mishap, language: str) -> None:
    found = findings_of(dict(enumerate(people(30, language=language, **{mishap.slug: 1.0}))), language or "en")
    counted = Counter(code for one in found.values() for code in {finding.code for finding in one})
    assert counted == {mishap.filter: 29 if mishap.slug == "same_person" else 30}


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_is_missed(name: str) -> None:
    assert [(one.code, one.field) for one in findings(replace(ANNA, **{name: " "}))] == [("P1", name)]


@pytest.mark.parametrize(
    ("age", "fits"), [("12", True), ("100", True), ("11", False), ("101", False), ("young", False)]
)
def test_ages(age: str, fits: bool) -> None:
    assert codes(replace(ANNA, age=age)) == ([] if fits else ["P2"])


@pytest.mark.parametrize(
    "text",
    [
        "Likes tea, dislikes coffee",
        "Loves long walks but can't stand the rain",
        "Coding; video games; not a fan of football",
        "Vegetarian food. Doesn’t eat eggs",
        "Travels by train, never by plane",
        "Enjoys museums and finds beaches boring - prefers the north",
        "Likes soups while avoiding seafood",
    ],
)
def test_likes_and_dislikes_are_told_apart(text: str) -> None:
    assert says(text) == (True, True)


@pytest.mark.parametrize(
    "text", ["Likes tea", "Coding, video games", "Prefers quiet, cosy restaurants", "Knows everything"]
)
def test_who_likes_everything_says_no_dislike(text: str) -> None:
    assert says(text) == (True, False)


def test_who_likes_nothing_says_no_like() -> None:
    assert [one.words for one in findings(replace(ANNA, dining="Hates cooking; avoids restaurants"))] == [
        "it says nothing that the person likes"
    ]


def test_chinese_is_read_and_other_languages_are_left_alone() -> None:
    assert says("喜欢徒步旅行，但讨厌长途飞行", "zh") == (True, True)
    assert says("喜欢寿司和沙拉", "zh-hans") == (True, False)
    assert says("Mag Tee", "de") is None
    assert codes(replace(ANNA, dining="Mag Suppen"), "de") == []


def test_of_two_near_twins_the_later_one_is_told() -> None:
    twin = replace(ANNA, age="36")
    found = findings_of({3: ANNA, 4: PAUL, 7: twin})
    assert not found[3]
    assert "number 3" in found[7][0].words


def test_of_two_that_are_equally_near_the_first_is_named() -> None:
    near = Neighbours({3: ANNA, 5: ANNA, 8: PAUL}).nearest(ANNA)
    assert near
    assert (near.number, near.similarity) == (3, 1)


def plain_similarity(one: Profile, other: Profile) -> float:
    """Straight from the definition: Jaccard of the sets of words."""
    first, second = words_of(one), words_of(other)
    return len(first & second) / len(first | second) if first | second else 0


@settings(deadline=None)
@given(
    st.lists(st.builds(Profile, occupation=st.text("ab ", max_size=6), other=st.text("bc 好", max_size=6)), max_size=6)
)
def test_the_nearest_is_as_near_as_the_definition_says(profiles: list[Profile]) -> None:
    *others, own = profiles or [Profile()]
    near = Neighbours(dict(enumerate(others))).nearest(own)
    expected = max((plain_similarity(own, other) for other in others), default=0)
    assert (near.similarity if near else 0) == expected


@given(st.lists(st.integers(0, 130)))
@settings(deadline=None)
def test_every_profile_is_in_one_band_or_in_none(ages: list[int]) -> None:
    counted = coverage(Profile(age=str(age), gender="Female") for age in ages)
    assert sum(part.n for part in counted.ages) + counted.no_age == counted.n == len(ages)
    assert counted.no_age == sum(not 12 <= age <= 100 for age in ages)


def test_coverage_counts_whatever_the_capitals() -> None:
    counted = coverage([ANNA, replace(ANNA, gender="female", occupation="graphic  Designer"), PAUL])
    assert [tuple(part) for part in counted.genders] == [("Female", 2), ("Male", 1)]
    assert [tuple(part) for part in counted.occupations] == [("Graphic designer", 2), ("Retired teacher", 1)]
    assert band(35) == "35–44"
    assert len(counted.ages) == len(BANDS)


@pytest.mark.shared_data
def test_the_published_profiles_are_whole_say_no_dislikes_and_are_often_near_twins(shared_data: Path) -> None:
    published = json.loads((shared_data / "recllmsim" / "profiles.json").read_text())
    profiles = {one["preference_id"]: read_profile(one["preference"]) for one in published}
    found = findings_of(profiles)
    counted = Counter(one.code for all_of_one in found.values() for one in all_of_one)
    assert counted == {"P3": 300, "P4": 52}
    identical = sum(1 for number, one in profiles.items() if one in list(profiles.values())[:number])
    assert identical == 100 - len(set(profiles.values())) == 15
    seen = coverage(profiles.values())
    assert [tuple(part) for part in seen.genders] == [("Female", 50), ("Male", 50)]
    assert [part.n for part in seen.ages] == [0, 10, 34, 25, 18, 11, 2, 0]
    assert len(seen.occupations) == 68
    assert all(says(getattr(one, name)) == (True, False) for one in profiles.values() for name in TASTES)
    assert TOO_NEAR == 0.6
