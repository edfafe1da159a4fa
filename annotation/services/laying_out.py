"""From what was drawn to rows: exhibits, units, seats and exactly k slots a unit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from annotation import allocation
from annotation.exhibits import content_digest, offered_languages, unit_digest
from annotation.models import Assignment, Block, Exhibit, Seat, Slot, Study, Unit
from annotation.services.exhibiting import contents
from annotation.services.sampling import DrawnBlock

BATCH: Final = 2_000


@dataclass(frozen=True)
class Place:
    """One slot to be: of which unit (by its index), for which seat (by its number, or anybody), where and how."""

    unit: int
    n: int
    seat: int | None
    side: int
    position: int


@dataclass(frozen=True)
class Layout:
    """Every slot of a block, and by how much the datasets' mean positions differ over all seats."""

    places: list[Place]
    difference: float


def lay_out(block: DrawnBlock) -> Layout:
    """Positions and sides of every slot, from the block's seed alone. Pure but for the record it is given."""
    is_pair = block.spec.target == "pair"
    groups = [0 if is_pair else block.dialogues[unit.first].dataset_id for unit in block.units]
    order_seed, side_seed = allocation.subseed(block.seed, "order"), allocation.subseed(block.seed, "sides")
    count, annotators = len(block.units), block.spec.annotators
    if block.spec.design == "overlap":
        order = allocation.order_units(groups, seed=order_seed)
        sides = allocation.overlap_sides(count, annotators, seed=side_seed) if is_pair else []
        return Layout(
            [
                Place(unit, n + 1, None, sides[position][n] if is_pair else Assignment.Side.NONE, position)
                for position, unit in enumerate(order)
                for n in range(annotators)
            ],
            0.0,
        )
    orders = allocation.seat_orders(groups, annotators, seed=order_seed)
    sides = allocation.seat_sides(count, annotators, seed=side_seed) if is_pair else []
    return Layout(
        [
            Place(unit, seat + 1, seat + 1, sides[seat][unit] if is_pair else Assignment.Side.NONE, position)
            for seat, order in enumerate(orders.orders)
            for position, unit in enumerate(order)
        ],
        orders.difference,
    )


def shown(block: DrawnBlock, context: Sequence[str]) -> list[dict[str, Any]]:
    """What is shown of each drawn dialogue of the block, and of `context` beside it, in their order."""
    ids = [drawn.dialogue_id for drawn in block.dialogues]
    return [content for _, content in contents(ids, merge=block.spec.merge_turns, context=context)]


def write_block(
    study: Study, drawn: DrawnBlock, shown: Sequence[dict[str, Any]], layout: Layout, seats: dict[int, Seat]
) -> Block:
    """The rows of one block, in batches."""
    block = Block.objects.create(
        study=study,
        number=drawn.number,
        name=drawn.spec.name or f"Block {drawn.number}",
        target=drawn.spec.target,
        design=drawn.spec.design,
        annotators_per_unit=drawn.spec.annotators,
        seed=drawn.seed,
        languages=offered_languages(shown),
    )
    exhibits = Exhibit.objects.bulk_create(
        [
            Exhibit(
                block=block,
                dialogue_id=dialogue.dialogue_id,
                dataset_id=dialogue.dataset_id,
                content=content,
                digest=content_digest(content),
                probability=dialogue.probability,
            )
            for dialogue, content in zip(drawn.dialogues, shown, strict=True)
        ],
        batch_size=BATCH,
    )
    units = Unit.objects.bulk_create(_units(block, drawn, exhibits), batch_size=BATCH)
    write_slots(block, units, layout.places, seats)
    return block


def write_slots(block: Block, units: Sequence[Unit], places: Sequence[Place], seats: dict[int, Seat]) -> None:
    """The slots of these places, in batches; those of an excluded unit are withheld from the start."""
    for start in range(0, len(places), BATCH):
        Slot.objects.bulk_create(
            Slot(
                unit_id=units[place.unit].pk,
                block_id=block.pk,
                n=place.n,
                seat_id=None if place.seat is None else seats[place.seat].pk,
                side=place.side,
                position=place.position,
                withheld=units[place.unit].excluded is not None,
            )
            for place in places[start : start + BATCH]
        )


def refresh_planner() -> None:
    """Tell the database what the new rows look like; without it the first claims scan whole tables."""
    tables = [model._meta.db_table for model in (Exhibit, Unit, Slot, Seat, Assignment)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
        else:
            for table in tables:
                cursor.execute(f"ANALYZE {table}")


def _units(block: Block, drawn: DrawnBlock, exhibits: Sequence[Exhibit]) -> Iterator[Unit]:
    for number, unit in enumerate(drawn.units, start=1):
        first = exhibits[unit.first]
        second = None if unit.second is None else exhibits[unit.second]
        digests = [first.digest] if second is None else [first.digest, second.digest]
        yield Unit(
            block=block,
            number=number,
            first=first,
            second=second,
            digest=unit_digest(*digests),
            probability=unit.probability,
        )
