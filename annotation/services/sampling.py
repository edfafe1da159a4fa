"""Which dialogues a study shows: the frame of each sample, and the draw."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from annotation import allocation
from annotation.protocol import BlockSpec, PairingSpec, Protocol, SampleSpec
from annotation.services.errors import StudyError
from generation.models import Dataset, Dialogue, DialogueQuerySet, Utterance

KEY_COLUMNS: Final = {"scenario": "scenario", "task": "task", "person": "person__external_id"}


@dataclass(frozen=True)
class Drawn:
    """A dialogue that was drawn, and with which probability."""

    dialogue_id: int
    dataset_id: int
    probability: float


@dataclass(frozen=True)
class DrawnUnit:
    """What is judged at once: the index of one drawn dialogue of the block, or of two."""

    first: int
    second: int | None
    probability: float


@dataclass
class DrawnBlock:
    """The dialogues and units of one block, in the order in which they were drawn."""

    number: int
    spec: BlockSpec
    seed: int
    dialogues: list[Drawn] = field(default_factory=list)
    units: list[DrawnUnit] = field(default_factory=list)


def frame(sample: SampleSpec) -> DialogueQuerySet:
    """Every dialogue that this sample may draw, before carry-over is looked at."""
    limits = sample.filter
    dialogues = Dialogue.objects.visible().filter(dataset__slug=sample.dataset)
    if limits.min_turns is not None:
        dialogues = dialogues.filter(turn_count__gte=limits.min_turns)
    if limits.max_turns is not None:
        dialogues = dialogues.filter(turn_count__lte=limits.max_turns)
    if limits.task:
        dialogues = dialogues.filter(task=limits.task)
    if limits.search:
        said = Utterance.objects.filter(dialogue=OuterRef("pk"), text__icontains=limits.search)
        dialogues = dialogues.filter(Exists(said))
    return dialogues.order_by("number")


def block_seed(protocol: Protocol, number: int) -> int:
    """The block's own seed, or one made of the study's and the block's number."""
    given = protocol.blocks[number - 1].seed
    return allocation.subseed(protocol.seed, "block", number) if given is None else given


def draw(protocol: Protocol) -> list[DrawnBlock]:
    """The dialogues and units of every block; the same protocol on the same data draws the same.

    Later blocks draw from what earlier ones left, unless they carry over. A probability takes that into account: it
    is the chance to be left, times the chance to be drawn then. Raises `StudyError` where a dataset has too few.
    """
    used: set[int] = set()
    left: dict[int, float] = {}
    blocks = []
    for number, spec in enumerate(protocol.blocks, start=1):
        block = DrawnBlock(number, spec, block_seed(protocol, number))
        frames = [_frame_of(block, place, sample, used, left) for place, sample in enumerate(spec.samples, start=1)]
        if spec.target == "pair" and spec.pairing and spec.pairing.method == "matched":
            _draw_matched(block, frames, spec.pairing)
        else:
            _draw_at_random(block, frames)
        used |= {drawn.dialogue_id for drawn in block.dialogues}
        left |= {row.dialogue_id: row.left * (1 - row.chance) for rows in frames for row in rows}
        blocks.append(block)
    return blocks


@dataclass
class _Row:
    """A dialogue that could be drawn: the chance that earlier blocks left it, and the chance to be drawn now."""

    dialogue_id: int
    dataset_id: int
    key: object
    left: float
    chance: float = 0.0

    def drawn(self) -> Drawn:
        return Drawn(self.dialogue_id, self.dataset_id, self.left * self.chance)


def _frame_of(block: DrawnBlock, place: int, sample: SampleSpec, used: set[int], left: dict[int, float]) -> list[_Row]:
    where = _("block {block}, sample {sample}").format(block=block.number, sample=place)
    if not Dataset.objects.visible().filter(slug=sample.dataset).exists():
        raise StudyError(
            _("{where}: dataset “{dataset}” does not exist, or its import is not complete. Import it first.").format(
                where=where, dataset=sample.dataset
            )
        )
    key = KEY_COLUMNS[(block.spec.pairing.key if block.spec.pairing else "") or "task"]
    rows = list(frame(sample).values_list("pk", "dataset_id", key))
    free = rows if block.spec.carry_over else [row for row in rows if row[0] not in used]
    needed = block.spec.units if block.spec.target == "pair" else sample.size
    if len(free) < needed:
        raise StudyError(
            _(
                "{where}: {needed} dialogues of “{dataset}” are needed, {available} are available ({matching} match "
                "the filter, {taken} of them are taken by earlier blocks). Draw fewer, widen the filter, or set "
                "carry_over = true."
            ).format(
                where=where,
                needed=needed,
                dataset=sample.dataset,
                available=len(free),
                matching=len(rows),
                taken=len(rows) - len(free),
            )
        )
    return [_Row(pk, dataset, key, 1.0 if block.spec.carry_over else left.get(pk, 1.0)) for pk, dataset, key in free]


def _draw_at_random(block: DrawnBlock, frames: Sequence[list[_Row]]) -> None:
    drawn: list[list[_Row]] = []
    for sample, rows in zip(block.spec.samples, frames, strict=True):
        size = block.spec.units if block.spec.target == "pair" else sample.size
        for row in rows:
            row.chance = size / len(rows)
        seed = allocation.subseed(block.seed, "sample", sample.dataset)
        drawn.append(allocation.sample(rows, size, seed=seed))
    if block.spec.target == "pair":
        size, seed = block.spec.units, allocation.subseed(block.seed, "pairs")
        for one, other in allocation.pair_up(drawn[0], drawn[1], size=size, seed=seed):
            _add_pair(block, one, other, one.drawn().probability * other.drawn().probability / size)
    else:
        block.dialogues = [row.drawn() for rows in drawn for row in rows]
        block.units = [DrawnUnit(place, None, row.probability) for place, row in enumerate(block.dialogues)]


def _draw_matched(block: DrawnBlock, frames: Sequence[list[_Row]], pairing: PairingSpec) -> None:
    """Pairs of dialogues with the same key, drawn from all pairs that the keys of the two frames allow."""
    keys = [[row.key for row in rows] for rows in frames]
    possible = allocation.matched_pairs(*keys)
    if possible < pairing.size:
        raise StudyError(
            _(
                "block {block}: {needed} pairs with the same {key} are needed, {available} can be formed. Form fewer, "
                "widen the filters, or pair at random."
            ).format(block=block.number, needed=pairing.size, key=pairing.key, available=possible)
        )
    counts = [Counter(column) for column in keys]
    for own, other, rows in ((counts[0], counts[1], frames[0]), (counts[1], counts[0], frames[1])):
        for row in rows:
            if row.key not in (None, ""):
                row.chance = min(own[row.key], other[row.key]) / own[row.key] * pairing.size / possible
    for pair in allocation.match_up(*keys, size=pairing.size, seed=allocation.subseed(block.seed, "pairs")):
        one, another = frames[0][pair.first], frames[1][pair.second]
        _add_pair(block, one, another, one.left * another.left * pair.probability)


def _add_pair(block: DrawnBlock, one: _Row, other: _Row, probability: float) -> None:
    block.dialogues += [one.drawn(), other.drawn()]
    block.units.append(DrawnUnit(len(block.dialogues) - 2, len(block.dialogues) - 1, probability))
