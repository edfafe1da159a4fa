"""Profiles as files: out and in again, what people edit elsewhere, what cannot be read, the published hundred."""

import csv
import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.simulation.profile_files import LAYOUTS, Filed, ProfileFileError, as_csv, as_json, as_text, read_file
from generation.simulation.profiles import FIELDS, Profile, profile_of
from generation.simulation.text import one_line
from tests.generation.simulation.people import ANNA, PAUL

LETTERS = "aZ9 .,;:'\"=-@/好é\u2028\t"
VALUES = st.text(st.sampled_from(LETTERS), min_size=1, max_size=8).map(lambda text: one_line(text, 99) or "x")
WHOLE = st.lists(VALUES, min_size=9, max_size=9).map(lambda said: profile_of(dict(zip(FIELDS, said, strict=True))))


@given(st.lists(WHOLE, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_what_is_written_is_read_again(layout: str, profiles: list[Profile]) -> None:
    filed = [Filed(number, profile) for number, profile in enumerate(profiles)]
    read = read_file(LAYOUTS[layout][1](filed))
    assert [one.profile for one in read] == profiles
    assert [one.number for one in read] == ([None] * len(profiles) if layout == "txt" else list(range(len(profiles))))


def test_json_has_the_published_keys() -> None:
    filed = [Filed(3, ANNA, {"zh": "1. 性别：女性"})]
    assert json.loads(as_json(filed)) == [
        {"preference_id": 3, "preference": ANNA.text(), "preference_zh": "1. 性别：女性"}
    ]
    assert read_file(as_json(filed)) == filed


def test_no_spreadsheet_takes_a_value_for_a_formula() -> None:
    written = as_csv([Filed(0, Profile(gender="=1+1", age="-3"))])
    assert next(csv.DictReader(io.StringIO(written)))["Gender"] == "'=1+1"
    assert read_file(written)[0].profile == Profile(gender="=1+1", age="-3")


@pytest.mark.parametrize(
    "text",
    [
        "﻿Gender,Age,Occupation\nFemale,35,Nurse\n",
        "id,gender,AGE,job\n4,Female,35,Nurse\n\n",
        '[{"gender": "Female", "Age": 35, "occupation": "Nurse"}]',
        '{"profiles": ["Gender: Female\\nAge: 35\\nOccupation: Nurse"]}',
        "1. Gender: Female\r\n2. Age: 35\r\n4. Occupation: Nurse\r\n",
    ],
)
def test_what_people_wrote_elsewhere_is_understood(text: str) -> None:
    assert [one.profile for one in read_file(text)] == [Profile(gender="Female", age="35", occupation="Nurse")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no profile in the file"),
        ("Once upon a time", "no profile in the file"),
        ("[{}, 7]", "entry 1: no profile can be read"),
        ("{", "This is no JSON"),
        ('{"people": 3}', "should be a list"),
        ("[" * 10_000, "This is no JSON"),
        ("Gender,Age\n,\nFemale,30\n", ""),
        ("Gender,Age,Note\n,,hello\n", "row 2: no field"),
        (as_text([Filed(None, ANNA)] * 2_001), "at most 2,000"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, why: str) -> None:
    if not why:
        assert len(read_file(text)) == 1
        return
    with pytest.raises(ProfileFileError, match=why):
        read_file(text)


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_file_is_read_or_refused_in_words(text: str) -> None:
    with suppress(ProfileFileError):
        assert read_file(text)


def test_what_no_database_takes_is_left_out() -> None:
    [filed] = read_file('[{"gender": "Fe\\u0000male", "age": "3\\ud8005", "preference_zh": "\\u0000x\\udfff"}]')
    assert (filed.profile.gender, filed.profile.age, filed.translations) == ("Female", "35", {"zh": "x"})


def test_letters_that_belong_together_stay_so() -> None:
    assert read_file('[{"gender": "زن\\u200cها", "other": "👩\\u200d🔬"}]')[0].profile.other == "👩\u200d🔬"


def test_text_has_an_empty_line_between_two() -> None:
    assert as_text([Filed(0, ANNA), Filed(1, PAUL)]).split("\n\n") == [ANNA.text(), f"{PAUL.text()}\n"]


@pytest.mark.shared_data
def test_the_published_file_goes_in_and_comes_out_the_same(shared_data: Path) -> None:
    text = (shared_data / "recllmsim" / "profiles.json").read_text()
    filed = read_file(text)
    assert [one.number for one in filed] == list(range(100))
    assert json.loads(as_json(filed)) == json.loads(text)
