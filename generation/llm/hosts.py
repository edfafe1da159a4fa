"""Which addresses may be called: only what the installation's owner allowed, read in one way alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?"
)
ALLOWED: Final = re.compile(
    r"(?:(?P<scheme>http)://)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(?P<port>[0-9]{1,5}|\*))?"
)
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
PORTS: Final = {"http": 80, "https": 443}


class AddressError(Exception):
    """An address that may not be called, in words for whoever wrote it."""


@dataclass(frozen=True)
class Address:
    scheme: str
    host: str
    port: int


@dataclass(frozen=True)
class AllowedHost:
    """One that the owner named. `port` None is any; `plain` allows http:// also beyond this machine."""

    host: str
    port: int | None
    plain: bool

    def covers(self, address: Address) -> bool:
        if address.host != self.host or self.port not in (None, address.port):
            return False
        return address.scheme == "https" or self.plain or self.host in LOOPBACK


def read_allowed(text: str) -> AllowedHost:
    """`api.example.org`, `host:8443`, `host:*` for any port, `http://gpu.lan:8000` where the network is trusted.

    >>> read_allowed("api.example.org")
    AllowedHost(host='api.example.org', port=443, plain=False)
    """
    found = ALLOWED.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"{text!r} is no host; write api.example.org, host:8443, host:* or http://host:8000")
    plain, port = found["scheme"] == "http", found["port"]
    number = None if port == "*" else int(port) if port else PORTS["http" if plain else "https"]
    return AllowedHost(found["host"], number, plain)


def read_address(url: str) -> Address:
    """Take a base URL apart. What has more than a scheme, a host, a port and a plain path is refused, so that no two
    readers can understand it differently.

    >>> read_address("http://localhost:8000/v1")
    Address(scheme='http', host='localhost', port=8000)
    """
    found = ADDRESS.fullmatch(url)
    port = int(found["port"]) if found and found["port"] else PORTS[found["scheme"]] if found else 0
    if found is None or not 0 < port < 65536 or "/../" in f"{url}/" or "/./" in f"{url}/":
        raise AddressError(
            "This is no plain address. Write it in small letters like https://api.example.org/v1: no user name, "
            "no question mark, no # in it."
        )
    return Address(found["scheme"], found["host"], port)


def check_address(url: str, allowed: Iterable[AllowedHost]) -> None:
    """Raise AddressError, in words, unless the owner allowed this address."""
    address = read_address(url)
    here = [one for one in allowed if one.host == address.host]
    if any(one.covers(address) for one in here):
        return
    if here and address.scheme == "http" and any(one.port in (None, address.port) for one in here):
        raise AddressError(
            f"{address.host} may be called by https:// alone: without it everybody on the way can read the key and the "
            f"texts. For a machine in a network you trust, the owner writes http://{address.host}:{address.port} into "
            "CRSAPP_LLM_HOSTS."
        )
    raise AddressError(
        f"{address.host}:{address.port} is not among the hosts that may be called. The owner of this installation adds "
        f"{_as_named(address)} to CRSAPP_LLM_HOSTS and restarts web and worker."
    )


def _as_named(address: Address) -> str:
    if address.scheme == "http" and address.host not in LOOPBACK:
        return f"http://{address.host}:{address.port}"
    return address.host if address.port == PORTS["https"] else f"{address.host}:{address.port}"
