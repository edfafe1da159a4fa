"""Endpoints: trying one, and what each has cost so far."""

from typing import Final

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, JobError, Outside, Progress, Steps
from crsapp.jobs.services import enqueue
from generation.llm.access import EndpointError
from generation.llm.desk import Desk
from generation.llm.prompts import get_prompt
from generation.llm.record import Ask
from generation.models import Call, Endpoint

TRY: Final = "generation.try_endpoint"
TRY_PROMPT: Final = "endpoint_try"
TRY_WORD: Final = "ready"
TRY_SECONDS: Final = 30
TRY_TOKENS: Final = 512
"""Enough for a model that thinks before it says its word."""


@transaction.atomic
def ask_for_try(*, endpoint: Endpoint, by: User) -> Job:
    """Ask a worker to send one small request; one that is already asked for is enough."""
    going_on = Job.objects.open().filter(kind=TRY, arguments__endpoint=endpoint.pk).first()
    if going_on is not None:
        return going_on
    title = _("Try %(name)s") % {"name": endpoint.name}
    return enqueue(kind=TRY, arguments={"endpoint": endpoint.pk}, title=title, created_by=by, max_attempts=1)


def try_steps(endpoint: Endpoint, context: Context) -> Steps:
    """One request, tried once, with a limit short enough to wait for it. What comes of it is a call on record."""
    endpoint.tries, endpoint.seconds = 1, min(endpoint.seconds, TRY_SECONDS)
    prompt = get_prompt(TRY_PROMPT).render(word=TRY_WORD)
    ask = Ask("try", prompt, max_tokens=min(endpoint.max_tokens, TRY_TOKENS))
    try:
        desk = Desk(endpoint=endpoint, budget=None, job_id=context.job_id)
    except EndpointError as error:
        raise JobError(str(error)) from error
    with desk:
        desk.ask([ask])
        while desk.busy:
            landed = yield Outside(Progress(done=0, message=_("Waiting for the answer")), desk.exchange)
            for answer in desk.book(landed):
                if not answer.outcome.answered:
                    return {"failure": answer.outcome.detail}
    return {}


def last_try(endpoint: Endpoint) -> tuple[Job | None, Call | None]:
    """The job that tried it last, and the call it made, if it came that far."""
    job = Job.objects.filter(kind=TRY, arguments__endpoint=endpoint.pk).order_by("-created").first()
    call = Call.objects.filter(endpoint=endpoint, job=job).last() if job else None
    return job, call


def spent_by_endpoint() -> dict[int, tuple[int, int]]:
    """Calls and cost (billionths) of each endpoint that was ever asked."""
    rows = Call.objects.order_by().values_list("endpoint").annotate(calls=Count("pk"), cost=Sum("cost"))
    return {endpoint: (calls, cost) for endpoint, calls, cost in rows}
