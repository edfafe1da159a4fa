"""The part of `check_study` for judgments that were given elsewhere: nobody was asked here, so the file is the plan."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Count, Max, Min, Q

from annotation.answers import problem_with
from annotation.models import Assignment, Block, Judgment, Slot, Study
from annotation.questions import WHOLE, Question
from annotation.services.material import instruments_of, protocol_of, spec_of
from annotation.services.withdrawals import deleted_judgments

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
            yield f"The file brought {origin.judgments:,} judgments, the study has {found:,}; {deleted:,} were deleted."


def _place_problems(block: Block) -> Iterator[str]:
    spec, place = spec_of(block), f"block {block.number}"
    units = block.units.count()
    if units != spec.units:
        yield f"{place}: it has {units} units, the protocol says {spec.units}."
    slots = Slot.objects.filter(block=block)
    somebody_left = block.study.annotators.filter(left__isnull=False).exists()
    if not somebody_left and slots.exclude(assignment__state=Assignment.State.SUBMITTED).exists():
        yield f"{place}: a slot holds no judgment, though each was made for one."
    per_unit = slots.order_by().values("unit__number").annotate(count=Count("pk"), low=Min("n"), high=Max("n"))
    most = 0
    for row in per_unit:
        most = max(most, row["count"])
        if (row["low"], row["high"]) != (1, row["count"]):
            yield f"{place}, unit {row['unit__number']}: its slots are not numbered from 1 to {row['count']}."
    if most != spec.annotators:
        yield f"{place}: a unit was judged by up to {most} annotators, the protocol says {spec.annotators}."
    sided = ~Q(side=Assignment.Side.NONE)
    wrong = ~sided if block.target == Block.Target.PAIR else sided
    if slots.filter(wrong).exists():
        yield f"{place}: a pair has no side, or a single dialogue has one."
    empty = Assignment.objects.filter(unit__block=block, judgments__isnull=True)
    for one in empty.select_related("annotator", "unit").iterator(AT_ONCE):
        yield f"{place}, unit {one.unit.number}: nothing that {one.annotator} said is there."


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
        where = f"block {block.number}, unit {unit}: {key} at place {place}"
        if criterion is None or (place == WHOLE) == (criterion.target == "utterance"):
            yield f"{where} was answered, but not asked."
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
            yield f"{where}: {problem}"
