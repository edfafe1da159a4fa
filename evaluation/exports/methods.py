"""The methods paragraph of a report: what a paper says of the study, with the target of its intervals named."""

from collections.abc import Iterator

from annotation.instruments import Instrument
from annotation.protocol import BlockSpec
from evaluation.exports.document import Bullets, Heading, Paragraph, Part
from evaluation.exports.facts import StudyFacts
from evaluation.figures import BlockFigures, StudyFigures
from evaluation.sentences import interval_of, p_value, value_of

TARGETS = (
    "Intervals are 95 % intervals and name for whom they speak. “Any panel”: other {things} and other annotators like "
    "these; it is the headline. “This panel”: other {things}, these annotators. Both respect that the judgments of one "
    "unit, and those of one annotator, belong together; intervals that take every judgment as independent hold the "
    "truth as seldom as 47 % of the time in designs like these."
)


def methods(figures: StudyFigures, facts: StudyFacts) -> Iterator[Part]:
    """A paragraph a block, the targets, the line as published, the protocol and its digest."""
    protocol = facts.protocol
    for block in figures.blocks:
        spec = protocol.blocks[block.number - 1]
        yield Paragraph(_block(block, spec, protocol.instruments_of(spec)))
    things = {"pairs" if block.target == "pair" else "dialogues" for block in figures.blocks}
    yield Paragraph(TARGETS.format(things=" or ".join(sorted(things))))
    yield Paragraph(_computed(figures))
    published = tuple(_published(figures))
    if published:
        yield Heading(3, "As published, votes taken as independent")
        yield Paragraph("For comparison with papers that print such numbers; not to be relied on.")
        yield Bullets(published)
    yield Heading(3, "Protocol")
    dates = f"Opened {facts.opened}" + (f", closed {facts.closed}" if facts.closed else ", still open")
    yield Paragraph(
        f"{dates}. The protocol was fixed when the study opened; its SHA-256 is {figures.digest}. It is in "
        "data/protocol.toml with everything that annotators read; from it the same study can be made again."
    )


def _block(block: BlockFigures, spec: BlockSpec, asked: list[Instrument]) -> str:
    names = {system.slug: system.name for system in block.systems}
    samples = ", ".join(f"{one.size} dialogues of {names.get(one.dataset, one.dataset)}" for one in spec.samples)
    sentences = [f"{block.name}: {samples} were drawn at random without replacement"]
    if spec.pairing is not None:
        how = f"matched by {spec.pairing.key}" if spec.pairing.key else "at random"
        sentences[0] += f" and formed {spec.pairing.size} pairs {how}"
    sentences[0] += f"; they were judged by {_people(spec)}."
    criteria = ", ".join(criterion.title for one in asked for criterion in one.criteria)
    instruments = ", ".join(f"{one.title} (version {one.version}, digest {one.digest[:12]})" for one in asked)
    sentences.append(f"Asked was {criteria}, by {instruments}.")
    if spec.design != "elsewhere":
        sentences.append(
            "The names of datasets were hidden, speakers were called alike, and the order was drawn for each annotator."
        )
        if block.target == "pair":
            ties = "Ties were allowed." if spec.ties else "Ties were not allowed."
            sentences.append(f"Which dialogue stood left was balanced within pairs and annotators. {ties}")
        elif spec.reveal == "progressive":
            sentences.append("Later utterances were hidden until the earlier ones were judged.")
    return " ".join(sentences)


def _people(spec: BlockSpec) -> str:
    if spec.design == "panel":
        return f"a panel of {spec.annotators}, who each judged everything"
    if spec.design == "overlap":
        return f"{spec.annotators} annotators a unit, who shared the work"
    return f"up to {spec.annotators} annotators a unit, elsewhere"


def _computed(figures: StudyFigures) -> str:
    """Which method gave which kind of number, as a paper would say it."""
    told = []
    if any(one.contest for block in figures.blocks for one in block.preferences):
        told.append(
            "Win rates, ties counting half, have Wilson intervals at the effective number of votes that a crossed "
            "analysis of variance by pair and annotator leaves (where not everybody judged everything, a two-way "
            "sandwich), with Satterthwaite's degrees of freedom; their p-values are of the t test of one half with the "
            "same variance."
        )
    if any(one.means for block in figures.blocks for one in block.criteria):
        told.append(
            "Means take every dialogue alike and have intervals of the same kind on the rescaled scale; differences of "
            "means have MOVER intervals of these, and p-values of the two-way t test, Holm's over the criteria of "
            "a block."
        )
    if any(one.agreement for block in figures.blocks for one in block.asked):
        told.append(
            "Coefficients of agreement have intervals by a jackknife over dialogues (or pairs) and annotators on "
            "log(1 − coefficient), for this panel over dialogues alone."
        )
    told.append(
        "“Cannot judge” is left out and counted. docs/statistics.md of the product has formulas and simulated coverage."
    )
    return " ".join(told)


def _published(figures: StudyFigures) -> Iterator[str]:
    for block in figures.blocks:
        for one in block.preferences:
            if one.contest and one.contest.published.value is not None:
                contest = one.contest
                published, test = contest.preferred_published, contest.published_test
                p = f", exact binomial p = {p_value(test.p)}".replace("= <", "<") if test.p is not None else ""
                yield (
                    f"{one.question.title}: {contest.preferred.name} {value_of(published, percent=True)} of "
                    f"{published.n.get('judgments', 0):g} votes (Wilson {interval_of(published, percent=True)}{p})"
                )
        for rated in block.criteria:
            plain = [f"{mean.system.name} {mean.plain:.2f}" for mean in rated.means if mean.plain is not None]
            if plain:
                yield f"{rated.question.title}: mean of all ratings taken alike {', '.join(plain)}"
