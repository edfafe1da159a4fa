"""A large pool is looked at in pieces: the same is found however it is cut, whoever goes on, whatever changes."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import JobError
from crsapp.jobs.services import run_inline
from generation.models import PoolProfile, ProfilePool
from generation.services.simulation import checking, profiles
from generation.services.simulation.checking import look, write_down
from generation.services.simulation.pools import lock_pool, profiles_of
from generation.services.simulation.profiles import change_profile, leave_out, state_of, take_in
from generation.simulation.profile_checks import Near, Neighbours, findings_of
from generation.simulation.profile_files import Filed
from generation.simulation.profiles import FIELDS, Profile
from tests.generation.simulation.people import ANNA, pool_of, row

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def somebody(random: Random) -> Profile:
    words = [f"{letter}{number}" for letter in "abcdefgh" for number in range(12)]
    return Profile(**{name: " ".join(random.sample(words, 5)) for name in FIELDS})


def people(count: int, seed: int = 0) -> list[Profile]:
    """Every third is somebody earlier, a little older."""
    random = Random(seed)
    found: list[Profile] = []
    for number in range(count):
        twin = found and number % 3 == 0
        found.append(replace(random.choice(found), age=str(20 + number)) if twin else somebody(random))
    return found


def filled(profiles_: Sequence[Profile]) -> ProfilePool:
    pool = pool_of(ANNA, name="Large")
    profiles.bring_profiles(pool=pool, filed=[Filed(None, one) for one in profiles_])
    return pool


def told(pool: ProfilePool) -> dict[int, list[dict[str, str]]]:
    return {one.number: one.findings for one in PoolProfile.objects.in_pool(pool) if one.number is not None}


def as_a_whole(pool: ProfilePool) -> dict[int, list[dict[str, Any]]]:
    found = findings_of(profiles_of(pool), pool.language)
    return {number: [one.as_dict() for one in some] for number, some in found.items()}


def finish(pool: ProfilePool) -> None:
    for job in Job.objects.open():
        run_inline(job)
    pool.refresh_from_db()
    assert pool.unchecked_from is None


@pytest.mark.parametrize("at_once", [1, 400, 1000, 10**9])
def test_it_finds_the_same_however_the_work_is_cut(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "COMPARISONS_AT_ONCE", at_once)
    pool = filled(people(60))
    finish(pool)
    assert told(pool) == as_a_whole(pool)
    assert {one["code"] for some in told(pool).values() for one in some} >= {"P4"}
    leave_out(row=row(pool, 1))
    finish(pool)
    assert told(pool) == as_a_whole(pool)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_changes_meanwhile_is_found_in_the_end(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "COMPARISONS_AT_ONCE", 200)
    random = Random(seed)
    pool = filled(people(40, seed))
    for _change in range(12):
        one = random.choice(list(PoolProfile.objects.filter(pool=pool)))
        if one.number is None:
            take_in(row=one)
        elif random.random() < 0.5:
            leave_out(row=one)
        else:
            other = random.choice(list(profiles_of(pool).values()))
            change_profile(row=one, profile=replace(other, age="77"), seen=state_of(one), by=None)
        for _piece in range(random.randrange(4)):
            with transaction.atomic():
                lock_pool(pool)
                write_down(pool, look(pool))
    assert Job.objects.open().count() == 1, "one looks at all that changed"
    finish(pool)
    assert told(pool) == as_a_whole(pool)


@pytest.mark.parametrize("number", [1, 2, 5, 39])
@pytest.mark.parametrize("how", ["changed", "left out", "all left out"])
def test_what_changes_between_looking_and_writing_is_not_written_over(
    number: int, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "COMPARISONS_AT_ONCE", 200)
    pool = filled(people(40))
    looked = look(pool)
    one = row(pool, number)
    if how == "changed":
        twin = replace(row(pool, 7).profile, age="99")
        change_profile(row=one, profile=twin, seen=state_of(one), by=None)
    elif how == "left out":
        leave_out(row=one)
    else:
        for other in PoolProfile.objects.in_pool(pool):
            leave_out(row=other)
    with transaction.atomic():
        lock_pool(pool)
        write_down(pool, looked)
    finish(pool)
    assert told(pool) == as_a_whole(pool)


def test_a_worker_that_breaks_in_between_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "COMPARISONS_AT_ONCE", 200)
    pool = filled(people(40))
    looked: list[int] = []

    def breaks(*said: Any) -> Any:
        looked.append(len(said[0]))
        if len(looked) == 4:
            raise RuntimeError("pulled the plug")
        return findings_of(*said)

    monkeypatch.setattr(checking, "findings_of", breaks)
    job = Job.objects.get()
    with pytest.raises(JobError, match="pulled the plug"):
        run_inline(job)
    pool.refresh_from_db()
    assert pool.unchecked_from == 1 + 4 + 3 * 4, "the first piece when they came, and three of this worker"
    leave_out(row=row(pool, 39))
    finish(pool)
    assert sum(looked) < 1 + 41 + 4 + 4, "what was looked at is not looked at again"
    assert told(pool) == as_a_whole(pool)


def test_no_step_compares_more_than_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "COMPARISONS_AT_ONCE", 300)
    nearest, compared = Neighbours.nearest, [0]

    def counted(self: Neighbours, profile: Profile) -> Near | None:
        compared[-1] += len(self._sets)
        return nearest(self, profile)

    monkeypatch.setattr(Neighbours, "nearest", counted)
    pool = filled(people(60))
    while write_down(pool, look(pool)):
        compared.append(0)
    assert len(compared) > 10
    assert max(compared) <= 300
    assert told(pool) == as_a_whole(pool)


def test_a_pool_of_the_usual_size_is_looked_at_there_and_then() -> None:
    pool = filled(people(100))
    leave_out(row=row(pool, 0))
    assert told(pool) == as_a_whole(pool)
    assert not Job.objects.exists()


@pytest.fixture
def large(client: Client, amira: User, monkeypatch: pytest.MonkeyPatch) -> ProfilePool:
    """A pool that is compared in the background, and Amira to look at it."""
    monkeypatch.setattr(checking, "COMPARISONS_AT_ONCE", 200)
    client.force_login(amira)
    return filled(people(40))


def test_the_page_says_that_profiles_are_being_compared_until_they_are(client: Client, large: ProfilePool) -> None:
    address = reverse("generate:pool-detail", args=[large.pk])
    page = client.get(address).content.decode()
    assert "being compared;" in page
    assert 'hx-trigger="every 2s"' in page
    assert "No worker is running" in page
    finish(large)
    page = client.get(address).content.decode()
    assert "being compared;" not in page
    assert "every 2s" not in page
    assert client.get(address, headers={"HX-Request": "true", "HX-Target": "pool"}).headers["HX-Refresh"] == "true"


def test_the_page_says_where_comparing_broke_off_and_has_it_done_again(
    client: Client, large: ProfilePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(checking, "findings_of", lambda *said: 1 // 0)
        job = Job.objects.get()
        with pytest.raises(JobError):
            run_inline(job)
    address = reverse("generate:pool-detail", args=[large.pk])
    page = client.get(address).content.decode()
    assert "The profiles from number 5 on were not compared" in page
    assert "being compared;" not in page
    client.post(reverse("jobs:retry", args=[job.pk]))
    assert "being compared;" in client.get(address).content.decode()
    finish(large)
    assert "not compared" not in client.get(address).content.decode()
    assert told(large) == as_a_whole(large)
