"""Looking at the profiles of a pool again when one of them changed, in pieces that each are soon done.

A profile is compared with those of a lower number alone. So what changed concerns those after it, and a pool says from
which number on its findings are still to be told. Whoever comes next goes on there, and finds the same however the work
was cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, Outside, Progress, Steps
from crsapp.jobs.services import enqueue
from generation.models import PoolProfile, ProfilePool
from generation.services.simulation.pools import lock_pool
from generation.simulation.profile_checks import Finding, Neighbours, findings_of

CHECK: Final = "generation.check_profiles"
COMPARISONS_AT_ONCE: Final = 100_000
"""Half a second's, where profiles are long. A pool of three hundred is looked at as a whole."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in the profiles of one piece, and when each up to its end was last changed, by their numbers."""

    changed: Mapping[int, datetime]
    found: Mapping[int, list[Finding]]


def look_again(pool: ProfilePool, *, since: int) -> None:
    """Look at the profiles from this number on, what is more than one piece in the background. The caller holds the
    pool's lock."""
    earliest = _unchecked_from(pool)
    _say(pool, since if earliest is None else min(since, earliest))
    if write_down(pool, look(pool)) and checking_job(pool) is None:
        title = _("Comparing the profiles of %(name)s") % {"name": pool}
        enqueue(kind=CHECK, arguments={"pool": pool.pk}, title=title)


def look(pool: ProfilePool) -> Looked:
    """Look at the next piece; writes nothing, and needs no lock."""
    since = _unchecked_from(pool)
    rows = {row.number: row for row in PoolProfile.objects.in_pool(pool) if row.number is not None}
    waiting = [number for number in rows if since is not None and number >= since]
    piece = waiting[: max(1, COMPARISONS_AT_ONCE // max(1, len(rows)))]
    earlier = Neighbours({number: row.profile for number, row in rows.items() if since is not None and number < since})
    found = findings_of({number: rows[number].profile for number in piece}, pool.language, earlier)
    return Looked({number: row.changed for number, row in rows.items() if piece and number <= piece[-1]}, found)


def write_down(pool: ProfilePool, looked: Looked) -> bool:
    """Write what was found, unless somebody changed the pool meanwhile; True if there is more to look at. The caller
    holds the pool's lock."""
    since = _unchecked_from(pool)
    if since is None:
        return False
    rows = {row.number: row for row in PoolProfile.objects.in_pool(pool) if row.number is not None}
    waiting = [number for number in rows if number >= since]
    piece = list(looked.found)
    now = {number: row.changed for number, row in rows.items() if piece and number <= piece[-1]}
    if now != looked.changed or waiting[: len(piece)] != piece or (waiting and not piece):
        return True
    _write({rows[number]: said for number, said in looked.found.items()})
    left = waiting[len(piece) :]
    _say(pool, left[0] if left else None)
    return bool(left)


def check_steps(pool: ProfilePool, context: Context) -> Steps:
    """What is still to be looked at, a piece a step. Looked at is between the steps, where nobody waits for a lock."""
    while True:
        looked = yield Outside(_progress(pool), partial(look, pool))
        lock_pool(pool)
        if not write_down(pool, looked):
            return {}
        context.got_further()


def _progress(pool: ProfilePool) -> Progress:
    inside = PoolProfile.objects.in_pool(pool)
    since = _unchecked_from(pool)
    done = inside if since is None else inside.filter(number__lt=since)
    return Progress(done=done.count(), total=inside.count())


def checking_job(pool: ProfilePool) -> Job | None:
    """The one that looks at the rest of a pool, if there is one."""
    return Job.objects.open().filter(kind=CHECK, arguments__pool=pool.pk).first()


def broken_job(pool: ProfilePool) -> Job | None:
    """The one that should have looked at the rest of a pool and ended before it was done; nobody goes on by itself."""
    if _unchecked_from(pool) is None or checking_job(pool) is not None:
        return None
    over = Job.objects.filter(kind=CHECK, arguments__pool=pool.pk).exclude(state=Job.State.SUCCEEDED)
    return over.order_by("-created").first()


def _unchecked_from(pool: ProfilePool) -> int | None:
    return ProfilePool.objects.values_list("unchecked_from", flat=True).get(pk=pool.pk)


def _say(pool: ProfilePool, since: int | None) -> None:
    ProfilePool.objects.filter(pk=pool.pk).update(unchecked_from=since)


def _write(found: Mapping[PoolProfile, list[Finding]]) -> None:
    changed = []
    for row, findings in found.items():
        said: list[Mapping[str, Any]] = [one.as_dict() for one in findings]
        if said != row.findings:
            row.findings = said
            changed.append(row)
    PoolProfile.objects.bulk_update(changed, ["findings"], batch_size=200)
