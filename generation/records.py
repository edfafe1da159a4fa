"""The one form of a dialogue between files, prompts and rows. Pure: no Django, no database, no network.

Whatever the rows of `generation/models.py` hold can be said here, so that a dialogue goes from a file to rows and back
to a file without losing anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import ne
from typing import Any, Final, Literal

Speaker = Literal["user", "system"]
Role = Literal["mentioned", "recommended", "accepted", "rejected"]
PersonKind = Literal["worker", "simulated", "reviewer", "live"]

SPEAKERS: Final[tuple[Speaker, ...]] = ("user", "system")
ROLES: Final[tuple[Role, ...]] = ("mentioned", "recommended", "accepted", "rejected")
PERSON_KINDS: Final[tuple[PersonKind, ...]] = ("worker", "simulated", "reviewer", "live")

Json = Any
"""A value that came from JSON: None, bool, int, float, str, or a list or dict of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """What is recommended: a film, a book, a place."""

    external_id: str
    title: str
    year: int | None = None
    attributes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRecord:
    """Where an utterance names an item, and as what. `start` and `end` count characters of the text as filed."""

    item_id: str
    start: int | None = None
    end: int | None = None
    role: Role = "mentioned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Whose behaviour or profile stands behind a dialogue."""

    external_id: str
    kind: PersonKind = "worker"
    profile: str = ""
    profile_translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class UtteranceRecord:
    """One message as it stands in its file. Not frozen: that would double what making one takes, and most are these."""

    speaker: Speaker
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, Json] = field(default_factory=dict)
    mentions: tuple[MentionRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueRecord:
    """A conversation between a user and a system.

    `items` are all items the dialogue's file entry knows, in its order, whether an utterance names them or not.
    `place` says where in the file it stood ("line 412"); it is for messages to people and is neither stored nor
    compared.
    """

    external_id: str
    utterances: tuple[UtteranceRecord, ...]
    person: PersonRecord | None = None
    partner: str = ""
    task: str = ""
    scenario: str = ""
    situation: str = ""
    situation_translations: Mapping[str, str] = field(default_factory=dict)
    split: str = ""
    items: tuple[ItemRecord, ...] = ()
    labels: Mapping[str, Json] = field(default_factory=dict)
    metadata: Mapping[str, Json] = field(default_factory=dict)
    place: str = field(default="", compare=False)

    @property
    def turn_count(self) -> int:
        """Consecutive utterances of one speaker count once.

        >>> two = UtteranceRecord(speaker="user", text="Hello"), UtteranceRecord(speaker="user", text="there")
        >>> DialogueRecord(external_id="1", utterances=two).turn_count
        1
        """
        speakers = [utterance.speaker for utterance in self.utterances]
        changes: Iterator[bool] = map(ne, speakers, islice(speakers, 1, None))
        return sum(changes) + bool(speakers)
