"""The labels that units were given, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluation.estimates import Estimate
from evaluation.figures import Question
from evaluation.one_label import BlockLabels, LabelCounts
from evaluation.sentences import number, value_of

TIE = 0.5


@dataclass(frozen=True)
class LabelLine:
    """A label with the units that have it by majority and by the model, and their shares."""

    name: str
    majority: str
    majority_share: str
    model: str
    model_share: str


@dataclass(frozen=True)
class LabelTable:
    title: str
    text: str
    said: tuple[str, ...]
    notes: tuple[str, ...]
    lines: tuple[LabelLine, ...]


def label_of(question: Question, systems: Sequence[str], value: float) -> str:
    """What the instrument calls a value; of a preference the system, or which dialogue of the pair, that won."""
    if question.scale != "preference":
        return question.labels.get(round(value * 10**question.decimals), f"{value:g}")
    if value == TIE:
        return _("tie")
    if len(systems) == 2:
        return systems[0] if value > TIE else systems[1]
    return _("first dialogue") if value > TIE else _("second dialogue")


def label_tables(blocks: Sequence[BlockLabels]) -> list[tuple[str, tuple[LabelTable, ...]]]:
    """The name of each block that has labels, and its questions; pairs first."""
    ordered = sorted(blocks, key=lambda block: block.target != "pair")
    return [(block.name, tuple(_table(block, one) for one in block.questions)) for block in ordered if block.questions]


def _table(block: BlockLabels, one: LabelCounts) -> LabelTable:
    systems = [system.name for system in block.systems]
    decided = sum(one.majority.values())
    lines = tuple(
        LabelLine(
            label_of(one.question, systems, score),
            number(one.majority[score], 0),
            _share(one.majority[score], decided),
            number(one.model[score], 0),
            _share(one.model[score], one.units),
        )
        for score in one.majority
    )
    notes = tuple(_(note) for note in one.notes)
    return LabelTable(one.question.title, one.question.text, tuple(_said(block, one)), notes, lines)


def _said(block: BlockLabels, one: LabelCounts) -> Iterator[str]:
    counts = ("units", "tied", "single", "unanimous", "otherwise", "unsure")
    told = {name: number(getattr(one, name), 0) for name in counts}
    things = {"pair": _("pairs"), "utterance": _("utterances")}.get(one.question.target, _("dialogues"))
    yield _("%(units)s %(things)s; %(unanimous)s unanimous among two or more annotators.") % {**told, "things": things}
    if one.tied:
        yield _("%(tied)s tied: the majority leaves them without a label.") % told
    else:
        yield _("None is tied.")
    if one.single:
        yield _("%(single)s have one answer alone, which then is the majority.") % told
    yield (
        _("The model gives %(otherwise)s another label than their majority, and is less than 90 %% sure of %(unsure)s.")
        % told
    )


def _share(count: int, total: int) -> str:
    return value_of(Estimate(count / total), percent=True) if total else "–"
