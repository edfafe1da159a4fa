"""Amira looks at what models were asked and what came back."""

import json

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Call, Dataset, Endpoint, Enquiry
from generation.views import calls as views
from tests.generation.llm.scenes import budget, endpoint
from tests.generation.simulation.people import written

pytestmark = [pytest.mark.django_db]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def call(where: Endpoint, **said: object) -> Call:
    plain = {
        "prompt_name": "dialogue_from_plan",
        "prompt_version": 1,
        "prompt_digest": "d" * 64,
        "messages": [{"role": "user", "content": f"Say {HOSTILE}"}],
        "settings": {"model": "m", "seed": 1},
        "state": Call.State.ANSWERED,
        "answer": f"Hello {HOSTILE}",
        "tokens_in": 1200,
        "tokens_out": 34,
        "cost": 1_268_000,
    }
    made: Call = Call.objects.create(endpoint=where, **{**plain, **said})
    return made


def text(site: Client, address: str) -> str:
    response = site.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_before_the_first_call_the_page_offers_a_step(site: Client) -> None:
    assert "No model has been asked yet" in text(site, "/models/calls/")


def test_calls_are_listed_newest_first_with_what_they_come_to(site: Client) -> None:
    where = endpoint()
    for seconds in (0.5, 2.25):
        call(where, seconds=seconds)
    page = text(site, "/models/calls/")
    assert page.index("2.25") < page.index("0.50")
    assert "2,400" in page
    assert "0.002536" in page


def test_filters_leave_the_calls_that_are_like_them(site: Client) -> None:
    one, other = endpoint(), endpoint(name="Other")
    call(one, state=Call.State.FAILED, error="It answered 500.")
    call(other)
    assert "It answered 500." not in text(site, f"/models/calls/?endpoint={other.pk}")
    assert "It answered 500." in text(site, "/models/calls/?state=failed")
    assert "No call is like this" in text(site, "/models/calls/?state=lost")
    assert "This filter is left out." in text(site, "/models/calls/?state=nonsense&run=x")


def test_the_calls_of_a_pool_lead_back_to_it(site: Client) -> None:
    call(endpoint(), error="Of nobody's pool")
    pool = written(2)
    page = text(site, f"/models/calls/?pool={pool.pk}")
    assert f'<a href="/generate/profiles/{pool.pk}/">Written</a>' in page
    assert "sim_profile" in page
    assert "Of nobody's pool" not in page
    assert f'name="pool" value="{pool.pk}"' in page, "another filter leaves this one as it is"


def test_the_calls_of_an_enquiry_lead_back_to_it(site: Client) -> None:
    dataset = Dataset.objects.create(name="Talks", slug="talks")
    made = Enquiry.objects.create(
        dataset=dataset, kind="translation", language="de", endpoint=endpoint(), budget=budget(), settings={}
    )
    page = text(site, f"/models/calls/?enquiry={made.pk}")
    assert f'<a href="/datasets/talks/enquiries/{made.pk}/">Translating Talks (de)</a>' in page


def test_a_call_without_a_prompt_of_ours_says_so_and_only_a_second_try_is_counted(site: Client) -> None:
    where = endpoint()
    call(where, prompt_name="", attempt=1)
    page = text(site, "/models/calls/")
    assert "the conversation alone" in page
    assert "try 1" not in page
    call(where, attempt=2)
    assert "try 2" in text(site, "/models/calls/")


def test_older_calls_follow_without_a_gap(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PER_PAGE", 2)
    where = endpoint()
    made = [call(where).pk for _ in range(5)]
    seen: list[int] = []
    address = "/models/calls/"
    while address:
        page = site.get(address)
        seen += [line[0].pk for line in page.context["lines"]]
        address = f"/models/calls/?before={page.context['next']}" if page.context["next"] else ""
    assert seen == made[::-1]
    assert text(site, f"/models/calls/?before={'9' * 30}")


def test_one_call_is_shown_to_the_letter_and_never_runs(site: Client) -> None:
    page = text(site, f"/models/calls/{call(endpoint()).pk}/")
    assert "Hello &lt;script&gt;" in page
    assert "Say &lt;script&gt;" in page
    assert HOSTILE not in page


def test_the_calls_of_a_filter_come_as_json_lines(site: Client) -> None:
    where = endpoint()
    call(where, subject="first")
    call(where, subject="second", state=Call.State.LOST)
    response = site.get("/models/calls/export/?state=answered")
    (line,) = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
    assert (line["subject"], line["endpoint"], line["cost"]) == ("first", "Test", "0.001268")
    assert line["messages"][0]["content"] == f"Say {HOSTILE}"
