"""Labels of utterances come out as shares of classes, and marked words as words."""

import csv
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Study
from annotation.services.assignments import claim, submit
from annotation.services.judging import Answer, record_answers
from annotation.services.material import questions_of
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from evaluation.reports import study_figures
from tests.annotation.stories import opened, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LABELS = '["user-intent", "hallucination"]'


def label(annotator: Annotator, place: int) -> None:
    """The first two call “Planning” what the third one calls “Search”; the first finds a hallucination everywhere."""
    while assignment := claim(annotator=annotator):
        answers = []
        for question in questions_of(assignment):
            value, more = (4 if place < 2 else 1), {}
            if question.instrument == "hallucination":
                value = int(place == 0)
                more = {"reason": "=No.", "span_start": 14, "span_end": 27} if value else {}
            answers.append(
                Answer(uuid4(), question.instrument, question.criterion.key, question.place, value, **more)  # type: ignore[arg-type]
            )
        assert not record_answers(assignment=assignment, answers=answers, active_seconds=9).refused
        submit(assignment=assignment, active_seconds=9)


@pytest.fixture
def study(db: None) -> Study:
    """Six dialogues of each of two datasets, labelled by three people; closed."""
    made = opened(quality(annotators=3, size=6).replace('["utterance-quality"]', LABELS))
    for place, annotator in enumerate(people(made, 3)):
        label(annotator, place)
    return close_study(study=made)


def test_a_nominal_criterion_is_shown_as_the_share_of_each_class_with_its_interval(study: Study) -> None:
    (block,) = study_figures(study, unblinded=True).blocks
    intent = next(one for one in block.criteria if one.question.criterion == "intent")
    for mean in intent.means:
        assert mean.estimates is None, "classes have no mean"
        shares = {value: both.any_panel for value, both in mean.shares.items()}
        assert sum(one.value or 0 for one in shares.values()) == pytest.approx(1)
        assert shares[4].value == pytest.approx(2 / 3)
        assert shares[1].value == pytest.approx(1 / 3)
        assert shares[2].value == 0
        assert shares[4].low is not None
        assert shares[4].low < 2 / 3 < (shares[4].high or 0)
    assert [one.coefficient for one in intent.agreement if one.beside and one.system is None] == [
        "alpha-nominal",
        "exact",
    ]
    assert not intent.differences


def test_shares_are_kept_from_whoever_may_not_tell_the_systems_apart(study: Study) -> None:
    (block,) = study_figures(study, unblinded=False).blocks
    assert all(one.means == () for one in block.criteria)


def test_the_pages_show_shares_and_marked_words(study: Study, client: Client, amira: User) -> None:
    client.force_login(amira)
    page = client.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    assert "“Planning”, The north collection" in page
    assert "“Search”, The south collection" in page
    page = client.get(reverse("evaluation:judgments", args=[study.slug])).content.decode()
    assert "<q>The Long Walk</q> =No." in page


def test_the_export_says_which_characters_were_marked_and_which_words_they_are(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "judgments.csv"
    call_command("export_judgments", study.slug, out=out)
    rows = list(csv.DictReader(StringIO(out.read_text(encoding="utf-8-sig"))))
    marked = [row for row in rows if row["span_start"]]
    assert len(marked) == 12
    for row in marked:
        assert (row["span_start"], row["span_end"], row["span_text"]) == ("14", "27", "The Long Walk")
        assert (row["criterion"], row["value"], row["reason"]) == ("hallucination", "1", "'=No.")
    assert all(not row["span_text"] for row in rows if not row["span_start"])
