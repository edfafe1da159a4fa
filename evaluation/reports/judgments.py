"""What a block asked, what it compares, and what its figures rest on."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from annotation.models import Assignment, Block, Judgment, Slot
from annotation.services.excluding import Exclusion
from annotation.services.material import instruments_of, spec_of
from annotation.services.sizing import sizes_of
from evaluation.figures import Question, System
from evaluation.left_out import Counts, Excluded
from evaluation.reports.columns import Answers
from generation.models import Dataset


def questions_of(block: Block) -> Iterator[Question]:
    for instrument in instruments_of(block):
        for criterion in instrument.criteria:
            values = [option.value for option in criterion.options] or [0]
            yield Question(
                instrument.slug,
                instrument.version,
                criterion.key,
                criterion.title,
                criterion.question,
                criterion.scale,
                criterion.target,
                criterion.number(min(values)),
                criterion.number(max(values)),
                {option.value: option.label for option in criterion.options},
                criterion.decimals,
            )


def systems_of(block: Block) -> tuple[tuple[System, ...], dict[str, int]]:
    """What the block compares, in the order of its protocol, and the place in that order of each dataset's slug.

    A dataset that is not here, of judgments from elsewhere, goes by its name in their file. Pairs of two samples of
    one dataset compare the samples; then no dataset has a place.
    """
    slugs = list(dict.fromkeys(sample.dataset for sample in spec_of(block).samples))
    names = dict(Dataset.objects.filter(slug__in=slugs).values_list("slug", "name"))
    systems = tuple(System(slug, names.get(slug, slug)) for slug in slugs)
    if block.target == Block.Target.PAIR and len(systems) == 1:
        one = systems[0]
        samples = (_("%(dataset)s, first sample"), _("%(dataset)s, second sample"))
        return tuple(
            System(f"{one.slug}-{number}", name % {"dataset": one.name}) for number, name in enumerate(samples, 1)
        ), {}
    return systems, {slug: place for place, slug in enumerate(slugs)}


def counts_of(block: Block, answers: Answers) -> Counts:
    sizes = sizes_of(block)
    work, columns = answers.work, answers.columns.values()
    finished = int(work.submitted.sum())
    left_out = _left_out(block, answers.judgments)
    return Counts(
        units=sizes.counted,
        units_control=sizes.controls,
        units_excluded=sizes.excluded,
        annotators=int(np.unique(work.annotator).size),
        places=Slot.objects.filter(block=block, withheld=False).count(),
        counted=finished,
        in_progress=work.unit.size - finished,
        not_counted=_without_place(block, work.unit.size),
        judgments=sum(column.value.size for column in columns),
        cannot_judge=sum(column.cannot_judge.total() for column in columns),
        superseded=left_out["replaced"],
        judgments_not_counted=left_out["outside"],
        judgments_excluded=left_out["excluded"],
    )


def _without_place(block: Block, held: int) -> int:
    """Assignments of units in use that no slot holds."""
    rows = Assignment.objects.filter(block=block)
    return 0 if rows.count() == held else rows.filter(unit__excluded__isnull=True, slot__isnull=True).count()


def _left_out(block: Block, counted: int) -> dict[str, int]:
    """Judgments that are not among those `counted`: revised later, of units that are not counted, and of those that
    are excluded."""
    rows = Judgment.objects.filter(assignment__block=block)
    if rows.count() == counted:
        return {"replaced": 0, "outside": 0, "excluded": 0}
    excluded = Q(superseded=False, assignment__unit__excluded__isnull=False)
    return rows.aggregate(
        replaced=Count("pk", filter=Q(superseded=True)),
        outside=Count("pk", filter=Q(superseded=False, assignment__slot__isnull=True) & ~excluded),
        excluded=Count("pk", filter=excluded),
    )


def excluded_of(block: Block, found: Sequence[Exclusion]) -> tuple[Excluded, ...]:
    """The units of this block that are out, with how many judgments each sets apart."""
    here = [one for one in found if one.block == block.number]
    if not here:
        return ()
    units = dict(block.units.filter(excluded__isnull=False).values_list("pk", "number"))
    apart = Judgment.objects.current().filter(assignment__unit__in=units)
    counted = apart.order_by().values_list("assignment__unit").annotate(Count("pk"))
    judgments = {units[unit]: count for unit, count in counted}
    return tuple(
        Excluded(
            one.unit,
            one.reason,
            one.who,
            one.at.isoformat(timespec="seconds"),
            one.reports,
            one.after_look,
            one.after_closing,
            judgments.get(one.unit, 0),
        )
        for one in here
    )
