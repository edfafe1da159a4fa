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
from annotation.services.sizing import sizes_in
from generation.wording import worded

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
        return CheckReport(False, [worded("The study has not been opened, so there is nothing to check.")])
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
        "units_control": sum(sizes.controls for sizes in sizes_in(study).values()),
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
        yield from (worded("protocol: %(problem)s", problem=problem) for problem in error.problems)
        return
    # Of what is stored, as it is stored: a later version may know more keys, and their defaults are no change.
    if (found := canonical_digest(study.protocol)) != study.digest:
        yield worded(
            "The protocol was changed after the study opened: its digest is %(found)s, it was %(digest)s.",
            found=found,
            digest=study.digest,
        )
    if study.blocks.count() != len(study.protocol["block"]):
        yield worded(
            "The protocol has %(planned)s blocks, the study has %(there)s.",
            planned=len(study.protocol["block"]),
            there=study.blocks.count(),
        )


def _layout_problems(block: Block) -> Iterator[str]:
    spec, place, k = spec_of(block), worded("block %(number)s", number=block.number), block.annotators_per_unit
    if (block.design, block.target, k) != (spec.design, spec.target, spec.annotators):
        yield worded("%(place)s: design, target or number of annotators are not those of the protocol.", place=place)
    units = block.units.count()
    if units != spec.units:
        yield worded(
            "%(place)s: it has %(units)s units, the protocol says %(planned)s.",
            place=place,
            units=units,
            planned=spec.units,
        )
    per_unit = block.units.annotate(count=Count("slots"), low=Min("slots__n"), high=Max("slots__n"))
    for unit in per_unit.exclude(count=k, low=1, high=k):
        yield worded(
            "%(place)s, unit %(number)s: it has %(count)s slots instead of exactly %(k)s.",
            place=place,
            number=unit.number,
            count=unit.count,
            k=k,
        )
    slots = Slot.objects.filter(block=block)
    if slots.exclude(unit__block=block).exists():
        yield worded("%(place)s: a slot belongs to a unit of another block.", place=place)
    if block.design == Block.Design.PANEL:
        per_seat = (
            slots.order_by()
            .values("seat__number")
            .annotate(
                units=Count("unit", distinct=True), positions=Count("position", distinct=True), high=Max("position")
            )
        )
        for row in per_seat.exclude(units=units, positions=units, high=units - 1):
            yield worded(
                "%(place)s, seat %(seat)s: it does not hold every unit once, each at its own position.",
                place=place,
                seat=row["seat__number"],
            )
        if per_seat.count() != k:
            yield worded(
                "%(place)s: it is judged from %(seats)s seats instead of %(k)s.",
                place=place,
                seats=per_seat.count(),
                k=k,
            )
    elif slots.filter(seat__isnull=False).exists():
        yield worded("%(place)s: a slot of an overlap block is bound to a seat.", place=place)


def _side_problems(block: Block) -> Iterator[str]:
    place, slots = worded("block %(number)s", number=block.number), Slot.objects.filter(block=block)
    if block.target == Block.Target.DIALOGUE:
        if slots.exclude(side=Assignment.Side.NONE).exists():
            yield worded("%(place)s: a single dialogue has a side.", place=place)
        return
    if slots.exclude(side__in=[FIRST_LEFT, SECOND_LEFT]).exists():
        yield worded("%(place)s: a pair has no side.", place=place)
    left, right = Count("pk", filter=Q(side=FIRST_LEFT)), Count("pk", filter=Q(side=SECOND_LEFT))
    for row in slots.order_by().values("unit__number").annotate(d=left - right).exclude(d__range=(-1, 1)):
        yield worded(
            "%(place)s, unit %(unit)s: its two sides differ by %(difference)s.",
            place=place,
            unit=row["unit__number"],
            difference=abs(row["d"]),
        )
    if block.design == Block.Design.PANEL:
        for line in slots.order_by().values("seat__number").annotate(d=left - right).exclude(d__range=(-1, 1)):
            yield worded(
                "%(place)s, seat %(seat)s: its two sides differ by %(difference)s.",
                place=place,
                seat=line["seat__number"],
                difference=abs(line["d"]),
            )
    elif abs(slots.aggregate(d=left - right)["d"]) > 1:
        yield worded("%(place)s: over all units the two sides differ by more than one.", place=place)


def _exhibit_problems(block: Block) -> Iterator[str]:
    place = worded("block %(number)s", number=block.number)
    digests: dict[int, str] = {}
    for exhibit in Exhibit.objects.filter(block=block).iterator(500):
        digests[exhibit.pk] = content_digest(exhibit.content)
        if digests[exhibit.pk] != exhibit.digest:
            name = exhibit.dialogue_id or exhibit.dialogue_name
            yield worded(
                "%(place)s: what is stored as shown of dialogue %(name)s was changed afterwards.",
                place=place,
                name=name,
            )
    for unit in block.units.iterator(2_000):
        parts = [unit.first_id] if unit.second_id is None else [unit.first_id, unit.second_id]
        if not all(part in digests for part in parts):
            yield worded(
                "%(place)s, unit %(number)s: it shows a dialogue of another block.", place=place, number=unit.number
            )
        elif unit_digest(*(digests[part] for part in parts)) != unit.digest:
            yield worded(
                "%(place)s, unit %(number)s: its digest is not that of what it shows.", place=place, number=unit.number
            )


def _changed_since(block: Block) -> Iterator[str]:
    """Dialogues that would be shown differently today: changed in the dataset, or by a newer version of the product."""
    shown = dict(Exhibit.objects.filter(block=block).values_list("dialogue_id", "digest"))
    context = context_of(instruments_of(block))
    for dialogue_id, content in contents(list(shown), merge=spec_of(block).merge_turns, context=context):
        if content_digest(content) != shown[dialogue_id]:
            yield worded(
                "block %(number)s: dialogue %(dialogue_id)s would look different today; what was shown is kept.",
                number=block.number,
                dialogue_id=dialogue_id,
            )


def _holding_problems(study: Study) -> Iterator[str]:
    assignments = Assignment.objects.filter(unit__block__study=study).select_related("annotator", "unit__block")
    holds = Q(state__in=[State.LEASED, State.SUBMITTED])
    for one in assignments.filter(holds, slot__isnull=True).iterator(500):
        yield worded(
            "%(annotator)s, %(unit)s: %(state)s, but no slot holds it.",
            annotator=one.annotator,
            unit=_where(one.unit),
            state=one.state,
        )
    for one in assignments.filter(~holds, slot__isnull=False).iterator(500):
        yield worded(
            "%(annotator)s, %(unit)s: %(state)s, yet a slot holds it.",
            annotator=one.annotator,
            unit=_where(one.unit),
            state=one.state,
        )
    for one in assignments.exclude(unit__block=F("block")).iterator(500):
        yield worded(
            "%(annotator)s, %(unit)s: it is kept under another block.", annotator=one.annotator, unit=_where(one.unit)
        )
    for one in assignments.exclude(annotator__study=study).iterator(500):
        yield worded(
            "%(annotator)s, %(unit)s: the annotator belongs to another study.",
            annotator=one.annotator,
            unit=_where(one.unit),
        )
    slots = Slot.objects.filter(block__study=study, assignment__isnull=False)
    wrong = slots.exclude(assignment__unit=F("unit"), assignment__side=F("side"), assignment__position=F("position"))
    for slot in wrong.select_related("unit__block", "assignment__annotator").iterator(500):
        yield worded(
            "%(assignment)s, %(unit)s: unit, side or position are not those of its slot.",
            assignment=slot.assignment,
            unit=_where(slot.unit),
        )
    for slot in slots.filter(seat__isnull=False).exclude(assignment__annotator__seat=F("seat")).iterator(500):
        yield worded("%(assignment)s: it fills a slot of another seat.", assignment=slot.assignment)
    yield from departure_problems(study)
    yield from _doubles(assignments)
    yield from _shared_seats(study)
    if study.state == Study.State.CLOSED and assignments.filter(state=State.LEASED).exists():
        yield worded("The study is closed, but a unit is still out.")


def _doubles(assignments: QuerySet[Assignment]) -> Iterator[str]:
    for row in _repeated(assignments, "annotator__pseudonym", "unit", "repeat"):
        yield worded("%(pseudonym)s has the same unit %(n)s times.", pseudonym=row["annotator__pseudonym"], n=row["n"])
    for row in _repeated(assignments.filter(state=State.LEASED), "annotator__pseudonym"):
        yield worded("%(pseudonym)s holds %(n)s units at once.", pseudonym=row["annotator__pseudonym"], n=row["n"])


def _shared_seats(study: Study) -> Iterator[str]:
    for row in _repeated(study.annotators.filter(seat__isnull=False, left__isnull=True), "seat__number"):
        yield worded("seat %(seat)s is taken by %(n)s annotators.", seat=row["seat__number"], n=row["n"])


def _repeated(rows: QuerySet[Any], *columns: str) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.order_by().values(*columns).annotate(n=Count("pk")).filter(n__gt=1)
    return found


def _where(unit: Unit) -> str:
    return worded("block %(block)s, unit %(unit)s", block=unit.block.number, unit=unit.number)
