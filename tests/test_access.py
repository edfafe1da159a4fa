"""Every address of the site, walked by everybody who should not get in. A new one is closed until it is listed."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from crsapp.accounts.models import User

pytestmark = pytest.mark.django_db

# Open to whoever asks.
PUBLIC = {
    "home",
    "healthz",
    "readyz",
    "set-language",
    "accounts:sign-in",
    "accounts:sign-out",
    "accounts:demo-sign-in",
    "accounts:set-password",
    "annotation:judge-ticket",
}
# For everybody who is signed in.
SIGNED_IN = {"accounts:change-password"}
# The annotators' side: whoever holds a token or the session that it gave. Without one: not found, or asked to come in
# by a link.
BY_TOKEN = {
    "annotation:enter",
    "annotation:enter-find",
    "annotation:enter-welcome",
    "annotation:enter-again",
    "annotation:judge",
    "annotation:judge-accept",
    "annotation:judge-screen",
    "annotation:judge-next",
    "annotation:judge-answers",
    "annotation:judge-submit",
    "annotation:judge-report",
    "annotation:judge-earlier",
}
OWNERS = {
    "accounts:people",
    "accounts:person-new",
    "accounts:person-link",
    "accounts:person-deactivate",
    "accounts:person-activate",
}
SAMPLES = {"uuid": str(uuid.UUID(int=7)), "int": "987654", "slug": "no-such-thing", "str": "nothing", "path": "nothing"}


def patterns(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    """The name of every address with an example of it."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, prefix + example(entry), inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", prefix + example(entry)


def example(entry: URLPattern | URLResolver) -> str:
    route = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        kind = {"IntConverter": "int", "UUIDConverter": "uuid", "SlugConverter": "slug"}.get(
            type(converter).__name__, "str"
        )
        for written in (f"<{kind}:{name}>", f"<path:{name}>", f"<{name}>"):
            route = route.replace(written, SAMPLES[kind])
    return route


ADDRESSES = sorted(set(patterns(get_resolver())))
RESEARCHERS = [
    (name, path) for name, path in ADDRESSES if name not in PUBLIC | SIGNED_IN | BY_TOKEN and not name.endswith(":None")
]


def answers(client: Client, path: str) -> set[int]:
    """What GET and POST, and both as htmx sends them, are answered with."""
    htmx = {"HX-Request": "true"}
    return {
        client.get(path).status_code,
        client.get(path, headers=htmx).status_code,
        client.post(path).status_code,
        client.post(path, headers=htmx).status_code,
    }


def test_every_address_has_a_name_and_an_example() -> None:
    assert not [path for name, path in ADDRESSES if "None" in name.split(":") or "<" in path]


@pytest.mark.parametrize(("name", "path"), RESEARCHERS, ids=[name for name, _ in RESEARCHERS])
def test_the_signed_out_are_asked_to_sign_in(client: Client, name: str, path: str) -> None:
    answer = client.get(f"/{path}")
    assert answer.status_code in {302, 405}
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith("/accounts/sign-in/")
    assert answers(client, f"/{path}") <= {302, 401, 403, 405}


@pytest.mark.parametrize(("name", "path"), RESEARCHERS, ids=[name for name, _ in RESEARCHERS])
def test_ben_the_annotator_is_refused(client: Client, ben: User, name: str, path: str) -> None:
    client.force_login(ben)
    assert answers(client, f"/{path}") <= {403, 405}


@pytest.mark.parametrize("name", sorted(OWNERS))
def test_amira_the_researcher_is_refused_where_only_owners_go(client: Client, amira: User, name: str) -> None:
    client.force_login(amira)
    assert answers(client, "/" + dict(ADDRESSES)[name]) <= {403, 405}


@pytest.mark.parametrize(("name", "path"), RESEARCHERS, ids=[name for name, _ in RESEARCHERS])
def test_olga_the_owner_is_let_in(client: Client, olga: User, name: str, path: str) -> None:
    client.force_login(olga)
    assert client.get(f"/{path}").status_code in {200, 302, 404, 405}


@pytest.mark.parametrize("name", sorted(BY_TOKEN))
def test_mallory_without_a_link_finds_nothing(client: Client, name: str) -> None:
    assert answers(client, "/" + dict(ADDRESSES)[name]) <= {302, 401, 403, 404, 405, 422}


def test_lists_name_addresses_that_exist() -> None:
    assert {name for name, _ in ADDRESSES} >= PUBLIC | SIGNED_IN | BY_TOKEN | OWNERS
