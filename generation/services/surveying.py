"""What stands in a file, counted while it is read: the report of a dry run, and of an import."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from generation.columns import names_in
from generation.formats.base import RESERVED
from generation.formats.values import FormatError
from generation.reader import EXAMPLES_SHOWN, Piece
from generation.seen import Seen
from generation.wording import parts_of, worded

PROBLEMS_SHOWN: Final = 50
NAMES_SHOWN: Final = 100


class Problems:
    """What is wrong in a file, and what is odd; the first are kept with their places."""

    def __init__(self) -> None:
        self.notes: Counter[str] = Counter()
        self.problems: list[dict[str, Any]] = []
        self.problem_count = 0
        self.fatal = False
        self._reporting = Lock()

    def report(self, problem: FormatError) -> None:
        """To be called from any thread."""
        with self._reporting:
            self.problem_count += 1
            self.fatal = self.fatal or problem.fatal
            if len(self.problems) < PROBLEMS_SHOWN:
                self.problems.append(problem.as_dict())

    def note(self, note: str) -> None:
        _bump(self.notes, note)

    def as_dict(self) -> dict[str, Any]:
        return {
            "notes": dict(self.notes),
            "note_parts": {note: parts for note in self.notes if (parts := parts_of(note))},
            "problems": self.problems,
            "problem_count": self.problem_count,
            "fatal": self.fatal,
        }


class Survey(Problems):
    """Counts of what was met so far. It grows with the number of different names, not with the file."""

    def __init__(self, format: str) -> None:
        super().__init__()
        self.format = format
        self.seen = Seen()
        self.counts: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.labels: Counter[str] = Counter()
        self.unmapped: Counter[str] = Counter()
        self.examples: list[Mapping[str, Any]] = []

    def add(self, piece: Piece) -> None:
        said = piece.said
        speakers = said.utterances["speaker"]
        by_user = speakers.count("user")
        self.counts["dialogues"] += said.size
        self.counts["turns"] += sum(said.dialogues["turn_count"])
        self.counts["utterances"] += len(speakers)
        self.counts["user_utterances"] += by_user
        self.counts["system_utterances"] += len(speakers) - by_user
        self.counts["mentions"] += len(said.mentions)
        for kind, columns in (("dialogue", said.dialogues), ("utterance", said.utterances)):
            for name in names_in(columns["labels"]):
                _bump(self.labels, f"{kind}.{name}")
            for name in names_in(columns["metadata"]):
                if name == RESERVED:  # how this very file was written, so that it can be written so again
                    continue
                _bump(self.unmapped, f"{kind}.{name}")
        for name in {item.external_id for items in said.items for item in items}:
            self.seen.first_place("item", name)
        for name in {person.external_id for person in said.people if person is not None}:
            self.seen.first_place("person", name)
        for language in names_in(said.utterances["translations"]):
            _bump(self.languages, language)
        self.examples.extend(piece.examples[: EXAMPLES_SHOWN - len(self.examples)])

    def finished(self) -> dict[str, Any]:
        if not self.counts["dialogues"] and not self.problem_count:
            problem = worded("there is no dialogue in it")
            remedy = worded("Choose a file that has some, or another format.")
            self.report(FormatError(problem=problem, remedy=remedy))
        numbers = ("dialogues", "utterances", "user_utterances", "system_utterances", "turns", "mentions")
        return {
            "format": self.format,
            **{name: self.counts[name] for name in numbers},
            "items": self.seen.count("item"),
            "people": self.seen.count("person"),
            "languages": sorted(self.languages),
            "labels": dict(sorted(self.labels.items())),
            "unmapped": dict(sorted(self.unmapped.items())),
            "examples": self.examples,
            **self.as_dict(),
        }


def _bump(counter: Counter[str], name: str) -> None:
    counter[name if name in counter or len(counter) < NAMES_SHOWN else "…"] += 1
