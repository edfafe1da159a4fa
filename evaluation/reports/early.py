"""Which units of an open block are complete, in the order in which the seed would have them complete."""

from collections.abc import Mapping, Sequence
from itertools import takewhile

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce

from annotation.models import Assignment, Block, Study
from evaluation.columns import Columns
from evaluation.early import early_figures
from evaluation.figures import Early, Question, System


def early_of(
    block: Block, questions: Sequence[Question], columns: Mapping[tuple[str, str], Columns], systems: tuple[System, ...]
) -> tuple[Early, ...]:
    """What may be said however often one looks: of open studies, and not of judgments from elsewhere."""
    if block.study.state != Study.State.OPEN or block.design == Block.Design.ELSEWHERE:
        return ()
    orders, planned = complete_in_order(block, () if block.target == Block.Target.PAIR else systems)
    return early_figures(questions, columns, systems, orders, planned)


def complete_in_order(block: Block, systems: Sequence[System]) -> tuple[list[list[int]], list[int]]:
    """For each system (of none: of all together) the units that are complete, up to the first that is not, and how
    many there are.

    The order is that of the last position that a unit has in anybody's order, which the seed decided before anybody
    judged. Whoever is quick or slow cannot change it.
    """
    rows = (
        block.slots.filter(withheld=False)
        .values_list("unit_id", Coalesce("unit__first__dataset__slug", "unit__first__dataset_name"))
        .annotate(
            last=Max("position"),
            missing=Count("pk") - Count("pk", filter=Q(assignment__state=Assignment.State.SUBMITTED)),
            number=F("unit__number"),
        )
        .order_by("last", "number")
    )
    found = [(unit, dataset, missing) for unit, dataset, _last, missing, _number in rows]
    groups = [[row for row in found if row[1] == one.slug] for one in systems] or [found]
    complete = [[unit for unit, _, _ in takewhile(lambda row: not row[2], group)] for group in groups]
    return complete, [len(group) for group in groups]
