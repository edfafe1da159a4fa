"""What stands in a file, counted while it is read: the report of a dry run, and of an import."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from generation.formats.values import FormatError
from generation.records import DialogueRecord, Json, UtteranceRecord
from generation.rendering import with_titles
from generation.services.reading import Seen

PROBLEMS_SHOWN: Final = 50
EXAMPLES_SHOWN: Final = 3
NAMES_SHOWN: Final = 100
EXAMPLE_LENGTH: Final = 160


class Problems:
    """What is wrong in a file, and what is odd; the first are kept with their places."""

    def __init__(self) -> None:
        self.notes: Counter[str] = Counter()
        self.problems: list[dict[str, str]] = []
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
        self.examples: list[dict[str, Any]] = []

    def add(self, record: DialogueRecord, turns: int) -> None:
        utterances = record.utterances
        by_user = [utterance.speaker for utterance in utterances].count("user")
        self.counts["dialogues"] += 1
        self.counts["turns"] += turns
        self.counts["utterances"] += len(utterances)
        self.counts["user_utterances"] += by_user
        self.counts["system_utterances"] += len(utterances) - by_user
        self._add_names(record.labels, record.metadata, "dialogue")
        for item in record.items:
            self.seen.first_place("item", item.external_id)
        if record.person is not None:
            self.seen.first_place("person", record.person.external_id)
        for utterance in utterances:
            if utterance.mentions:
                self.counts["mentions"] += len(utterance.mentions)
            if utterance.labels or utterance.metadata:
                self._add_names(utterance.labels, utterance.metadata, "utterance")
            for language in utterance.translations:
                _bump(self.languages, language)
        if len(self.examples) < EXAMPLES_SHOWN:
            self.examples.append(example(record))

    def _add_names(self, labels: Mapping[str, Json], metadata: Mapping[str, Json], target: str) -> None:
        for name in labels:
            _bump(self.labels, f"{target}.{name}")
        for name in metadata:
            _bump(self.unmapped, f"{target}.{name}")

    def finished(self) -> dict[str, Any]:
        if not self.counts["dialogues"] and not self.problem_count:
            problem = "there is no dialogue in it"
            self.report(FormatError(problem=problem, remedy="Choose a file that has some, or another format."))
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


def example(record: DialogueRecord, said: int = 3) -> dict[str, Any]:
    titles = {item.external_id: item.title for item in record.items}
    return {
        "place": record.place,
        "external_id": record.external_id,
        "task": record.task,
        "utterances": len(record.utterances),
        "first": [{"speaker": said.speaker, "text": _short(said, titles)} for said in record.utterances[:said]],
    }


def _short(utterance: UtteranceRecord, titles: Mapping[str, str]) -> str:
    spans = [(mention.start, mention.end, titles[mention.item_id]) for mention in utterance.mentions]
    text = " ".join(with_titles(utterance.text, spans).split())
    return text if len(text) <= EXAMPLE_LENGTH else f"{text[: EXAMPLE_LENGTH - 1]}…"
