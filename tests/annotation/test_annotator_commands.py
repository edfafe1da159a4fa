"""Removing and withdrawing annotators from the command line."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Assignment, Judgment, Study
from tests.annotation.stories import judge_one, opened, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study(db: None) -> Study:
    study = opened(quality(size=2))
    (ben,) = people(study, 1)
    judge_one(ben)
    return study


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_removed_and_judged_again(study: Study) -> None:
    said = run("remove_annotator", study.slug, "annotator-01", "--reason", "Answered at random", "--again")
    assert "annotator-01 no longer takes part" in said
    assert Assignment.objects.get().state == "set_aside"
    assert study.events.get(kind="annotator removed").removal_reason.text == "Answered at random"


def test_removed_and_kept_in_json(study: Study) -> None:
    said = run("remove_annotator", study.slug, "annotator-01", "--reason", "Ill", "--keep", "--json")
    assert json.loads(said) == {"pseudonym": "annotator-01", "departure": "removed"}
    assert Assignment.objects.get().state == "submitted"


@pytest.mark.parametrize(("how", "left"), [("--delete", 0), ("--pseudonymise", 8)])
def test_withdrawn(study: Study, how: str, left: int) -> None:
    said = json.loads(run("withdraw_annotator", study.slug, "annotator-01", how, "--json"))
    assert said["departure"] == "withdrawn"
    assert said["pseudonym"].startswith("withdrawn-")
    assert Judgment.objects.count() == left


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("remove_annotator", "{slug}", "annotator-01", "--reason", " ", "--keep"), "Say why"),
        (("remove_annotator", "{slug}", "annotator-01", "--reason", "Ill"), "one of the arguments"),
        (("remove_annotator", "{slug}", "annotator-01", "--keep"), "--reason"),
        (("remove_annotator", "{slug}", "annotator-07", "--reason", "Ill", "--keep"), "There: annotator-01"),
        (("withdraw_annotator", "{slug}", "annotator-01"), "one of the arguments"),
        (("withdraw_annotator", "nowhere", "annotator-01", "--delete"), "no study “nowhere”"),
    ],
)
def test_what_cannot_be_done_is_said(study: Study, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(*(word.format(slug=study.slug) for word in words))
    assert study.annotators.get().left is None
