"""Units that annotators reported, and units that were taken out, as their researchers decide about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotation import allocation
from annotation.models import Assignment, Flag, Study, Unit
from annotation.services.excluding import Exclusion, exclusions

PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class FlaggedUnit:
    """One unit: what annotators say is wrong with it, how many of those words wait, and why it is out if it is."""

    unit: Unit
    flags: Sequence[Flag]
    waiting: int
    exclusion: Exclusion | None


def waiting_units(study: Study) -> int:
    """How many units wait for somebody to look at what annotators reported."""
    waiting = Flag.objects.waiting().filter(assignment__unit__block__study=study)
    count: int = waiting.aggregate(n=Count("assignment__unit", distinct=True))["n"]
    return count


def flagged_units(study: Study, *, page: str = "1") -> Page[FlaggedUnit]:
    """A page of the units that were reported or are out, those that wait for a decision first."""
    reported = Flag.objects.standing().filter(assignment__unit=OuterRef("pk"))
    units = Unit.objects.filter(Exists(reported) | Q(excluded__isnull=False), block__study=study)
    units = units.annotate(waits=Exists(reported.filter(settled__isnull=True))).select_related("block")
    found: Page[Any] = Paginator(units.order_by("-waits", "block__number", "number"), PAGE_SIZE).get_page(page)
    shown = list(found.object_list)
    flags: dict[int, list[Flag]] = {unit.pk: [] for unit in shown}
    for flag in _flags().filter(assignment__unit__in=shown):
        flags[flag.assignment.unit_id].append(flag)
    out = {(one.block, one.unit): one for one in exclusions(study)}
    found.object_list = [_line(unit, flags[unit.pk], out.get((unit.block.number, unit.number))) for unit in shown]
    return found


def flagged_unit(unit: Unit) -> FlaggedUnit:
    """One unit, reported or not."""
    out = {(one.block, one.unit): one for one in exclusions(unit.block.study)} if unit.excluded else {}
    flags = list(_flags().filter(assignment__unit=unit))
    return _line(unit, flags, out.get((unit.block.number, unit.number)))


def first_left(flagged: FlaggedUnit) -> bool:
    """Whether the unit's first dialogue stands on the left: as whoever reported it first saw it, else by chance."""
    if flagged.flags:
        return flagged.flags[0].assignment.side != Assignment.Side.SECOND_LEFT
    return allocation.looked_at_straight(flagged.unit.number, seed=flagged.unit.block.seed)


def _flags() -> QuerySet[Flag]:
    return Flag.objects.standing().select_related("assignment__annotator", "settled_by").order_by("raised", "pk")


def _line(unit: Unit, flags: Sequence[Flag], exclusion: Exclusion | None) -> FlaggedUnit:
    return FlaggedUnit(unit, flags, sum(flag.settled is None for flag in flags), exclusion)
