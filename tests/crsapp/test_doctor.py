"""`manage.py doctor` names what is amiss and the remedy."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from crsapp.jobs.models import Worker
from generation.models import Endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def doctor(*arguments: str) -> str:
    out = io.StringIO()
    call_command("doctor", *arguments, stdout=out)
    return out.getvalue()


def test_all_well_once_a_worker_is_seen() -> None:
    Worker.objects.create(name="one", started=timezone.now(), seen=timezone.now())
    found = json.loads(doctor("--json").splitlines()[-1])
    assert found["ok"] is True
    assert {check["name"] for check in found["checks"]} >= {"database", "migrations", "worker", "disk"}


def test_a_missing_worker_is_named_with_its_remedy() -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="worker"):
        call_command("doctor", stdout=out)
    assert "manage.py serve --only worker" in out.getvalue()


def test_an_endpoint_without_its_key_is_named() -> None:
    Endpoint.objects.create(name="Ours", base_url="http://localhost/v1", model="m", key_variable="CRSAPP_LLM_KEY_NONE")
    out = io.StringIO()
    with pytest.raises(CommandError, match="model Ours"):
        call_command("doctor", stdout=out)
    assert "CRSAPP_LLM_KEY_NONE is not set" in out.getvalue()
