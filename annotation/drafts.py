"""Changes of a draft's list of blocks: protocol in, protocol out. Pure."""

from dataclasses import replace

from annotation.protocol import BlockSpec, PairingSpec, Protocol, SampleSpec

DRAWN_AT_FIRST = 10


def structure(protocol: Protocol) -> list[tuple[str, int]]:
    """What the builder's forms are laid out by: each block's target and number of samples."""
    return [(block.target, len(block.samples)) for block in protocol.blocks]


def with_new_block(protocol: Protocol, target: str, name: str) -> Protocol:
    """A block at the end, like the last of its kind as far as datasets and annotators go."""
    alike = next((block for block in reversed(protocol.blocks) if block.samples), None)
    datasets = [sample.dataset for sample in alike.samples][:2] if alike else []
    datasets += [""] * (2 - len(datasets))
    block = BlockSpec(
        name=name,
        target=target,
        samples=tuple(SampleSpec(dataset, DRAWN_AT_FIRST) for dataset in datasets),
        design=alike.design if alike else "panel",
        annotators=alike.annotators if alike else 3,
        pairing=PairingSpec(size=DRAWN_AT_FIRST) if target == "pair" else None,
        reveal="whole" if target == "pair" else "progressive",
    )
    return replace(protocol, blocks=(*protocol.blocks, block))


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
