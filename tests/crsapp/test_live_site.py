"""The site as production serves it, on the test's own database."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import enqueue
from tests.services import until

pytestmark = pytest.mark.django_db


def test_site_reads_what_the_test_wrote(live_site: str, amira: User) -> None:
    with httpx.Client(base_url=live_site, follow_redirects=True) as client:
        client.get("/accounts/sign-in/")
        data = {"username": "amira", "password": "amira's long password"}
        headers = {"X-CSRFToken": client.cookies["csrftoken"]}
        page = client.post("/accounts/sign-in/", data=data, headers=headers)
    assert page.status_code == 200
    assert "amira" in page.text


def test_pages_and_assets_travel_compressed(live_site: str) -> None:
    page = httpx.get(f"{live_site}/accounts/sign-in/", headers={"Accept-Encoding": "gzip, br"})
    assert page.headers["Content-Encoding"] == "gzip"
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = httpx.get(live_site + style, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_what_the_test_asks_for(live_worker: None) -> None:
    job = enqueue(kind="nobody.knows_this", arguments={})
    until(lambda: Job.objects.get(pk=job.pk).is_over, 30, "The job is over")
    assert Job.objects.get(pk=job.pk).state == Job.State.FAILED


@pytest.mark.browser
def test_amira_signs_in_by_keyboard(page: Page, amira: User) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill("amira")
    page.get_by_label("Password").fill("amira's long password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("amira")).to_be_visible()
