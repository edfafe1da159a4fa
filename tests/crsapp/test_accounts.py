"""Signing in, and whom the owner lets in."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from crsapp.accounts import services
from crsapp.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SIGN_IN = "/accounts/sign-in/"
PEOPLE = "/accounts/people/"


@pytest.fixture
def demo_dora() -> User:
    return User.objects.create_user("dora", role=User.Role.RESEARCHER, is_demo=True)


def test_amira_signs_in_and_goes_where_she_was_going(client: Client, amira: User) -> None:
    data = {"username": "amira", "password": "amira's long password", "next": "/accounts/password/"}
    assert client.post(SIGN_IN, data).headers["Location"] == "/accounts/password/"


def test_sign_in_never_leads_to_another_site(client: Client, amira: User) -> None:
    data = {"username": "amira", "password": "amira's long password", "next": "https://evil.example.org/"}
    assert client.post(SIGN_IN, data).headers["Location"] == "/"


def test_a_fragment_of_a_page_sends_the_whole_page_to_sign_in(client: Client, db: None) -> None:
    page = "http://testserver/studies/some-study/"
    answer = client.get("/studies/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/accounts/sign-in/?next=/studies/some-study/"


def test_wrong_password_is_said_in_words(client: Client, amira: User) -> None:
    answer = client.post(SIGN_IN, {"username": "amira", "password": "guess"})
    assert "No account has this name and this password" in answer.content.decode()


def test_ten_wrong_passwords_lock_the_door_and_say_so(client: Client, amira: User) -> None:
    for _ in range(10):
        answer = client.post(SIGN_IN, {"username": "amira", "password": "guess"})
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    right = client.post(SIGN_IN, {"username": "amira", "password": "amira's long password"})
    assert right.status_code == 429


def test_others_still_sign_in_while_amira_is_locked_out(client: Client, amira: User, olga: User) -> None:
    for _ in range(10):
        client.post(SIGN_IN, {"username": "amira", "password": "guess"})
    assert client.post(SIGN_IN, {"username": "olga", "password": "olga's long password"}).status_code == 302


def test_sign_out_takes_a_post(client: Client, amira: User) -> None:
    client.force_login(amira)
    assert client.get("/accounts/sign-out/").status_code == 405
    client.post("/accounts/sign-out/")
    assert "_auth_user_id" not in client.session


def test_demo_offers_its_people_and_signs_them_in(client: Client, settings: Settings, demo_dora: User) -> None:
    settings.DEMO = True
    assert "Sign in as dora" in client.get(SIGN_IN).content.decode()
    assert client.post("/accounts/demo/", {"username": "dora"}).status_code == 302
    assert client.session["_auth_user_id"] == str(demo_dora.pk)


def test_demo_never_signs_in_somebody_real(client: Client, settings: Settings, amira: User) -> None:
    settings.DEMO = True
    assert client.post("/accounts/demo/", {"username": "amira"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_without_demo_mode_there_is_no_such_door(client: Client, settings: Settings, demo_dora: User) -> None:
    settings.DEMO = False
    assert "Sign in as dora" not in client.get(SIGN_IN).content.decode()
    assert client.post("/accounts/demo/", {"username": "dora"}).status_code == 404


def test_createsuperuser_makes_an_owner() -> None:
    assert User.objects.create_superuser("first").is_owner


def new_link(client: Client, person: User) -> str:
    page = client.get(f"{PEOPLE}{person.pk}/link/").content.decode()
    found = re.search(r'value="http://testserver(/accounts/password/[^"]+)"', page)
    assert found
    return found[1]


def test_olga_adds_carol_who_sets_her_password_once(client: Client, olga: User) -> None:
    client.force_login(olga)
    data = {"username": "carol", "role": "researcher"}
    assert client.post(f"{PEOPLE}new/", data).status_code == 302
    carol = User.objects.get(username="carol")
    assert carol.is_researcher
    assert not carol.has_usable_password()
    link = new_link(client, carol)

    browser = Client()
    form = browser.get(link, follow=True).redirect_chain[-1][0]
    passwords = {"new_password1": "carol's long password", "new_password2": "carol's long password"}
    assert browser.post(form, passwords).status_code == 302
    carol.refresh_from_db()
    assert carol.check_password("carol's long password")
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_a_name_is_taken_once(client: Client, olga: User, amira: User) -> None:
    client.force_login(olga)
    answer = client.post(f"{PEOPLE}new/", {"username": "amira", "role": "researcher"})
    assert "already exists" in answer.content.decode()


def test_an_annotator_account_cannot_be_smuggled_in(client: Client, olga: User) -> None:
    client.force_login(olga)
    answer = client.post(f"{PEOPLE}new/", {"username": "carol", "role": "annotator"})
    assert answer.status_code == 200
    assert not User.objects.filter(username="carol").exists()


def test_deactivated_amira_is_signed_out_and_her_links_die(client: Client, olga: User, amira: User) -> None:
    amiras = Client()
    amiras.force_login(amira)
    client.force_login(olga)
    link = new_link(client, amira)
    client.post(f"{PEOPLE}{amira.pk}/deactivate/")
    assert amiras.get("/accounts/password/").status_code == 302
    assert "does not work any more" in Client().get(link, follow=True).content.decode()
    client.post(f"{PEOPLE}{amira.pk}/activate/")
    amira.refresh_from_db()
    assert amira.is_active


def test_the_last_owner_stays(olga: User) -> None:
    with pytest.raises(services.AccountError, match="only active owner"):
        services.deactivate(person=olga)
    other = services.add_person(username="oscar", role=User.Role.OWNER)
    services.deactivate(person=olga)
    with pytest.raises(services.AccountError):
        services.deactivate(person=other)


def test_researchers_do_not_manage_people(client: Client, amira: User, ben: User) -> None:
    for person in (amira, ben):
        client.force_login(person)
        assert client.get(PEOPLE).status_code == 403
        assert client.post(f"{PEOPLE}{person.pk}/deactivate/").status_code == 403
