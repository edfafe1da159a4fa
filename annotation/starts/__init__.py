"""Where a new study can start from: protocols with the datasets left open, one `.toml` file each. Pure."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from annotation.protocol import BlockSpec, Protocol, from_dict


@cache
def start(name: str) -> Protocol:
    """The starting point in `<name>.toml`; it still lacks its datasets. What it does not say stands in `blank.toml`.

    >>> [block.name for block in start("llm_redial").blocks]
    ['Utterance quality', 'Overall preference']
    """
    return from_dict({**_table("blank"), **_table(name)}, draft=True)


@cache
def instrument_example(target: str) -> str:
    """The TOML of a small instrument for blocks that show this target."""
    return _text(f"instrument_{target}")


def _table(name: str) -> dict[str, object]:
    return tomllib.loads(_text(name))


def _text(name: str) -> str:
    return files("annotation.starts").joinpath(f"{name}.toml").read_text(encoding="utf-8")


def with_datasets(protocol: Protocol, datasets: Sequence[str], *, matched_by: str = "") -> Protocol:
    """The same protocol, its samples drawn from these datasets in order, in every block; pairs share `matched_by`.

    >>> study = with_datasets(start("llm_redial"), ["old", "new"])
    >>> [sample.dataset for sample in study.blocks[1].samples]
    ['old', 'new']
    """
    return replace(protocol, blocks=tuple(_drawn_from(block, datasets, matched_by) for block in protocol.blocks))


def _drawn_from(block: BlockSpec, datasets: Sequence[str], matched_by: str) -> BlockSpec:
    samples = tuple(replace(sample, dataset=dataset) for sample, dataset in zip(block.samples, datasets, strict=False))
    pairing = block.pairing
    if pairing is not None and matched_by:
        pairing = replace(pairing, method="matched", key=matched_by)
    return replace(block, samples=samples + block.samples[len(samples) :], pairing=pairing)
