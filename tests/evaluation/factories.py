"""Studies with judgments, made straight from the models: fast, and with every answer known."""

import uuid
from collections.abc import Container, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from django.db.models import OuterRef, Subquery

from annotation import instruments, protocol
from annotation.models import Annotator, Assignment, Block, Exhibit, Judgment, Seat, Slot, Study, Unit
from generation.models import Dataset, Dialogue, Utterance

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CRITERIA = ("fluency", "informativeness", "logicality", "coherence")
TURNS = 3


def make_dataset(slug: str, name: str, size: int, *, turns: int = TURNS) -> Dataset:
    dataset = Dataset.objects.create(slug=slug, name=name, origin=Dataset.Origin.GENERATED)
    dialogues = Dialogue.objects.bulk_create(
        Dialogue(dataset=dataset, number=number, external_id=f"{slug}-{number}", utterance_count=turns + 1)
        for number in range(1, size + 1)
    )
    Utterance.objects.bulk_create(
        Utterance(dialogue=one, index=index, speaker="user" if index % 2 == 0 else "system", text=f"message {index}")
        for one in dialogues
        for index in range(turns + 1)
    )
    return dataset


def make_study(
    slug: str,
    datasets: Sequence[Dataset],
    *,
    blocks: Sequence[str] = ("quality", "pairs"),
    seats: int = 7,
    size: int = 10,
    pairs: int = 10,
    state: str = Study.State.CLOSED,
    title: str = "Two sets of dialogues",
    ties: bool = False,
) -> Study:
    """A study of two datasets with its rows laid out and nothing judged."""
    shipped = instruments.shipped()
    specs = tuple(_spec(kind, datasets, seats=seats, size=size, pairs=pairs, ties=ties) for kind in blocks)
    used = tuple(shipped[one] for one in dict.fromkeys(name for spec in specs for name in spec.instruments))
    plan = protocol.Protocol(title=title, slug=slug, blocks=specs, instruments=used)
    study = Study.objects.create(
        slug=slug, title=title, state=state, protocol=protocol.to_dict(plan), digest=protocol.digest(plan),
        opened=START, closed=START + timedelta(days=9) if state == Study.State.CLOSED else None,
    )  # fmt: skip
    places = Seat.objects.bulk_create(Seat(study=study, number=number) for number in range(1, seats + 1))
    Annotator.objects.bulk_create(
        Annotator(study=study, pseudonym=f"annotator {seat.number}", seat=seat) for seat in places
    )
    for number, spec in enumerate(specs, start=1):
        _lay_out(study, number, spec, datasets)
    return study


def rate(
    block: Block,
    ratings: npt.NDArray[np.int64],
    *,
    criteria: Sequence[str] = CRITERIA,
    skip: Container[tuple[int, int]] = (),
) -> None:
    """Ratings (criteria, units, turns, annotators); -1 is “cannot judge”. `skip` names (unit, annotator) not judged."""
    judgments: list[Judgment] = []
    for unit_at, seat_at, assignment in _assignments(block, skip):
        answers = [
            (criteria[c], place, int(ratings[c, unit_at, place, seat_at]))
            for place in range(ratings.shape[2])
            for c in range(len(criteria))
        ]
        judgments += (
            Judgment(
                assignment=assignment, instrument="utterance-quality", criterion=criterion, place=place,
                value=None if value < 0 else value, cannot_judge=value < 0, client_key=uuid.uuid4(), sequence=sequence,
                answered=assignment.started + timedelta(seconds=4 * sequence),
            )
            for sequence, (criterion, place, value) in enumerate(answers)
        )  # fmt: skip
    Judgment.objects.bulk_create(judgments)


def vote(block: Block, firsts: npt.NDArray[np.float64], *, skip: Container[tuple[int, int]] = ()) -> None:
    """Votes (pairs, annotators): 1 the first dataset's dialogue, 0 the second's, .5 a tie, NaN cannot judge."""
    judgments = []
    for unit_at, seat_at, assignment in _assignments(block, skip):
        wins = firsts[unit_at, seat_at]
        left = assignment.side == Assignment.Side.FIRST_LEFT
        value = None if np.isnan(wins) else 0 if wins == 0.5 else 1 if (wins == 1) == left else 2
        judgments.append(
            Judgment(
                assignment=assignment, instrument="overall-preference", criterion="preference", value=value,
                cannot_judge=value is None, client_key=uuid.uuid4(), sequence=0, answered=assignment.started,
                reason="=HYPERLINK(1)" if unit_at == 0 else "",
            )
        )  # fmt: skip
    Judgment.objects.bulk_create(judgments)


def _assignments(block: Block, skip: Container[tuple[int, int]]) -> list[tuple[int, int, Assignment]]:
    annotators = {one.seat_id: one for one in Annotator.objects.filter(study=block.study)}
    made = []
    units = {unit.pk: at for at, unit in enumerate(block.units.order_by("number"))}
    for slot in block.slots.select_related("unit", "seat").order_by("unit__number", "seat__number"):
        unit_at, seat_at = units[slot.unit_id], slot.seat.number - 1
        if (unit_at, seat_at) in skip:
            continue
        assignment = Assignment(
            unit=slot.unit, block=block, annotator=annotators[slot.seat_id],
            state=Assignment.State.SUBMITTED, side=slot.side, position=slot.position,
            started=START + timedelta(minutes=slot.position),
            submitted=START + timedelta(minutes=slot.position, seconds=50), active_seconds=42.5,
        )  # fmt: skip
        made.append((unit_at, seat_at, assignment))
    Assignment.objects.bulk_create(assignment for _, _, assignment in made)
    whose = Assignment.objects.filter(unit=OuterRef("unit"), annotator__seat=OuterRef("seat"))
    block.slots.update(assignment=Subquery(whose.values("pk")))
    return made


def _spec(
    kind: str, datasets: Sequence[Dataset], *, seats: int, size: int, pairs: int, ties: bool
) -> protocol.BlockSpec:
    amount = pairs if kind == "pairs" else size
    samples = tuple(protocol.SampleSpec(dataset=one.slug, size=amount) for one in datasets)
    if kind == "pairs":
        return protocol.BlockSpec(
            name="Preference", target="pair", instruments=("overall-preference",), annotators=seats, samples=samples,
            pairing=protocol.PairingSpec(size=pairs), ties=ties,
        )  # fmt: skip
    return protocol.BlockSpec(
        name="Utterance quality", instruments=("utterance-quality",), annotators=seats, samples=samples
    )


def _lay_out(study: Study, number: int, spec: protocol.BlockSpec, datasets: Sequence[Dataset]) -> None:
    block = Block.objects.create(
        study=study, number=number, name=spec.name, target=spec.target, design=spec.design,
        annotators_per_unit=spec.annotators, seed=number,
    )  # fmt: skip
    drawn = [list(one.dialogues.order_by("number")[: spec.samples[0].size]) for one in datasets]
    exhibits = {
        one.pk: Exhibit(block=block, dialogue=one, dataset=one.dataset, content=_content(), digest="d", probability=0.5)
        for dialogues in drawn
        for one in dialogues
    }
    Exhibit.objects.bulk_create(exhibits.values())
    if spec.target == "pair":
        shown = [(exhibits[a.pk], exhibits[b.pk]) for a, b in zip(*drawn, strict=True)]
        units = [
            Unit(block=block, number=n, first=first, second=second, digest="d", probability=0.5)
            for n, (first, second) in enumerate(shown, start=1)
        ]
    else:
        units = [
            Unit(block=block, number=n, first=exhibit, digest="d", probability=0.5)
            for n, exhibit in enumerate(exhibits.values(), start=1)
        ]
    units = Unit.objects.bulk_create(units)
    seats = list(study.seats.order_by("number"))
    Slot.objects.bulk_create(
        Slot(
            unit=unit, block=block, n=n, seat=seat, position=(unit.number + n) % len(units),
            side=1 + (unit.number + n) % 2 if spec.target == "pair" else 0,
        )
        for unit in units
        for n, seat in enumerate(seats)
    )  # fmt: skip


def _content() -> dict[str, object]:
    """Three turns, the second of two messages."""
    return {
        "turns": [
            {"speaker": "user", "text": "Hello there.", "indices": [0]},
            {"speaker": "system", "text": "Hello. What do you like?", "indices": [1, 2]},
            {"speaker": "user", "text": "Old films.", "indices": [3]},
        ]
    }
