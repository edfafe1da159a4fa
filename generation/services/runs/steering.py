"""Starting a run, pausing it, going on, ending it. What is to be done stands in its rows, never in a job."""

from typing import Any, Final, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.services import enqueue
from generation.llm.access import trouble_with
from generation.llm.budget import LimitTooLow, set_limits
from generation.models import Budget, Dataset, GenerationRun, Planned, RunPart
from generation.services.datasets import new_dataset
from generation.services.runs.settings import Parts, RunError, digest_of

RUN: Final = "generation.run"
State = GenerationRun.State


class Limits(NamedTuple):
    """What a run may use, money in billionths; None for no limit."""

    money: int | None = None
    tokens: int | None = None


def new_run_dataset(*, name: str, language: str, domain: str, by: User | None) -> Dataset:
    return new_dataset(name=name, origin=Dataset.Origin.GENERATED, language=language, domain=domain, by=by)


def begin_run(
    *,
    kind: GenerationRun.Kind,
    dataset: Dataset,
    said: dict[str, Any],
    parts: Parts,
    limits: Limits | None,
    by: User | None,
    here: bool,
    **made_from: Any,
) -> GenerationRun:
    """Put the run on record with what was frozen of it, and have a worker begin. The caller holds the transaction."""
    for _plays, endpoint in parts:
        if trouble := trouble_with(endpoint):
            raise RunError(f"{endpoint}: {trouble}")
    money, tokens = limits or Limits()
    run = GenerationRun.objects.create(
        kind=kind,
        dataset=dataset,
        budget=Budget.objects.create(money_limit=money, tokens_limit=tokens),
        is_scripted=any(endpoint.is_scripted for _plays, endpoint in parts),
        settings=said,
        settings_digest=digest_of(said),
        created_by=by,
        **made_from,
    )
    RunPart.objects.bulk_create(RunPart(run=run, plays=plays, endpoint=endpoint) for plays, endpoint in parts)
    _enqueue(run, by, here=here)
    return run


def pause(run: GenerationRun, *, why: str) -> bool:
    """Ask no more; what is in flight is waited for. False if it does not run."""
    running = GenerationRun.objects.filter(pk=run.pk, state=State.RUNNING)
    return bool(running.update(state=State.PAUSED, why=why))


@transaction.atomic
def resume(run: GenerationRun, *, by: User | None = None, here: bool = False) -> GenerationRun:
    """Go on with what is still to be written. Raises RunError while the last requests are in flight."""
    run = _locked(run)
    if run.state != State.PAUSED:
        raise RunError(_("This run is not paused, so there is nothing to resume."))
    return _go_on(run, by, here=here)


@transaction.atomic
def retry_given_up(run: GenerationRun, *, by: User | None = None, here: bool = False) -> GenerationRun:
    """Try each dialogue that was given up once more, and go on with what else is to be written."""
    run = _locked(run)
    if run.state not in (State.PAUSED, State.COMPLETE):
        raise RunError(_("What was given up can be tried again when the run is paused or complete."))
    if not Planned.objects.filter(run=run).can_be_tried_again().update(state=Planned.State.TO_DO):
        raise RunError(_("Nothing was given up that could be tried again."))
    return _go_on(run, by, here=here)


@transaction.atomic
def cancel(run: GenerationRun) -> None:
    """End it: what is accepted stays, nothing more is asked."""
    run = _locked(run)
    if run.is_over:
        raise RunError(_("This run is over already."))
    run.state, run.why, run.finished = State.CANCELLED, "", timezone.now()
    run.save(update_fields=["state", "why", "finished"])


def raise_limits(run: GenerationRun, limits: Limits) -> None:
    """Set what the run may use in all; less than it has used already is refused."""
    try:
        set_limits(budget_id=run.budget_id, **limits._asdict())
    except LimitTooLow as error:
        raise RunError(str(error)) from error


def finish_if_done(run: GenerationRun) -> None:
    """Complete it when all is planned and nothing is left to be written, also where that came in after it
    was paused. The caller holds the transaction."""
    run = _locked(run)
    if not run.is_over and run.all_planned and not Planned.objects.filter(run=run).to_do().exists():
        run.state, run.why, run.finished = State.COMPLETE, "", timezone.now()
        run.save(update_fields=["state", "why", "finished"])


def is_going_on(run: GenerationRun, job_id: Any) -> bool:
    """Whether this job is the one that may ask for it now."""
    return GenerationRun.objects.filter(pk=run.pk, state=State.RUNNING, job=job_id).exists()


def _locked(run: GenerationRun) -> GenerationRun:
    return GenerationRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)


def _go_on(run: GenerationRun, by: User | None, *, here: bool) -> GenerationRun:
    if run.job is not None and not run.job.is_over:
        raise RunError(_("The last requests are still in flight. Resume when they have come back."))
    for part in run.parts.select_related("endpoint"):
        if trouble := trouble_with(part.endpoint):
            raise RunError(f"{part.endpoint}: {trouble}")
    _enqueue(run, by, here=here)
    return run


def _enqueue(run: GenerationRun, by: User | None, *, here: bool) -> None:
    run.state, run.why, run.finished = State.RUNNING, "", None
    run.resumed = timezone.now()
    run.done_before = Planned.objects.filter(run=run).exclude(state=Planned.State.TO_DO).count()
    title = _("Making %(name)s") % {"name": run.dataset}
    run.job = enqueue(kind=RUN, arguments={"run": run.pk}, title=title, created_by=by, dispatch_now=not here)
    run.save(update_fields=["state", "why", "finished", "resumed", "done_before", "job"])
