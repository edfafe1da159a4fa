"""Every figure of a study: its blocks, and who and what left it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotation.models import Annotator, Block, Study
from annotation.services.departures import departures
from annotation.services.excluding import Exclusion, exclusions
from evaluation.amended import amendments_of, answers_by_wording
from evaluation.annotator_figures import beside_others, habits
from evaluation.criteria import asked_figures
from evaluation.figures import BlockFigures, StudyFigures, blinded
from evaluation.left_out import Amended, Departed
from evaluation.reports.columns import answers_of
from evaluation.reports.early import early_of
from evaluation.reports.judgments import counts_of, excluded_of, questions_of, systems_of
from evaluation.time_spent import time_spent


def study_figures(study: Study, *, unblinded: bool, brief: bool = False) -> StudyFigures:
    """Every figure of a study as its rows stand now; without what tells the systems apart unless `unblinded`.

    `brief` leaves out agreement and what else takes longest.
    """
    revision = study.judgment_revision
    out, amended = exclusions(study), amendments_of(study)
    names = dict(study.annotators.values_list("pk", "pseudonym"))
    rows = study.blocks.select_related("study").order_by("number")
    blocks = tuple(_block_figures(block, out, amended, names, brief=brief) for block in rows)
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


def _block_figures(
    block: Block, out: Sequence[Exclusion], amended: Sequence[Amended], names: Mapping[int, str], *, brief: bool
) -> BlockFigures:
    systems, system_of = systems_of(block)
    questions = list(questions_of(block))
    answers = answers_of(block, questions, system_of)
    columns = {
        key: replace(column, wordings=answers_by_wording(column.amendment, amended, *key))
        for key, column in answers.columns.items()
    }
    criteria, preferences = asked_figures(questions, columns, systems, brief=brief)
    answered = [] if brief else [(one, columns[one.instrument, one.criterion]) for one in questions]
    return BlockFigures(
        block.number,
        block.name,
        block.target,
        block.design,
        block.annotators_per_unit,
        systems,
        counts_of(block, answers),
        excluded_of(block, out),
        criteria,
        preferences,
        time_spent(answers.work, names, 0 if block.target == Block.Target.PAIR else len(systems)),
        early_of(block, questions, columns, systems),
        habits(answered, answers.work, names),
        beside_others(answered, names, two=len(systems) == 2),
    )
