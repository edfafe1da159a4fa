"""A pool written in this process, for commands: begun, or gone on with where another process left it."""

from django.conf import settings as site
from django.utils.translation import gettext as _

from crsapp.jobs.models import Job
from crsapp.jobs.services import run_inline, sweep
from generation.models import Endpoint, PoolProfile, ProfilePool
from generation.services.simulation.pools import PoolError
from generation.services.simulation.steering import WritingSettings, start_writing


def write_here(
    pool: ProfilePool,
    endpoint: Endpoint,
    settings: WritingSettings,
    *,
    money: int | None = None,
    tokens: int | None = None,
) -> ProfilePool:
    """Fill it until it is full or stopped; a limit that is not given stays as it is.

    Raises PoolError while another process has it in hand.
    """
    sweep(capacity=0)
    pool = _read(pool)
    if pool.job is not None and pool.job.state == Job.State.RUNNING:
        raise PoolError(
            _("Another process is writing this pool right now, or died less than %(seconds)d seconds ago. Try later.")
            % {"seconds": site.JOB_LEASE_SECONDS}
        )
    if pool.job is not None and not pool.job.is_over:
        run_inline(pool.job)
        pool = _read(pool)
    if PoolProfile.objects.in_pool(pool).count() < settings.size:
        if pool.budget is not None:
            money = pool.budget.money_limit if money is None else money
            tokens = pool.budget.tokens_limit if tokens is None else tokens
        pool = start_writing(pool=pool, endpoint=endpoint, settings=settings, money=money, tokens=tokens, here=True)
        if pool.job is not None:
            run_inline(pool.job)
    return _read(pool)


def _read(pool: ProfilePool) -> ProfilePool:
    return ProfilePool.objects.select_related("job", "budget").get(pk=pool.pk)
