"""What of some dialogues a layout has no place for: measured, by writing them and reading them again. Pure."""

import dataclasses
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from generation.formats.base import RESERVED, Format, Options
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.records import DialogueRecord, UtteranceRecord

UNCOMPARED: Final = frozenset({"utterances", "place", "metadata", "labels"})


def losses(format: Format, records: Sequence[DialogueRecord]) -> dict[str, int]:
    """Parts that do not come back as they went, and of how many of these dialogues; {} if all do.

    Parts are named like `utterance.mentions`, `dialogue.labels.rating`; `dialogue` alone did not come back at all.
    """
    lost: Counter[str] = Counter()
    for record, again in zip(records, _again(format, records), strict=True):
        lost.update(set(_differences(record, again)) if again is not None else {"dialogue"})
    return dict(sorted(lost.items()))


def _again(format: Format, records: Sequence[DialogueRecord]) -> list[DialogueRecord | None]:
    """Each dialogue as it comes back, or None; one at a time only where they come back in another number."""
    together = _through(format, records)
    if len(together) == len(records):
        return list(together)
    return [next(iter(_through(format, [record])), None) for record in records]


def _through(format: Format, records: Iterable[DialogueRecord]) -> list[DialogueRecord]:
    if format.write is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"dialogues{format.written_as}"
        path.write_bytes(b"".join(format.write(records)))
        try:
            return list(format.read(Source(path), Options(report=_pass_over)))
        except FormatError:
            return []


def _pass_over(problem: FormatError) -> None:
    """A dialogue that cannot be read again is missing, which is what is looked for."""


def _differences(record: DialogueRecord, again: DialogueRecord) -> Iterator[str]:
    yield from _parts("dialogue", record, again)
    if len(record.utterances) != len(again.utterances):
        yield "utterances"
        return
    for said, back in zip(record.utterances, again.utterances, strict=True):
        yield from _parts("utterance", said, back)


def _parts(target: str, one: DialogueRecord | UtteranceRecord, other: Any) -> Iterator[str]:
    for field in dataclasses.fields(one):
        if field.name not in UNCOMPARED and getattr(one, field.name) != getattr(other, field.name):
            yield f"{target}.{field.name}"
    for name in ("labels", "metadata"):
        before: Mapping[str, Any] = getattr(one, name)
        after: Mapping[str, Any] = getattr(other, name)
        yield from (
            f"{target}.{name}.{key}"
            for key, value in before.items()
            if key != RESERVED and (key not in after or after[key] != value)
        )
