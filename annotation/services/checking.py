"""Proof that an open or closed study kept its promises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet

from annotation import protocol
from annotation.exhibits import content_digest, unit_digest
from annotation.instruments import canonical_digest, context_of
from annotation.models import Annotator, Assignment, Block, Exhibit, Judgment, Slot, Study, Unit
from annotation.services.amendment_checks import amendment_problems
from annotation.services.departure_checks import departure_problems
from annotation.services.elsewhere_checks import count_problems, elsewhere_problems
from annotation.services.exclusion_checks import exclusion_problems
from annotation.services.exhibiting import contents
from annotation.services.judgment_checks import judgment_problems
from annotation.services.material import instruments_of, spec_of
from annotation.services.recording import record_problems
from annotation.services.sampling import overlap_notes

FIRST_LEFT, SECOND_LEFT = Assignment.Side.FIRST_LEFT, Assignment.Side.SECOND_LEFT
State = Assignment.State


@dataclass(frozen=True)
class CheckReport:
    """What `check_study` found: nothing wrong (`ok`), or each problem in words.

    `counts` says what was looked at. `notes` are no breach: a dialogue, say, that was changed after it was shown.
    """

    ok: bool
    problems: list[str]
    counts: dict[str, int | float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def check_study(study: Study) -> CheckReport:
    """Prove k, sides, order, digests, counts and completeness of one study. It changes nothing."""
    if study.state == Study.State.DRAFT:
        return CheckReport(False, ["The study has not been opened, so there is nothing to check."])
    problems = list(_protocol_problems(study))
    notes: list[str] = []
    for block in study.blocks.select_related("study"):
        problems += _exhibit_problems(block)
        if block.design == Block.Design.ELSEWHERE:
            problems += elsewhere_problems(block)
            continue
        problems += _layout_problems(block)
        problems += _side_problems(block)
        notes += _changed_since(block)
    notes += overlap_notes(study)
    problems += amendment_problems(study)
    problems += count_problems(study)
    problems += _holding_problems(study)
    problems += judgment_problems(study)
    problems += exclusion_problems(study)
    problems += record_problems(study)
    return CheckReport(not problems, problems, _counts(study), notes)


def _counts(study: Study) -> dict[str, int | float]:
    assignments = Assignment.objects.filter(unit__block__study=study)
    states = dict(assignments.order_by().values_list("state").annotate(Count("pk")))
    judgments = Judgment.objects.filter(assignment__in=assignments)
    imbalance = assignments.counted().filter(unit__block__target=Block.Target.PAIR).values("annotator", "unit__block")
    sides = imbalance.order_by().annotate(
        left=Count("pk", filter=Q(side=FIRST_LEFT)), right=Count("pk", filter=Q(side=SECOND_LEFT))
    )
    return {
        "blocks": study.blocks.count(),
        "units": Unit.objects.filter(block__study=study).count(),
        "units_excluded": Unit.objects.filter(block__study=study, excluded__isnull=False).count(),
        "slots": Slot.objects.filter(block__study=study).count(),
        "slots_filled": Slot.objects.filter(block__study=study, assignment__state=State.SUBMITTED).count(),
        "annotators": study.annotators.count(),
        "annotators_removed": study.annotators.filter(departure=Annotator.Departure.REMOVED).count(),
        "annotators_withdrawn": study.annotators.filter(departure=Annotator.Departure.WITHDRAWN).count(),
        **{f"assignments_{state}": states.get(state, 0) for state in State.values},
        "judgments": judgments.count(),
        "judgments_current": judgments.current().count(),
        "largest_side_difference_of_an_annotator": max((abs(row["left"] - row["right"]) for row in sides), default=0),
    }


def _protocol_problems(study: Study) -> Iterator[str]:
    try:
        protocol.from_dict(study.protocol, draft=True)
    except protocol.ProtocolError as error:
        yield from (f"protocol: {problem}" for problem in error.problems)
        return
    # Of what is stored, as it is stored: a later version may know more keys, and their defaults are no change.
    if (found := canonical_digest(study.protocol)) != study.digest:
        yield f"The protocol was changed after the study opened: its digest is {found}, it was {study.digest}."
    if study.blocks.count() != len(study.protocol["block"]):
        yield f"The protocol has {len(study.protocol['block'])} blocks, the study has {study.blocks.count()}."


def _layout_problems(block: Block) -> Iterator[str]:
    spec, place, k = spec_of(block), f"block {block.number}", block.annotators_per_unit
    if (block.design, block.target, k) != (spec.design, spec.target, spec.annotators):
        yield f"{place}: design, target or number of annotators are not those of the protocol."
    units = block.units.count()
    if units != spec.units:
        yield f"{place}: it has {units} units, the protocol says {spec.units}."
    per_unit = block.units.annotate(count=Count("slots"), low=Min("slots__n"), high=Max("slots__n"))
    for unit in per_unit.exclude(count=k, low=1, high=k):
        yield f"{place}, unit {unit.number}: it has {unit.count} slots instead of exactly {k}."
    slots = Slot.objects.filter(block=block)
    if slots.exclude(unit__block=block).exists():
        yield f"{place}: a slot belongs to a unit of another block."
    if block.design == Block.Design.PANEL:
        per_seat = (
            slots.order_by()
            .values("seat__number")
            .annotate(
                units=Count("unit", distinct=True), positions=Count("position", distinct=True), high=Max("position")
            )
        )
        for row in per_seat.exclude(units=units, positions=units, high=units - 1):
            yield f"{place}, seat {row['seat__number']}: it does not hold every unit once, each at its own position."
        if per_seat.count() != k:
            yield f"{place}: it is judged from {per_seat.count()} seats instead of {k}."
    elif slots.filter(seat__isnull=False).exists():
        yield f"{place}: a slot of an overlap block is bound to a seat."


def _side_problems(block: Block) -> Iterator[str]:
    place, slots = f"block {block.number}", Slot.objects.filter(block=block)
    if block.target == Block.Target.DIALOGUE:
        if slots.exclude(side=Assignment.Side.NONE).exists():
            yield f"{place}: a single dialogue has a side."
        return
    if slots.exclude(side__in=[FIRST_LEFT, SECOND_LEFT]).exists():
        yield f"{place}: a pair has no side."
    left, right = Count("pk", filter=Q(side=FIRST_LEFT)), Count("pk", filter=Q(side=SECOND_LEFT))
    for row in slots.order_by().values("unit__number").annotate(d=left - right).exclude(d__range=(-1, 1)):
        yield f"{place}, unit {row['unit__number']}: its two sides differ by {abs(row['d'])}."
    if block.design == Block.Design.PANEL:
        for line in slots.order_by().values("seat__number").annotate(d=left - right).exclude(d__range=(-1, 1)):
            yield f"{place}, seat {line['seat__number']}: its two sides differ by {abs(line['d'])}."
    elif abs(slots.aggregate(d=left - right)["d"]) > 1:
        yield f"{place}: over all units the two sides differ by more than one."


def _exhibit_problems(block: Block) -> Iterator[str]:
    place = f"block {block.number}"
    digests: dict[int, str] = {}
    for exhibit in Exhibit.objects.filter(block=block).iterator(500):
        digests[exhibit.pk] = content_digest(exhibit.content)
        if digests[exhibit.pk] != exhibit.digest:
            name = exhibit.dialogue_id or exhibit.dialogue_name
            yield f"{place}: what is stored as shown of dialogue {name} was changed afterwards."
    for unit in block.units.iterator(2_000):
        parts = [unit.first_id] if unit.second_id is None else [unit.first_id, unit.second_id]
        if not all(part in digests for part in parts):
            yield f"{place}, unit {unit.number}: it shows a dialogue of another block."
        elif unit_digest(*(digests[part] for part in parts)) != unit.digest:
            yield f"{place}, unit {unit.number}: its digest is not that of what it shows."


def _changed_since(block: Block) -> Iterator[str]:
    """Dialogues that would be shown differently today: changed in the dataset, or by a newer version of the product."""
    shown = dict(Exhibit.objects.filter(block=block).values_list("dialogue_id", "digest"))
    context = context_of(instruments_of(block))
    for dialogue_id, content in contents(list(shown), merge=spec_of(block).merge_turns, context=context):
        if content_digest(content) != shown[dialogue_id]:
            yield f"block {block.number}: dialogue {dialogue_id} would look different today; what was shown is kept."


def _holding_problems(study: Study) -> Iterator[str]:
    assignments = Assignment.objects.filter(unit__block__study=study).select_related("annotator", "unit__block")
    holds = Q(state__in=[State.LEASED, State.SUBMITTED])
    for one in assignments.filter(holds, slot__isnull=True).iterator(500):
        yield f"{one.annotator}, {_where(one.unit)}: {one.state}, but no slot holds it."
    for one in assignments.filter(~holds, slot__isnull=False).iterator(500):
        yield f"{one.annotator}, {_where(one.unit)}: {one.state}, yet a slot holds it."
    for one in assignments.exclude(unit__block=F("block")).iterator(500):
        yield f"{one.annotator}, {_where(one.unit)}: it is kept under another block."
    for one in assignments.exclude(annotator__study=study).iterator(500):
        yield f"{one.annotator}, {_where(one.unit)}: the annotator belongs to another study."
    slots = Slot.objects.filter(block__study=study, assignment__isnull=False)
    wrong = slots.exclude(assignment__unit=F("unit"), assignment__side=F("side"), assignment__position=F("position"))
    for slot in wrong.select_related("unit__block", "assignment__annotator").iterator(500):
        yield f"{slot.assignment}, {_where(slot.unit)}: unit, side or position are not those of its slot."
    for slot in slots.filter(seat__isnull=False).exclude(assignment__annotator__seat=F("seat")).iterator(500):
        yield f"{slot.assignment}: it fills a slot of another seat."
    yield from departure_problems(study)
    yield from _doubles(assignments)
    yield from _shared_seats(study)
    if study.state == Study.State.CLOSED and assignments.filter(state=State.LEASED).exists():
        yield "The study is closed, but a unit is still out."


def _doubles(assignments: QuerySet[Assignment]) -> Iterator[str]:
    for row in _repeated(assignments, "annotator__pseudonym", "unit", "repeat"):
        yield f"{row['annotator__pseudonym']} has the same unit {row['n']} times."
    for row in _repeated(assignments.filter(state=State.LEASED), "annotator__pseudonym"):
        yield f"{row['annotator__pseudonym']} holds {row['n']} units at once."


def _shared_seats(study: Study) -> Iterator[str]:
    for row in _repeated(study.annotators.filter(seat__isnull=False, left__isnull=True), "seat__number"):
        yield f"seat {row['seat__number']} is taken by {row['n']} annotators."


def _repeated(rows: QuerySet[Any], *columns: str) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.order_by().values(*columns).annotate(n=Count("pk")).filter(n__gt=1)
    return found


def _where(unit: Unit) -> str:
    return f"block {unit.block.number}, unit {unit.number}"
