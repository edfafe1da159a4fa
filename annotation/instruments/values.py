"""What an instrument is: criteria, their options, and the digest by which a set of questions is known."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from generation.wording import worded

TARGETS: Final = ("utterance", "dialogue", "pair")
SCALES: Final = ("ordinal", "binary", "interval", "nominal", "preference", "span", "text")
SPEAKERS: Final = ("user", "system")
REASONS: Final = ("optional", "required", "never")
SPANS: Final = ("optional", "required")
CONTEXT: Final = ("task", "profile", "history")
ASKED_OF: Final = {"dialogue": ("utterance", "dialogue"), "pair": ("pair",)}
"""What may be asked in a block that shows dialogues, or pairs of them."""
RESERVED_KEYS: Final = {
    "n": worded("“cannot judge”"),
    "u": worded("undo"),
    "l": worded("the other language"),
    "g": worded("the guidelines"),
    "r": worded("the reason"),
    "?": worded("the list of keys"),
}
SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TIE: Final = 0


class InstrumentError(ValueError):
    """Every problem of an instrument, each in words with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Option:
    """One answer: the number stored, the key that gives it, its name and its anchor.

    `reason` and `span` say whether this answer wants a reason, or words marked in the text (empty: as the criterion
    has it, and never). `rest_key` gives this answer to every utterance of the dialogue that has none yet.
    """

    value: int
    key: str
    label: str
    anchor: str = ""
    reason: str = ""
    span: str = ""
    rest_key: str = ""
    rest_label: str = ""


@dataclass(frozen=True)
class Criterion:
    """One question, of each utterance, of the dialogue or of the pair. “Cannot judge” (key n) is always offered.

    The options of an interval scale are its two ends. With `decimals` 1 a stored 25 stands for 2.5.
    """

    key: str
    title: str
    question: str
    target: str
    speakers: tuple[str, ...] = SPEAKERS
    first: bool = True
    scale: str = "ordinal"
    options: tuple[Option, ...] = ()
    reason: str = "optional"
    decimals: int = 0

    def number(self, stored: float) -> float:
        """The answer that a stored value stands for; a whole number stays one."""
        return stored / 10**self.decimals if self.decimals else stored

    def choices(self, *, ties: bool) -> tuple[Option, ...]:
        """The options offered in a block that allows ties, or does not (preferences alone have any)."""
        if self.scale != "preference" or ties:
            return self.options
        return tuple(option for option in self.options if option.value != TIE)

    def reason_of(self, value: int | None) -> str:
        """Whether the answer `value` (None: “cannot judge”, words or a passage) wants a reason, one of `REASONS`."""
        return next((option.reason for option in self.options if option.value == value), "") or self.reason

    def span_of(self, value: int | None) -> str:
        """Whether the answer `value` wants words marked in the text: one of `SPANS`, or empty for never."""
        if self.scale == "span":
            return "required"
        return next((option.span for option in self.options if option.value == value), "")


@dataclass(frozen=True)
class Instrument:
    """A published set of questions and the version it is known by. `context` is what is shown beside the dialogue."""

    slug: str
    version: int
    title: str
    description: str = ""
    criteria: tuple[Criterion, ...] = ()
    context: tuple[str, ...] = ()
    digest: str = field(default="", compare=False)

    def criterion(self, key: str) -> Criterion | None:
        return next((criterion for criterion in self.criteria if criterion.key == key), None)

    def suits(self, shown: str) -> bool:
        """Can it be asked where a block shows this: a “dialogue” or a “pair”?"""
        return all(criterion.target in ASKED_OF[shown] for criterion in self.criteria)


def context_of(instruments: Iterable[Instrument]) -> tuple[str, ...]:
    """What any of these instruments wants to be shown beside the dialogue, in the order of `CONTEXT`."""
    wanted = {part for instrument in instruments for part in instrument.context}
    return tuple(part for part in CONTEXT if part in wanted)


def canonical_digest(value: object) -> str:
    """SHA-256 of `value` as JSON with sorted keys and no spaces.

    >>> canonical_digest({"b": 1, "a": "é"}) == canonical_digest({"a": "é", "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def to_dict(instrument: Instrument) -> dict[str, Any]:
    """The instrument as JSON-able values, without its digest. `from_dict` takes it back.

    Keys that came after the first studies were frozen are written where they say something, so that what does not use
    them keeps its digest.
    """
    data = asdict(instrument)
    del data["digest"]
    context = data.pop("context")
    for criterion in data["criteria"]:
        criterion["speakers"] = list(criterion["speakers"])
        criterion["option"] = [_without_unused(option) for option in criterion.pop("options")]
        if not criterion["decimals"]:
            del criterion["decimals"]
    data["criterion"] = list(data.pop("criteria"))
    return data | ({"context": list(context)} if context else {})


def _without_unused(option: dict[str, Any]) -> dict[str, Any]:
    later = {"reason", "span", "rest_key", "rest_label"}
    return {key: value for key, value in option.items() if value or key not in later}
