"""Whether exactly the units that the record says are out are out, with all of their slots."""

from collections.abc import Iterator

from django.db.models import Q

from annotation.models import Assignment, Slot, Study, Unit
from annotation.services.excluding import exclusions


def exclusion_problems(study: Study) -> Iterator[str]:
    """What of the study's exclusions does not agree, in words."""
    slots = Slot.objects.filter(block__study=study).select_related("unit__block")
    astray = Q(withheld=True, unit__excluded__isnull=True) | Q(withheld=False, unit__excluded__isnull=False)
    for slot in slots.filter(astray).iterator(500):
        yield (
            f"{_where(slot.unit)}: it is excluded, but slot {slot.n} is given out and counted."
            if slot.unit.excluded
            else f"{_where(slot.unit)}: slot {slot.n} is withheld, but the unit is not excluded."
        )
    leased = Assignment.objects.filter(unit__block__study=study, state=Assignment.State.LEASED)
    for one in leased.filter(unit__excluded__isnull=False).select_related("annotator", "unit__block"):
        yield f"{one.annotator}, {_where(one.unit)}: they hold it, but it is excluded."
    out = Unit.objects.filter(block__study=study, excluded__isnull=False)
    rows = set(out.values_list("block__number", "number"))
    told = {(one.block, one.unit) for one in exclusions(study)}
    for block, number in sorted(rows - told):
        yield f"block {block}, unit {number}: it is excluded, and the record does not say why."
    for block, number in sorted(told - rows):
        yield f"block {block}, unit {number}: the record says that it is excluded, and it is not."


def _where(unit: Unit) -> str:
    return f"block {unit.block.number}, unit {unit.number}"
