"""Counting datasets side by side: once for each state of their rows, kept with the job that did it."""

from collections.abc import Generator, Sequence
from typing import Any, Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job, JobQuerySet
from crsapp.jobs.registry import JobError, Outside, Progress, to_the_end
from crsapp.jobs.services import enqueue
from evaluation.dataset_figures import DatasetComparison
from evaluation.dataset_statistics import Texts
from evaluation.reports.datasets import comparison, new_labels, read_texts, state_of, utterances_in
from generation.models import Dataset

KIND: Final = "evaluation.dataset_statistics"
CACHED_SECONDS: Final = 24 * 60 * 60
AT_ONCE: Final = 20_000
"""A page counts no more utterances than this while somebody waits; more are a job's."""

Steps = Generator[Progress | Outside, Any, DatasetComparison]


def steps(datasets: Sequence[Dataset], tokeniser: str, *, keep_case: bool) -> Steps:
    """Read the texts a piece a step, and count them outside any transaction."""
    total = utterances_in(datasets)
    texts = Texts((dataset.slug for dataset in datasets), tokeniser, keep_case=keep_case)
    labels = {dataset.slug: new_labels(dataset) for dataset in datasets}
    done = 0
    for dataset in datasets:
        for read in read_texts(dataset, texts, labels[dataset.slug]):
            done += read
            yield Progress(done, max(done, total), _("Utterances of “%(name)s” are read") % {"name": dataset.name})
    counting = Progress(done, max(done, total), _("Distinct tokens and 4-grams are counted"))
    each, together = yield Outside(counting, texts.counted)
    return comparison(datasets, each, together, labels, tokeniser=tokeniser, keep_case=keep_case)


def kept(state: str, datasets: Sequence[Dataset]) -> DatasetComparison | None:
    """The figures of these datasets in this state, where they have been counted."""
    found: dict[str, Any] | None = cache.get(_key(state))
    if found is None:
        done = _jobs(state).filter(state=Job.State.SUCCEEDED).first()
        found = done.result if done else None
        if found is not None:
            cache.set(_key(state), found, CACHED_SECONDS)
    return _in_order(DatasetComparison.from_json(found), datasets) if found is not None else None


def count_now(datasets: Sequence[Dataset], tokeniser: str, *, keep_case: bool) -> DatasetComparison:
    """Count while somebody waits."""
    state = state_of(datasets, tokeniser, keep_case=keep_case)
    found = kept(state, datasets)
    if found is None:
        found = to_the_end(steps(datasets, tokeniser, keep_case=keep_case))
        if state == state_of(datasets, tokeniser, keep_case=keep_case):
            cache.set(_key(state), found.as_json(), CACHED_SECONDS)
    return found


def count_in_background(
    datasets: Sequence[Dataset], tokeniser: str, *, keep_case: bool, by: User | None, dispatch_now: bool = True
) -> Job:
    """The job that counts this state: one that is at it already, or a new one."""
    state = state_of(datasets, tokeniser, keep_case=keep_case)
    going_on = job_of(state)
    if going_on is not None and not going_on.is_over:
        return going_on
    return enqueue(
        kind=KIND,
        arguments={"state": state, "datasets": _ids(datasets), "tokeniser": tokeniser, "keep_case": keep_case},
        title=_("Statistics of %(datasets)s") % {"datasets": ", ".join(dataset.name for dataset in datasets)},
        created_by=by,
        dispatch_now=dispatch_now,
    )


def job_of(state: str) -> Job | None:
    """The last job that was to count this state."""
    return _jobs(state).first()


def job_steps(arguments: dict[str, Any]) -> Generator[Progress | Outside, Any, dict[str, Any]]:
    """Count for a job. What changed meanwhile is counted by nobody: half of it would be of before."""
    found = {dataset.pk: dataset for dataset in Dataset.objects.visible().filter(pk__in=arguments["datasets"])}
    datasets = [found[pk] for pk in arguments["datasets"] if pk in found]
    how = {"tokeniser": arguments["tokeniser"], "keep_case": arguments["keep_case"]}
    counted = yield from steps(datasets, **how)
    if state_of(datasets, **how) != arguments["state"]:
        raise JobError(_("The datasets changed while they were counted. Ask for their statistics again."))
    return counted.as_json()


def _in_order(found: DatasetComparison, datasets: Sequence[Dataset]) -> DatasetComparison:
    return found.in_order([dataset.slug for dataset in datasets])


def _jobs(state: str) -> JobQuerySet:
    return Job.objects.filter(kind=KIND, arguments__state=state).order_by("-created")


def _ids(datasets: Sequence[Dataset]) -> list[int]:
    return [dataset.pk for dataset in datasets]


def _key(state: str) -> str:
    return f"evaluation.dataset-statistics.{state}"
