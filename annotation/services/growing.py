"""More places in a block that is being judged: slots and seats beside those that are there, which stay untouched."""

from collections.abc import Sequence
from dataclasses import dataclass

from annotation import allocation
from annotation.models import Block, Seat, Slot, Unit
from annotation.services.laying_out import Place, write_slots

Row = tuple[int, int | None, int, int]
"""A slot as it stands: unit (its index), number of its seat, position, side."""


@dataclass(frozen=True)
class Grown:
    """What was added, and by how much the datasets' mean positions differ over all seats now (0 in an overlap)."""

    slots: int
    difference: float


def grow(block: Block, annotators: int) -> Grown:
    """Give every unit of the block so many slots, in all. To be called behind the shut gate."""
    units = list(block.units.select_related("first").defer("first__content").order_by("number"))
    rows = _rows(block, units)
    if block.design == Block.Design.PANEL:
        places, difference = _panel(block, units, rows, annotators)
    else:
        places, difference = _overlap(block, units, rows, annotators), 0.0
    write_slots(block, units, places, _seats(block, places))
    Block.objects.filter(pk=block.pk).update(annotators_per_unit=annotators)
    return Grown(len(places), round(difference, 6))


def _rows(block: Block, units: Sequence[Unit]) -> list[Row]:
    index = {unit.pk: place for place, unit in enumerate(units)}
    slots = Slot.objects.filter(block=block).order_by("position", "unit_id", "n")
    columns = slots.values_list("unit_id", "seat__number", "position", "side")
    return [(index[unit], seat, position, side) for unit, seat, position, side in columns]


def _panel(block: Block, units: Sequence[Unit], rows: Sequence[Row], annotators: int) -> tuple[list[Place], float]:
    old = block.annotators_per_unit
    is_pair = block.target == Block.Target.PAIR
    groups = [0 if is_pair else unit.first.dataset_id for unit in units]
    orders: dict[int | None, list[int]] = {}
    sides: dict[int | None, list[int]] = {}
    for unit, seat, _position, side in rows:
        orders.setdefault(seat, []).append(unit)
        sides.setdefault(seat, [0] * len(units))[unit] = side
    seed = allocation.subseed(block.seed, "order")
    new = allocation.seat_orders(groups, annotators - old, seed=seed, beside=list(orders.values()))
    side_seed = allocation.subseed(block.seed, "sides", "after", old)
    turned = allocation.more_seat_sides(list(sides.values()), annotators - old, seed=side_seed)
    places = [
        Place(unit, old + row + 1, old + row + 1, turned[row][unit] if is_pair else 0, position)
        for row, order in enumerate(new.orders)
        for position, unit in enumerate(order)
    ]
    return places, new.difference


def _overlap(block: Block, units: Sequence[Unit], rows: Sequence[Row], annotators: int) -> list[Place]:
    old = block.annotators_per_unit
    positions: dict[int, int] = {}
    sides: dict[int, list[int]] = {}
    for unit, _seat, position, side in rows:
        positions[unit] = position
        sides.setdefault(unit, []).append(side)
    filled = list(positions)  # in the order in which units are filled, for that is the order of the rows
    added = [[0] * (annotators - old) for _ in filled]
    if block.target == Block.Target.PAIR:
        seed = allocation.subseed(block.seed, "sides", "after", old)
        added = allocation.more_overlap_sides([sides[unit] for unit in filled], annotators, seed=seed)
    return [
        Place(unit, old + n + 1, None, side, positions[unit])
        for unit, new in zip(filled, added, strict=True)
        for n, side in enumerate(new)
    ]


def _seats(block: Block, places: Sequence[Place]) -> dict[int, Seat]:
    """The seats of these places; those that the study lacks are made."""
    numbers = {place.seat for place in places if place.seat is not None}
    there = set(block.study.seats.values_list("number", flat=True))
    Seat.objects.bulk_create(Seat(study=block.study, number=number) for number in sorted(numbers - there))
    return {seat.number: seat for seat in block.study.seats.filter(number__in=numbers)}
