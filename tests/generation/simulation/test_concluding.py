"""Conversations that end together are judged as if they had ended one after the other."""

import pytest
from django.db import transaction

from generation.models import Attempt, AttemptCall, Call, Dialogue, Planned
from generation.services.runs.here import run_here
from generation.services.runs.keeping import Ended, conclude, lock_dataset
from generation.services.runs.kinds import maker_of
from generation.services.runs.twins import Kept
from tests.generation.simulation import talks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

CALL = {"messages": [], "settings": {}, "prompt_version": 1, "reserved_cost": 0, "reserved_tokens": 0}


def ended(planned: Planned, said: list[str]) -> Ended:
    attempt = Attempt.objects.create(run=planned.run, planned=planned, number=1)
    endpoint = planned.run.parts.first().endpoint
    for place, text in enumerate(said):
        last = Call.objects.create(endpoint=endpoint, state="answered", answer=text, **CALL)
        AttemptCall.objects.create(attempt=attempt, place=place, call=last)
    return Ended(attempt, said, last)


def test_of_twins_that_end_together_the_first_is_kept() -> None:
    run = talks.begun(talks.matrix("travel/0", profiles=4), retries=0, rejecting=("A6",))
    maker = maker_of(run)
    list(maker.plan_steps())
    one, same, other, late = Planned.objects.filter(run=run).order_by("n")
    said, _end = talks.played(maker.conversation(one))  # type: ignore[attr-defined]
    different, _end = talks.played(maker.conversation(other), seed=2)  # type: ignore[attr-defined]
    kept = Kept(run)
    for some in ([(one, said), (same, said), (other, different)], [(late, said)]):
        with transaction.atomic():
            lock_dataset(run)
            kept.refresh()
            conclude(maker, [ended(planned, texts) for planned, texts in some], kept)
    verdicts = Attempt.objects.filter(run=run).order_by("planned__n").values_list("verdict", "code", "planned__state")
    assert list(verdicts) == [
        ("kept", "", "kept"),
        ("rejected", "A6", "given_up"),
        ("kept", "", "kept"),
        ("rejected", "A6", "given_up"),
    ]
    assert list(Dialogue.objects.in_dataset(run.dataset).values_list("external_id", flat=True)) == ["1", "3"]
    [twin] = [one for one in Attempt.objects.get(planned=late).findings if one["code"] == "A6"]
    assert "almost the same as dialogue 1 " in str(twin)
    filed = Dialogue.objects.get(external_id="3")
    assert filed.metadata["generated"]["calls"] == len(different)
    assert filed.made_by.planned == other


def test_a_conversation_that_was_left_with_all_its_answers_is_judged_all_the_same() -> None:
    run = talks.begun(talks.matrix("travel/0", profiles=1), retries=0)
    maker = maker_of(run)
    list(maker.plan_steps())
    planned = Planned.objects.get(run=run)
    said, _end = talks.played(maker.conversation(planned))  # type: ignore[attr-defined]
    left = ended(planned, said).attempt
    run = run_here(run)
    left.refresh_from_db()
    assert (run.state, left.verdict) == ("complete", "kept")
    assert Attempt.objects.count() == 1
