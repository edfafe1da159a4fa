"""Having a pool written by a model: begun, stopped, gone on with. What is to be done follows from its rows."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.services import enqueue
from generation.llm.access import trouble_with
from generation.llm.budget import LimitTooLow, set_limits
from generation.models import Budget, Endpoint, PoolProfile, ProfilePool
from generation.services.simulation.examples import example_in_force
from generation.services.simulation.pools import LARGEST_POOL, PoolError
from generation.services.simulation.prompting import prompts_in_use
from generation.simulation.profile_checks import PROFILE_CHECKS

WRITE_PROFILES: Final = "generation.write_profiles"
REJECTING: Final = tuple(code for code, one in PROFILE_CHECKS.items() if one.rejects)
LARGEST_BATCH: Final = 50
SHORTEST_CONTEXT: Final = 2_000
SNAPSHOT: Final = ("name", "kind", "base_url", "model", "temperature", "top_p", "max_tokens")
State = ProfilePool.State


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingSettings:
    """A pool of `size` profiles, asked for `batch` at a time within `context` tokens.

    Whom the checks in `rejecting` find something about is left out, and others are asked for.
    """

    size: int
    seed: int = 0
    batch: int = 10
    context: int = 8_000
    rejecting: Sequence[str] = REJECTING

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_POOL:
            raise PoolError(_("Ask for 1 to %(most)s profiles.") % {"most": LARGEST_POOL})
        if not 1 <= self.batch <= LARGEST_BATCH:
            raise PoolError(_("Ask for 1 to %(most)s profiles at a time.") % {"most": LARGEST_BATCH})
        if self.context < SHORTEST_CONTEXT:
            raise PoolError(_("A context has at least %(least)s tokens.") % {"least": SHORTEST_CONTEXT})
        if unknown := sorted(set(self.rejecting) - PROFILE_CHECKS.keys()):
            raise PoolError(_("There is no check %(codes)s.") % {"codes": ", ".join(unknown)})


@transaction.atomic
def start_writing(
    *,
    pool: ProfilePool,
    endpoint: Endpoint,
    settings: WritingSettings,
    money: int | None = None,
    tokens: int | None = None,
    by: User | None = None,
    here: bool = False,
) -> ProfilePool:
    """Have a model fill the pool, or go on filling it. Limits are for all that the pool takes; None for none."""
    pool = ProfilePool.objects.select_for_update(of=("self",)).select_related("job", "budget").get(pk=pool.pk)
    if pool.job is not None and not pool.job.is_over:
        raise PoolError(_("This pool is being written already."))
    if settings.size <= PoolProfile.objects.in_pool(pool).count():
        raise PoolError(_("The pool has as many profiles already. Ask for more."))
    if trouble := trouble_with(endpoint):
        raise PoolError(trouble)
    pool.budget = _budget(pool, money=money, tokens=tokens)
    pool.endpoint, pool.size, pool.is_scripted = endpoint, settings.size, pool.is_scripted or endpoint.is_scripted
    pool.settings = frozen_with(settings, pool, endpoint)
    pool.state, pool.why = State.WRITING, ""
    pool.job = enqueue(
        kind=WRITE_PROFILES,
        arguments={"pool": pool.pk},
        title=_("Writing the profiles of %(name)s") % {"name": pool},
        created_by=by,
        dispatch_now=not here,
    )
    pool.save()
    return pool


def stop(pool: ProfilePool, *, why: str) -> bool:
    """Ask for nobody any more; what is in flight is waited for. False if it is not being written."""
    writing = ProfilePool.objects.filter(pk=pool.pk, state=State.WRITING)
    return bool(writing.update(state=State.STOPPED, why=why))


def finish_if_full(pool: ProfilePool) -> None:
    """Say so when it is full. The caller holds the transaction."""
    pool = ProfilePool.objects.select_for_update().get(pk=pool.pk)
    if pool.state == State.WRITING and PoolProfile.objects.in_pool(pool).count() >= pool.size:
        pool.state, pool.why = State.FULL, ""
        pool.save(update_fields=["state", "why"])


def is_going_on(pool: ProfilePool, job_id: Any) -> bool:
    """Whether this job is the one that may ask for it now."""
    return ProfilePool.objects.filter(pk=pool.pk, state=State.WRITING, job=job_id).exists()


def frozen_with(settings: WritingSettings, pool: ProfilePool, endpoint: Endpoint) -> dict[str, Any]:
    """All that decides who is written."""
    return {
        **asdict(settings),
        "rejecting": list(settings.rejecting),
        "language": pool.language,
        "example": example_in_force(pool.language).text(),
        "prompts": [{"name": one.name, "version": one.version, "digest": one.digest} for one in prompts_in_use()],
        "endpoint": {name: getattr(endpoint, name) for name in SNAPSHOT},
    }


def _budget(pool: ProfilePool, *, money: int | None, tokens: int | None) -> Budget:
    if pool.budget_id is None:
        return Budget.objects.create(money_limit=money, tokens_limit=tokens)
    try:
        set_limits(budget_id=pool.budget_id, money=money, tokens=tokens)
    except LimitTooLow as error:
        raise PoolError(str(error)) from error
    return Budget.objects.get(pk=pool.budget_id)
