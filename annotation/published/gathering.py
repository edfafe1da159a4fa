"""Rows become units, pieces of work and answers; what contradicts an earlier row is refused. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from annotation.published.answers import MISSING, cannot_judge, moment, preference
from annotation.published.columns import Layout
from annotation.published.rows import MOST_ANNOTATOR, MOST_NAME, Judged, RowReader, Shown, refuse_unstorable
from annotation.toml_reader import quoted
from generation.formats.places import COLUMN, in_words, made, told
from generation.formats.values import FormatError
from generation.wording import worded

MOST_ANSWERS: Final = 1_000_000
MOST_REASON: Final = 5_000
ONLY_CRITERION: Final = {"pair": "preference", "dialogue": "rating", "utterance": "rating"}
UNRATED: Final = frozenset({"text", "span"})


class UnitKey(NamedTuple):
    block: str
    name: str
    pair: frozenset[Shown]


class CriterionKey(NamedTuple):
    """A criterion is told apart by its name, by the instrument it is from, and by what it is asked of."""

    instrument: str
    name: str
    target: str


@dataclass
class Unit:
    key: UnitKey
    first: Shown
    second: Shown | None
    place: str


@dataclass
class Work:
    """One annotator on one unit. `side` is 1 where the pair's first dialogue stood left, 2 right, 0 for no pair."""

    unit: int
    annotator: int
    repeat: int
    counted: bool
    side: int
    place: str
    seconds: float = 0.0


@dataclass
class Asked:
    """One criterion and every different text that answers it: how often, and where first."""

    key: CriterionKey
    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    scale: str = ""


class Answer(NamedTuple):
    """`value` is an index of the criterion's texts, or for a pair 0, 1 or 2; None for “cannot judge”."""

    work: int
    criterion: int
    place: int
    value: str | int | None
    reason: str
    superseded: bool
    answered: datetime | None


class Gathering:
    """Everything that the rows of one table say. Names are kept once; answers point to them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.rows = RowReader(layout)
        self.units: list[Unit] = []
        self.work: list[Work] = []
        self.annotators: dict[str, int] = {}
        self.kinds: dict[str, str] = {}
        self.criteria: list[Asked] = []
        self.answers: list[Answer] = []
        self.blocks: dict[str, str] = {}
        self.missing = 0
        self.in_words = 0
        self._units: dict[UnitKey, int] = {}
        self._work: dict[tuple[int, int, int], int] = {}
        self._criteria: dict[CriterionKey, int] = {}
        self._seen: dict[tuple[int, int, int], str] = {}

    def add(self, place: str, cells: Sequence[str]) -> Iterator[FormatError]:
        """Take one row; yields what is wrong with it, or with single cells of it."""
        try:
            judged = self.rows.judged(cells)
            unit = self._unit(judged, place)
            self.blocks[judged.block] = self.blocks.get(judged.block) or self.rows.text(cells, "block_name")
        except FormatError as error:
            yield _at(place, error)
            return
        for where, annotator, criterion, text in self._cells(place, cells):
            try:
                self._answer(where, cells, judged, unit, annotator, criterion, text.strip())
            except FormatError as error:
                if error.fatal:
                    raise
                yield _at(where, error)

    def _cells(self, place: str, cells: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
        """Every answer of a row: its place, annotator, criterion and text."""
        roles = self.layout.roles
        annotator = cells[roles["annotator"]].strip() if "annotator" in roles else ""
        criterion = cells[roles["criterion"]].strip() if "criterion" in roles else ""
        if not self.layout.across:
            yield place, annotator, criterion, cells[roles["value"]]
        for column, name in self.layout.across:
            heading = quoted(name)
            where = made(f"{place}, column {heading}", (COLUMN, heading, told(place)))
            if self.layout.across_is == "annotator":
                yield where, name, criterion, cells[column]
            else:
                yield where, annotator, name, cells[column]

    def _answer(
        self, where: str, cells: Sequence[str], judged: Judged, unit: int, annotator: str, criterion: str, text: str
    ) -> None:
        if self.rows.text(cells, "scale") in UNRATED:
            self.in_words += 1
            return
        refuse_unstorable(f"{annotator} {criterion} {text}")
        reason = self.rows.text(cells, "reason")[:MOST_REASON]
        said = cannot_judge(text)
        if self.rows.flag(cells, "cannot_judge"):
            said = said or ""
        if said is None and text in MISSING:
            self.missing += 1
            return
        asked = self._criterion(cells, judged, criterion)
        value = None if said is not None else self._value(judged, text)
        work = self._work_of(where, cells, judged, unit, annotator)
        self._refuse_double(where, judged, work, asked)
        if len(self.answers) >= MOST_ANSWERS:
            problem = worded("there are more than %(most)s answers", most=f"{MOST_ANSWERS:,}")
            remedy = worded("Import the table in parts.")
            raise FormatError(place=where, problem=problem, remedy=remedy, fatal=True)
        if isinstance(value, str):
            self._count(self.criteria[asked], value, where, self.rows.text(cells, "label"))
        answered = moment(self.rows.text(cells, "answered"))
        row = Answer(work, asked, judged.place, value, reason or (said or ""), judged.superseded, answered)
        self.answers.append(row)

    def _count(self, asked: Asked, value: str, where: str, label: str) -> None:
        asked.counts[value] += 1
        asked.first.setdefault(value, where)
        if label:
            asked.labels.setdefault(value, label)

    def _value(self, judged: Judged, text: str) -> str | int:
        if judged.right is None:
            return asked_text(text)
        value, why = preference(text, _names(judged, judged.left), _names(judged, judged.right))
        if value is None:
            problem = worded("%(text)s is no vote: %(why)s", text=quoted(text), why=why)
            raise FormatError(problem=problem, remedy=worded("Write left, right or tie, or one of the two names."))
        return value

    def _unit(self, judged: Judged, place: str) -> int:
        pair = frozenset() if judged.right is None else frozenset((judged.left, judged.right))
        key = UnitKey(judged.block, judged.unit, pair)
        if key not in self._units:
            first, second = judged.left, judged.right
            if second is not None and judged.swapped:
                first, second = second, first
            self._units[key] = len(self.units)
            self.units.append(Unit(key, first, second, place))
        number = self._units[key]
        known = self.units[number]
        if judged.right is None and known.first != judged.left:
            problem = worded(
                "the unit %(unit)s was dialogue %(dialogue)s in %(place)s",
                unit=quoted(judged.unit),
                dialogue=_shown(known.first),
                place=in_words(known.place),
            )
            raise FormatError(problem=problem, remedy=worded("Give each unit one dialogue and one dataset."))
        return number

    def _work_of(self, where: str, cells: Sequence[str], judged: Judged, unit: int, annotator: str) -> int:
        if not annotator or len(annotator) > MOST_ANNOTATOR:
            problem = worded("the annotator %(name)s has a long name", name=quoted(annotator))
            if not annotator:
                problem = worded("`%(key)s` is empty", key="annotator")
            remedy = worded("Name everybody, in at most %(most)d characters.", most=MOST_ANNOTATOR)
            raise FormatError(problem=problem, remedy=remedy)
        side = 0 if judged.right is None else 1 if self.units[unit].first == judged.left else 2
        counted = judged.counted and judged.repeat == 0
        person = self.annotators.setdefault(annotator, len(self.annotators))
        kind = self.rows.text(cells, "annotator_kind")
        if kind:
            self.kinds.setdefault(annotator, kind)
        key = (unit, person, judged.repeat)
        if key not in self._work:
            self._work[key] = len(self.work)
            seconds = self.rows.text(cells, "active_seconds")
            self.work.append(Work(unit, person, judged.repeat, counted, side, where, _seconds(seconds)))
        number = self._work[key]
        known = self.work[number]
        if (known.counted, known.side) != (counted, side):
            what = "counted" if known.counted != counted else "side"
            problem = worded(
                "%(annotator)s has another `%(what)s` for this unit in %(place)s",
                annotator=quoted(annotator),
                what=what,
                place=in_words(known.place),
            )
            remedy = worded("Make them alike, or number them in a column `repeat`.")
            raise FormatError(problem=problem, remedy=remedy)
        return number

    def _criterion(self, cells: Sequence[str], judged: Judged, name: str) -> int:
        target = "pair" if judged.right is not None else "dialogue" if judged.place < 0 else "utterance"
        if len(name) > MOST_NAME:
            problem = worded("the criterion %(name)s has a long name", name=quoted(name))
            raise FormatError(problem=problem, remedy=worded("Shorten it."))
        key = CriterionKey(self.rows.text(cells, "instrument"), name or ONLY_CRITERION[target], target)
        if key not in self._criteria:
            self._criteria[key] = len(self.criteria)
            self.criteria.append(Asked(key, scale=self.rows.text(cells, "scale")))
        return self._criteria[key]

    def _refuse_double(self, where: str, judged: Judged, work: int, criterion: int) -> None:
        if judged.superseded:
            return
        key = (work, criterion, judged.place)
        if key in self._seen:
            problem = worded(
                "the same annotator answered this of the same unit in %(place)s", place=in_words(self._seen[key])
            )
            remedy = worded("Keep one, or number the rounds 0, 1, 2 in a column `repeat`: the first counts.")
            raise FormatError(problem=problem, remedy=remedy)
        self._seen[key] = where


def asked_text(text: str) -> str:
    """An answer as it is kept until its scale is known: on one line, not endless."""
    return " ".join(text.split())[:1_000]


def _names(judged: Judged, shown: Shown) -> set[str]:
    """By what a vote may name one side: its dataset, and its dialogue where that has a name of its own."""
    return {shown.dataset, "" if shown.name == judged.unit else shown.name} - {""}


def _shown(shown: Shown) -> str:
    """A dialogue, and of what dataset it is where the table says it."""
    if not shown.dataset:
        return quoted(shown.name)
    return worded("%(name)s of %(dataset)s", name=quoted(shown.name), dataset=quoted(shown.dataset))


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if 0 <= found < 1e7 else 0.0


def _at(place: str, error: FormatError) -> FormatError:
    return FormatError(place=place, problem=error.problem, remedy=error.remedy)
