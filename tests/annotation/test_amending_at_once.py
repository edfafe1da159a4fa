"""A study grows under everybody's hands: never over k, sides within one, nothing lost, nothing left unfilled."""

from collections.abc import Callable

import pytest

from annotation.models import Annotator, Assignment, Judgment, Slot, Study, Unit
from annotation.services.amending import amend_study
from annotation.services.assignments import claim, submit
from annotation.services.checking import check_study
from annotation.services.errors import AmendError
from annotation.services.excluding import exclude_unit
from annotation.services.judging import record_answers
from annotation.services.studies import close_study
from tests.annotation.stories import answers_to, crowd, opened, pairs, people, quality, unfilled
from tests.annotation.test_amend_study import reworded, with_annotators
from tests.annotation.test_claiming_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def judging(annotator: Annotator) -> Callable[[], int]:
    """Judge until nothing is left; returns how many answers the server said it kept."""

    def judge() -> int:
        kept = 0
        while (assignment := claim(annotator=annotator)) is not None:
            answers = answers_to(assignment)
            receipt = record_answers(assignment=assignment, answers=answers, active_seconds=1)
            assert not receipt.refused
            kept += len(receipt.saved)
            assert submit(assignment=assignment, active_seconds=2).state == "submitted"
        return kept

    return judge


def amending(study: Study, k: int, *, after: int) -> Callable[[], int]:
    """Amend as soon as so many units are finished, that is, in the middle of it."""

    def amend() -> int:
        while Assignment.objects.filter(state="submitted").count() < after:
            pass
        now = Study.objects.get(pk=study.pk)
        amend_study(study=now, protocol=with_annotators(now, *(k for _ in now.protocol["block"])), reason="More.")
        return 0

    return amend


def test_twelve_annotators_judge_while_three_a_unit_become_five() -> None:
    study = opened(
        quality(design="overlap", annotators=3, size=6), pairs(design="overlap", annotators=3, size=8), dialogues=20
    )
    twelve = crowd(study, 12)
    kept = at_once(amending(study, 5, after=12), *(judging(one) for one in twelve))
    kept += [judging(one)() for one in twelve]  # whoever had found nothing left before it grew
    assert Slot.objects.count() == (12 + 8) * 5
    assert unfilled(study) == 0
    assert Judgment.objects.count() == sum(kept)
    assert set(Judgment.objects.values_list("amendment", flat=True)) == {0, 1}
    report = check_study(close_study(study=Study.objects.get(pk=study.pk)))
    assert report.ok, report.problems


def test_a_panel_of_three_becomes_one_of_five_while_it_judges() -> None:
    study = opened(quality(annotators=3, size=4), pairs(annotators=3, size=7))
    three = people(study, 3)
    kept = at_once(amending(study, 5, after=6), *(judging(one) for one in three))
    kept += at_once(*(judging(one) for one in people(Study.objects.get(pk=study.pk), 2)))
    assert unfilled(study) == 0
    assert Judgment.objects.count() == sum(kept)
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


def test_of_two_who_amend_the_same_protocol_one_is_told_of_the_other() -> None:
    study = opened(quality())

    def amend(question: str) -> Callable[[], bool]:
        def attempt() -> bool:
            mine = Study.objects.get(pk=study.pk)
            try:
                amend_study(study=mine, protocol=reworded(mine, question), reason="Clearer.", seen=study.digest)
            except AmendError as error:
                assert "meanwhile" in str(error)  # noqa: PT017
                return False
            return True

        return attempt

    assert sorted(at_once(*(amend(f"Question {n}?") for n in range(4)))) == [False, False, False, True]
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


def test_units_taken_out_while_the_study_grows_are_out_with_all_their_places() -> None:
    study = opened(quality(design="overlap", annotators=2, size=10))
    units = list(study.blocks.get().units.all())[::2]

    def taking_out(unit: Unit) -> Callable[[], int]:
        return lambda: exclude_unit(unit=unit, reason="It names its dataset.").slots.count()

    at_once(amending(study, 4, after=0), *(taking_out(unit) for unit in units))
    assert Slot.objects.filter(withheld=True).count() == len(units) * 4
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems
