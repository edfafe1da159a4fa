"""Amira sets up where models are asked, and tries it; keys are never typed and never shown."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_httpserver import HTTPServer

from crsapp.accounts.models import User
from crsapp.jobs import services
from crsapp.jobs.models import Job
from generation.models import Call, Endpoint
from tests.generation.llm.scenes import KEY, KEY_NAME, PATH, answer, endpoint

pytestmark = [pytest.mark.django_db(transaction=True)]
SAID = {
    "name": "Our model",
    "base_url": "http://127.0.0.1:11434/v1/",
    "model": "m",
    "key_variable": "",
    "temperature": "0.7",
    "top_p": "",
    "max_tokens": "500",
    "price_in": "0.15",
    "price_out": "0.6",
    "in_flight": "8",
    "requests_per_minute": "",
    "tokens_per_minute": "",
    "seconds": "60",
    "tries": "5",
}


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def tried(site: Client, where: Endpoint) -> str:
    """What the page says after a worker has tried it."""
    site.post(f"/models/{where.pk}/try/")
    services.run(Job.objects.latest("created").pk)
    return site.get(f"/models/{where.pk}/").content.decode()


def test_the_empty_list_offers_the_first_step(site: Client) -> None:
    assert "No model yet" in site.get("/models/").content.decode()


def test_an_endpoint_is_made_changed_and_listed(site: Client, amira: User) -> None:
    made = site.post("/models/new/", SAID)
    one = Endpoint.objects.get()
    assert made["Location"] == f"/models/{one.pk}/"
    assert (one.base_url, one.price_in, one.created_by) == ("http://127.0.0.1:11434/v1", Decimal("0.15"), amira)
    site.post(f"/models/{one.pk}/edit/", {**SAID, "model": "m2", "retired": "on"})
    one.refresh_from_db()
    assert (one.model, one.retired) == ("m2", True)
    assert "Our model" in site.get("/models/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("base_url", "", "Where does it answer?"),
        ("base_url", "https://api.example.org/v1", "CRSAPP_LLM_HOSTS"),
        ("base_url", "https://me:secret@127.0.0.1/v1", "This is no plain address"),
        ("base_url", "http://169.254.169.254/latest", "is not among the hosts"),
        ("key_variable", KEY, "not the key"),
        ("key_variable", "CRSAPP_SECRET_KEY", "not the key"),
        ("temperature", "3", "less than or equal to 2"),
        ("price_in", "-1", "greater than or equal to 0"),
        ("in_flight", "0", "greater than or equal to 1"),
        ("max_tokens", "0", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_refused_in_words(site: Client, field: str, value: str, why: str) -> None:
    answered = site.post("/models/new/", {**SAID, field: value})
    assert answered.status_code == 200
    assert why in answered.content.decode()
    assert not Endpoint.objects.exists()


def test_a_good_endpoint_tried(site: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer("<b>ready</b>"))
    page = tried(site, endpoint(httpserver))
    assert "It answers." in page
    assert "&lt;b&gt;ready&lt;/b&gt;" in page
    assert "12 asked, 5 answered" in page
    assert "0.000022" in page
    assert httpserver.log[0][0].json["messages"][0]["content"].startswith("Answer with the word ready")


def test_a_bad_endpoint_tried_says_what_to_do_and_is_tried_once(site: Client, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "model not found"}}, status=404)
    page = tried(site, endpoint(httpserver))
    assert "Check the base URL" in page
    assert "model not found" in page
    assert Call.objects.count() == 1


def test_a_key_is_shown_as_set_or_not_and_never_itself(
    site: Client, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request(PATH).respond_with_data(f"bad key {KEY}", status=401)
    where = endpoint(httpserver, key_variable=KEY_NAME)
    page = tried(site, where)
    assert "is not set" in page
    assert f"{KEY_NAME} is not set. Set it for web and worker" in page
    assert not httpserver.log
    monkeypatch.setenv(KEY_NAME, KEY)
    page = tried(site, where)
    assert "is set" in page
    assert "does not accept the key" in page
    everything = page + "".join(
        site.get(path).content.decode()
        for path in ("/models/", f"/models/{where.pk}/edit/", f"/jobs/{Job.objects.latest('created').pk}/")
    )
    assert KEY not in everything
    assert KEY not in repr([*Call.objects.values(), *Job.objects.values()])


def test_trying_twice_asks_once(site: Client) -> None:
    where = endpoint()
    for _time in range(2):
        site.post(f"/models/{where.pk}/try/")
    assert Job.objects.count() == 1


def test_a_host_that_is_allowed_no_more_is_not_called(site: Client, httpserver: HTTPServer, settings: Any) -> None:
    where = endpoint(httpserver)
    settings.LLM_HOSTS = []
    assert "is not among the hosts that may be called" in tried(site, where)
    assert not httpserver.log


def test_the_scripted_one_is_made_and_tried_without_a_network(site: Client) -> None:
    said = {"name": "Scripted", "price_in": "0", "price_out": "0", "in_flight": "8", "early_gold": "12.5"}
    site.post("/models/new/?kind=scripted", said)
    one = Endpoint.objects.get()
    assert (one.kind, one.mishaps) == ("scripted", {"early_gold": 0.125})
    assert "It answers." in tried(site, one)


def test_a_failed_try_does_not_stop_the_worker(site: Client) -> None:
    page = tried(site, endpoint(base_url="http://127.0.0.1:1/v1"))
    assert "Nobody answers at http://127.0.0.1:1/v1" in page


def test_ben_may_not(client: Client, ben: User) -> None:
    where = endpoint()
    client.force_login(ben)
    assert client.post("/models/new/", SAID).status_code == 403
    assert client.post(f"/models/{where.pk}/try/").status_code == 403
    assert (Endpoint.objects.count(), Job.objects.count()) == (1, 0)
