"""What a block asked, what it compares, and what its figures rest on."""

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from annotation.models import Assignment, Block, Judgment, Slot
from annotation.services.excluding import Exclusion
from annotation.services.material import instruments_of, spec_of
from evaluation.columns import Columns
from evaluation.figures import Counts, Excluded, Question, System
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


def counts_of(block: Block, columns: Mapping[tuple[str, str], Columns]) -> Counts:
    slots = Slot.objects.filter(block=block, withheld=False).aggregate(
        places=Count("pk"),
        counted=Count("pk", filter=Q(assignment__state=Assignment.State.SUBMITTED)),
        held=Count("assignment"),
        annotators=Count("assignment__annotator", distinct=True),
    )
    in_use = Q(unit__excluded__isnull=True)
    outside = Assignment.objects.filter(in_use, block=block, slot__isnull=True).count()
    excluded = Q(superseded=False, assignment__unit__excluded__isnull=False)
    judgments = Judgment.objects.filter(assignment__block=block).aggregate(
        replaced=Count("pk", filter=Q(superseded=True)),
        outside=Count("pk", filter=Q(superseded=False, assignment__slot__isnull=True) & ~excluded),
        excluded=Count("pk", filter=excluded),
    )
    return Counts(
        units=block.units.filter(excluded__isnull=True).count(),
        units_excluded=block.units.filter(excluded__isnull=False).count(),
        annotators=slots["annotators"],
        places=slots["places"],
        counted=slots["counted"],
        in_progress=slots["held"] - slots["counted"],
        not_counted=outside,
        judgments=sum(column.value.size for column in columns.values()),
        cannot_judge=sum(column.cannot_judge.total() for column in columns.values()),
        superseded=judgments["replaced"],
        judgments_not_counted=judgments["outside"],
        judgments_excluded=judgments["excluded"],
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
