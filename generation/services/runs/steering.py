"""Starting a run, pausing it, going on, ending it. What is to be done stands in its rows, never in a job."""

from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.services import enqueue
from generation.llm.access import trouble_with
from generation.models import Budget, Dataset, Endpoint, GenerationRun, Planned, Preparation
from generation.services.datasets import new_dataset
from generation.services.runs.settings import RunError, RunSettings, digest_of, frozen

RUN: Final = "generation.run"
State = GenerationRun.State


def preparation_of(source: Dataset) -> Preparation:
    """What was prepared of its reviews and is in use."""
    found = source.preparations.filter(state=Preparation.State.COMPLETE).first()
    if found is None:
        raise RunError(_("The reviews of “%(name)s” are not prepared yet. Prepare them first.") % {"name": source})
    return found


@transaction.atomic
def start_run(
    *,
    source: Dataset,
    name: str,
    endpoint: Endpoint,
    settings: RunSettings,
    money: int | None = None,
    tokens: int | None = None,
    by: User | None = None,
    here: bool = False,
) -> GenerationRun:
    """Make the dataset and its run, and have a worker begin, unless it is to be run `here`. Limits: None for none."""
    preparation = preparation_of(source)
    if trouble := trouble_with(endpoint):
        raise RunError(trouble)
    said = frozen(settings, endpoint, preparation)
    dataset = new_dataset(
        name=name,
        origin=Dataset.Origin.GENERATED,
        language=source.language,
        domain=settings.domain or source.domain,
        by=by,
    )
    run = GenerationRun.objects.create(
        dataset=dataset,
        source=source,
        preparation=preparation,
        endpoint=endpoint,
        budget=Budget.objects.create(money_limit=money, tokens_limit=tokens),
        is_scripted=endpoint.is_scripted,
        settings=said,
        settings_digest=digest_of(said),
        created_by=by,
    )
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
    if run.job is not None and not run.job.is_over:
        raise RunError(_("The last requests are still in flight. Resume when they have come back."))
    if trouble := trouble_with(run.endpoint):
        raise RunError(trouble)
    _enqueue(run, by, here=here)
    return run


@transaction.atomic
def cancel(run: GenerationRun) -> None:
    """End it: what is accepted stays, nothing more is asked."""
    run = _locked(run)
    if run.is_over:
        raise RunError(_("This run is over already."))
    run.state, run.why, run.finished = State.CANCELLED, "", timezone.now()
    run.save(update_fields=["state", "why", "finished"])


def raise_limits(run: GenerationRun, *, money: int | None, tokens: int | None) -> None:
    """Set what the run may use in all; less than it has used already is refused."""
    with transaction.atomic():
        budget = Budget.objects.select_for_update().get(pk=run.budget_id)
        for what, limit in (("money", money), ("tokens", tokens)):
            used = getattr(budget, f"{what}_spent") + getattr(budget, f"{what}_reserved")
            if limit is not None and limit < used:
                raise RunError(_("More than that is used already. Give a higher limit."))
            setattr(budget, f"{what}_limit", limit)
        budget.save(update_fields=["money_limit", "tokens_limit"])


def finish_if_done(run: GenerationRun) -> None:
    """Complete it when all is planned and nothing is left to be written. The caller holds the transaction."""
    run = _locked(run)
    if run.state == State.RUNNING and run.all_planned and not Planned.objects.filter(run=run).to_do().exists():
        run.state, run.finished = State.COMPLETE, timezone.now()
        run.save(update_fields=["state", "finished"])


def is_going_on(run: GenerationRun, job_id: Any) -> bool:
    """Whether this job is the one that may ask for it now."""
    return GenerationRun.objects.filter(pk=run.pk, state=State.RUNNING, job=job_id).exists()


def _locked(run: GenerationRun) -> GenerationRun:
    return GenerationRun.objects.select_for_update(of=("self",)).select_related("endpoint", "job").get(pk=run.pk)


def _enqueue(run: GenerationRun, by: User | None, *, here: bool) -> None:
    run.state, run.why = State.RUNNING, ""
    run.resumed = timezone.now()
    run.done_before = Planned.objects.filter(run=run).exclude(state=Planned.State.TO_DO).count()
    title = _("Writing %(name)s") % {"name": run.dataset}
    run.job = enqueue(kind=RUN, arguments={"run": run.pk}, title=title, created_by=by, dispatch_now=not here)
    run.save(update_fields=["state", "why", "resumed", "done_before", "job"])
