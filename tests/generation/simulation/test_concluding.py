"""Conversations that end together are judged as if they had ended one after the other."""

import pytest
from django.db import transaction

from generation.models import Attempt, AttemptCall, Call, Dialogue, GenerationRun, Planned
from generation.services.runs import working
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


def one_planned() -> tuple[GenerationRun, Planned, list[str]]:
    """A run of one conversation, and what will be said in it."""
    run = talks.begun(talks.matrix("travel/0", profiles=1), retries=0)
    maker = maker_of(run)
    list(maker.plan_steps())
    planned = Planned.objects.get(run=run)
    said, _end = talks.played(maker.conversation(planned))  # type: ignore[attr-defined]
    return run, planned, said


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
    run, planned, said = one_planned()
    left = ended(planned, said).attempt
    run = run_here(run)
    left.refresh_from_db()
    assert (run.state, left.verdict) == ("complete", "kept")
    assert Attempt.objects.count() == 1


def test_a_conversation_that_was_left_after_a_question_was_given_up_is_not_asked_on() -> None:
    """Its worker died between writing that down and concluding it. What was said by nobody is no utterance."""
    run, planned, said = one_planned()
    left = ended(planned, said[:2])
    given_up = Call.objects.create(endpoint=left.last.endpoint, state="failed", error="Nobody answers.", **CALL)
    AttemptCall.objects.create(attempt=left.attempt, place=2, call=given_up)
    run = run_here(run)
    left.attempt.refresh_from_db()
    assert (run.state, left.attempt.verdict, left.attempt.code) == ("complete", "rejected", "no_answer")
    assert Call.objects.count() == 3
    assert not Dialogue.objects.in_dataset(run.dataset).exists()


def test_many_that_end_at_once_are_judged_in_portions_and_others_are_asked_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = talks.begun(talks.matrix("travel/0", "gifts/3", profiles=10), retries=0)
    waited: list[int] = []
    judged: list[int] = []
    catch_up = working.Piece.catch_up

    def counted(piece: working.Piece) -> None:
        waited.append(len(piece._ended))
        catch_up(piece)
        judged.append(waited[-1] - len(piece._ended))

    monkeypatch.setattr(working, "CONCLUDED_AT_ONCE", 1)
    monkeypatch.setattr(working.Piece, "catch_up", counted)
    run = run_here(run)
    assert (run.state, sum(judged), max(judged)) == ("complete", 20, 1)
    assert max(waited) > 1, "none of them ended together: nothing was tested"
    assert Dialogue.objects.in_dataset(run.dataset).count() == 20
