"""The ways in: what is asked is said first, taking part is a post, and every closed door says why."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Link, Study
from annotation.services.participants import revoke_link
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study() -> Study:
    return scenes.study_of_dialogues(annotators=3)


def path(link: Link) -> str:
    return reverse("annotation:enter", args=[link.token])


def test_what_is_asked_is_said_first_and_looking_joins_nobody(client: Client, study: Study) -> None:
    link = scenes.personal_link(study)
    page = client.get(path(link))
    text = page.content.decode()
    for words in ("rate 4 dialogues", "<strong>in its context</strong>", "Your consent", "of my own free will"):
        assert words in text
    assert not Annotator.objects.exists()
    assert "sessionid" not in client.cookies


def test_accepting_is_on_record_and_leads_to_work(client: Client, study: Study) -> None:
    answer = client.post(path(scenes.personal_link(study)))
    annotator = Annotator.objects.get()
    assert annotator.consented is not None
    assert annotator.consent_digest
    assert annotator.guidelines_digest
    assert answer.headers["Location"] == reverse("annotation:judge", args=[Judge.address(annotator)])
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_personal_link_resumes_on_another_device(client: Client, study: Study) -> None:
    link = scenes.personal_link(study)
    client.post(path(link))
    phone = Client()
    assert "Welcome back, annotator-01" in phone.get(path(link)).content.decode()
    phone.post(path(link))
    assert Annotator.objects.count() == 1
    assert phone.get(reverse("annotation:judge", args=[Judge.address(Annotator.objects.get())])).status_code == 200
    assert client.get(path(link)).status_code == 302


def test_an_open_link_gives_a_name_and_a_way_back(client: Client, study: Study) -> None:
    link = scenes.open_link(study)
    answer = client.post(path(link), follow=True)
    annotator = Annotator.objects.get()
    text = answer.content.decode()
    assert f"You are {annotator.pseudonym}" in text
    assert f"http://testserver{path(annotator.link)}" in text
    assert client.post(path(link)).headers["Location"] == reverse("annotation:judge", args=[Judge.address(annotator)])
    assert Annotator.objects.count() == 1
    other = Client()
    other.post(path(annotator.link))
    assert Annotator.objects.count() == 1


def test_a_full_link_says_so(study: Study) -> None:
    link = scenes.open_link(study, cap=1)
    Client().post(path(link))
    for answer in (Client().get(path(link)), Client().post(path(link))):
        assert "All places are taken" in answer.content.decode()
    assert Annotator.objects.count() == 1


def test_a_full_panel_says_so(study: Study) -> None:
    link = scenes.open_link(study, cap=9)
    for _ in range(3):
        Client().post(path(link))
    for answer in (Client().get(path(link)), Client().post(path(link))):
        assert "All places are taken" in answer.content.decode()
    assert Annotator.objects.count() == 3


def test_a_withdrawn_link_says_so(client: Client, study: Study) -> None:
    link = scenes.personal_link(study)
    revoke_link(link=link)
    for answer in (client.get(path(link)), client.post(path(link))):
        assert "This link no longer works" in answer.content.decode()
    assert not Annotator.objects.exists()


def test_a_closed_study_thanks_strangers_and_lets_its_people_in(study: Study) -> None:
    link, unused = scenes.personal_link(study), scenes.personal_link(study)
    ben = Client()
    ben.post(path(link))
    close_study(study=study)
    assert "This study is closed" in Client().get(path(unused)).content.decode()
    assert "This study is closed" in Client().post(path(unused)).content.decode()
    assert 'data-screen="closed"' in ben.get(path(link), follow=True).content.decode()
    assert 'data-screen="closed"' in Client().post(path(link), follow=True).content.decode()


def test_a_link_that_leads_nowhere(client: Client, db: None) -> None:
    answer = client.get(reverse("annotation:enter", args=["x" * 22]))
    assert answer.status_code == 404
    assert "This link leads nowhere" in answer.content.decode()


def test_the_token_stays_out_of_referers_indexes_and_logs(
    client: Client, study: Study, caplog: pytest.LogCaptureFixture
) -> None:
    link = scenes.personal_link(study)
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.get(path(link)),
            client.post(path(link)),
            client.get(reverse("annotation:enter", args=["no"])),
        ]
    assert answers[0].headers["Referrer-Policy"] == "strict-origin"
    assert answers[0].headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answers[0].headers["Cache-Control"]
    assert link.token not in caplog.text


def test_ben_with_an_account_joins_as_himself_once(client: Client, study: Study, ben: User) -> None:
    client.force_login(ben)
    first, second = scenes.personal_link(study), scenes.open_link(study)
    client.post(path(first))
    client.post(path(second))
    assert Annotator.objects.get().user == ben


def test_a_pasted_link_is_followed_and_nonsense_refused(client: Client, study: Study) -> None:
    link = scenes.personal_link(study)
    find = reverse("annotation:enter-find")
    assert client.post(find, {"link": f" http://testserver{path(link)} "}).headers["Location"] == path(link)
    assert client.post(find, {"link": link.token}).headers["Location"] == path(link)
    assert client.post(find, {"link": "https://example.org/"}).status_code == 422
    assert client.post(find).status_code == 422


def test_the_way_back_in_place_takes_ones_own_link_alone(study: Study) -> None:
    link, other = scenes.personal_link(study), scenes.personal_link(study)
    ben = Judge(link)
    Judge(other)
    client = Client()
    again = ben.path("enter-again")
    for wrong in (path(other), "nonsense", path(scenes.open_link(study, cap=1)), None):
        assert client.post(again, {"link": wrong}, content_type="application/json").status_code == 422
    assert client.post(again, b"{", content_type="application/json").status_code == 422
    assert client.get(ben.path("judge")).status_code == 401
    assert client.post(again, {"link": path(link)}, content_type="application/json").json()["token"]
    assert client.get(ben.path("judge")).status_code == 200
    revoke_link(link=link)
    assert Client().post(again, {"link": path(link)}, content_type="application/json").status_code == 422
