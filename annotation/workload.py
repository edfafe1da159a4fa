"""What a study will ask of people: answers, time, money. Pure.

The time is an estimate before anybody has answered: reading at `WORDS_A_MINUTE`, and so many seconds an answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from annotation.instruments import Criterion, Instrument
from annotation.protocol import BlockSpec

WORDS_A_MINUTE: Final = 200
SECONDS_AN_UTTERANCE: Final = 4.0
SECONDS_THE_WHOLE: Final = 10.0


@dataclass(frozen=True)
class Frame:
    """The dialogues that a sample may be drawn from: how many, and how long on average."""

    count: int = 0
    turns: float = 0.0
    utterances: float = 0.0
    words: float = 0.0


@dataclass(frozen=True)
class BlockWork:
    """One block: `units` × `annotators` judged units, each with so many answers and seconds on average."""

    units: int
    annotators: int
    shared: bool
    places: float
    answers: float
    seconds: float

    @property
    def judged(self) -> int:
        return self.units * self.annotators

    @property
    def all_answers(self) -> int:
        return round(self.judged * self.answers)

    @property
    def answers_a_unit(self) -> int:
        return round(self.answers)

    @property
    def minutes_a_unit(self) -> float:
        return self.seconds / 60

    @property
    def hours(self) -> float:
        return self.judged * self.seconds / 3600

    @property
    def minutes_each(self) -> float:
        """Minutes of one annotator; meaningful in a panel, where everybody judges everything."""
        return self.units * self.seconds / 60


@dataclass(frozen=True)
class Workload:
    """A whole study; its blocks in order."""

    blocks: tuple[BlockWork, ...]

    @property
    def judged(self) -> int:
        return sum(block.judged for block in self.blocks)

    @property
    def answers(self) -> int:
        return sum(block.all_answers for block in self.blocks)

    @property
    def hours(self) -> float:
        return sum(block.hours for block in self.blocks)

    @property
    def minutes_in_panels(self) -> float:
        """Minutes of somebody who sits in every panel."""
        return sum(block.minutes_each for block in self.blocks if not block.shared)

    @property
    def shared_hours(self) -> float:
        """Hours of the overlap blocks, divided among however many people come."""
        return sum(block.hours for block in self.blocks if block.shared)

    def cost(self, pay_per_hour: float) -> float:
        return self.hours * pay_per_hour


def block_work(block: BlockSpec, instruments: Iterable[Instrument], frames: Sequence[Frame]) -> BlockWork:
    """What one block asks, its samples being as long on average as the frames (in their order) they are drawn from.

    >>> quality = Criterion("fluency", "Fluency", "Is it fluent?", "utterance")
    >>> from annotation.protocol import SampleSpec
    >>> block = BlockSpec("Quality", samples=(SampleSpec("a", 10),), annotators=7)
    >>> work = block_work(block, [Instrument("q", 1, "Q", criteria=(quality,))], [Frame(99, turns=10, words=100)])
    >>> work.judged, work.answers, work.all_answers, round(work.hours, 2)
    (70, 10.0, 700, 1.36)
    """
    criteria = [criterion for instrument in instruments for criterion in instrument.criteria]
    drawn = sum(sample.size for sample in block.samples) or 1
    weights = [sample.size / drawn for sample in block.samples]
    lengths = [frame.turns if block.merge_turns else frame.utterances for frame in frames]
    turns = sum(weight * length for weight, length in zip(weights, lengths, strict=True))
    words = sum(weight * frame.words for weight, frame in zip(weights, frames, strict=True))
    of_turns = sum(_asked(criterion, turns) for criterion in criteria if criterion.target == "utterance")
    of_whole = sum(1.0 for criterion in criteria if criterion.target != "utterance")
    dialogues = 2 if block.target == "pair" else 1
    seconds = dialogues * words / WORDS_A_MINUTE * 60 + of_turns * SECONDS_AN_UTTERANCE + of_whole * SECONDS_THE_WHOLE
    return BlockWork(block.units, block.annotators, block.design == "overlap", turns, of_turns + of_whole, seconds)


def _asked(criterion: Criterion, turns: float) -> float:
    """How often a criterion is asked in a dialogue of so many turns, speakers taking turns."""
    places = turns * len(criterion.speakers) / 2
    return max(0.0, places if criterion.first else places - 0.5 * len(criterion.speakers))
