"""What a study asked of whom, for whoever recomputes its figures from its table."""

from annotation.models import Block, Study
from evaluation.amended import amendments_of, rewordings
from evaluation.from_table import Asked, AskedBlock
from evaluation.reports.columns import tasks_of
from evaluation.reports.judgments import questions_of, systems_of


def asked_of(study: Study) -> Asked:
    """The study's questions, systems and annotators, in the order in which its figures count them."""
    amended = amendments_of(study)

    def block_of(block: Block) -> AskedBlock:
        systems, places = systems_of(block)
        questions = tuple(questions_of(block))
        reworded = {
            (one.instrument, one.criterion): tuple(rewordings(amended, one.instrument, one.criterion))
            for one in questions
        }
        return AskedBlock(block.number, block.target, systems, places, questions, tasks_of(block), reworded)

    return Asked(
        study.slug,
        tuple(study.annotators.order_by("pk").values_list("pseudonym", flat=True)),
        tuple(block_of(block) for block in study.blocks.select_related("study").order_by("number")),
    )
