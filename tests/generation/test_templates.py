"""The grammar yields the published 168 templates, and the figures that go with them."""

import doctest
import importlib
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.management.commands import templates as command
from generation.reviews.goals import GOALS, PRIMARIES, GoalsError, read_goals
from generation.reviews.grammar import BUILT_IN
from generation.reviews.templates import Template, digest

PUBLISHED = "e383daeed68ac430a67b662b42a814cd21d9fd7e6e12d341f3c773fdbb21b1bb"
LENGTHS = {
    1: {6: 12, 7: 2, 8: 24, 9: 4, 10: 12, 11: 2},
    2: {8: 12, 9: 2, 10: 24, 11: 4, 12: 12, 13: 2},
    3: {10: 10, 11: 2, 12: 22, 13: 4, 14: 14, 15: 2, 16: 2},
}
MEANS = {1: 8.14, 2: 10.14, 3: 12.43}
NEEDS = {
    (1, 0): 28,
    (2, 0): 16,
    (3, 0): 8,
    (0, 1): 28,
    (0, 2): 12,
    (0, 3): 8,
    (1, 1): 28,
    (1, 2): 20,
    (2, 1): 20,
}
ALL = list(BUILT_IN.values())
PURE = (
    "flow",
    "goals",
    "grammar",
    "material",
    "plan",
    "reviewers",
    "slots",
    "template_files",
    "templates",
    "validation",
    "words",
)


@pytest.mark.parametrize("name", PURE)
def test_what_docstrings_show_is_so(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"generation.reviews.{name}")).failed == 0


def test_there_are_168_with_the_published_digest() -> None:
    assert len(ALL) == len({one.steps for one in ALL}) == 168
    assert digest(ALL) == PUBLISHED


@pytest.mark.parametrize("n", LENGTHS)
def test_their_lengths_are_those_of_the_table(n: int) -> None:
    lengths = [one.length for one in ALL if one.recommendations == n]
    assert len(lengths) == 56
    assert Counter(lengths) == LENGTHS[n]
    assert round(sum(lengths) / 56, 2) == MEANS[n]


def test_the_corpus_as_a_whole() -> None:
    lengths = [one.length for one in ALL]
    assert (min(lengths), max(lengths), round(sum(lengths) / 168, 2)) == (6, 16, 10.24)
    assert Counter(len(step.goals) for one in ALL for step in one.steps) == {1: 1276, 2: 440, 3: 4}
    assert Counter(one.steps[-1].speaker for one in ALL) == {"user": 24, "system": 144}
    assert set().union(*(one.goals for one in ALL)) == set(GOALS)


def test_what_items_they_need() -> None:
    assert Counter(tuple(one.needs) for one in ALL) == NEEDS
    assert all(sum(one.needs) == one.recommendations for one in ALL)
    without_dislikes = Counter(one.recommendations for one in ALL if one.needs.dislikes == 0)
    assert without_dislikes == {1: 28, 2: 16, 3: 8}


def test_they_are_those_of_the_reference(shared_data: Path) -> None:
    path = shared_data.parent / "templates_168.json"
    if not path.is_file():
        pytest.skip("needs shared data: templates_168.json")
    reference = json.loads(path.read_text(encoding="utf-8"))
    assert {goal.id: goal.slug for goal in GOALS.values()} == reference["sub_goals"]
    ours = [
        {
            "id": one.id,
            "n_rec": one.recommendations,
            "length": one.length,
            "needs": {**one.needs._asdict(), "might_likes": 1},
            "utterances": [{"speaker": step.speaker, "goals": list(step.goals)} for step in one.steps],
        }
        for one in ALL
    ]
    assert ours == [{key: one[key] for key in ours[0]} for one in reference["templates"]]


def test_a_line_is_read_as_it_is_written() -> None:
    assert all(Template.parse(str(one)) == one for one in ALL)


def test_there_are_eight_primary_goals_and_thirty_of_them() -> None:
    assert (len(PRIMARIES), len(GOALS)) == (8, 30)
    assert Counter(goal.primary for goal in GOALS.values()) == {
        "greeting": 2,
        "ask": 4,
        "respond": 4,
        "recommend": 3,
        "feedback": 5,
        "chit_chat": 1,
        "talk": 9,
        "reason": 2,
    }


GOOD = {
    "id": '"SG01"',
    "slug": '"hello"',
    "primary": '"ask"',
    "speakers": '["user"]',
    "does": '"asks"',
    "meaning": '"Asks."',
    "instruction": '"Ask"',
}


def goals_file(**changes: str) -> str:
    lines = [f"{key} = {value}" for key, value in (GOOD | changes).items() if value]
    return "[primary]\nask = 'Ask'\n[[goal]]\n" + "\n".join(lines)


def test_a_good_file_of_goals_is_read() -> None:
    assert list(read_goals(goals_file())[1]) == ["SG01"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"meaning": ""}, "give it meaning"),
        ({"colour": '"red"'}, "colour is not known"),
        ({"speakers": '"user"'}, "speakers should be a list"),
        ({"does": "7"}, "does should be a text"),
        ({"primary": '"sing"'}, "“sing” is no primary goal; known are ask"),
        ({"speakers": '["bot"]'}, "“bot” does not speak"),
        ({"slots": '["TITLE"]', "item": '"new"', "source": '"likes"'}, "TITLE is no slot"),
        ({"instruction": '"Say {{OTHER_REVIEW}}"'}, "its words use OTHER_REVIEW"),
        ({"item": '"old"'}, "its item is “old”"),
        ({"item": '"new"', "source": '"any"'}, "its source “any” does not fit"),
        ({"slots": '["OTHER_REVIEW"]'}, "say which item they are about"),
        ({"item": '"new"', "source": '"likes"'}, "USER_HIS_LIKES should be among its slots"),
    ],
)
def test_a_file_of_goals_is_refused_in_words(changes: dict[str, str], words: str) -> None:
    with pytest.raises(GoalsError) as refused:
        read_goals(goals_file(**changes))
    assert any(words in problem for problem in refused.value.problems), refused.value.problems


def test_a_goal_that_stands_twice_is_refused() -> None:
    twice = goals_file() + "\n" + goals_file().partition("'Ask'\n")[2]
    with pytest.raises(GoalsError, match="is taken by an earlier goal"):
        read_goals(twice)


@pytest.mark.parametrize("text", ["= no toml", "", "[primary]\nask='Ask'"])
def test_no_goals_at_all_are_refused(text: str) -> None:
    with pytest.raises(GoalsError):
        read_goals(text)


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("templates", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_checks_them() -> None:
    assert told("--check").split() == ["168", PUBLISHED]


def test_the_command_fails_when_the_grammar_yields_others(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Template.parse("T1a-L-L0 U:SG02 S:SG08 U:SG14 S:SG06 U:SG26 S:SG28")
    monkeypatch.setattr(command, "BUILT_IN", {**BUILT_IN, broken.id: broken})
    with pytest.raises(CommandError, match=r"T1a-L-L0, nothing that is accepted[\s\S]*should be e383"):
        told("--check")


def test_the_command_lists_them() -> None:
    assert len(json.loads(told("--json"))["templates"]) == 168
    assert told().splitlines()[0] == "T1a-L-L0 U:SG02 S:SG08+SG11 U:SG14 S:SG06 U:SG26 S:SG28"
