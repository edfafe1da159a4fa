"""A study is amended while people judge: on record, without touching what is laid out, and only where answers keep
their meaning."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Amendment, Assignment, Event, Judgment, Slot, Study
from annotation.protocol import Protocol, digest, from_dict, to_toml
from annotation.services.amending import amend_study
from annotation.services.assignments import claim, submit
from annotation.services.checking import check_study
from annotation.services.errors import AmendError, JoinError, StudyError, SubmitError
from annotation.services.judging import record_answers
from annotation.services.material import protocol_of, questions_of
from annotation.services.participants import create_open_link, create_personal_links, join
from annotation.services.preflight import preflight
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation.stories import (
    answers_to,
    crowd,
    expire,
    judge_all,
    judge_one,
    opened,
    pairs,
    people,
    quality,
    unfilled,
)

pytestmark = pytest.mark.django_db


def with_annotators(study: Study, *numbers: int) -> Protocol:
    before = protocol_of(study)
    blocks = [replace(block, annotators=number) for block, number in zip(before.blocks, numbers, strict=True)]
    return replace(before, blocks=tuple(blocks))


def reworded(study: Study, question: str) -> Protocol:
    """The protocol with another question for its first criterion."""
    before = protocol_of(study)
    instrument = before.instruments[0]
    first = replace(instrument.criteria[0], question=question)
    changed = replace(instrument, criteria=(first, *instrument.criteria[1:]))
    return replace(before, instruments=(changed, *before.instruments[1:]))


def amended(study: Study, protocol: Protocol, reason: str = "A pilot showed it.", **more: Any) -> Amendment:
    return amend_study(study=study, protocol=protocol, reason=reason, **more)


def layout(study: Study) -> set[tuple[Any, ...]]:
    columns = ("pk", "unit", "block", "n", "seat", "side", "position", "assignment")
    return set(Slot.objects.filter(block__study=study).values_list(*columns))


def test_a_corrected_wording_is_in_force_at_once_and_on_record(amira: User) -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    before, revision = study.digest, study.judgment_revision
    assignment = claim(annotator=ben)
    assert assignment
    amendment = amended(study, reworded(study, "Does it read well?"), by=amira)
    assert questions_of(Assignment.objects.get(pk=assignment.pk))[0].criterion.question == "Does it read well?"
    assert (amendment.number, amendment.before, amendment.after) == (1, before, study.digest)
    assert amendment.changes[0]["after"] == "Does it read well?"
    assert study.digest == digest(protocol_of(study)) != before
    assert study.judgment_revision > revision
    line = Event.objects.get(study=study, kind="amended")
    assert (line.by, line.detail["number"], line.detail["after"]) == (amira, 1, study.digest)
    assert check_study(study).ok


def test_answers_say_which_wording_was_on_the_screen() -> None:
    """A page that was drawn before the amendment sends the number it was drawn under."""
    study = opened(quality())
    (ben,) = people(study, 1)
    assignment = claim(annotator=ben)
    assert assignment
    answers = answers_to(assignment)
    amended(study, reworded(study, "Does it read well?"))
    sent = [replace(answers[0], amendment=0), replace(answers[1], amendment=1), answers[2]]
    sent.append(replace(answers[3], amendment=99))
    assert not record_answers(assignment=assignment, answers=sent, active_seconds=1).refused
    assert list(Judgment.objects.order_by("sequence").values_list("amendment", flat=True)) == [0, 1, 1, 1]
    assert check_study(study).ok


@pytest.mark.parametrize("design", ["panel", "overlap"])
@pytest.mark.parametrize("steps", [(3, 4), (3, 5), (2, 3, 4), (1, 2, 5)])
def test_more_annotators_are_more_places_and_those_there_are_stay(design: str, steps: tuple[int, ...]) -> None:
    study = opened(quality(design=design, annotators=steps[0]), pairs(design=design, annotators=steps[0], size=5))
    first = people(study, steps[0])
    judge_one(first[0])
    before = layout(study)
    for number, k in enumerate(steps[1:], start=1):
        amended(study, with_annotators(study, k, k))
        assert study.amendment_number == number
        assert layout(study) > before
        report = check_study(study)
        assert report.ok, report.problems
    assert Slot.objects.count() == (6 + 5) * steps[-1]
    for annotator in [*first, *people(study, steps[-1] - steps[0])]:
        judge_all(annotator)
    assert unfilled(study) == 0
    report = check_study(close_study(study=study))
    assert report.ok, report.problems


def test_a_second_panel_grows_into_seats_that_people_have_already() -> None:
    study = opened(quality(annotators=3), pairs(annotators=2))
    _first, _second, third = people(study, 3)
    judge_all(third)
    amended(study, with_annotators(study, 3, 3))
    assert study.seats.count() == 3
    assert len(judge_all(third)) == 4
    assert check_study(study).ok


def test_places_of_an_excluded_unit_are_withheld_from_the_start() -> None:
    study = opened(quality(design="overlap"))
    unit = study.blocks.get().units.first()
    assert unit
    unit.excluded = study.opened
    unit.save()
    Slot.objects.filter(unit=unit).update(withheld=True)
    amended(study, with_annotators(study, 5))
    assert unit.slots.count() == unit.slots.filter(withheld=True).count() == 5


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"seed": 8}, "seed cannot be amended. Samples, orders and sides"),
        ({"language": "zh"}, "language cannot be amended"),
        ({"blocks": ()}, "add at least one"),
        ({"title": ""}, "title"),
        ({"deadline": "2031-01-01"}, "told of none"),
    ],
)
def test_a_refused_amendment_changes_nothing(changed: dict[str, Any], why: str) -> None:
    study = opened(quality())
    rows = list(Study.objects.values()), layout(study)
    with pytest.raises(AmendError, match=why):
        amended(study, replace(protocol_of(study), guidelines="This alone would do.", **changed))
    assert (list(Study.objects.values()), layout(study)) == rows
    assert not Amendment.objects.exists()


def test_fewer_annotators_are_refused_with_the_number_there_is() -> None:
    study = opened(quality(annotators=3))
    with pytest.raises(AmendError, match="3 or more is possible") as refused:
        amended(study, with_annotators(study, 2))
    assert [change.what for change in refused.value.refused] == ["number of annotators"]


def test_an_amendment_wants_a_change_a_reason_and_an_open_study() -> None:
    study = opened(quality())
    with pytest.raises(AmendError, match="Nothing is changed"):
        amended(study, protocol_of(study))
    with pytest.raises(AmendError, match="Say why"):
        amended(study, reworded(study, "Well?"), reason=" ")
    seen = study.digest
    amended(study, reworded(study, "Well?"), seen=seen)
    with pytest.raises(AmendError, match="meanwhile"):
        amended(study, reworded(study, "Good?"), seen=seen)
    close_study(study=study)
    with pytest.raises(AmendError, match="Only an open study"):
        amended(study, reworded(study, "Good?"))


def test_the_check_fails_when_the_chain_is_broken() -> None:
    study = opened(quality())
    amended(study, reworded(study, "Does it read well?"))
    amended(study, reworded(study, "Does it read very well?"))
    assert check_study(study).ok
    first = study.amendments.get(number=1)
    stored = first.protocol_before
    Amendment.objects.filter(pk=first.pk).update(protocol_before={**stored, "seed": 8})
    problems = "\n".join(check_study(study).problems)
    assert "is not the one with the digest" in problems
    assert "it changed seed (study), which no amendment may" in problems
    Amendment.objects.filter(pk=first.pk).update(protocol_before=stored, after="0" * 64)
    assert "but the next one known is" in "\n".join(check_study(study).problems)
    first.delete()
    assert "The amendments on record are [2], but 2 were made." in check_study(study).problems


def test_the_check_fails_when_the_protocol_in_force_was_swapped() -> None:
    study = opened(quality())
    amended(study, reworded(study, "Does it read well?"))
    other = {**study.protocol, "guidelines": "Say yes."}
    Study.objects.filter(pk=study.pk).update(protocol=other, digest=digest(from_dict(other)))
    assert "but the next one known is" in "\n".join(check_study(Study.objects.get(pk=study.pk)).problems)


def test_after_the_deadline_nobody_is_given_anything_and_answers_wait() -> None:
    """Judgments that come after it are neither kept nor refused: the device keeps them, for the deadline may move."""
    study = opened(quality(design="overlap"), deadline='"2099-01-01"')
    (ben,) = crowd(study, 1)
    judge_one(ben)
    assignment = claim(annotator=ben)
    assert assignment
    early, late = answers_to(assignment)[:2]
    record_answers(assignment=assignment, answers=[early], active_seconds=1)
    Study.objects.filter(pk=study.pk).update(deadline=study.opened)
    receipt = record_answers(assignment=assignment, answers=[early, late], active_seconds=1)
    assert (receipt.saved, receipt.refused, receipt.state) == ([early.client_key], [], "over")
    with pytest.raises(SubmitError, match="deadline"):
        submit(assignment=assignment, active_seconds=1)
    assert claim(annotator=ben) is None
    with pytest.raises(JoinError, match="deadline"):
        join(link=create_open_link(study=study, cap=None))
    amended(study, replace(protocol_of(study), deadline="2099-12-31"))
    assert record_answers(assignment=assignment, answers=[late], active_seconds=1).saved == [late.client_key]
    assert claim(annotator=ben) == assignment


def test_a_deadline_moves_back_only_and_into_the_future() -> None:
    study = opened(quality(), deadline='"2099-01-01"')
    with pytest.raises(AmendError, match="told a later one"):
        amended(study, replace(protocol_of(study), deadline="2098-01-01"))
    amended(study, replace(protocol_of(study), deadline="2100-01-01T10:00+02:00"))
    assert study.deadline is not None
    assert study.deadline.isoformat() == "2100-01-01T08:00:00+00:00"
    amended(study, replace(protocol_of(study), deadline=""))
    assert study.deadline is None
    assert check_study(study).ok


def test_a_new_deadline_lies_ahead() -> None:
    study = opened(quality(), deadline='"2099-01-01"')
    past = replace(protocol_of(study), deadline="2020-01-01")
    Study.objects.filter(pk=study.pk).update(protocol={**study.protocol, "deadline": "2019-01-01"})
    with pytest.raises(AmendError, match="lies ahead"):
        amended(study, past)


def test_a_study_does_not_open_after_its_deadline() -> None:
    with pytest.raises(StudyError, match="deadline of the study has passed"):
        opened(quality(), deadline='"2020-01-01"')
    (finding,) = preflight(Study.objects.get())
    assert finding.level == "error"
    assert "Set a later one" in finding.text


def test_a_lease_that_ran_out_is_found_again_after_an_amendment() -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    assignment = claim(annotator=ben)
    assert assignment
    expire(assignment)
    amended(study, replace(with_annotators(study, 5), lease_minutes=600))
    again = claim(annotator=ben)
    assert again == assignment
    assert again.lease_until
    assert again.lease_until - again.started > timedelta(hours=9)
    assert len(create_personal_links(study=study, count=4)) == 4


def test_the_command_says_what_would_change_and_changes_it_with_a_reason(tmp_path: Path) -> None:
    study = opened(quality())
    file = tmp_path / "changed.toml"
    file.write_text(to_toml(replace(with_annotators(study, 4), slug="another-name", guidelines="Read.")))
    out = StringIO()
    call_command("amend_study", study.slug, "--protocol", str(file), stdout=out)
    assert "block 1: number of annotators: 3 → 4" in out.getvalue()
    assert not Amendment.objects.exists()
    call_command("amend_study", study.slug, "--protocol", str(file), "--reason", "More certainty.", stdout=out)
    assert "Amendment 1 is in force" in out.getvalue()
    assert Amendment.objects.get().reason == "More certainty."
    assert Study.objects.get().slug == study.slug


def test_the_command_says_what_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    study = opened(quality())
    file = tmp_path / "changed.toml"
    file.write_text(to_toml(replace(with_annotators(study, 4), seed=1)))
    err = StringIO()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("amend_study", study.slug, "--protocol", str(file), "--reason", "x", stdout=StringIO(), stderr=err)
    assert "refused: seed cannot be amended" in err.getvalue()
    assert not Amendment.objects.exists()
