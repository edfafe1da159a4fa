"""The studies of the installation at a glance: one query, however many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotation.models import Annotator, Assignment, Slot, Study

PACE_DAYS: Final = 7
PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class StudyLine:
    """One study: judged units that count, of those needed; who judges, when last, and when it ends at this pace."""

    study: Study
    blocks: list[dict[str, Any]]
    done: int
    total: int
    annotators: int
    last_seen: datetime | None
    ends: datetime | None


def study_lines(*, search: str = "", page: str = "1") -> Page[StudyLine]:
    """A page of the studies whose title or slug contains `search`, the newest first."""
    now = timezone.now()
    slots = Slot.objects.filter(block__study=OuterRef("pk"))
    submitted = slots.filter(assignment__state=Assignment.State.SUBMITTED)
    annotators = Annotator.objects.filter(study=OuterRef("pk"))
    studies = Study.objects.annotate(
        total=_counted(slots, "block__study"),
        done=_counted(submitted, "block__study"),
        lately=_counted(submitted.filter(assignment__submitted__gte=now - timedelta(days=PACE_DAYS)), "block__study"),
        annotator_count=_counted(annotators, "study"),
        last_seen=Subquery(annotators.order_by().values("study").annotate(last=Max("last_seen")).values("last")),
    )
    if search:
        studies = studies.filter(Q(title__icontains=search) | Q(slug__icontains=search))
    found: Page[Any] = Paginator(studies, PAGE_SIZE).get_page(page)
    found.object_list = [_line(study, now) for study in found.object_list]
    return found


def _counted(rows: QuerySet[Any, Any], key: str) -> Coalesce:
    counts = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _line(study: Any, now: datetime) -> StudyLine:
    return StudyLine(
        study=study,
        blocks=list(study.protocol.get("block", [])),
        done=study.done,
        total=study.total,
        annotators=study.annotator_count,
        last_seen=study.last_seen,
        ends=_ends(study, now),
    )


def _ends(study: Any, now: datetime) -> datetime | None:
    """When the rest is done at the pace since the opening, or of the last week if that is shorter."""
    if study.state != Study.State.OPEN or not study.lately:
        return None
    days = max(1 / 24, min(float(PACE_DAYS), (now - study.opened).total_seconds() / 86_400))
    return now + timedelta(days=(study.total - study.done) * days / study.lately)
