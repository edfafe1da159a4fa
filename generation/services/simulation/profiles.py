"""Profiles as people have them: written by hand, changed, left out, taken in, brought along in files."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import PoolProfile, ProfileEdit, ProfilePool
from generation.services.simulation.checking import look_again
from generation.services.simulation.pools import (
    LARGEST_POOL,
    PoolError,
    add_profiles,
    lock_pool,
    next_number,
    profiles_of,
)
from generation.simulation.profile_checks import Finding, Neighbours, findings
from generation.simulation.profile_files import Filed
from generation.simulation.profiles import FIELDS, Profile

CHANGED: Final = [*FIELDS, "translations", "changed"]


class ProfileChangedError(Exception):
    """Somebody else changed the profile since it was read."""


def state_of(row: PoolProfile) -> str:
    """A digest of what a profile is now, to see whether somebody changed it meanwhile."""
    return sha256(row.profile.text().encode()).hexdigest()[:16]


def findings_in(pool: ProfilePool, profile: Profile, *, number: int | None = None) -> list[Finding]:
    """What is found in a profile were it in this pool, under this number or at its end."""
    others = {earlier: one for earlier, one in profiles_of(pool).items() if number is None or earlier < number}
    return findings(profile, pool.language, Neighbours(others).nearest(profile))


@transaction.atomic
def add_by_hand(*, pool: ProfilePool, profile: Profile) -> PoolProfile:
    """Put one at the end of a pool, with whatever is found in it."""
    if profile == Profile():
        raise PoolError(_("Say something about the person first."))
    lock_pool(pool)
    number = next_number(pool)
    [row] = add_profiles(pool=pool, profiles=[profile])
    look_again(pool, since=number)
    row.refresh_from_db()
    return row


@transaction.atomic
def change_profile(*, row: PoolProfile, profile: Profile, seen: str, by: User | None) -> PoolProfile:
    """Replace what a profile says, if it is still as it was `seen`; else raise `ProfileChangedError`.

    As it was before stays on record. Its text in other languages, which told the former one, goes.
    """
    if profile == Profile():
        raise PoolError(_("Say something about the person first."))
    lock_pool(row.pool)
    row = PoolProfile.objects.select_related("pool").get(pk=row.pk)
    if state_of(row) != seen:
        raise ProfileChangedError
    if row.profile == profile:
        return row
    before = {**row.profile.as_dict(), **({"translations": row.translations} if row.translations else {})}
    ProfileEdit.objects.create(profile=row, before=before, created_by=by)
    for name, value in profile.items():
        setattr(row, name, value)
    row.translations = {}
    row.findings = [one.as_dict() for one in findings_in(row.pool, profile, number=row.number)]
    row.save(update_fields=[*CHANGED, "findings"])
    if row.number is not None:
        look_again(row.pool, since=row.number)
    row.refresh_from_db()
    return row


@transaction.atomic
def leave_out(*, row: PoolProfile) -> None:
    """Take a profile out of its pool; it stays beside it and can be taken in again. Twice does no harm."""
    lock_pool(row.pool)
    row = PoolProfile.objects.select_related("pool").get(pk=row.pk)
    if row.number is not None:
        PoolProfile.objects.filter(pk=row.pk).update(number=None)
        look_again(row.pool, since=row.number)


@transaction.atomic
def take_in(*, row: PoolProfile) -> PoolProfile:
    """Give one that was left out a number of its own, whatever was found in it. Twice does no harm."""
    lock_pool(row.pool)
    row = PoolProfile.objects.select_related("pool").get(pk=row.pk)
    if row.number is None:
        number = next_number(row.pool)
        if number >= LARGEST_POOL:
            raise PoolError(_("A pool has at most %(most)s profiles.") % {"most": LARGEST_POOL})
        row.number = number
        row.save(update_fields=["number"])
        look_again(row.pool, since=number)
    return row


@transaction.atomic
def bring_profiles(*, pool: ProfilePool, filed: Iterable[Filed]) -> int:
    """Put the profiles of a file into a pool; returns how many. Those it has already, letter for letter, are known.

    An empty pool takes the numbers of the file, so that the published profiles keep theirs.
    """
    lock_pool(pool)
    brought = list(filed)
    numbers = [one.number for one in brought]
    if not PoolProfile.objects.filter(pool=pool).exists() and _usable(numbers):
        PoolProfile.objects.bulk_create(
            PoolProfile(pool=pool, number=one.number, translations=dict(one.translations), **one.profile.as_dict())
            for one in brought
        )
        look_again(pool, since=0)
        return len(brought)
    known = set(profiles_of(pool).values())
    new = [one for one in brought if one.profile not in known]
    first = next_number(pool)
    add_profiles(pool=pool, profiles=[one.profile for one in new], translations=[one.translations for one in new])
    look_again(pool, since=first)
    return len(new)


def _usable(numbers: list[int | None]) -> bool:
    """Whether a file numbers its profiles so that a pool can."""
    return len(set(numbers)) == len(numbers) and all(n is not None and n < LARGEST_POOL for n in numbers)
