"""Amira ticks scenarios: each once, by its number, with its text as it was."""

import pytest

from crsapp.accounts.models import User
from generation.models import TickedScenario
from generation.services.simulation.pools import PoolError, add_profiles, create_pool, profiles_of
from generation.services.simulation.scenarios import all_tasks, scenarios_ticked, tick
from generation.simulation.profiles import Profile
from generation.simulation.tasks import BUILT_IN

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TRAVEL = BUILT_IN["travel"]


def test_ticked_twice_they_are_there_once(amira: User) -> None:
    assert tick(task=TRAVEL, numbers=[1, 7], on=True, by=amira) == 2
    assert tick(task=TRAVEL, numbers=[7], on=True, by=amira) == 1
    assert [one.id for one in scenarios_ticked()] == ["planning a trip/1", "planning a trip/7"]


def test_unticked_and_ticked_again_it_is_the_same_one() -> None:
    tick(task=TRAVEL, numbers=[3], on=True)
    before = TickedScenario.objects.get()
    tick(task=TRAVEL, numbers=[3], on=False)
    assert scenarios_ticked() == []
    tick(task=TRAVEL, numbers=[3], on=True)
    assert TickedScenario.objects.ticked().get() == before


def test_numbers_that_there_are_none_of_are_left_out() -> None:
    assert tick(task=TRAVEL, numbers=[999, -1], on=True) == 0


def test_those_of_some_tasks_alone() -> None:
    for slug in ("travel", "gifts"):
        tick(task=all_tasks()[slug], numbers=[0], on=True)
    assert [one.task for one in scenarios_ticked(["gifts"])] == ["gifts"]


def test_profiles_are_numbered_on(amira: User) -> None:
    pool = create_pool(name=" My  pool ", by=amira)
    add_profiles(pool=pool, profiles=[Profile(gender="Female"), Profile(gender="Male")])
    add_profiles(pool=pool, profiles=[Profile(gender="Other")])
    assert pool.name == "My pool"
    assert {number: one.gender for number, one in profiles_of(pool).items()} == {0: "Female", 1: "Male", 2: "Other"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "my POOL"])
def test_a_name_that_will_not_do_is_refused(name: str) -> None:
    create_pool(name="My pool")
    with pytest.raises(PoolError, match="name"):
        create_pool(name=name)
