"""Only what the owner allowed is called, and nobody can write an address that two readers understand differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.llm.hosts import AddressError, check_address, read_address, read_allowed

OWNERS = [read_allowed(one) for one in ("api.example.org", "127.0.0.1:*", "http://gpu.lan:8000", "safe.lan:8443")]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org/v1",
        "https://api.example.org/v1/",
        "https://api.example.org:443/v1",
        "http://127.0.0.1:11434/v1",
        "http://gpu.lan:8000/v1",
        "https://safe.lan:8443",
    ],
)
def test_what_the_owner_named(url: str) -> None:
    check_address(url, OWNERS)


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.org/v1",
        "https://api.example.org.evil.net/v1",
        "https://api.example.org:8443/v1",
        "https://api.example.org@evil.net/v1",
        "https://user:pass@api.example.org/v1",
        "https://evil.net\\@api.example.org/v1",
        "https://evil.net#@api.example.org/v1",
        "https://api.example.org/v1?to=evil.net",
        "https://api.example.org/../v1",
        "https://api.example.org/%2e%2e/v1",
        "https://api.example.org./v1",
        "http://gpu.lan:8001/v1",
        "http://2130706433/v1",
        "http://127.1/v1",
        "http://0x7f000001/v1",
        "http://[::ffff:127.0.0.1]/v1",
        "http://169.254.169.254/latest/meta-data",
        "ftp://api.example.org/v1",
        "file:///etc/passwd",
        "//api.example.org/v1",
        "https://API.example.org/v1\nHost: evil.net",
        "https://аpi.example.org/v1",
        "https://api.example.org:99999/v1",
        "https://api.example.org:0/v1",
        "https:///v1",
        " https://api.example.org/v1",
        "https://api.example.org/v1\n",
        "",
    ],
)
def test_what_nobody_named(url: str) -> None:
    with pytest.raises(AddressError):
        check_address(url, OWNERS)


@pytest.mark.parametrize("url", ["http://api.example.org:443/v1", "http://safe.lan:8443/v1"])
def test_without_encryption_a_key_travels_nowhere(url: str) -> None:
    with pytest.raises(AddressError, match="https:// alone"):
        check_address(url, OWNERS)


def test_the_refusal_says_what_the_owner_writes() -> None:
    with pytest.raises(AddressError, match=r"adds http://10\.0\.0\.7:8000 to CRSAPP_LLM_HOSTS"):
        check_address("http://10.0.0.7:8000/v1", OWNERS)


def test_nobody_named_anything() -> None:
    with pytest.raises(AddressError):
        check_address("http://127.0.0.1:80/v1", [])


@pytest.mark.parametrize("text", ["*", "https://api.example.org", "a b", "host:port", ""])
def test_a_host_that_cannot_be_read_is_said_at_start(text: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        read_allowed(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        address = read_address(f"https://{text}")
    except AddressError:
        return
    assert set(address.host) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-[]:")
