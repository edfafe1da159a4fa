"""Every figure of a study: its blocks, and who and what left it."""

from collections.abc import Sequence
from dataclasses import replace

from annotation.models import Annotator, Block, Study
from annotation.services.departures import departures
from annotation.services.excluding import Exclusion, exclusions
from evaluation import comparison
from evaluation.amended import amendments_of, answers_by_wording
from evaluation.figures import Amended, BlockFigures, CriterionFigures, Departed, Question, StudyFigures, blinded
from evaluation.reports.criteria import criterion_figures, preference_figures
from evaluation.reports.judgments import columns_of, counts_of, excluded_of, questions_of, systems_of


def study_figures(study: Study, *, unblinded: bool) -> StudyFigures:
    """Every figure of a study as its rows stand now; without what tells the systems apart unless `unblinded`."""
    revision = study.judgment_revision
    out, amended = exclusions(study), amendments_of(study)
    rows = study.blocks.select_related("study").order_by("number")
    blocks = tuple(_block_figures(block, out, amended) for block in rows)
    figures = StudyFigures(
        study.slug,
        study.title,
        study.state,
        study.digest,
        revision,
        False,
        blocks,
        amended,
        _removed(study),
        study.annotators.filter(departure=Annotator.Departure.WITHDRAWN).count(),
    )
    return figures if unblinded else blinded(figures)


def _removed(study: Study) -> tuple[Departed, ...]:
    return tuple(
        Departed(
            one.pseudonym,
            one.at.isoformat(),
            one.reason,
            one.kept,
            one.set_aside,
            (one.after_look or one.after_closing) and one.set_aside > 0,
        )
        for one in departures(study)
    )


def _block_figures(block: Block, out: Sequence[Exclusion], amended: Sequence[Amended]) -> BlockFigures:
    systems, system_of = systems_of(block)
    columns = columns_of(block, system_of)
    for (instrument, criterion), column in columns.items():
        column.wordings = answers_by_wording(column.amendment, amended, instrument, criterion)
    questions = list(questions_of(block))
    criteria = [
        criterion_figures(one, columns[one.instrument, one.criterion], systems) for one in questions if _rated(one)
    ]
    preferences = [
        preference_figures(one, columns[one.instrument, one.criterion], systems)
        for one in questions
        if one.scale == "preference"
    ]
    return BlockFigures(
        block.number,
        block.name,
        block.target,
        block.design,
        block.annotators_per_unit,
        systems,
        counts_of(block, columns),
        excluded_of(block, out),
        _with_holm(criteria),
        tuple(preferences),
    )


def _rated(question: Question) -> bool:
    return question.scale in {"ordinal", "interval", "binary", "nominal"}


def _with_holm(criteria: Sequence[CriterionFigures]) -> tuple[CriterionFigures, ...]:
    """Holm's adjustment over the criteria of the block, separately for each two systems."""
    adjusted = [list(one.differences) for one in criteria]
    for place in range(max((len(differences) for differences in adjusted), default=0)):
        rows = [row for row, differences in enumerate(adjusted) if len(differences) > place]
        for row, p in zip(rows, comparison.holm([adjusted[row][place].test.p for row in rows]), strict=True):
            adjusted[row][place] = replace(adjusted[row][place], holm=p, family=len(rows))
    return tuple(replace(one, differences=tuple(rows)) for one, rows in zip(criteria, adjusted, strict=True))
