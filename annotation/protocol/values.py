"""The protocol as one value, its digest, and what a draft still lacks."""

import re
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, NamedTuple

from annotation import instruments as instrument_files
from annotation.instruments import Instrument
from annotation.toml_reader import quoted
from generation.wording import worded

TARGETS: Final = ("dialogue", "pair")
DESIGNS: Final = ("panel", "overlap", "elsewhere")
ELSEWHERE: Final = "elsewhere"
REVEALS: Final = ("progressive", "whole")
PAIRINGS: Final = ("random", "matched")
PAIRING_KEYS: Final = ("scenario", "person", "task", "person-scenario")
MOST_SLOTS: Final = 1_000_000
ABSENT_IF_EMPTY: Final = ("deadline", "leaves_out")
"""Keys that came later: where they say nothing they are not written, so that earlier digests hold."""


class ProtocolError(ValueError):
    """Every problem of a protocol, each in words with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class FilterSpec:
    """Which dialogues of a dataset may be drawn. Turns are counted with neighbouring messages of one speaker merged."""

    min_turns: int | None = None
    max_turns: int | None = None
    task: str = ""
    search: str = ""


@dataclass(frozen=True)
class SampleSpec:
    """How many dialogues of which dataset, drawn at random without replacement."""

    dataset: str
    size: int
    filter: FilterSpec = FilterSpec()


@dataclass(frozen=True)
class PairingSpec:
    """How the dialogues of the two samples become pairs."""

    method: str = "random"
    key: str = ""
    size: int = 0


@dataclass(frozen=True)
class BlockSpec:
    """One part of a study: what is shown, what is asked of it, and how many judge it."""

    name: str
    target: str = "dialogue"
    instruments: tuple[str, ...] = ()
    design: str = "panel"
    annotators: int = 3
    samples: tuple[SampleSpec, ...] = ()
    pairing: PairingSpec | None = None
    merge_turns: bool = True
    reveal: str = "progressive"
    carry_over: bool = False
    ties: bool = False
    seed: int | None = None

    @property
    def units(self) -> int:
        """How many units the block will have."""
        if self.target == "pair":
            return self.pairing.size if self.pairing else 0
        return sum(sample.size for sample in self.samples)


@dataclass(frozen=True)
class OriginSpec:
    """Where the judgments of a study come from that were given elsewhere: which file, and how many it brought."""

    file: str
    sha256: str
    imported: str
    judgments: int


@dataclass(frozen=True)
class Protocol:
    """A whole study as decided beforehand. `instruments` holds the full text of every instrument the blocks name.

    `leaves_out` names studies whose dialogues this one does not draw: its pilots, say.
    """

    title: str = ""
    slug: str = ""
    language: str = "en"
    seed: int = 1
    lease_minutes: int = 120
    guidelines: str = ""
    consent: str = ""
    blocks: tuple[BlockSpec, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    completion_code: str = ""
    deadline: str = ""
    leaves_out: tuple[str, ...] = ()
    origin: OriginSpec | None = None

    def instrument(self, slug: str) -> Instrument | None:
        return next((instrument for instrument in self.instruments if instrument.slug == slug), None)

    def instruments_of(self, block: BlockSpec) -> list[Instrument]:
        found = (self.instrument(slug) for slug in block.instruments)
        return [instrument for instrument in found if instrument is not None]

    def context_of(self, block: BlockSpec) -> tuple[str, ...]:
        """What the block shows beside its dialogues: whatever any of its instruments asks for."""
        return instrument_files.context_of(self.instruments_of(block))

    @property
    def seats(self) -> int:
        """How many seats the study has: the most that any of its panels needs."""
        return max((block.annotators for block in self.blocks if block.design == "panel"), default=0)

    @property
    def ends(self) -> datetime | None:
        """The moment after which nobody can answer, if there is one."""
        return moment(self.deadline) if self.deadline else None


def moment(text: str) -> datetime:
    """What a deadline means: a moment with its zone, or the end of a day (UTC). Raises `ValueError` for another text.

    >>> moment("2026-12-01").isoformat()
    '2026-12-02T00:00:00+00:00'
    """
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without its zone")
    return found


def digest(protocol: Protocol) -> str:
    """SHA-256 of the protocol as canonical JSON, the instruments' text included."""
    return instrument_files.canonical_digest(to_dict(protocol))


def to_dict(protocol: Protocol) -> dict[str, Any]:
    """The protocol as JSON-able values; `from_dict` takes it back."""
    data = asdict(replace(protocol, instruments=()))
    data["instrument"] = [instrument_files.to_dict(instrument) for instrument in protocol.instruments]
    data["block"] = list(data.pop("blocks"))
    del data["instruments"]
    data["leaves_out"] = list(data["leaves_out"])
    for key in ABSENT_IF_EMPTY:
        if not data[key]:
            del data[key]
    for block in data["block"]:
        block["instruments"] = list(block["instruments"])
        block["sample"] = list(block.pop("samples"))
    if data["origin"] is None:
        del data["origin"]
    return data


class Lack(NamedTuple):
    """What a draft needs, in words with its place; and where it is given: its title, what it compares or what it asks.

    `block` is that block's number, or 0 for the study as a whole.
    """

    text: str
    step: Literal["", "title", "compare", "ask"] = ""
    block: int = 0


def missing(protocol: Protocol) -> list[str]:
    """What a draft still needs before it can be opened, each in words with its place."""
    return [one.text for one in lacking(protocol)]


def lacking(protocol: Protocol) -> list[Lack]:
    """The same with the part of the study that would have it."""
    problems = [] if protocol.title else [Lack(worded("`title` is missing; give the study a name."), "title")]
    if protocol.origin is not None or any(block.design == ELSEWHERE for block in protocol.blocks):
        text = worded("Its judgments were given elsewhere, so there is nothing to open. Begin a new study instead.")
        problems.append(Lack(text))
    for criterion in (one for instrument in protocol.instruments for one in instrument.criteria):
        if criterion.scale == "interval" or criterion.decimals:
            text = worded(
                "%(title)s has a scale that only judgments from elsewhere may have; take another.",
                title=quoted(criterion.title),
            )
            problems.append(Lack(text, "ask"))
    if not protocol.blocks:
        problems.append(Lack(worded("The study has no block yet; add at least one [[block]]."), "compare"))
    for number, block in enumerate(protocol.blocks, start=1):
        place = worded("block %(number)s", number=number)
        if not block.instruments:
            problems.append(
                Lack(worded("%(place)s: it asks nothing; name at least one instrument.", place=place), "ask", number)
            )
        if not block.samples:
            problems.append(
                Lack(
                    worded("%(place)s: it shows nothing; add at least one [[block.sample]].", place=place),
                    "compare",
                    number,
                )
            )
        if block.target == "pair":
            problems += [
                Lack(worded("%(place)s: %(problem)s", place=place, problem=problem), "compare", number)
                for problem in _pair_problems(block)
            ]
        if block.units * block.annotators > MOST_SLOTS:
            text = worded(
                "%(place)s: %(units)s units × %(annotators)s annotators are more than the "
                "%(most)s judgments of a unit that one block may ask for; draw a smaller "
                "sample.",
                place=place,
                units=f"{block.units:,}",
                annotators=block.annotators,
                most=f"{MOST_SLOTS:,}",
            )
            problems.append(Lack(text, "compare", number))
    return problems


def _pair_problems(block: BlockSpec) -> list[str]:
    if len(block.samples) != 2:
        return [worded("pairs need exactly two samples; there are %(samples)s.", samples=len(block.samples))]
    if block.pairing is None or block.pairing.size == 0:
        return [worded("pairs need a [block.pairing] with a `size`, or samples of one size.")]
    small = [sample for sample in block.samples if sample.size < block.pairing.size]
    return [
        worded(
            "%(size)s pairs need as many dialogues of %(dataset)s; its sample has %(there)s. "
            "Draw more of them, or form fewer pairs.",
            size=block.pairing.size,
            dataset=quoted(sample.dataset),
            there=sample.size,
        )
        for sample in small
    ]


def slugified(title: str) -> str:
    """A slug made of the title's plain letters and digits; may be empty.

    >>> slugified("ReDial v. RecLLMSim")
    'redial-v-recllmsim'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].strip("-")
