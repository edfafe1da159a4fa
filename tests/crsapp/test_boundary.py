"""Whatever Mallory sends: no character that no database takes, no load of a stranger, no page kept after sign-out."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crsapp.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def mallory() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/j/%00/", "/j/a%00b/", "/studies/?search=%00", "/datasets/?search=a%00b", "/?x=%00"])
def test_a_nul_in_an_address_is_refused_before_a_database_refuses_it(mallory: Client, amira: User, path: str) -> None:
    mallory.force_login(amira)
    for answer in (mallory.get(path), mallory.post(path)):
        assert answer.status_code == 400


def test_a_stranger_may_send_no_large_body(mallory: Client, amira: User, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    address = reverse("generation:import-new")
    load = {"dataset": "Films", "file": io.BytesIO(b"x" * 2000)}
    answer = mallory.post(address, load)
    assert answer.status_code == 413
    assert "sign in" in answer.content.decode()
    mallory.force_login(amira)
    load["file"].seek(0)  # type: ignore[attr-defined]
    assert mallory.post(address, load).status_code == 200


def test_no_page_can_be_seen_again_after_signing_out(client: Client, olga: User) -> None:
    client.force_login(olga)
    for name in ("home", "annotation:study-list", "generation:dataset-list", "jobs:list", "accounts:people"):
        answer = client.get(reverse(name))
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
