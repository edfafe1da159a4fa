"""What filters look at, the settings they go by, and what they find. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, Protocol

from generation.checks.naming import Naming, Reading
from generation.checks.parsing import Parsed
from generation.reviews.plan import Plan
from generation.wording import parts_of

Span = tuple[int, int]
LONGEST_QUOTE: Final = 60
REJECTING: Final = frozenset({"F1", "F2", "F3", "F4", "A3", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7"})
"""The codes whose findings reject, unless a run says otherwise."""


class Found(NamedTuple):
    """One thing that a filter found: in which utterance (its index, from 0; None: the whole), where in its text, why.

    Without an utterance, the place is one in the raw text.
    """

    utterance: int | None
    span: Span | None
    reason: str


class Finding(NamedTuple):
    """What a filter found, under the filter's code."""

    code: str
    utterance: int | None
    span: Span | None
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """As it is stored: the reason in English, with its parts."""
        return {**self._asdict(), "parts": parts_of(self.reason)}


class Twin(NamedTuple):
    """A dialogue that was kept and is almost the same: its name, and how similar it is (Jaccard, estimated)."""

    name: int
    similarity: float


class Duplicates(Protocol):
    """Whatever knows the dialogues that were kept, and how similar two have to be."""

    def twin_of(self, texts: Sequence[str]) -> Twin | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """What filters go by. `rejecting` are the codes whose findings reject; those of the others are only recorded."""

    rejecting: frozenset[str] = REJECTING
    finish_reasons: frozenset[str] = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence"})
    scripts: tuple[str, ...] = ("LATIN",)
    foreign_share: float = 0.05
    longest_token: int = 45
    repeated_character: int = 8
    sentence_words: int = 60
    copied_run: int = 12
    copied_share: float = 0.6


@dataclass(frozen=True)
class Case:
    """One dialogue before the filters, with what several of them ask for."""

    parsed: Parsed
    plan: Plan
    finish_reason: str
    settings: CheckSettings
    duplicates: Duplicates | None = None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(said.text for said in self.parsed.utterances)

    @cached_property
    def fits(self) -> bool:
        """Whether it has the planned speakers in the planned order, so that utterance and plan can be compared."""
        return [said.speaker for said in self.parsed.utterances] == [step.speaker for step in self.plan.template.steps]

    @cached_property
    def naming(self) -> Naming:
        return Naming(item.title for item in self.plan.items.values())

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(map(self.naming.read, self.texts))

    @cached_property
    def masked(self) -> tuple[str, ...]:
        """The texts without the plan's titles: what is in a title is not the writer's fault."""
        return tuple(reading.masked() for reading in self.readings)


def quoted(text: str) -> str:
    """The beginning of a text, as reasons cite it."""
    shown = " ".join(text.split())
    return f"“{shown}”" if len(shown) <= LONGEST_QUOTE else f"“{shown[:LONGEST_QUOTE].rstrip()} …”"
