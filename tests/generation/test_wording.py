"""What pure code words is English where it is kept, and in the reader's language where it is shown."""

import json
import pickle

import pytest
from django.template import Context, Template
from django.utils.translation import override

from generation.checks.findings import Finding
from generation.translation import stored_text, translated
from generation.wording import Worded, either, parts_of, read_parts, worded, worded_count

pytestmark = pytest.mark.usefixtures("compiled")
MISSING = worded("%(field)s is missing", field=worded("Travel Habits"))
HOSTILE = "%(goal)s %s {x} <b>"


def kept(text: str) -> object:
    return json.loads(json.dumps(parts_of(text)))


def test_it_is_the_english_text_until_it_is_shown() -> None:
    assert MISSING == "Travel Habits is missing"
    assert json.dumps(MISSING) == '"Travel Habits is missing"'
    with override("zh-hans"):
        assert translated(MISSING) == "缺少旅行习惯"
        assert translated("Travel Habits is missing") == "Travel Habits is missing"
    assert translated(MISSING) == MISSING


def test_what_people_wrote_is_filled_in_and_never_read_as_a_pattern() -> None:
    said = worded("nobody says what follows the last utterance: %(words)s", words=HOSTILE)
    with override("zh-hans"):
        assert translated(said).endswith(f"：{HOSTILE}")
        page = Template("{% load wording %}{{ said|translated }}").render(Context({"said": said}))
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def test_its_number_chooses_the_plural() -> None:
    one, two = "%(n)s reply", "%(n)s replies"
    assert [worded_count(one, two, n, n=n) for n in (0, 1, 2)] == ["0 replies", "1 reply", "2 replies"]


def test_names_are_joined_in_the_language() -> None:
    both = either([worded("the user"), worded("the agent")])
    assert both == "the user or the agent"
    with override("zh-hans"):
        assert translated(both) == "用户 或 系统"


@pytest.mark.parametrize("text", [MISSING, either(["a", "b", "c"]), worded_count("%(n)d x", "%(n)d xs", 3, n=3)])
def test_what_was_stored_is_read_with_its_parts(text: Worded) -> None:
    again = read_parts(str(text), kept(text))
    assert again == text
    assert parts_of(again) == parts_of(text)
    assert parts_of(pickle.loads(pickle.dumps(text))) == parts_of(text)


def test_a_finding_is_stored_in_english_and_shown_in_chinese() -> None:
    stored = json.loads(json.dumps(Finding("Q7", 0, (0, 1), worded("nothing is said")).as_dict()))
    assert stored["reason"] == "nothing is said"
    with override("zh-hans"):
        assert stored_text(stored, "reason") == "什么也没说"


@pytest.mark.parametrize(
    "parts",
    [
        None,
        [],
        "nothing is said",
        {"pattern": "nothing is said"},
        {"pattern": "it is %(there)s", "plural": "", "number": 0, "values": {}},
        {"pattern": "something else", "plural": "", "number": 0, "values": {}},
        {"pattern": 7, "plural": "", "number": 0, "values": {"a": {}}},
    ],
)
def test_parts_that_are_not_those_of_the_text_are_left_alone(parts: object) -> None:
    with override("zh-hans"):
        assert stored_text({"reason": "nothing is said", "parts": parts}, "reason") == "nothing is said"
