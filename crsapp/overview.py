"""What the home page says at a glance: what runs, what waits for me, what went wrong."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from annotation.models import Annotator, Assignment, Study
from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models import Dataset, Dialogue, Import

FAILURES_SHOWN_DAYS = 7
SHOWN = 8


@dataclass(frozen=True)
class Overview:
    """The home page of a researcher. Everything is counted when asked."""

    datasets: int
    dialogues: int
    studies: int
    open_studies: list[Study]
    judged_studies: list[Study]
    jobs: list[Job]
    checked_imports: list[Import]
    refused_imports: list[Import]
    drafts: list[Study]
    closed_studies: list[Study]
    failed_jobs: list[Job]

    @property
    def is_empty(self) -> bool:
        return not (self.datasets or self.studies or self.jobs or self.waits or self.failed_jobs)

    @property
    def waits(self) -> bool:
        """Somebody's word is wanted."""
        return bool(self.checked_imports or self.refused_imports or self.drafts or self.judged_studies)


def overview() -> Overview:
    checked = Import.objects.filter(state=Import.State.CHECKED).select_related("dataset")
    refused = Q(report__fatal=True) | Q(report__dialogues=0)
    return Overview(
        datasets=Dataset.objects.visible().count(),
        dialogues=Dialogue.objects.visible().count(),
        studies=Study.objects.count(),
        open_studies=list(_open_studies()[:SHOWN]),
        judged_studies=list(_open_studies().filter(places__gt=0, filled=F("places"))[:SHOWN]),
        jobs=list(_whole_jobs().filter(state__in=[Job.State.QUEUED, Job.State.RUNNING, Job.State.WAITING])[:SHOWN]),
        checked_imports=list(checked.exclude(refused)[:SHOWN]),
        refused_imports=list(checked.filter(refused)[:SHOWN]),
        drafts=list(Study.objects.filter(state=Study.State.DRAFT)[:SHOWN]),
        closed_studies=list(Study.objects.filter(state=Study.State.CLOSED).order_by("-closed")[:SHOWN]),
        failed_jobs=list(_failed_jobs()[:SHOWN]),
    )


def _whole_jobs() -> QuerySet[Job]:
    return Job.objects.filter(parent__isnull=True)


def _failed_jobs() -> QuerySet[Job]:
    since = timezone.now() - timedelta(days=FAILURES_SHOWN_DAYS)
    return _whole_jobs().filter(state=Job.State.FAILED, finished__gte=since)


def _open_studies() -> QuerySet[Any]:
    submitted = Q(blocks__slots__assignment__state=Assignment.State.SUBMITTED)
    return Study.objects.filter(state=Study.State.OPEN).annotate(
        places=Count("blocks__slots"), filled=Count("blocks__slots", filter=submitted)
    )


def own_studies(user: User) -> QuerySet[Annotator]:
    """Where an annotator with an account judges; the link is their way in."""
    return (
        Annotator.objects.filter(user=user, link__revoked__isnull=True)
        .exclude(study__state=Study.State.DRAFT)
        .select_related("study", "link")
    )
