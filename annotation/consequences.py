"""What follows from a draft: what each sample can be drawn from, what it asks of people, what it still lacks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotation.protocol import BlockSpec, Protocol, SampleSpec
from annotation.workload import BlockWork, Frame, Workload, block_work


@dataclass(frozen=True)
class SampleConsequence:
    """One sample; `short` says that more are wanted than there are."""

    key: str
    sample: SampleSpec
    frame: Frame
    tasks: Sequence[str]

    @property
    def short(self) -> bool:
        return self.sample.size > self.frame.count


@dataclass(frozen=True)
class BlockConsequence:
    index: int
    block: BlockSpec
    work: BlockWork
    samples: Sequence[SampleConsequence]
    measured: bool = False


@dataclass(frozen=True)
class Consequences:
    """A whole draft; `cost` is None where no pay is given."""

    blocks: Sequence[BlockConsequence]
    workload: Workload
    seats: int
    cost: float | None

    @property
    def measured(self) -> bool:
        """Whether any of the times was taken in a pilot."""
        return any(block.measured for block in self.blocks)


def consequences(
    protocol: Protocol,
    frames: Mapping[SampleSpec, Frame],
    *,
    tasks: Mapping[str, Sequence[str]] | None = None,
    pay_per_hour: float | None = None,
    measured: Mapping[int, float] | None = None,
) -> Consequences:
    """What follows from this draft, given what its samples can be drawn from.

    `measured` are the seconds a unit of a block took people in a pilot; they stand instead of the estimate.
    """
    blocks = []
    for index, block in enumerate(protocol.blocks):
        found = [frames[sample] for sample in block.samples]
        samples = [
            SampleConsequence(f"b{index}s{number}", sample, frame, (tasks or {}).get(sample.dataset, ()))
            for number, (sample, frame) in enumerate(zip(block.samples, found, strict=True))
        ]
        work = block_work(block, protocol.instruments_of(block), found)
        seconds = (measured or {}).get(index)
        if seconds is not None:
            work = replace(work, seconds=seconds)
        blocks.append(BlockConsequence(index, block, work, samples, seconds is not None))
    workload = Workload(tuple(block.work for block in blocks))
    cost = None if pay_per_hour is None else workload.cost(pay_per_hour)
    return Consequences(blocks, workload, protocol.seats, cost)
