"""Figures are kept until something changes that they depend on, and not a moment longer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches

from annotation.models import Annotator, Assignment, Study
from annotation.services.amending import amend_study
from annotation.services.assignments import claim, release_expired, release_lease
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.excluding import exclude_unit, include_unit
from annotation.services.judging import record_answers
from annotation.services.studies import close_study
from annotation.services.withdrawals import withdraw
from evaluation.figures import StudyFigures
from evaluation.reports import figures_now, kept, study_figures
from evaluation.services import record_look
from tests.annotation.stories import answers_to, expire, judge_all, judge_one, opened, pairs, people, quality
from tests.annotation.test_amend_study import reworded, with_annotators

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study(db: None) -> Study:
    """Open: two people judged both pairs and all four dialogues, and a third has just begun."""
    study = opened(quality(annotators=3, size=2), pairs(annotators=3, size=2))
    *done, slow = people(study, 3)
    for one in done:
        judge_all(one)
    judge_one(slow)
    return study


def first(study: Study) -> Annotator:
    return study.annotators.order_by("pk")[0]


def last(study: Study) -> Annotator:
    return study.annotators.order_by("-pk")[0]


def leased(study: Study) -> Assignment:
    found = claim(annotator=last(study))
    assert found
    return found


def judge(study: Study) -> None:
    judge_one(last(study))


def answer_without_finishing(study: Study) -> None:
    held = leased(study)
    record_answers(assignment=held, answers=answers_to(held)[:1], active_seconds=3)


def revise(study: Study) -> None:
    done = first(study).assignments.order_by("pk")[0]
    record_answers(assignment=done, answers=answers_to(done, value=2)[:1], active_seconds=50)


def exclude(study: Study) -> None:
    exclude_unit(unit=study.blocks.get(number=1).units.get(number=1), reason="Not a dialogue")


def include(study: Study) -> None:
    include_unit(unit=study.blocks.get(number=1).units.get(number=1))


def remove(study: Study) -> None:
    remove_annotator(annotator=first(study), reason="Answered at random", keep=False)


def readmit(study: Study) -> None:
    readmit_annotator(annotator=first(study))


def let_a_lease_run_out(study: Study) -> None:
    expire(study.annotators.get(pk=last(study).pk).assignments.get(state="leased"))
    assert release_expired(study=study) == 1


def rename_a_dataset(study: Study) -> None:
    dataset = study.blocks.get(number=1).units.get(number=1).first.dataset
    assert dataset
    dataset.name = "Another name"
    dataset.save()


CHANGES: list[tuple[str, list[Callable[[Study], Any]]]] = [
    ("a judgment", [judge]),
    ("a unit is taken", [leased]),
    ("an answer", [answer_without_finishing]),
    ("a revision", [revise]),
    ("an exclusion and its end", [exclude, include]),
    ("a removal and its end", [remove, readmit]),
    ("a removal that keeps", [lambda study: remove_annotator(annotator=first(study), reason="Ill", keep=True)]),
    ("a withdrawal", [lambda study: withdraw(annotator=first(study), delete=False)]),
    ("a deletion", [lambda study: withdraw(annotator=first(study), delete=True)]),
    ("an amended wording", [lambda study: amend_study(study=study, protocol=reworded(study, "So?"), reason="Clearer")]),
    ("more places", [lambda study: amend_study(study=study, protocol=with_annotators(study, 4, 4), reason="More")]),
    ("a lease given back", [leased, lambda study: release_lease(assignment=leased(study))]),
    ("a lease that ran out", [leased, let_a_lease_run_out]),
    ("closing", [lambda study: close_study(study=study)]),
    ("another name", [rename_a_dataset]),
]


@pytest.mark.parametrize(("what", "steps"), CHANGES, ids=[what for what, _ in CHANGES])
def test_every_change_makes_the_figures_fresh(study: Study, what: str, steps: list[Callable[[Study], Any]]) -> None:
    for step in steps:
        before = figures_now(study, unblinded=True)
        assert kept.kept_figures(study, unblinded=True) == before
        step(study)
        study = Study.objects.get(pk=study.pk)
        after = figures_now(study, unblinded=True)
        assert after == study_figures(study, unblinded=True)
        assert after != before, f"{what} changes nothing, so this test shows nothing"


def test_an_exclusion_after_a_look_says_so(study: Study) -> None:
    figures_now(study, unblinded=True)
    record_look(study=study, by=None, reason="To plan", at="results")
    exclude(study)
    found = figures_now(Study.objects.get(pk=study.pk), unblinded=True)
    assert found.blocks[0].excluded[0].after_look


def test_a_second_look_computes_nothing(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = figures_now(study, unblinded=True)
    monkeypatch.setattr(kept, "study_figures", lambda *_args, **_more: pytest.fail("computed again"))
    assert figures_now(study, unblinded=True) == shown
    hidden = figures_now(study, unblinded=False)
    assert hidden.blinded
    assert all(not one.means for one in hidden.blocks[0].criteria)


def test_what_other_code_computed_is_not_shown(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    figures_now(study, unblinded=True)
    monkeypatch.setattr(kept, "_code", lambda: "the next version")
    assert kept.kept_figures(study, unblinded=True) is None


def test_the_processes_of_a_machine_share_them(study: Study, tmp_path: Path, settings: Any) -> None:
    file = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": tmp_path}
    settings.CACHES = {**settings.CACHES, "figures": file}
    shown: StudyFigures = figures_now(study, unblinded=True)
    assert list(tmp_path.iterdir())
    caches.close_all()
    assert kept.kept_figures(study, unblinded=True) == shown
