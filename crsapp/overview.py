"""What the home page says at a glance: what runs, what waits for me, what went wrong."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from annotation.models import Annotator, Assignment, Flag, JudgmentImport, Study
from annotation.services.listing import StudyLine, study_lines
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
    open_studies: list[StudyLine]
    judged_studies: list[Study]
    jobs: list[Job]
    checked_imports: list[Import]
    refused_imports: list[Import]
    judgment_imports: list[JudgmentImport]
    flagged_studies: list[Study]
    drafts: list[Study]
    closed_studies: list[Study]
    failed_jobs: list[Job]

    @property
    def is_empty(self) -> bool:
        return not (self.datasets or self.studies or self.jobs or self.waits or self.failed_jobs)

    @property
    def waits(self) -> bool:
        """Somebody's word is wanted."""
        imports = self.checked_imports or self.refused_imports or self.judgment_imports
        return bool(imports or self.drafts or self.judged_studies or self.flagged_studies)


def overview() -> Overview:
    checked = Import.objects.filter(state=Import.State.CHECKED).select_related("dataset")[: 2 * SHOWN]
    judgments = JudgmentImport.objects.filter(state=JudgmentImport.State.CHECKED)
    return Overview(
        datasets=Dataset.objects.visible().count(),
        dialogues=Dialogue.objects.visible().count(),
        studies=Study.objects.count(),
        open_studies=[line for line in study_lines(begun=True) if line.study.state == Study.State.OPEN][:SHOWN],
        judged_studies=list(_open_studies().filter(places__gt=0, filled=F("places"))[:SHOWN]),
        jobs=list(_whole_jobs().filter(state__in=[Job.State.QUEUED, Job.State.RUNNING, Job.State.WAITING])[:SHOWN]),
        checked_imports=[one for one in checked if not one.is_refused][:SHOWN],
        refused_imports=[one for one in checked if one.is_refused][:SHOWN],
        judgment_imports=list(judgments[:SHOWN]),
        flagged_studies=list(_flagged_studies()[:SHOWN]),
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
    used = Q(blocks__slots__withheld=False)
    submitted = Q(blocks__slots__assignment__state=Assignment.State.SUBMITTED)
    return Study.objects.filter(state=Study.State.OPEN).annotate(
        places=Count("blocks__slots", filter=used), filled=Count("blocks__slots", filter=used & submitted)
    )


def _flagged_studies() -> QuerySet[Any]:
    """Studies with units that annotators reported and nobody has looked at yet, and how many units that is."""
    waiting = Flag.objects.waiting().filter(assignment__unit__block__study=OuterRef("pk")).order_by()
    units = waiting.values("assignment__unit__block__study").annotate(n=Count("assignment__unit", distinct=True))
    return Study.objects.annotate(flagged=Subquery(units.values("n"))).filter(flagged__gt=0)


def own_studies(user: User) -> QuerySet[Annotator]:
    """Where an annotator with an account judges; the link is their way in."""
    return (
        Annotator.objects.filter(user=user, left__isnull=True, link__revoked__isnull=True)
        .exclude(study__state=Study.State.DRAFT)
        .select_related("study", "link")
    )
