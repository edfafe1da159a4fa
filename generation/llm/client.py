"""One try at an OpenAI-compatible endpoint. Whatever goes wrong is an outcome in words, and never holds the key.

What speaks HTTP is loaded by the first call: a site that asks no model need not pay for it.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, proxy_bypass

import orjson

from generation.llm.answers import read_answer, read_failure
from generation.llm.exchange import Kind, Outcome, Request
from generation.llm.hosts import AddressError, AllowedHost, check_address, read_address
from generation.llm.pacing import read_retry_after

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

LARGEST_ANSWER: Final = 16 * 1024**2
SECONDS_TO_CONNECT: Final = 15.0
HIDDEN: Final = "[key]"
PATH: Final = "/chat/completions"


@dataclass(frozen=True)
class Access:
    """How to reach an endpoint. The key came from the environment and goes nowhere else."""

    base_url: str
    model: str
    seconds: float
    in_flight: int
    allowed: tuple[AllowedHost, ...]
    key: str = ""

    def __repr__(self) -> str:
        return f"Access({self.base_url!r}, {self.model!r})"


class TooLarge(Exception):
    """The answer has more bytes than any sensible one."""


class OpenAIClient:
    def __init__(self, access: Access) -> None:
        self._access = access
        self._session: ClientSession | None = None

    async def ask(self, request: Request) -> Outcome:
        """Try once, within the endpoint's seconds from start to end. The address is checked each time."""
        started, begun = datetime.now(UTC), time.perf_counter()
        try:
            check_address(self._access.base_url, self._access.allowed)
        except AddressError as error:
            outcome = Outcome(Kind.NOT_SENT, detail=str(error))
        else:
            outcome = await self._try(request)
        return replace(self._without_key(outcome), started=started, seconds=time.perf_counter() - begun)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _try(self, request: Request) -> Outcome:
        import aiohttp

        seconds = self._access.seconds
        try:
            async with asyncio.timeout(seconds):
                status, headers, body = await self._send(request)
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ConnectionTimeoutError,
        ) as error:  # never connected: it cost nothing
            where, why = self._access.base_url, _words(error)
            return Outcome(
                Kind.UNREACHABLE,
                detail=f"Nobody answers at {where} ({why}). Is it running, and is the address right?",
            )
        except TimeoutError:
            return Outcome(
                Kind.TIMED_OUT,
                detail=f"No whole answer within {seconds:g} s. Allow more time, or ask for fewer tokens.",
            )
        except TooLarge:
            return Outcome(
                Kind.NONSENSE, detail=f"The answer has more than {LARGEST_ANSWER // 1024**2} MB; it was dropped."
            )
        except (aiohttp.ClientError, OSError) as error:
            return Outcome(Kind.CUT_OFF, detail=f"The connection broke before the answer was whole ({_words(error)}).")
        if status == 200:
            return read_answer(body)
        retry_after = read_retry_after(headers.get("retry-after"), now=datetime.now(UTC))
        return read_failure(status, body, retry_after=retry_after, model=self._access.model)

    async def _send(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body as they came."""
        messages = [{"role": one.role, "content": one.content} for one in request.messages]
        said = {"model": self._access.model, "messages": messages, **request.settings()}
        url = self._access.base_url.rstrip("/") + PATH
        async with self._opened().post(url, data=orjson.dumps(said), allow_redirects=False) as answer:
            return answer.status, answer.headers, await _read(answer)

    def _opened(self) -> "ClientSession":
        if self._session is None:
            import aiohttp

            headers = {"Content-Type": "application/json", "User-Agent": "crsapp"}
            if self._access.key:
                headers["Authorization"] = f"Bearer {self._access.key}"
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._access.in_flight),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=SECONDS_TO_CONNECT),
                proxy=_proxy_to(self._access.base_url),
            )
        return self._session

    def _without_key(self, outcome: Outcome) -> Outcome:
        key = self._access.key
        if not key or not (key in outcome.text or key in outcome.detail):
            return outcome
        return replace(outcome, text=outcome.text.replace(key, HIDDEN), detail=outcome.detail.replace(key, HIDDEN))


async def _read(answer: "ClientResponse") -> bytes:
    parts, size = [], 0
    async for part in answer.content.iter_any():
        size += len(part)
        if size > LARGEST_ANSWER:
            answer.close()
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


def _proxy_to(url: str) -> str | None:
    """The proxy that the environment names (HTTPS_PROXY, NO_PROXY …), and nothing else that it may say of a host."""
    address = read_address(url)
    return None if proxy_bypass(address.host) else getproxies().get(address.scheme)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
