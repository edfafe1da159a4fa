"""The protocol as a page and as the file that makes the same study again."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.protocol import digest, parse_protocol
from annotation.services.material import protocol_of
from annotation.services.studies import create_study
from annotation.starts import start
from crsapp.accounts.models import User
from tests.annotation.stories import opened, pairs, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_the_page_shows_what_was_frozen(desk: Client) -> None:
    study = opened(quality(), pairs())
    page = desk.get(reverse("annotation:study-protocol", args=[study.slug])).content.decode()
    assert study.digest in page
    assert "Is the language correct and natural?" in page
    assert "Which dialogue is better, all in all?" in page
    assert "not allowed: a choice is forced" in page


def test_a_draft_says_what_is_missing(desk: Client) -> None:
    study = create_study(protocol=start("blank"), slug="films")
    page = desk.get(reverse("annotation:study-protocol", args=["films"])).content.decode()
    assert "Still missing" in page
    assert digest(protocol_of(study)) in page


def test_the_file_is_what_create_study_takes(desk: Client, tmp_path: Path) -> None:
    study = opened(quality(), pairs())
    response = desk.get(reverse("annotation:study-protocol-file", args=[study.slug]))
    assert response["Content-Disposition"] == f'attachment; filename="{study.slug}.toml"'
    assert digest(parse_protocol(response.content.decode())) == study.digest
    Study.objects.filter(pk=study.pk).update(slug="elsewhere")
    file = tmp_path / "protocol.toml"
    file.write_bytes(response.content)
    call_command("create_study", str(file))
    assert Study.objects.get(slug=study.slug).protocol == study.protocol


def test_texts_of_a_protocol_cannot_run(desk: Client) -> None:
    protocol = protocol_of_blocks(quality(), guidelines="'<script>alert(1)</script> **bold**'", title="'<b>x'")
    study = create_study(protocol=protocol)
    page = desk.get(reverse("annotation:study-protocol", args=[study.slug])).content.decode()
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "<strong>bold</strong>" in page
