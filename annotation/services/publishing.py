"""A table of judgments from elsewhere becomes a closed study, whole or not at all."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from annotation.exhibits import content_digest, unit_digest
from annotation.models import Annotator, Assignment, Block, Exhibit, Judgment, Seat, Slot, Study, Unit
from annotation.protocol import (
    ELSEWHERE,
    BlockSpec,
    OriginSpec,
    PairingSpec,
    Protocol,
    SampleSpec,
    digest,
    slugified,
    to_dict,
)
from annotation.published import Table
from annotation.published.rows import Shown
from annotation.published.table import Part
from annotation.services.bulk import insert_rows, new_keys, ready
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.recording import record
from crsapp.accounts.models import User
from generation.models import Dataset, Dialogue
from generation.services.inserting import reserve_ids
from generation.services.planner import tell_planner

logger = logging.getLogger(__name__)

LOOKED_UP_AT_ONCE: Final = 1_000
KINDS: Final = set(Annotator.Kind.values)


@dataclass(frozen=True)
class Source:
    """The file that judgments came from."""

    name: str
    sha256: str


def free_slug(title: str) -> str:
    """The address that a study of this title gets. Raises `StudyError` where it is taken."""
    slug = slugified(title)[:80] or "judged-elsewhere"
    if Study.objects.filter(slug=slug).exists():
        raise StudyError(_("There is already a study “{slug}”. Choose another name.").format(slug=slug))
    return slug


def publish(*, table: Table, title: str, source: Source, by: User | None = None, is_demo: bool = False) -> Study:
    """Write the closed study of a table in one transaction. Raises `StudyError` when its address is taken."""
    slug = free_slug(title)
    found = _Found(table, title)
    try:
        with transaction.atomic():
            now = database_now()
            protocol = _protocol(table, found, title=title, slug=slug, source=source, now=now)
            study = Study.objects.create(
                slug=slug,
                title=title[:200],
                state=Study.State.CLOSED,
                protocol=to_dict(protocol),
                digest=digest(protocol),
                opened=now,
                closed=now,
                created_by=by,
                is_demo=is_demo,
            )
            _Writing(study, table, found, now).write(protocol)
            told = {"file": source.name, "sha256": source.sha256, "judgments": len(table.answers)}
            record(study=study, kind="imported", by=by, digest=study.digest, **told)
            tell_planner(Exhibit, Unit, Slot, Seat, Assignment, Judgment)
    except IntegrityError as error:
        if Study.objects.filter(slug=slug).exists():
            raise StudyError(_("There is already a study “{slug}”. Choose another name.").format(slug=slug)) from error
        raise
    logger.info("study %s imported with %d judgments", study.pk, len(table.answers))
    return study


class _Found:
    """Which of the table's datasets and dialogues are here. A dataset that is not goes by its name in the file."""

    def __init__(self, table: Table, title: str) -> None:
        self.unnamed = title[:80].strip()
        shown = {one for unit in table.units for one in (unit.first, unit.second) if one is not None}
        names = {one.dataset for one in shown if one.dataset}
        known = Dataset.objects.visible().filter(Q(slug__in=names) | Q(name__in=names))
        self.datasets: dict[str, tuple[int, str]] = {}
        for pk, slug, name in known.values_list("pk", "slug", "name"):
            for said in (slug, name):
                self.datasets.setdefault(said, (pk, slug))
        self.dialogues = dict(self._dialogues(shown))

    def _dialogues(self, shown: set[Shown]) -> Iterator[tuple[Shown, int]]:
        wanted: dict[int, dict[str, Shown]] = defaultdict(dict)
        for one in shown:
            if one.dataset in self.datasets:
                wanted[self.datasets[one.dataset][0]][one.name] = one
        for dataset, by_name in wanted.items():
            names = list(by_name)
            for start in range(0, len(names), LOOKED_UP_AT_ONCE):
                piece = names[start : start + LOOKED_UP_AT_ONCE]
                rows = Dialogue.objects.visible().filter(dataset=dataset, external_id__in=piece)
                for pk, name in rows.values_list("pk", "external_id"):
                    yield by_name[name], pk

    def dataset(self, name: str) -> str:
        """What a dataset is called in the study: its slug if it is here, its name in the file, or the study's."""
        return self.datasets[name][1] if name in self.datasets else name or self.unnamed


def _protocol(table: Table, found: _Found, *, title: str, slug: str, source: Source, now: datetime) -> Protocol:
    counted = Counter(work.unit for work in table.work if work.counted)
    return Protocol(
        title=title[:200],
        slug=slug,
        blocks=tuple(_spec(part, table, found, counted) for part in table.parts),
        instruments=tuple(part.instrument for part in table.parts),
        origin=OriginSpec(source.name[-255:], source.sha256, now.isoformat(timespec="seconds"), len(table.answers)),
    )


def _spec(part: Part, table: Table, found: _Found, counted: Counter[int]) -> BlockSpec:
    is_pair = part.target == "pair"
    shown = Counter(
        found.dataset(one.dataset)
        for number in part.units
        for one in (table.units[number].first, table.units[number].second)
        if one is not None
    )
    return BlockSpec(
        name=part.name,
        target=part.target,
        instruments=(part.instrument.slug,),
        design=ELSEWHERE,
        annotators=max(1, *(counted[number] for number in part.units)),
        samples=tuple(SampleSpec(dataset, size) for dataset, size in shown.items()),
        pairing=PairingSpec(size=len(part.units)) if is_pair else None,
        reveal="whole",
        ties=is_pair,
        seed=0,
    )


class _Writing:
    """The rows of one study, table by table. It runs within the transaction of `publish`."""

    def __init__(self, study: Study, table: Table, found: _Found, now: datetime) -> None:
        self.study, self.table, self.found, self.now = study, table, found, now
        self.instrument_of: dict[int, str] = {}
        self.block_of: dict[int, int] = {}
        self.unit_ids: dict[int, int] = {}

    def write(self, protocol: Protocol) -> None:
        for number, (part, spec) in enumerate(zip(self.table.parts, protocol.blocks, strict=True), start=1):
            self._units(part, self._block(number, spec))
        annotators = self._annotators()
        assignments = self._assignments(annotators)
        self._slots(assignments)
        self._judgments(assignments)

    def _block(self, number: int, spec: BlockSpec) -> Block:
        return Block.objects.create(
            study=self.study,
            number=number,
            name=spec.name,
            target=spec.target,
            design=spec.design,
            annotators_per_unit=spec.annotators,
            seed=0,
        )

    def _units(self, part: Part, block: Block) -> None:
        shown = {
            one: content
            for number in part.units
            for one in (self.table.units[number].first, self.table.units[number].second)
            if one is not None and (content := {"turns": [], "dialogue": one.name, "dataset": one.dataset})
        }
        digests = {one: content_digest(content) for one, content in shown.items()}
        ids = dict(zip(shown, reserve_ids(Exhibit, len(shown)), strict=True))
        names = ("id", "dialogue", "dataset", "dialogue_name", "dataset_name", "content", "digest")
        rows = ((ids[one], *self._link(one), content, digests[one]) for one, content in shown.items())
        insert_rows(Exhibit, names, rows, same={"block": block.pk, "probability": 1.0})
        units = reserve_ids(Unit, len(part.units))
        self.unit_ids |= dict(zip(part.units, units, strict=True))
        self.block_of |= dict.fromkeys(part.units, block.pk)
        self.instrument_of |= dict.fromkeys(part.units, part.instrument.slug)
        insert_rows(
            Unit,
            ("id", "number", "first", "second", "digest"),
            (
                (pk, place, ids[unit.first], None, unit_digest(digests[unit.first]))
                if unit.second is None
                else (
                    pk,
                    place,
                    ids[unit.first],
                    ids[unit.second],
                    unit_digest(digests[unit.first], digests[unit.second]),
                )
                for place, (pk, unit) in enumerate(
                    zip(units, (self.table.units[number] for number in part.units), strict=True), start=1
                )
            ),
            same={"block": block.pk, "probability": 1.0},
        )

    def _link(self, one: Shown) -> tuple[int | None, int | None, str, str]:
        dataset = self.found.datasets.get(one.dataset)
        return (
            self.found.dialogues.get(one),
            None if dataset is None else dataset[0],
            one.name,
            self.found.dataset(one.dataset),
        )

    def _annotators(self) -> list[int]:
        names = list(self.table.annotators)
        ids = reserve_ids(Annotator, len(names))
        kinds = (self.table.kinds.get(name, "") for name in names)
        rows = zip(ids, names, (kind if kind in KINDS else Annotator.Kind.PERSON.value for kind in kinds), strict=True)
        insert_rows(Annotator, ("id", "pseudonym", "kind"), rows, same={"study": self.study.pk, "revision": 1})
        return list(ids)

    def _assignments(self, annotators: Sequence[int]) -> dict[int, int]:
        """The key of each piece of work that has an answer."""
        used = sorted({answer.work for answer in self.table.answers})
        ids = dict(zip(used, reserve_ids(Assignment, len(used)), strict=True))
        names = ("id", "public_id", "unit", "block", "annotator", "repeat", "state", "side", "active_seconds")
        submitted, set_aside = Assignment.State.SUBMITTED.value, Assignment.State.SET_ASIDE.value
        pieces = ((number, self.table.work[number], key) for number, key in zip(used, new_keys(len(used)), strict=True))
        rows = (
            (
                ids[number], key, self.unit_ids[work.unit], self.block_of[work.unit], annotators[work.annotator],
                work.repeat, submitted if work.counted else set_aside, work.side, work.seconds,
            )
            for number, work, key in pieces
        )  # fmt: skip
        same = {"position": 0, "started": self.now, "submitted": self.now, "lease_until": None}
        insert_rows(Assignment, names, rows, same=same)
        return ids

    def _slots(self, assignments: dict[int, int]) -> None:
        n_of: dict[int, Iterator[int]] = defaultdict(lambda: count(1))
        rows = (
            (self.unit_ids[work.unit], self.block_of[work.unit], next(n_of[work.unit]), work.side, pk)
            for number, pk in assignments.items()
            if (work := self.table.work[number]).counted
        )
        insert_rows(Slot, ("unit", "block", "n", "side", "assignment"), rows, same={"position": 0})

    def _judgments(self, assignments: dict[int, int]) -> None:
        sequences: dict[int, Iterator[int]] = defaultdict(lambda: count(0))
        keys = [criterion.key for criterion in self.table.criteria]
        field = Judgment._meta.get_field("answered")
        now = ready(field, self.now)

        def rows() -> Iterator[tuple[Any, ...]]:
            new = new_keys(len(self.table.answers))
            for answer, client_key in zip(self.table.answers, new, strict=True):
                unit = self.table.work[answer.work].unit
                yield (
                    assignments[answer.work], self.instrument_of[unit], keys[answer.criterion], answer.place,
                    answer.value, answer.value is None, answer.reason, client_key, next(sequences[answer.work]),
                    answer.superseded, now if answer.answered is None else ready(field, answer.answered),
                )  # fmt: skip

        names = (
            "assignment", "instrument", "criterion", "place", "value", "cannot_judge", "reason", "client_key",
            "sequence", "superseded", "answered",
        )  # fmt: skip
        insert_rows(Judgment, names, rows(), same={})
