"""One try at an OpenAI-compatible endpoint. Whatever goes wrong is an outcome in words, and never holds the key.

The SDK is loaded by the first call: it takes a second and 40 MB, which a site that asks no model need not pay.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from generation.llm.answers import read_answer, read_failure
from generation.llm.exchange import Kind, Outcome, Request
from generation.llm.hosts import AddressError, AllowedHost, check_address
from generation.llm.pacing import read_retry_after

LARGEST_ANSWER: Final = 16 * 1024**2
SECONDS_TO_CONNECT: Final = 15.0
HIDDEN: Final = "[key]"
NO_KEY: Final = "none"


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
        self._sdk: Any = None

    async def ask(self, request: Request) -> Outcome:
        """Try once, within the endpoint's seconds from start to end. The address is checked each time."""
        self._loaded()
        started, begun = datetime.now(UTC), time.perf_counter()
        try:
            check_address(self._access.base_url, self._access.allowed)
        except AddressError as error:
            outcome = Outcome(Kind.NOT_SENT, detail=str(error))
        else:
            outcome = await self._try(request)
        return replace(self._without_key(outcome), started=started, seconds=time.perf_counter() - begun)

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()

    async def _try(self, request: Request) -> Outcome:
        import httpx2
        import openai

        seconds = self._access.seconds
        try:
            async with asyncio.timeout(seconds):
                status, headers, body = await self._send(request)
        except (TimeoutError, httpx2.TimeoutException, openai.APITimeoutError):
            return Outcome(
                Kind.TIMED_OUT,
                detail=f"No whole answer within {seconds:g} s. Allow more time, or ask for fewer tokens.",
            )
        except TooLarge:
            return Outcome(
                Kind.NONSENSE, detail=f"The answer has more than {LARGEST_ANSWER // 1024**2} MB; it was dropped."
            )
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            return self._broken(error)
        if status == 200:
            return read_answer(body)
        retry_after = read_retry_after(headers.get("retry-after"), now=datetime.now(UTC))
        return read_failure(status, body, retry_after=retry_after, model=self._access.model)

    async def _send(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body as they came. Statuses are judged by us, not by the SDK."""
        import openai

        said = [{"role": one.role, "content": one.content} for one in request.messages]
        # In the body as it is: given as `messages`, each is taken apart by its type, a third of what a call costs us.
        asked = self._sdk.chat.completions.with_streaming_response.create(
            model=self._access.model, messages=[], extra_body={"messages": said}, **request.settings()
        )
        try:
            async with asked as answer:
                return answer.status_code, answer.headers, await _read(answer.http_response)
        except openai.APIStatusError as error:
            return error.status_code, error.response.headers, error.response.content[:LARGEST_ANSWER]

    def _broken(self, error: Exception) -> Outcome:
        """A connection that was never made cost nothing; one that broke while an answer was awaited may have."""
        import httpx2

        cause = error.__cause__ or error
        why = f"{type(cause).__name__}: {cause}"[:300]
        if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
            return Outcome(
                Kind.UNREACHABLE,
                detail=f"Nobody answers at {self._access.base_url} ({why}). Is it running, and is the address right?",
            )
        return Outcome(Kind.CUT_OFF, detail=f"The connection broke before the answer was whole ({why}).")

    def _loaded(self) -> Any:
        if self._sdk is None:
            import httpx2
            import openai

            room = self._access.in_flight
            http = httpx2.AsyncClient(
                follow_redirects=False,
                timeout=httpx2.Timeout(self._access.seconds, connect=min(SECONDS_TO_CONNECT, self._access.seconds)),
                limits=httpx2.Limits(max_connections=room, max_keepalive_connections=room),
            )
            self._sdk = openai.AsyncOpenAI(
                base_url=self._access.base_url,
                api_key=self._access.key or NO_KEY,
                organization="",
                project="",
                max_retries=0,
                http_client=http,
            )
        return self._sdk

    def _without_key(self, outcome: Outcome) -> Outcome:
        key = self._access.key
        if not key or not (key in outcome.text or key in outcome.detail):
            return outcome
        return replace(outcome, text=outcome.text.replace(key, HIDDEN), detail=outcome.detail.replace(key, HIDDEN))


async def _read(response: Any) -> bytes:
    parts, size = [], 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > LARGEST_ANSWER:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
