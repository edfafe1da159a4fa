"""Which dialogues a study shows: the frame of each sample, and the draw."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from annotation import allocation
from annotation.models import Exhibit, Study
from annotation.protocol import BlockSpec, PairingSpec, Protocol, SampleSpec, from_dict
from annotation.services.errors import StudyError
from generation.models import Dataset, Dialogue, DialogueQuerySet, Utterance
from generation.wording import worded

KEY_COLUMNS: Final = {
    "scenario": ("scenario",),
    "task": ("task",),
    "person": ("person__external_id",),
    "person-scenario": ("person__profile", "person__external_id", "situation", "scenario"),
}
READ_AT_ONCE: Final = 5000


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


@dataclass(frozen=True)
class Unmatched:
    """How many dialogues of a dataset could have been in a matched pair, and how many of them nothing fits."""

    dataset: str
    dialogues: int
    without: int


@dataclass
class DrawnBlock:
    """The dialogues and units of one block, in the order in which they were drawn.

    Of matched pairs also how many could be formed, and what is left over.
    """

    number: int
    spec: BlockSpec
    seed: int
    dialogues: list[Drawn] = field(default_factory=list)
    units: list[DrawnUnit] = field(default_factory=list)
    possible: int | None = None
    unmatched: list[Unmatched] = field(default_factory=list)


def frame(sample: SampleSpec, leaves_out: Sequence[str] = ()) -> DialogueQuerySet:
    """Every dialogue that this sample may draw, before carry-over is looked at; none that these studies show."""
    limits = sample.filter
    dialogues = Dialogue.objects.visible().filter(dataset__slug=sample.dataset)
    if leaves_out:
        shown = Exhibit.objects.filter(dialogue=OuterRef("pk"), block__study__slug__in=leaves_out)
        dialogues = dialogues.filter(~Exists(shown))
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

    Later blocks draw from what earlier ones left, unless they carry over; all draw from what the studies left that the
    protocol leaves out. A probability takes that into account: it is the chance to be left, times the chance to be
    drawn then. Raises `StudyError` where a dataset has too few.
    """
    spared: dict[int, float] = {}
    for study in Study.objects.filter(slug__in=protocol.leaves_out).exclude(state=Study.State.DRAFT):
        for dialogue, chance in _chances_to_be_left(study).items():
            spared[dialogue] = spared.get(dialogue, 1.0) * chance
    return _draw(protocol, _Left(protocol.leaves_out, spared))


def _chances_to_be_left(study: Study) -> dict[int, float]:
    """The chance of each dialogue that the study could have drawn not to be drawn by it.

    Where its data changed so much that it could not be drawn again, nothing is known: then probabilities are given what
    that study has drawn.
    """
    left = _Left(from_dict(study.protocol, draft=True).leaves_out)
    try:
        _draw(from_dict(study.protocol, draft=True), left)
    except StudyError:
        return {}
    return left.chances


@dataclass
class _Left:
    """What there is to draw from: the studies left out and the chances that they left a dialogue (`spared`); and, block
    by block, the dialogues used so far, and the chances that all blocks so far left one."""

    studies: Sequence[str] = ()
    spared: Mapping[int, float] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    chances: dict[int, float] = field(default_factory=dict)


def _draw(protocol: Protocol, left: _Left) -> list[DrawnBlock]:
    blocks = []
    for number, spec in enumerate(protocol.blocks, start=1):
        block = DrawnBlock(number, spec, block_seed(protocol, number))
        frames = [_frame_of(block, place, sample, left) for place, sample in enumerate(spec.samples, start=1)]
        if spec.target == "pair" and spec.pairing and spec.pairing.method == "matched":
            _draw_matched(block, frames, spec.pairing)
        else:
            _draw_at_random(block, frames)
        left.used |= {drawn.dialogue_id for drawn in block.dialogues}
        for row in (row for rows in frames for row in rows):
            left.chances[row.dialogue_id] = left.chances.get(row.dialogue_id, 1.0) * (1 - row.chance)
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


def _frame_of(block: DrawnBlock, place: int, sample: SampleSpec, left: _Left) -> list[_Row]:
    where = _("block {block}, sample {sample}").format(block=block.number, sample=place)
    if not Dataset.objects.visible().filter(slug=sample.dataset).exists():
        raise StudyError(
            _("{where}: dataset “{dataset}” does not exist, or its import is not complete. Import it first.").format(
                where=where, dataset=sample.dataset
            )
        )
    columns = KEY_COLUMNS[(block.spec.pairing.key if block.spec.pairing else "") or "task"]
    found = frame(sample, left.studies).values_list("pk", "dataset_id", *columns)
    rows = [(pk, dataset, _key(said)) for pk, dataset, *said in found.iterator(chunk_size=READ_AT_ONCE)]
    free = rows if block.spec.carry_over else [row for row in rows if row[0] not in left.used]
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
            + (_(" What {studies} shows is left out.").format(studies=", ".join(left.studies)) if left.studies else "")
        )
    earlier = {} if block.spec.carry_over else left.chances
    return [_Row(pk, dataset, key, left.spared.get(pk, 1.0) * earlier.get(pk, 1.0)) for pk, dataset, key in free]


def _key(said: Sequence[str | None]) -> str | None:
    """What two dialogues have to share: a name; or who the user is and what about, in words where they are there.

    The same words are the same profile and situation wherever they come from; the same name may be somebody else's.
    """
    if len(said) == 1:
        return said[0]
    profile, person, situation, scenario = said
    whole = profile or person, situation or scenario
    return hashlib.sha256("\0".join(map(str, whole)).encode()).hexdigest() if all(whole) else None


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
        units = [DrawnUnit(place, None, row.probability) for place, row in enumerate(block.dialogues)]
        # In the order in which they are numbered: a number that is read while the study is open names no dataset.
        block.units = allocation.shuffled(units, seed=allocation.subseed(block.seed, "numbers"))


def _draw_matched(block: DrawnBlock, frames: Sequence[list[_Row]], pairing: PairingSpec) -> None:
    """Pairs of dialogues with the same key, drawn from all pairs that the keys of the two frames allow."""
    keys = [[row.key for row in rows] for rows in frames]
    possible = allocation.matched_pairs(*keys)
    if possible < pairing.size:
        raise StudyError(
            _(
                "block {block}: {needed} pairs with the same {key} are needed, {available} can be formed. Form fewer, "
                "widen the filters, or pair at random."
            ).format(block=block.number, needed=pairing.size, key=key_in_words(pairing.key), available=possible)
        )
    counts = [Counter(column) for column in keys]
    block.possible = possible
    block.unmatched = [
        Unmatched(sample.dataset, len(rows), len(rows) - possible)
        for sample, rows in zip(block.spec.samples, frames, strict=True)
    ]
    for own, other, rows in ((counts[0], counts[1], frames[0]), (counts[1], counts[0], frames[1])):
        for row in rows:
            if row.key not in (None, ""):
                row.chance = min(own[row.key], other[row.key]) / own[row.key] * pairing.size / possible
    for pair in allocation.match_up(*keys, size=pairing.size, seed=allocation.subseed(block.seed, "pairs")):
        one, another = frames[0][pair.first], frames[1][pair.second]
        _add_pair(block, one, another, one.left * another.left * pair.probability)


def key_in_words(key: str) -> str:
    """What matched pairs share, as it is read."""
    words = {
        "scenario": _("scenario"),
        "person": _("person"),
        "task": _("task"),
        "person-scenario": _("profile and scenario"),
    }
    return words[key]


def _add_pair(block: DrawnBlock, one: _Row, other: _Row, probability: float) -> None:
    block.dialogues += [one.drawn(), other.drawn()]
    block.units.append(DrawnUnit(len(block.dialogues) - 2, len(block.dialogues) - 1, probability))


def overlap_notes(study: Study) -> Iterator[str]:
    """Dialogues that the study shows although it leaves out a study that shows them: one that opened later, say."""
    for slug in study.protocol.get("leaves_out", ()):
        other = Exhibit.objects.filter(block__study__slug=slug, dialogue__isnull=False)
        if count := Exhibit.objects.filter(block__study=study, dialogue__in=other.values("dialogue")).count():
            yield worded(
                "%(count)d dialogues are also shown in “%(slug)s”, which was not open yet when they were drawn.",
                count=count,
                slug=slug,
            )
