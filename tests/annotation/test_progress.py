"""How far it is: for Ben at his own pace, for Amira over everybody."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from annotation.services import progress
from annotation.services.assignments import claim
from annotation.services.progress import annotator_progress, study_progress
from tests.annotation.stories import crowd, judge_all, judge_one, opened, pairs, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_ben_sees_how_much_is_left_at_his_own_pace() -> None:
    (ben,) = people(opened(quality(size=3)), 1)
    start = annotator_progress(ben)
    assert (start.done, start.total, start.seconds_left) == (0, 6, None)
    judge_one(ben)
    begun = annotator_progress(ben)
    assert (begun.done, begun.total, begun.seconds_left) == (1, 6, 5 * 21)
    judge_all(ben)
    done = annotator_progress(ben)
    assert (done.done, done.total, done.seconds_left) == (6, 6, 0)


def test_the_unit_in_hand_is_still_to_do() -> None:
    (ben,) = people(opened(quality(size=3)), 1)
    claim(annotator=ben)
    assert (annotator_progress(ben).done, annotator_progress(ben).total) == (0, 6)


def test_in_an_overlap_what_is_free_is_shared_among_those_who_came() -> None:
    study = opened(quality(design="overlap", annotators=2, size=5))
    ben, carla = crowd(study, 2)
    assert annotator_progress(ben).total == 10
    judge_all(ben)
    assert (annotator_progress(ben).done, annotator_progress(ben).total) == (10, 10)
    assert annotator_progress(carla).total == 5


def test_amira_sees_blocks_people_and_pace() -> None:
    study = opened(quality(size=2), pairs(size=2))
    ben, carla, _ = people(study, 3)
    judge_all(ben)
    claim(annotator=carla)
    progress = study_progress(study)
    assert (progress.done, progress.total, progress.judging, progress.late) == (6, 18, 1, 0)
    assert [(block.done, block.total) for block in progress.blocks] == [(4, 12), (2, 6)]
    assert progress.per_day == 6
    assert progress.ends


def test_nothing_is_claimed_about_a_study_nobody_has_touched() -> None:
    progress = study_progress(opened(quality()))
    assert (progress.done, progress.per_day, progress.ends) == (0, None, None)


@pytest.mark.parametrize("design", ["overlap", "panel"])
def test_many_are_counted_once_and_from_there_counted_on(design: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MANY", 1)
    (ben,) = people(opened(quality(design=design, annotators=1, size=3), dialogues=3), 1)
    counted: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        counted.extend(["anew"] if "MAX(" in sql else [])
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        seen = []
        while judge_one(ben):
            seen.append(annotator_progress(ben))
        assert [(one.done, one.total) for one in seen] == [(done, 6) for done in range(1, 7)]
        assert counted == ["anew"]
        cache.clear()
        assert annotator_progress(ben) == seen[-1]
        assert counted == ["anew", "anew"]
