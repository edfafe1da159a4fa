"""How many units of a block count, and how many do not: counted when asked, from the rows alone."""

from typing import Final

from django.db.models import Count, Exists, OuterRef, Q

from annotation.models import Assignment, Block, Slot, Study, Unit
from annotation.sizes import Sizes

_PLACE: Final = Exists(Slot.objects.filter(unit=OuterRef("pk")))
_ANSWERS: Final = Exists(Assignment.objects.filter(unit=OuterRef("pk")))
_IN_USE: Final = Q(excluded__isnull=True)
_SIZES: Final = {
    "counted": Count("pk", filter=_IN_USE & Q(_PLACE)),
    "controls": Count("pk", filter=_IN_USE & Q(~_PLACE, _ANSWERS)),
    "unanswered": Count("pk", filter=_IN_USE & Q(~_PLACE, ~_ANSWERS)),
    "excluded": Count("excluded"),
}


def sizes_of(block: Block) -> Sizes:
    return Sizes(**block.units.aggregate(**_SIZES))


def sizes_in(study: Study) -> dict[int, Sizes]:
    """Of every block that has a unit, by its number."""
    rows = Unit.objects.filter(block__study=study).order_by().values_list("block__number").annotate(**_SIZES)
    return {number: Sizes(*counts) for number, *counts in rows}
