"""The studies of the installation at a glance: one query, however many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from annotation.models import Annotator, Assignment, Slot, Study
from annotation.services.progress import PACE_OVER, units_a_day

PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class StudyLine:
    """One study: judged units that count, of those needed; who judges, when last, how many units a day over the last
    week, and when it ends at this pace."""

    study: Study
    blocks: list[dict[str, Any]]
    done: int
    total: int
    annotators: int
    last_seen: datetime | None
    per_day: float | None
    ends: datetime | None


def study_lines(*, search: str = "", page: str = "1", begun: bool = False) -> Page[StudyLine]:
    """A page of the studies whose title or slug contains `search`, the newest first; of those that have `begun` the
    open ones before the closed."""
    now = timezone.now()
    slots = Slot.objects.filter(block__study=OuterRef("pk"), withheld=False)
    submitted = slots.filter(assignment__state=Assignment.State.SUBMITTED)
    recent = Assignment.objects.filter(
        annotator__study=OuterRef("pk"), state=Assignment.State.SUBMITTED, submitted__gte=now - PACE_OVER
    )
    annotators = Annotator.objects.filter(study=OuterRef("pk"))
    studies = Study.objects.select_related("created_by").annotate(
        total=_counted(slots, "block__study"),
        done=_counted(submitted, "block__study"),
        annotator_count=_counted(annotators, "study"),
        last_seen=Subquery(annotators.order_by().values("study").annotate(last=Max("last_seen")).values("last")),
        recent=_counted(recent, "annotator__study"),
        first_recent=Subquery(
            recent.order_by().values("annotator__study").annotate(first=Min("submitted")).values("first")
        ),
    )
    if search:
        studies = studies.filter(Q(title__icontains=search) | Q(slug__icontains=search))
    if begun:
        studies = studies.exclude(state=Study.State.DRAFT).order_by("-state", "-opened")
    found: Page[Any] = Paginator(studies, PAGE_SIZE).get_page(page)
    found.object_list = [_line(study, now) for study in found.object_list]
    return found


def _counted(rows: QuerySet[Any, Any], key: str) -> Coalesce:
    counts = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _line(study: Any, now: datetime) -> StudyLine:
    pace = units_a_day(study.recent, study.first_recent, now)
    return StudyLine(
        study=study,
        blocks=list(study.protocol.get("block", [])),
        done=study.done,
        total=study.total,
        annotators=study.annotator_count,
        last_seen=study.last_seen,
        per_day=pace,
        ends=_ends(study, pace, now),
    )


def _ends(study: Any, pace: float | None, now: datetime) -> datetime | None:
    if study.state != Study.State.OPEN or not pace or study.done >= study.total:
        return None
    return now + timedelta(days=(study.total - study.done) / pace)
