"""Every call is on record: before it is sent, with the most it can cost reserved; afterwards, with what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.jobs.models import Job
from generation.llm.budget import Amount, BudgetSpent, reserve_first, settle_all
from generation.llm.exchange import Outcome, Request
from generation.llm.money import cost
from generation.llm.prompts import Rendered
from generation.models import Call, Endpoint
from generation.models.calls import CallQuerySet

FORGOTTEN_AFTER = timedelta(hours=2)


SAID_AT_THE_END: Final = {
    "state",
    "outcome",
    "answer",
    "error",
    "finish_reason",
    "tokens_in",
    "tokens_out",
    "cost",
    "assumed",
    "started",
    "seconds",
}


@dataclass(frozen=True)
class Ask:
    """One question. `subject` is what the asker knows it by; it stays the same through all tries.

    What is not said of tokens and temperature is as the endpoint has it.
    """

    subject: str
    prompt: Rendered
    seed: int | None = None
    max_tokens: int | None = None
    temperature: float | None = None


@dataclass(frozen=True)
class Try:
    """One question, asked for the `attempt`-th time."""

    ask: Ask
    request: Request
    attempt: int = 1


def request_of(ask: Ask, endpoint: Endpoint) -> Request:
    return Request(
        messages=ask.prompt.messages,
        max_tokens=ask.max_tokens or endpoint.max_tokens,
        temperature=endpoint.temperature if ask.temperature is None else ask.temperature,
        top_p=endpoint.top_p,
        seed=ask.seed,
    )


def most_of(request: Request, endpoint: Endpoint) -> Amount:
    """The most that one try can take: every byte a token, and an answer as long as it may be."""
    asked = request.most_tokens_asked()
    money = cost(asked, request.max_tokens, endpoint.price_in, endpoint.price_out)
    return Amount(money=money, tokens=asked + request.max_tokens)


def likely_of(request: Request, endpoint: Endpoint, *, tokens_out: int) -> Amount:
    """What one try will about take, for a dry run, where answers have about `tokens_out` tokens."""
    asked, answered = request.likely_tokens_asked(), min(tokens_out, request.max_tokens)
    return Amount(money=cost(asked, answered, endpoint.price_in, endpoint.price_out), tokens=asked + answered)


def open_calls(
    tries: Sequence[Try], *, endpoint: Endpoint, budget_id: int | None, job_id: UUID | None
) -> tuple[list[Call], BudgetSpent | None]:
    """Reserve the most that each try can take and write it down, from the first on as far as the budget goes; and why
    not the next one."""
    most = [most_of(one.request, endpoint) for one in tries]
    fit, refused = len(tries), None
    if budget_id is not None and tries:
        fit, refused = reserve_first(budget_id=budget_id, amounts=most)
    rows = [
        Call(
            endpoint=endpoint,
            budget_id=budget_id,
            job_id=job_id,
            subject=one.ask.subject,
            attempt=one.attempt,
            prompt_name=one.ask.prompt.name,
            prompt_version=one.ask.prompt.version,
            prompt_digest=one.ask.prompt.digest,
            messages=[{"role": message.role, "content": message.content} for message in one.request.messages],
            settings={"provider": endpoint.kind, "model": endpoint.model, **one.request.settings()},
            reserved_cost=amount.money,
            reserved_tokens=amount.tokens,
        )
        for one, amount in zip(tries[:fit], most, strict=False)
    ]
    return Call.objects.bulk_create(rows), refused


def close_calls(closed: Sequence[tuple[Call, Outcome]]) -> None:
    """Write down what came of tries, and settle their reservations with what they cost.

    Where the endpoint may have done the work and did not say how many tokens it took, the most is counted.
    """
    spent = {}
    for call, outcome in closed:
        call.state = Call.State.ANSWERED if outcome.answered else Call.State.FAILED
        call.outcome, call.answer, call.error = outcome.kind, outcome.text, outcome.detail
        call.finish_reason = outcome.finish_reason
        call.tokens_in, call.tokens_out = outcome.tokens_in, outcome.tokens_out
        call.started, call.seconds = outcome.started, outcome.seconds
        spent[call.pk] = _spent(call, outcome)
    _close([call for call, _outcome in closed], spent)


def count_lost(calls: CallQuerySet) -> int:
    """Close those whose worker is gone. Whether they were answered nobody knows, so the most is counted as spent."""
    lost = list(calls.open())
    for call in lost:
        call.state, call.assumed = Call.State.LOST, True
        call.error = _("The worker that sent this was stopped before the answer was on record.")
    return _close(lost, {call.pk: Amount(money=call.reserved_cost, tokens=call.reserved_tokens) for call in lost})


def forgotten() -> CallQuerySet:
    """Open calls that nobody will book any more: their job is over, or they never had one and are hours old."""
    over = Q(job__isnull=False) & ~Q(job__state__in=Job.OPEN)
    return Call.objects.filter(over | Q(job=None, created__lt=timezone.now() - FORGOTTEN_AFTER))


def _spent(call: Call, outcome: Outcome) -> Amount:
    if outcome.tokens_in is not None and outcome.tokens_out is not None:
        endpoint = call.endpoint
        money = cost(outcome.tokens_in, outcome.tokens_out, endpoint.price_in, endpoint.price_out)
        return Amount(money=money, tokens=outcome.tokens_in + outcome.tokens_out)
    if not outcome.may_have_cost:
        return Amount()
    call.assumed = True
    return Amount(money=call.reserved_cost, tokens=call.reserved_tokens)


@transaction.atomic(savepoint=False)
def _close(calls: Sequence[Call], spent: Mapping[int, Amount]) -> int:
    """Close those that nobody closed before, so that what a call cost is counted once; returns how many."""
    held = Call.objects.open().select_for_update().filter(pk__in=list(spent)).order_by("pk")
    still_open = set(held.values_list("pk", flat=True))
    calls = [call for call in calls if call.pk in still_open]
    for call in calls:
        call.cost = spent[call.pk].money
    _write(calls)
    for budget_id in {call.budget_id for call in calls if call.budget_id is not None}:
        both = [
            (Amount(money=call.reserved_cost, tokens=call.reserved_tokens), spent[call.pk])
            for call in calls
            if call.budget_id == budget_id
        ]
        settle_all(budget_id=budget_id, settled=both)
    return len(calls)


def _write(calls: Sequence[Call]) -> None:
    """Save what is said of calls when they are closed. As one statement for many rows: `bulk_update` took ten times
    as long, more than everything else that a call costs."""
    if not calls:
        return
    fields = [field for field in Call._meta.local_concrete_fields if field.name in SAID_AT_THE_END]
    columns = ", ".join(f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields)
    table = connection.ops.quote_name(Call._meta.db_table)
    rows = [
        [*(field.get_db_prep_save(getattr(call, field.attname), connection) for field in fields), call.pk]
        for call in calls
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {columns} WHERE id = %s", rows)  # noqa: S608 – names of our own columns
