"""Profiles as text: the published layout there and back, and whatever a model puts around the nine lines."""

import doctest
import importlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.simulation.profiles import FIELDS, LABELS, Profile, profile_of, read_profile, read_records
from generation.simulation.text import one_line

VALUES = st.text(st.sampled_from("aZ9 .,;:#>-()'\"1好é：\u2028\t"), max_size=10).map(lambda said: one_line(said, 99))


def anna(**changed: str) -> Profile:
    said = {name: f"something about {name}" for name in FIELDS}
    return Profile(**{**said, "gender": "Female", "age": "35", **changed})


def bare(profile: Profile) -> str:
    return "\n".join(f"{LABELS[name]}: {value}" for name, value in profile.items())


@pytest.mark.parametrize(
    "name",
    [
        "coverage",
        "drafts",
        "profile_checks",
        "profile_files",
        "profiles",
        "scenario_files",
        "scenarios",
        "tasks",
        "text",
    ],
)
def test_examples_in_the_code_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"generation.simulation.{name}")).failed == 0


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES)))
@settings(deadline=None)
def test_a_profile_comes_back_from_its_text(values: dict[str, str]) -> None:
    profile = profile_of(values)
    if profile.text() != Profile().text():
        assert read_profile(profile.text()) == profile


@given(st.lists(st.fixed_dictionaries({name: VALUES.map(lambda said: said or "x") for name in FIELDS}), max_size=3))
@settings(max_examples=40, deadline=None)
def test_several_come_back_in_order(many: list[dict[str, str]]) -> None:
    profiles = [profile_of(values) for values in many]
    text = "\n\n".join(f"{number}.\n{one.text()}" for number, one in enumerate(profiles, 1))
    assert read_records(text) == profiles


@pytest.mark.parametrize(
    "head", ["1.\n", "**1.**\n", "### Person 1\n\n", "Profile 1:\n", "Person #1\n", "", "Here are two people.\n\n1)\n"]
)
def test_headings_and_preambles_are_not_taken_for_people(head: str) -> None:
    text = f"{head}{bare(anna())}\n\n{head.replace('1', '2')}{bare(anna(age='60'))}\n\nLet me know if you need more!"
    assert read_records(text) == [anna(), anna(age="60")]


@pytest.mark.parametrize(
    "line",
    ["**Gender:** Male", "**Gender**: Male", "- Gender: Male", "1. Gender: Male", "3. **Gender**: Male", "SEX: Male"],
)
def test_bullets_and_bold_are_no_part_of_a_value(line: str) -> None:
    assert read_profile(line).gender == "Male"


def test_a_record_without_blank_lines_ends_where_a_field_comes_again() -> None:
    assert read_records(f"{bare(anna())}\n{bare(anna(age='60'))}") == [anna(), anna(age="60")]


def test_a_long_value_may_go_on_in_the_next_line() -> None:
    assert (
        read_profile("Travel Habits: Likes trains.\nDislikes planes.\nAge: 30").travel
        == "Likes trains. Dislikes planes."
    )


def test_what_is_missing_is_named() -> None:
    assert read_profile("Gender: Male\nAge: 41").missing == FIELDS[2:]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "I cannot help with that.", "1.\n2.\n3.", "Note: this is a list: of things"]
)
def test_an_answer_without_people_has_none(text: str) -> None:
    assert read_records(text) == []


@given(st.text(max_size=500))
@settings(deadline=None)
def test_any_answer_is_read_without_a_fault(text: str) -> None:
    for profile in read_records(text):
        assert all("\n" not in value and len(value) <= 1000 for _name, value in profile.items())


@pytest.mark.parametrize(
    ("age", "years"), [("25", 25), (" 25 ", 25), ("25 years old", 25), ("25岁", 25), ("mid-30s", None), ("", None)]
)
def test_years(age: str, years: int | None) -> None:
    assert Profile(age=age).years == years


@pytest.mark.shared_data
def test_the_hundred_published_profiles_come_back_letter_for_letter(shared_data: Path) -> None:
    published = json.loads((shared_data / "recllmsim" / "profiles.json").read_text())
    texts = [one["preference"] for one in published]
    assert [read_profile(text).text() for text in texts] == texts
    assert len(read_records("\n\n".join(texts))) == len(texts) == 100
    assert all(read_profile(text).missing == () for text in texts)
