"""What differs between kinds of runs: how dialogues are planned, what is asked next, what becomes of what was said."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crsapp.jobs.registry import Progress
from generation.checks.findings import Finding
from generation.checks.parsing import Said
from generation.llm.prompts import Rendered
from generation.models import Call, GenerationRun, Planned
from generation.records import DialogueRecord
from generation.services.runs.settings import RunSettings
from generation.services.runs.twins import Kept


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked next for a dialogue, and of which endpoint; no temperature: the endpoint's own."""

    endpoint: int
    prompt: Rendered
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What was said as a dialogue, and what the checks found in it."""

    utterances: Sequence[Said]
    findings: Sequence[Finding]


class Maker(ABC):
    """How the dialogues of one run are made. A kind of run is one subclass; the engine (`working.py`) knows no other
    difference.
    """

    settings: RunSettings

    def __init__(self, run: GenerationRun) -> None:
        self.run = run

    @property
    @abstractmethod
    def variant_title(self) -> str:
        """What the variant of a plan is, in words."""

    @abstractmethod
    def plan_steps(self) -> Iterator[Progress]:
        """Go on planning where the rows end, until all is planned; says so on the run."""

    @abstractmethod
    def next(self, planned: Planned, said: Sequence[str | None]) -> Question | None:
        """What to ask after these answers, where None stands for one that never came; None when that was all."""

    def is_whole(self, planned: Planned, said: Sequence[str]) -> bool:
        """Whether there is a dialogue in these answers although not every question was answered."""
        return False

    @abstractmethod
    def read(self, planned: Planned, said: Sequence[str], last: Call, kept: Kept) -> Read:
        """What was answered, checked. `last` is the call of the last question."""

    @abstractmethod
    def record(
        self, planned: Planned, said: Sequence[Said], *, name: str, metadata: Mapping[str, Any]
    ) -> DialogueRecord:
        """The dialogue with all that is known of it."""

    @abstractmethod
    def provenance(self, planned: Planned, calls: Sequence[Call]) -> dict[str, Any]:
        """What a dialogue's plan, and who was asked, add to how it came to be."""


def prompt_of(call: Call) -> dict[str, Any]:
    return {"name": call.prompt_name, "version": call.prompt_version, "sha256": call.prompt_digest}
