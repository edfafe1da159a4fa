import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from crsapp.jobs.registry import Context, Handler, Progress, Steps, registry
from tests.crsapp.jobs.conftest import Register


def one(context: Context) -> Steps:
    yield Progress(done=1)
    return None


def other(context: Context) -> Steps:
    yield Progress(done=1)
    return None


def test_two_handlers_of_one_kind_fail_djangos_check(register: Register) -> None:
    assert not [found for found in run_checks() if found.id == "jobs.E001"]
    registry.add(Handler("tests.same", one, None))
    registry.add(Handler("tests.same", other, None))
    with pytest.raises(SystemCheckError, match=r"tests\.same.*has two handlers: .*\.one and .*\.other"):
        call_command("check")


def test_the_same_handler_imported_twice_is_one(register: Register) -> None:
    registry.add(Handler("tests.same", one, None))
    registry.add(Handler("tests.same", one, None))
    assert not registry.duplicates
