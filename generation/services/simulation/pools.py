"""Pools of profiles: made, filled, read. What a model writes comes in through `profile_writing.py`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import PoolProfile, ProfilePool
from generation.simulation.profiles import Profile

LONGEST_NAME: Final = 200
LARGEST_POOL: Final = 2_000


class PoolError(Exception):
    """Why a pool or a profile cannot be as it was wanted, in words."""


def profiles_of(pool: ProfilePool) -> dict[int, Profile]:
    """The profiles of a pool by their numbers, in order; not those that were left out."""
    rows = PoolProfile.objects.in_pool(pool)
    return {row.number: row.profile for row in rows if row.number is not None}


def create_pool(*, name: str, language: str = "en", by: User | None = None, **said: Any) -> ProfilePool:
    """An empty pool. Raises PoolError where its name will not do."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PoolError(_("Give the pool a name of at most %(most)s letters.") % {"most": LONGEST_NAME})
    try:
        with transaction.atomic():
            return ProfilePool.objects.create(name=name, language=language, created_by=by, **said)
    except IntegrityError:
        raise PoolError(_("There is a pool “%(name)s” already. Choose another name.") % {"name": name}) from None


@transaction.atomic
def add_profiles(
    *,
    pool: ProfilePool,
    profiles: Iterable[Profile],
    translations: Iterable[Mapping[str, str]] | None = None,
) -> list[PoolProfile]:
    """Put profiles at the end of a pool, numbered on."""
    lock_pool(pool)
    profiles = list(profiles)
    others = list(translations) if translations is not None else [{} for _profile in profiles]
    first = next_number(pool)
    if first + len(profiles) > LARGEST_POOL:
        raise PoolError(_("A pool has at most %(most)s profiles.") % {"most": LARGEST_POOL})
    return PoolProfile.objects.bulk_create(
        PoolProfile(pool=pool, number=number, translations=dict(other), **profile.as_dict())
        for number, (profile, other) in enumerate(zip(profiles, others, strict=True), first)
    )


def lock_pool(pool: ProfilePool) -> None:
    """Have the numbers of a pool to oneself until the transaction ends."""
    ProfilePool.objects.select_for_update().get(pk=pool.pk)


def next_number(pool: ProfilePool) -> int:
    highest: int | None = PoolProfile.objects.filter(pool=pool).aggregate(highest=Max("number"))["highest"]
    return 0 if highest is None else highest + 1


@transaction.atomic
def delete_pool(*, pool: ProfilePool, name: str) -> None:
    """Delete a pool with all its profiles. Raises PoolError while it is written, or where its name was not typed."""
    pool = ProfilePool.objects.select_for_update(of=("self",)).select_related("job").get(pk=pool.pk)
    if " ".join(name.split()).casefold() != pool.name.casefold():
        raise PoolError(_("Type the name of the pool to delete it."))
    if pool.job is not None and not pool.job.is_over:
        raise PoolError(_("This pool is being written. Stop that first."))
    pool.delete()
