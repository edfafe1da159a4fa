"""Everything that can happen to an open study, all at once: k holds, nothing kept is lost, every place is filled."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from annotation.models import Annotator, Assignment, Judgment, Study, Unit
from annotation.protocol import Protocol
from annotation.services.assignments import claim, release_expired, submit
from annotation.services.checking import check_study
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.errors import AmendError, ClosedError, LeftError, OverError, StudyError, SubmitError
from annotation.services.excluding import exclude_unit, include_unit
from annotation.services.judging import record_answers
from annotation.services.material import protocol_of
from annotation.services.withdrawals import withdraw
from evaluation.exports.long_table import COLUMNS, long_table
from tests.annotation.stories import answers_to, crowd, expire, judge_all, opened, pairs, quality, unfilled
from tests.annotation.test_amend_study import amended, with_annotators
from tests.annotation.test_claiming_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

Kept = dict[int, int]


def judging(annotator: Annotator, seed: int) -> Callable[[], Kept]:
    """Somebody who judges on whatever happens, sends everything twice, falls asleep, and comes back late."""
    rng = random.Random(seed)

    def judge() -> Kept:
        kept: Kept = {}
        with suppress(LeftError, ClosedError):
            for _ in range(14):
                assignment = claim(annotator=annotator)
                if assignment is None:
                    time.sleep(0.02)
                    continue
                answers = answers_to(assignment, value=rng.choice((1, 2)))
                for _ in range(2):
                    receipt = record_answers(assignment=assignment, answers=answers, active_seconds=1)
                kept[assignment.pk] = max(len(receipt.saved), kept.get(assignment.pk, 0))
                if rng.random() < 0.3:
                    expire(assignment)
                    release_expired(study=annotator.study)
                    time.sleep(rng.random() / 20)
                with suppress(OverError, SubmitError):  # answers may have been refused before they were let in again
                    submit(assignment=assignment, active_seconds=2)
        return kept

    return judge


def hesitating(units: list[Unit], seed: int) -> Callable[[], Kept]:
    rng = random.Random(seed)

    def decide() -> Kept:
        for _ in range(15):
            unit = rng.choice(units)
            if rng.random() < 0.5:
                exclude_unit(unit=unit, reason="Cut off")
            else:
                include_unit(unit=unit)
        return {}

    return decide


def managing(people: list[Annotator], seed: int) -> Callable[[], Kept]:
    """Removes and readmits, with every outcome for what was finished."""
    rng = random.Random(seed)

    def manage() -> Kept:
        for _ in range(8):
            one = rng.choice(people)
            remove_annotator(annotator=one, reason="Too fast", keep=rng.random() < 0.4)
            time.sleep(rng.random() / 20)
            with suppress(StudyError):
                readmit_annotator(annotator=one)
        return {}

    return manage


def amending(study: Study) -> Callable[[], Kept]:
    def change(to: Callable[[Study], Protocol]) -> None:
        with suppress(AmendError):
            now = Study.objects.get(pk=study.pk)
            amended(now, to(now))

    def amend() -> Kept:
        time.sleep(0.2)
        change(lambda now: with_annotators(now, 3, 2))
        change(lambda now: replace(protocol_of(now), deadline="2099-06-01"))
        change(lambda now: with_annotators(now, 3, 4))
        return {}

    return amend


def exporting(study: Study) -> Callable[[], Kept]:
    def export() -> Kept:
        for _ in range(6):
            place = COLUMNS.index("counted")
            assert {row[place] for row in long_table(study)} <= {0, 1}
        return {}

    return export


def test_everything_goes_wrong_at_once_and_adds_up() -> None:
    seed = 1
    study = opened(
        quality(design="overlap", annotators=2, size=4), pairs(design="overlap", annotators=2, size=6),
        dialogues=12, deadline='"2099-01-01"',
    )  # fmt: skip
    everybody = crowd(study, 8)
    units = list(Unit.objects.all())
    gone = everybody[7]

    def leave() -> Kept:
        time.sleep(0.4)
        withdraw(annotator=gone, delete=True)
        return {}

    done = at_once(
        hesitating(units, seed), hesitating(units, seed + 10), managing(everybody[:3], seed),
        managing(everybody[2:4], seed + 20), amending(study), exporting(study), leave,
        *(judging(one, seed * 100 + number) for number, one in enumerate(everybody)),
    )  # fmt: skip
    study = Study.objects.get(pk=study.pk)
    report = check_study(study)
    assert report.ok, report.problems
    for assignment, answers in [kept for one in done[:-1] for kept in one.items()]:
        assert Judgment.objects.current().filter(assignment=assignment).count() == answers
    assert not Judgment.objects.filter(assignment__annotator=gone).exists()

    for unit in units:
        include_unit(unit=unit)
    for one in everybody[:7]:
        readmit_annotator(annotator=one)
    Assignment.objects.filter(state="leased").update(lease_until=study.opened)
    release_expired(study=study)
    for one in everybody[:7]:
        judge_all(one)
    assert unfilled(study) == 0
    report = check_study(study)
    assert report.ok, report.problems
