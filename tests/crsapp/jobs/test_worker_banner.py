"""A worker that is not there shows on every page that waits for one, and so does its return."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from crsapp.jobs import leases
from crsapp.jobs.clock import from_now
from crsapp.jobs.models import Job, Worker
from tests.crsapp.jobs.conftest import ask

SENTENCE = "No worker is running, so nothing will start."
HTMX = {"HX-Request": "true"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["list", "worker", "detail", "progress"])
def test_the_sentence_stands_where_amira_waits_and_goes_when_a_worker_comes(
    name: str, client: Client, amira: User
) -> None:
    client.force_login(amira)
    job = ask("tests.any")
    address = reverse(f"jobs:{name}", args=[] if name in {"list", "worker"} else [job.pk])

    assert SENTENCE in client.get(address).content.decode()
    Worker.objects.create(name="here", started=Now(), seen=Now())
    assert SENTENCE not in client.get(address).content.decode()
    Worker.objects.update(seen=timezone.now() - timedelta(seconds=21))
    assert SENTENCE in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_job_that_is_over_needs_no_worker(client: Client, amira: User) -> None:
    client.force_login(amira)
    job = ask("tests.any")
    Job.objects.filter(pk=job.pk).update(state="succeeded")
    assert SENTENCE not in client.get(reverse("jobs:progress", args=[job.pk])).content.decode()


@pytest.mark.django_db
def test_losing_a_worker_and_its_return_are_announced_once(client: Client, amira: User) -> None:
    client.force_login(amira)
    banner = reverse("jobs:worker")
    assert "data-announce" in client.get(banner, {"seen": "present"}, headers=HTMX).content.decode()
    assert "data-announce" not in client.get(banner, {"seen": "missing"}, headers=HTMX).content.decode()
    Worker.objects.create(name="here", started=Now(), seen=Now())
    assert "data-announce" in client.get(banner, {"seen": "missing"}, headers=HTMX).content.decode()


@pytest.mark.browser
def test_a_worker_that_dies_while_the_page_is_open_shows_within_half_a_minute(page: Page, amira: User) -> None:
    Worker.objects.create(name="here", started=Now(), seen=from_now(-15))
    job = ask("tests.any", title="Import of a file")
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").or_(page.get_by_label("User name")).fill("amira")
    page.get_by_label("Password").fill("amira's long password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
    waiting = page.context.new_page()
    waiting.goto("/jobs/")
    page.goto(f"/jobs/{job.pk}/")
    expect(page.get_by_text(SENTENCE)).to_have_count(0)

    for each in (page, waiting):
        expect(each.get_by_text(SENTENCE)).to_be_visible(timeout=30_000)
    Worker.objects.update(seen=Now())
    for each in (page, waiting):
        expect(each.get_by_text(SENTENCE)).to_have_count(0, timeout=10_000)

    held = leases.claim(job.pk, worker="here")
    assert held is not None
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("Import of a file: Running")
    leases.finish(held, leases.context_of(held), {"dialogues": 7})
    expect(page.locator("#job-facts").get_by_text("dialogues")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
