"""From a study's protocol, and from its pilot's rows, to what its blocks may expect."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from annotation.consequences import BlockConsequence, consequences
from annotation.instruments import Criterion
from annotation.models import Block, Study
from annotation.protocol import Protocol
from annotation.services.frames import figures_of
from annotation.services.pilots import measured_seconds
from evaluation.columns import Columns
from evaluation.components import Pilot, pilot_of_one, pilot_of_two
from evaluation.criteria import votes_of
from evaluation.crossed import Cells
from evaluation.figures import MOST_COMPARED
from evaluation.planning import Design, Effort
from evaluation.plans import PILOT, Asked, BlockPlan, plan_block, widest
from evaluation.reports.columns import answers_of
from evaluation.reports.judgments import questions_of, systems_of

MEASURED: Final = frozenset({"ordinal", "interval", "binary"})
SEVERAL: Final = 2


def study_plans(
    study: Study,
    protocol: Protocol,
    *,
    basis: str,
    people: int,
    wanted: float | None = None,
    pay_per_hour: float | None = None,
    to_begin: float = 0.0,
) -> list[BlockPlan]:
    """The plan of each block that asks for a preference or for ratings: of its question that needs most.

    `people` is how many are expected to come where a block is shared among whoever does.
    """
    effort = Effort(to_begin=to_begin, pay_per_hour=pay_per_hour)
    pilot = latest_pilot(study) if basis == PILOT else None
    pilots = pilots_of(pilot) if pilot else {}
    found_in = str(pilot) if pilot else ""
    follows = consequences(protocol, figures_of(protocol), measured=measured_seconds(study))
    found = []
    for block in follows.blocks:
        asked = list(_questions(protocol, block, people))
        if asked:
            tried = {one.key: pilots[one.number, one.key] for one in asked if (one.number, one.key) in pilots}
            most = widest(asked, tried, basis=basis)
            from_pilot = tried.get(most.key)
            plan = plan_block(most, effort, basis=basis, pilot=from_pilot, found_in=found_in, wanted=wanted)
            found.append(plan)
    return found


def latest_pilot(study: Study) -> Study | None:
    """Whose judgments say what a study may expect: of a draft its pilot that was opened last, else its own."""
    if study.state != Study.State.DRAFT:
        return study
    return study.pilots.exclude(state=Study.State.DRAFT).order_by("-opened").first()


def pilots_of(pilot: Study) -> dict[tuple[int, str], Pilot]:
    """The variances that a study found, by block and criterion. They tell no system from another."""
    found: dict[tuple[int, str], Pilot] = {}
    for block in pilot.blocks.order_by("number"):
        systems, places = systems_of(block)
        questions = list(questions_of(block))
        answers = answers_of(block, questions, places)
        for question in questions:
            columns = answers.columns[question.instrument, question.criterion]
            variances = _variances(block, columns, len(systems), question.scale, question.decimals)
            if variances is not None:
                found[block.number, question.criterion] = variances
    return found


def _variances(block: Block, columns: Columns, systems: int, scale: str, decimals: int) -> Pilot | None:
    if block.target == Block.Target.PAIR:
        if scale != "preference" or systems != SEVERAL:
            return None
        return pilot_of_one(Cells.collect(columns.unit, columns.annotator, votes_of(columns, two=True)[0]))
    if scale not in MEASURED or not 1 <= systems <= MOST_COMPARED:
        return None
    value = columns.value / 10**decimals
    cells = [
        Cells.collect(columns.unit[rows], columns.annotator[rows], value[rows])
        for rows in (columns.system == place for place in range(systems))
    ]
    if systems == 1:
        return pilot_of_one(cells[0])
    pairs = [pilot_of_two(first, second) for first, second in combinations(cells, 2)]
    return max((one for one in pairs if one), key=lambda one: one.upper.annotator, default=None)


def _questions(protocol: Protocol, block: BlockConsequence, people: int) -> Iterator[Asked]:
    spec, work = block.block, block.work
    pair = spec.target == "pair"
    sizes = [sample.size for sample in spec.samples if sample.size]
    units = work.units if pair else min(sizes, default=0)
    if units < SEVERAL or work.annotators < SEVERAL:
        return
    shared = spec.design == "overlap"
    annotators = max(people, work.annotators) if shared else work.annotators
    systems = 1 if pair or len(sizes) == 1 else 2
    design = Design(units, annotators, work.annotators if shared else None, systems)
    for criterion in _criteria(protocol, block):
        if pair != (criterion.scale == "preference"):
            continue
        values = [criterion.number(option.value) for option in criterion.options] or [0, 1]
        yield Asked(
            block.index + 1,
            criterion.key,
            spec.name,
            spec.target,
            criterion.title,
            design,
            work.seconds / 60,
            0.0 if pair else float(min(values)),
            1.0 if pair else float(max(values)),
            work.places * len(criterion.speakers) / 2 if criterion.target == "utterance" else 1.0,
        )


def _criteria(protocol: Protocol, block: BlockConsequence) -> Sequence[Criterion]:
    asked = [criterion for one in protocol.instruments_of(block.block) for criterion in one.criteria]
    return [one for one in asked if one.scale in MEASURED | {"preference"}]
