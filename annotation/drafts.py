"""Changes of a draft's list of blocks: protocol in, protocol out. Pure."""

from dataclasses import replace

from annotation.instruments import shipped
from annotation.protocol import BlockSpec, PairingSpec, Protocol, SampleSpec

DRAWN_AT_FIRST = 10


def structure(protocol: Protocol) -> list[tuple[str, int]]:
    """What the builder's forms are laid out by: each block's target and number of samples."""
    return [(block.target, len(block.samples)) for block in protocol.blocks]


def with_new_block(protocol: Protocol, target: str, name: str) -> Protocol:
    """A block at the end, like the last of its kind as far as datasets and annotators go.

    Where only one shipped instrument suits what it shows, it asks that one.
    """
    alike = next((block for block in reversed(protocol.blocks) if block.samples), None)
    datasets = [sample.dataset for sample in alike.samples][:2] if alike else []
    datasets += [""] * (2 - len(datasets))
    suited = [instrument for instrument in shipped().values() if instrument.suits(target)]
    asked = suited if len(suited) == 1 else []
    block = BlockSpec(
        name=name,
        target=target,
        instruments=tuple(instrument.slug for instrument in asked),
        samples=tuple(SampleSpec(dataset, DRAWN_AT_FIRST) for dataset in datasets),
        design=alike.design if alike else "panel",
        annotators=alike.annotators if alike else 3,
        pairing=PairingSpec(size=DRAWN_AT_FIRST) if target == "pair" else None,
        reveal="whole" if target == "pair" else "progressive",
    )
    new = tuple(instrument for instrument in asked if protocol.instrument(instrument.slug) is None)
    return replace(protocol, blocks=(*protocol.blocks, block), instruments=(*protocol.instruments, *new))


def with_block_moved(protocol: Protocol, index: int, by: int) -> Protocol:
    """The block at `index` changes places with the one `by` further on; past either end nothing happens."""
    blocks = list(protocol.blocks)
    other = index + by
    if not (0 <= index < len(blocks) and 0 <= other < len(blocks)):
        return protocol
    blocks[index], blocks[other] = blocks[other], blocks[index]
    return replace(protocol, blocks=tuple(blocks))


def with_new_sample(protocol: Protocol, index: int) -> Protocol:
    """One more dataset to draw from in the block at `index`; where there is no such block nothing happens."""
    if not 0 <= index < len(protocol.blocks):
        return protocol
    blocks = list(protocol.blocks)
    blocks[index] = replace(blocks[index], samples=(*blocks[index].samples, SampleSpec("", DRAWN_AT_FIRST)))
    return replace(protocol, blocks=tuple(blocks))


def as_pilot(protocol: Protocol, *, title: str, size: int, seed: int) -> Protocol:
    """The same study on at most `size` dialogues a sample and `size` pairs a block, drawn from a seed of its own."""
    blocks = tuple(
        replace(
            block,
            samples=tuple(replace(sample, size=min(size, sample.size)) for sample in block.samples),
            pairing=block.pairing and replace(block.pairing, size=min(size, block.pairing.size)),
            seed=None,
        )
        for block in protocol.blocks
    )
    return replace(protocol, title=title, seed=seed, blocks=blocks, deadline="")
