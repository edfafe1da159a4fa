"""The counted answers to one criterion of a block, as columns. Pure."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Columns:
    """A row an answer. `unit` and `annotator` are any numbers that tell them apart, `system` is a place in the order of
    the block's systems, `value` is as stored (a scale with decimals is counted in its last one)."""

    unit: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    annotator: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    system: list[int] = field(default_factory=list)
    first_left: list[bool] = field(default_factory=list)
    cannot_judge: Counter[int] = field(default_factory=Counter)
    amendment: Counter[int] = field(default_factory=Counter)
    wordings: dict[int, int] = field(default_factory=dict)
