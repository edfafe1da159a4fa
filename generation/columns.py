"""Dialogues as columns: what their rows hold but for keys, which the database gives. Pure.

A list a field goes from one process to another, into sums and into tables in one piece; the records of five hundred
dialogues are thousands of objects.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, compress
from operator import attrgetter
from typing import Any, Final, NamedTuple, Self

from generation.overview import Overview, overview
from generation.records import SPEAKERS, DialogueRecord, ItemRecord, Json, MentionRecord, PersonRecord

DIALOGUE_FIELDS: Final = (
    "external_id",
    "partner",
    "task",
    "scenario",
    "situation",
    "situation_translations",
    "split",
    "labels",
)
OVERVIEW_FIELDS: Final = ("utterance_count", "turn_count", "word_count", "first_words")
FOUND_BY: Final = ("words", "marks")
UTTERANCE_FIELDS: Final = ("speaker", "text", "translations", "labels", "metadata")
MENTION_FIELDS: Final = ("start", "end", "role")

ONE_OF_BOTH: Final = {speaker: speaker for speaker in SPEAKERS}
NOTHING: Final[Mapping[str, Json]] = {}
"""The same two texts and the same empty object for all that have none: one object is told to another process once."""

Columns = Mapping[str, Sequence[Any]]
"""The values of each field, by its name."""


class Dialogues(NamedTuple):
    """Some dialogues, in order. `of` and `mentions` say which utterance is whose: the place of the dialogue for each
    utterance; the place of the utterance, and the mention."""

    dialogues: Columns
    people: Sequence[PersonRecord | None]
    items: Sequence[tuple[ItemRecord, ...]]
    utterances: Columns
    of: Sequence[int]
    mentions: Sequence[tuple[int, MentionRecord]]

    @property
    def size(self) -> int:
        return len(self.people)

    @property
    def names(self) -> Sequence[str]:
        return self.dialogues["external_id"]

    def without(self, names: Iterable[str]) -> Self:
        """Those that have none of these external ids."""
        gone = set(names)
        return self.only([name not in gone for name in self.names])

    def only(self, kept: Sequence[bool]) -> Self:
        """Those for which this is true."""
        said = [kept[place] for place in self.of]
        place_now, utterance_now = _counted(kept), _counted(said)
        return self._replace(
            dialogues={name: list(compress(values, kept)) for name, values in self.dialogues.items()},
            people=list(compress(self.people, kept)),
            items=list(compress(self.items, kept)),
            utterances={name: list(compress(values, said)) for name, values in self.utterances.items()},
            of=[place_now[place] for place in compress(self.of, said)],
            mentions=[(utterance_now[place], mention) for place, mention in self.mentions if said[place]],
        )

    def named_items(self) -> list[list[str]]:
        """The items that utterances of each dialogue name, in the order in which they do first."""
        named: list[dict[str, None]] = [{} for _dialogue in range(self.size)]
        for utterance, mention in self.mentions:
            named[self.of[utterance]][mention.item_id] = None
        return [list(one) for one in named]


def columns_of(records: Sequence[DialogueRecord], overviews: Sequence[Overview] | None = None) -> Dialogues:
    """These dialogues as columns.

    >>> from generation.records import UtteranceRecord
    >>> said = UtteranceRecord(speaker="user", text="Hi"), UtteranceRecord(speaker="system", text="Hello!")
    >>> one, none = (DialogueRecord(external_id=name, utterances=some) for name, some in (("a", said), ("b", ())))
    >>> made = columns_of([one, none])
    >>> made.names, made.utterances["text"], made.of, made.dialogues["turn_count"]
    (['a', 'b'], ['Hi', 'Hello!'], [0, 0], [2, 0])
    """
    overviews = overviews or [overview(record) for record in records]
    utterances = [utterance for record in records for utterance in record.utterances]
    return Dialogues(
        dialogues=columns(records, (*DIALOGUE_FIELDS, "metadata")) | columns(overviews, (*OVERVIEW_FIELDS, *FOUND_BY)),
        people=[record.person for record in records],
        items=[record.items for record in records],
        utterances={
            "speaker": [ONE_OF_BOTH[utterance.speaker] for utterance in utterances],
            "text": [utterance.text for utterance in utterances],
            "translations": [utterance.translations or NOTHING for utterance in utterances],
            "labels": [utterance.labels or NOTHING for utterance in utterances],
            "metadata": [utterance.metadata or NOTHING for utterance in utterances],
        },
        of=[place for place, record in enumerate(records) for _utterance in record.utterances],
        mentions=[
            (place, mention)
            for place, utterance in enumerate(utterances)
            if utterance.mentions
            for mention in utterance.mentions
        ],
    )


def names_in(values: Iterable[Mapping[str, Json]]) -> Iterator[str]:
    """The names in each that has any.

    >>> list(names_in([{}, {"a": 1}, {"a": 2, "b": 3}]))
    ['a', 'a', 'b']
    """
    return (name for one in values if one for name in one)


def columns(records: Sequence[object], names: Iterable[str]) -> dict[str, list[Any]]:
    """What each record has under these names."""
    return {name: list(map(attrgetter(name), records)) for name in names}


def _counted(kept: Sequence[bool]) -> list[int]:
    """The place that each has among those that are kept."""
    return list(accumulate(kept, initial=0))[:-1]
