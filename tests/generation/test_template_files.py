"""Templates go to JSON and CSV and come back; what cannot be read is said with its place."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.reviews.goals import GOALS
from generation.reviews.grammar import BUILT_IN
from generation.reviews.template_files import TemplateFileError, as_csv, as_json, read_templates
from generation.reviews.templates import Step, Template

ALL = list(BUILT_IN.values())
names = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30)
steps = st.builds(
    Step, st.sampled_from(["user", "system"]), st.lists(st.sampled_from(list(GOALS)), max_size=4).map(tuple)
)
templates = st.builds(Template, names, st.lists(steps, min_size=1, max_size=12).map(tuple))


def test_all_that_come_with_the_product_go_through_both() -> None:
    assert read_templates(json.dumps(as_json(ALL))) == ALL
    assert read_templates(as_csv(ALL)) == ALL


@given(st.lists(templates, min_size=1, max_size=4, unique_by=lambda one: one.id))
def test_any_template_goes_through_both(written: list[Template]) -> None:
    assert read_templates(json.dumps(as_json(written))) == written
    if not any(one.id.startswith("'") for one in written):
        assert read_templates(as_csv(written)) == written


def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    assert "'=HYPERLINK()" in as_csv([Template("=HYPERLINK()", (Step("user", ("SG02",)),))])


def test_goals_may_be_named_in_words_and_rows_come_from_a_spreadsheet() -> None:
    text = "\ufefftemplate,speaker,goals\r\nmine,User,greet_like\r\nmine,system,sg08 + recommend_might_like\r\n"
    assert [str(one) for one in read_templates(text)] == ["mine U:SG02 S:SG08+SG11"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The first row should name"),
        ("a,b\n1,2", "missing: template, speaker, goals"),
        ("template,speaker,goals\n", "There is no template"),
        ("template,speaker,goals\nmine,bot,SG02", "“mine”, utterance 1: the speaker is “bot”"),
        ("template,speaker,goals\nmine,user,SG77", "“SG77” is no goal"),
        ("template,speaker,goals\n,user,SG02", "is no name"),
        ("template,speaker,goals\na,user,SG02\nb,user,SG02\na,user,SG02", "“a” stands in the file 2 times"),
        ("{", "This is no JSON"),
        ("[" * 100_000, "This is no JSON"),
        ('{"templates": 7}', "should be a list of templates"),
        ("[7]", "is no name"),
        ('[{"id": "a\\u0000b", "utterances": []}]', "is no name"),
        ('[{"id": "a", "utterances": 3}]', "a list of at most 40"),
        ('[{"id": "a", "utterances": [4]}]', "the speaker is “None”"),
        ('[{"id": "a", "utterances": [{"speaker": "user", "goals": "SG02"}]}]', "should be a list"),
        ('[{"id": "a", "utterances": [{"speaker": "user", "goals": [[]]}]}]', "is no goal"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, words: str) -> None:
    with pytest.raises(TemplateFileError) as refused:
        read_templates(text)
    assert any(words in problem for problem in refused.value.problems), refused.value.problems


@given(st.text() | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps))
def test_whatever_is_brought_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(TemplateFileError):
        assert read_templates(text)
