"""The part of `check_study` for judgments that were given elsewhere: nobody was asked here, so the file is the plan."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Count, Max, Min, Q

from annotation.answers import problem_with
from annotation.models import Assignment, Block, Judgment, Slot, Study
from annotation.questions import WHOLE, Question
from annotation.services.material import instruments_of, protocol_of, spec_of
from annotation.services.withdrawals import deleted_judgments
from generation.wording import worded

AT_ONCE: Final = 10_000


def elsewhere_problems(block: Block) -> Iterator[str]:
    """Every unit, place and answer of the file is there, each place is taken, and every answer is on its scale."""
    yield from _place_problems(block)
    yield from _answer_problems(block)


def count_problems(study: Study) -> Iterator[str]:
    """The study has as many judgments as its file brought, but for those of annotators who withdrew."""
    origin = protocol_of(study).origin
    if origin is not None:
        found = Judgment.objects.filter(assignment__unit__block__study=study).count()
        deleted = deleted_judgments(study)
        if found + deleted != origin.judgments:
            yield worded(
                "The file brought %(judgments)s judgments, the study has %(found)s; %(deleted)s were deleted.",
                judgments=f"{origin.judgments:,}",
                found=f"{found:,}",
                deleted=f"{deleted:,}",
            )


def _place_problems(block: Block) -> Iterator[str]:
    spec, place = spec_of(block), worded("block %(number)s", number=block.number)
    units = block.units.count()
    if units != spec.units:
        yield worded(
            "%(place)s: it has %(units)s units, the protocol says %(planned)s.",
            place=place,
            units=units,
            planned=spec.units,
        )
    slots = Slot.objects.filter(block=block)
    somebody_left = block.study.annotators.filter(left__isnull=False).exists()
    if not somebody_left and slots.exclude(assignment__state=Assignment.State.SUBMITTED).exists():
        yield worded("%(place)s: a slot holds no judgment, though each was made for one.", place=place)
    per_unit = slots.order_by().values("unit__number").annotate(count=Count("pk"), low=Min("n"), high=Max("n"))
    most = 0
    for row in per_unit:
        most = max(most, row["count"])
        if (row["low"], row["high"]) != (1, row["count"]):
            yield worded(
                "%(place)s, unit %(unit)s: its slots are not numbered from 1 to %(count)s.",
                place=place,
                unit=row["unit__number"],
                count=row["count"],
            )
    if most != spec.annotators:
        yield worded(
            "%(place)s: a unit was judged by up to %(most)s annotators, the protocol says %(annotators)s.",
            place=place,
            most=most,
            annotators=spec.annotators,
        )
    sided = ~Q(side=Assignment.Side.NONE)
    wrong = ~sided if block.target == Block.Target.PAIR else sided
    if slots.filter(wrong).exists():
        yield worded("%(place)s: a pair has no side, or a single dialogue has one.", place=place)
    empty = Assignment.objects.filter(unit__block=block, judgments__isnull=True)
    for one in empty.select_related("annotator", "unit").iterator(AT_ONCE):
        yield worded(
            "%(place)s, unit %(number)s: nothing that %(annotator)s said is there.",
            place=place,
            number=one.unit.number,
            annotator=one.annotator,
        )


def _answer_problems(block: Block) -> Iterator[str]:
    asked = {
        (instrument.slug, criterion.key): criterion
        for instrument in instruments_of(block)
        for criterion in instrument.criteria
    }
    rows = Judgment.objects.filter(assignment__unit__block=block).values_list(
        "assignment__unit__number", "instrument", "criterion", "place", "value", "cannot_judge", "text", "reason"
    )
    for unit, instrument, key, place, value, cannot_judge, text, reason in rows.iterator(AT_ONCE):
        criterion = asked.get((instrument, key))
        where = worded(
            "block %(number)s, unit %(unit)s: %(key)s at place %(place)s",
            number=block.number,
            unit=unit,
            key=key,
            place=place,
        )
        if criterion is None or (place == WHOLE) == (criterion.target == "utterance"):
            yield worded("%(where)s was answered, but not asked.", where=where)
            continue
        problem = problem_with(
            Question(instrument, criterion, place),
            value=value,
            cannot_judge=cannot_judge,
            text=text,
            reason=reason,
            span=(None, None),
            ties=True,
        )
        if problem:
            yield worded("%(place)s: %(problem)s", place=where, problem=problem)
