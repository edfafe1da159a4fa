"""Every judgment of a study as a row: current or superseded, counted or not. Read in pieces, in constant memory.

Each piece is read whole before its rows are handed on, so that no cursor and no lock lives as long as a download.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import CharField, Func, IntegerField, Value
from django.db.models.functions import Cast, Coalesce

from annotation.instruments import Criterion
from annotation.models import Assignment, Block, Exhibit, Judgment, Study
from annotation.services.material import protocol_at
from generation.rendering import shown_text

COLUMNS: Final = (
    "study", "block", "block_name", "unit", "target", "dialogue", "dataset", "left_dialogue", "left_dataset",
    "right_dialogue", "right_dataset", "side", "position", "seat", "annotator", "annotator_kind", "assignment_state",
    "repeat", "counted", "excluded", "inclusion_probability", "started", "submitted", "active_seconds", "turn",
    "utterance", "messages", "speaker", "instrument", "instrument_version", "criterion", "scale", "value", "label",
    "cannot_judge", "won_dialogue", "won_dataset", "text", "reason", "span_start", "span_end", "span_text", "answered",
    "revision", "superseded", "amendment", "task",
)  # fmt: skip
TEXT_COLUMNS: Final = frozenset(
    {
        "study", "block_name", "dialogue", "dataset", "left_dialogue", "left_dataset", "right_dialogue",
        "right_dataset", "annotator", "instrument", "criterion", "label", "won_dialogue", "won_dataset", "text",
        "reason", "messages", "span_text", "task",
    }
)  # fmt: skip
DIALOGUES_AT_ONCE: Final = 50
PAIRS_AT_ONCE: Final = 1_000
Row = tuple[Any, ...]


class _Written(Func):
    """A moment as `_time` writes it, written by the database, since an export has one in every row."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "replace(substr(%(expressions)s || '.000', 1, 23), ' ', 'T') || '+00:00'"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') || '+00:00'"""
        return self.as_sql(compiler, connection, template=template, **more)


class _Shown(NamedTuple):
    """An exhibit: its dialogue, dataset and task; (first utterance, messages, speaker) of each turn; their texts."""

    dialogue: str
    dataset: str
    task: str
    turns: tuple[tuple[int, str, str], ...]
    texts: tuple[str, ...]

    def words(self, place: int, start: int | None, end: int | None) -> str:
        """The words marked there."""
        if start is None or end is None or not 0 <= place < len(self.texts):
            return ""
        return shown_text(self.texts[place])[start:end]


class _Asked(NamedTuple):
    """A criterion in the words of one protocol of the study."""

    version: int
    criterion: Criterion
    labels: dict[int | None, str]


NOT_ASKED: Final = _Asked(0, Criterion("", "", "", ""), {})
NO_TURN: Final = ("", "", "")


def long_table(study: Study) -> Iterator[Row]:
    """Rows of `COLUMNS`, ordered by block, unit, assignment and answer."""
    protocols = [protocol_at(study, number) for number in range(study.amendment_number + 1)]
    for block in study.blocks.select_related("study").order_by("number"):
        asked = {
            (number, instrument.slug, criterion.key): _Asked(
                instrument.version, criterion, {option.value: option.label for option in criterion.options}
            )
            for number, protocol in enumerate(protocols)
            for instrument in protocol.instruments_of(protocol.blocks[block.number - 1])
            for criterion in instrument.criteria
        }
        at_once = PAIRS_AT_ONCE if block.target == Block.Target.PAIR else DIALOGUES_AT_ONCE
        start, last = 0, block.units.order_by("-number").values_list("number", flat=True).first() or 0
        while start <= last:
            yield from _piece(block, asked, start, start + at_once)
            start += at_once


def _piece(block: Block, asked: dict[tuple[int, str, str], _Asked], start: int, stop: int) -> list[Row]:
    """The rows of the units numbered from `start` up to, but not with, `stop`."""
    units = {
        pk: (number, probability, first, second, excluded is not None)
        for pk, number, probability, first, second, excluded in block.units.filter(
            number__gte=start, number__lt=stop
        ).values_list("pk", "number", "probability", "first_id", "second_id", "excluded")
    }
    shown = _exhibits(block, start, stop)
    prefixes: dict[int, Row] = {}
    sides: dict[int, tuple[_Shown, _Shown | None]] = {}
    assignments = (
        Assignment.objects.filter(block=block, unit__number__gte=start, unit__number__lt=stop)
        .order_by()
        .values_list(
            "pk", "unit_id", "annotator__pseudonym", "annotator__kind", "annotator__seat__number", "slot__id", "state",
            "side", "position", "repeat", "started", "submitted", "active_seconds",
        )
    )  # fmt: skip
    for pk, unit, pseudonym, kind, seat, slot, state, side, position, repeat, started, submitted, active in assignments:
        number, probability, first_id, second_id, out = units[unit]
        left, right = shown[first_id], shown[second_id] if second_id else None
        if right is not None and side == Assignment.Side.SECOND_LEFT:
            left, right = right, left
        sides[pk] = (left, right)
        prefixes[pk] = (
            block.study.slug, block.number, block.name, number, block.target, *_dialogues(left, right), side or None,
            position, seat, pseudonym, kind, state, repeat, int(slot is not None and not out), int(out), probability,
            _time(started), _time(submitted), active,
        )  # fmt: skip
    return _answers(block, asked, start, stop, prefixes, sides)


def _answers(
    block: Block,
    asked: dict[tuple[int, str, str], _Asked],
    start: int,
    stop: int,
    prefixes: dict[int, Row],
    sides: dict[int, tuple[_Shown, _Shown | None]],
) -> list[Row]:
    judgments = (
        Judgment.objects.filter(
            assignment__block=block, assignment__unit__number__gte=start, assignment__unit__number__lt=stop
        )
        .order_by("assignment__unit__number", "assignment_id", "sequence")
        .values_list(
            "assignment_id", "instrument", "criterion", "place", "value", Cast("cannot_judge", IntegerField()), "text",
            "reason", "span_start", "span_end", _Written("answered"), Cast("superseded", IntegerField()), "amendment",
        )
    )  # fmt: skip
    revisions: dict[tuple[int, str, str, int], int] = {}
    rows: list[Row] = []
    for (
        pk, instrument, criterion, place, value, cannot, text, reason, span_start, span_end, answered, old, amendment,
    ) in judgments:  # fmt: skip
        if pk not in prefixes:
            continue
        question = (pk, instrument, criterion, place)
        revisions[question] = revision = revisions.get(question, 0) + 1
        known = asked.get((amendment, instrument, criterion), NOT_ASKED)
        left, right = sides[pk]
        said = None if value is None else known.criterion.number(value)
        turn = left.turns[place] if right is None and 0 <= place < len(left.turns) else NO_TURN
        won = _won(left, right, value) if known.criterion.scale == "preference" else ("", "")
        rows.append(
            (
                *prefixes[pk], place if place >= 0 else None, *turn, instrument, known.version, criterion,
                known.criterion.scale, said, known.labels.get(value, ""), cannot, *won, text, reason, span_start,
                span_end, left.words(place, span_start, span_end), answered, revision, old, amendment,
                left.task if right is None else "",
            )
        )  # fmt: skip
    return rows


def _exhibits(block: Block, start: int, stop: int) -> dict[int, _Shown]:
    pairs = block.target == Block.Target.PAIR
    wanted = block.units.filter(number__gte=start, number__lt=stop).values_list("first_id", "second_id")
    keys = {key for both in wanted for key in both if key is not None}
    fields = (
        "pk",
        Coalesce("dialogue__external_id", "dialogue_name"),
        Coalesce("dataset__slug", "dataset_name"),
        Coalesce("dialogue__task", Value("")),
    )
    rows = Exhibit.objects.filter(pk__in=keys).values_list(*fields, *(() if pairs else ("content",)))
    return {pk: _Shown(dialogue, dataset, task, *_turns(*content)) for pk, dialogue, dataset, task, *content in rows}


def _turns(content: dict[str, Any] | None = None) -> tuple[tuple[tuple[int, str, str], ...], tuple[str, ...]]:
    turns = (content or {}).get("turns", [])
    numbers = ((turn["indices"][0], " ".join(map(str, turn["indices"])), turn["speaker"]) for turn in turns)
    return tuple(numbers), tuple(turn["text"] for turn in turns)


def _dialogues(left: _Shown, right: _Shown | None) -> Row:
    """`dialogue`, `dataset`, and those of the left and right."""
    if right is None:
        return (left.dialogue, left.dataset, "", "", "", "")
    return ("", "", left.dialogue, left.dataset, right.dialogue, right.dataset)


def _won(left: _Shown, right: _Shown | None, value: int | None) -> tuple[str, str]:
    """The dialogue and dataset that a preference chose; neither for a tie."""
    chosen = {1: left, 2: right}.get(value or 0)
    return (chosen.dialogue, chosen.dataset) if chosen else ("", "")


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None
