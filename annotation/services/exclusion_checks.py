"""Whether exactly the units that the record says are out are out, with all of their slots."""

from collections.abc import Iterator

from django.db.models import Q

from annotation.models import Assignment, Slot, Study, Unit
from annotation.services.excluding import exclusions
from generation.wording import worded


def exclusion_problems(study: Study) -> Iterator[str]:
    """What of the study's exclusions does not agree, in words."""
    slots = Slot.objects.filter(block__study=study).select_related("unit__block")
    astray = Q(withheld=True, unit__excluded__isnull=True) | Q(withheld=False, unit__excluded__isnull=False)
    for slot in slots.filter(astray).iterator(500):
        yield (
            worded(
                "%(unit)s: it is excluded, but slot %(n)s is given out and counted.", unit=_where(slot.unit), n=slot.n
            )
            if slot.unit.excluded
            else worded(
                "%(unit)s: slot %(n)s is withheld, but the unit is not excluded.", unit=_where(slot.unit), n=slot.n
            )
        )
    leased = Assignment.objects.filter(unit__block__study=study, state=Assignment.State.LEASED)
    for one in leased.filter(unit__excluded__isnull=False).select_related("annotator", "unit__block"):
        yield worded(
            "%(annotator)s, %(unit)s: they hold it, but it is excluded.", annotator=one.annotator, unit=_where(one.unit)
        )
    out = Unit.objects.filter(block__study=study, excluded__isnull=False)
    rows = set(out.values_list("block__number", "number"))
    told = {(one.block, one.unit) for one in exclusions(study)}
    for block, number in sorted(rows - told):
        yield worded(
            "block %(block)s, unit %(number)s: it is excluded, and the record does not say why.",
            block=block,
            number=number,
        )
    for block, number in sorted(told - rows):
        yield worded(
            "block %(block)s, unit %(number)s: the record says that it is excluded, and it is not.",
            block=block,
            number=number,
        )


def _where(unit: Unit) -> str:
    return worded("block %(block)s, unit %(unit)s", block=unit.block.number, unit=unit.number)
