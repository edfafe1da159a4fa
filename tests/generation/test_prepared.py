"""A statement that is put together once says what the query said each time, and writes what the model would."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.models import Annotator, Assignment, Judgment
from annotation.services.assignments import claim
from generation.services.prepared import Inserting, Selecting, Updating
from tests.annotation.stories import opened, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HELD = Selecting(
    lambda given: (
        Assignment.objects.filter(annotator=given.annotator, started__lte=given.now)
        .select_related("unit__first", "unit__second", "annotator__study")
        .defer("annotator__study__protocol")
    )
)


@pytest.fixture
def unit(db: None) -> Assignment:
    (ben,) = people(opened(quality(annotators=2)), 1)
    unit = claim(annotator=ben)
    assert unit is not None
    return unit


def test_models_come_with_what_belongs_to_them(unit: Assignment) -> None:
    now = timezone.now() + timedelta(seconds=1)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            held = HELD.one(annotator=unit.annotator_id, now=now)
            assert (held.pk, held.public_id, held.started) == (unit.pk, unit.public_id, unit.started)
            assert held.unit.first.content == unit.unit.first.content
            assert held.unit.second is None
            assert held.annotator.study.digest == unit.annotator.study.digest
        assert len(queries) == 1
    assert held.annotator.study.get_deferred_fields() == {"protocol"}
    assert HELD.rows(annotator=unit.annotator_id, now=unit.started - timedelta(days=1)) == []


def test_values_come_as_python_has_them(unit: Assignment) -> None:
    keys = Selecting(lambda given: Assignment.objects.filter(public_id=given.key).values_list("public_id", "started"))
    flat = Selecting(lambda given: Assignment.objects.filter(public_id=given.key).values_list("started", flat=True))
    assert keys.rows(key=unit.public_id) == [(unit.public_id, unit.started)]
    assert flat.first(key=unit.public_id) == unit.started
    assert flat.first(key=uuid4()) is None


def test_what_is_known_before_stands_in_the_statement_so_that_an_index_of_some_rows_is_found(unit: Assignment) -> None:
    leased = Selecting(  # which only an index of the leased ones serves
        lambda given: Assignment.objects.filter(state="leased", lease_until__gt=given.after).order_by()
    )
    assert unit.lease_until is not None
    before = unit.lease_until - timedelta(seconds=1)
    with CaptureQueriesContext(connection) as queries:
        assert leased.one(after=before) == unit
    assert "'leased'" in leased._made[0]  # type: ignore[index]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"PREPARE leased (timestamptz) AS {leased._made[0] % '$1'}")  # type: ignore[index]
            cursor.execute("EXPLAIN EXECUTE leased (now())")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {leased._made[0]}", [before])  # type: ignore[index]
        plan = str(cursor.fetchall())
    assert "annotation_assignment_leases" in plan or "annotation_assignment_one_lease" in plan
    assert len(queries) == 1


def test_only_plain_words_are_written_into_statements(unit: Assignment) -> None:
    for hostile in ("it's", "100 %s", "a\\'b", "50 %"):
        assert Selecting(lambda given, said=hostile: Assignment.objects.filter(state=said)).rows() == []
        named = Selecting(lambda given, said=hostile: Annotator.objects.filter(pk=given.pk).exclude(pseudonym=said))
        assert named.one(pk=unit.annotator_id).pk == unit.annotator_id


def test_what_is_not_there_is_said_as_the_model_says_it() -> None:
    with pytest.raises(Annotator.DoesNotExist):
        Selecting(lambda given: Annotator.objects.filter(pk=given.key)).one(key=0)
    with pytest.raises(ObjectDoesNotExist):
        Selecting(lambda given: Session.objects.filter(pk=given.key)).one(key="x" * 32)


def test_an_update_touches_the_rows_it_names_and_says_how_many(unit: Assignment) -> None:
    seen = Updating(
        lambda given: Annotator.objects.filter(pk=given.annotator).order_by("pseudonym"),
        lambda given: {"revision": F("revision") + 1, "last_seen": given.now},
    )
    now, before = timezone.now(), Annotator.objects.get(pk=unit.annotator_id)
    assert [seen.run(annotator=unit.annotator_id, now=now), seen.run(annotator=0, now=now)] == [1, 0]
    annotator = Annotator.objects.get(pk=unit.annotator_id)
    assert (annotator.revision, annotator.last_seen) == (before.revision + 1, now)


@pytest.mark.parametrize("count", [1, 4, 120])
def test_new_rows_are_as_the_model_would_save_them(unit: Assignment, count: int) -> None:
    rows = [
        Judgment(
            assignment=unit,
            instrument="utterance-quality",
            criterion=f"c{number}",
            value=None if number else 2,
            text="“%s” {}",
            client_key=uuid4(),
            sequence=number,
            answered=timezone.now(),
        )
        for number in range(count)
    ]
    Inserting(Judgment).rows(rows)
    kept = list(unit.judgments.order_by("sequence"))
    columns = [field.attname for field in Judgment._meta.concrete_fields if not field.primary_key]
    assert [[getattr(row, name) for name in columns] for row in kept] == [
        [getattr(row, name) for name in columns] for row in rows
    ]


def test_a_new_row_has_its_key_and_a_broken_promise_is_refused(unit: Assignment) -> None:
    again = Assignment(unit=unit.unit, block=unit.block, annotator=unit.annotator, position=1, started=unit.started)
    again.repeat, again.state, again.submitted = 1, "submitted", unit.started
    Inserting(Assignment).one(again)
    assert Assignment.objects.get(pk=again.pk).public_id == again.public_id
    again.public_id = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        Inserting(Assignment).one(again)
