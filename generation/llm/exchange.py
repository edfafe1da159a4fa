"""A question to a model and what came of it: the words that a client, a budget and a record share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

MESSAGE_OVERHEAD: Final = 16
"""More tokens than any chat template known to us puts around a message."""
CHARACTERS_PER_TOKEN: Final = 4


class Kind(StrEnum):
    """What came of one try."""

    ANSWERED = "answered"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    CUT_OFF = "cut_off"
    NONSENSE = "nonsense"
    NO_CREDIT = "no_credit"
    UNAUTHORISED = "unauthorised"
    NOT_FOUND = "not_found"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    NOT_SENT = "not_sent"


WORTH_RETRYING: Final = frozenset(
    {Kind.RATE_LIMITED, Kind.SERVER_ERROR, Kind.UNREACHABLE, Kind.TIMED_OUT, Kind.CUT_OFF, Kind.NONSENSE}
)
MAY_HAVE_COST: Final = frozenset({Kind.ANSWERED, Kind.TIMED_OUT, Kind.CUT_OFF, Kind.NONSENSE})
"""After these the endpoint may have done the work; where it did not say how many tokens, the most is assumed."""


@dataclass(frozen=True)
class Message:
    role: str
    content: str


@dataclass(frozen=True)
class Request:
    """One try at one question. `key` is whatever its asker knows it by; `wait` are seconds to hold it back first."""

    messages: tuple[Message, ...]
    max_tokens: int
    key: int = 0
    temperature: float = 0.7
    top_p: float | None = None
    seed: int | None = None
    wait: float = 0

    def settings(self) -> dict[str, Any]:
        """What is sent beside the messages; what was not chosen is left to the endpoint."""
        said = {
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "seed": self.seed,
        }
        return {name: value for name, value in said.items() if value is not None}

    def most_tokens_asked(self) -> int:
        """More than the messages can have: tokenisers of bytes make at most one token of each byte.

        >>> Request((Message("user", "你好"),), 10).most_tokens_asked()
        38
        """
        return MESSAGE_OVERHEAD + sum(len(one.content.encode()) + MESSAGE_OVERHEAD for one in self.messages)

    def likely_tokens_asked(self) -> int:
        """About what the messages have, for estimates: a token for four characters, one for each beyond Latin.

        >>> Request((Message("user", "Hello, you!!"),), 10).likely_tokens_asked()
        7
        """
        return sum(likely_tokens(one.content) + 4 for one in self.messages)


def likely_tokens(text: str) -> int:
    """
    >>> likely_tokens("Hello, you!!"), likely_tokens("你好")
    (3, 2)
    """
    wide = 0 if text.isascii() else sum(character > "\u2e7f" for character in text)
    return wide + -(-(len(text) - wide) // CHARACTERS_PER_TOKEN)


@dataclass(frozen=True)
class Outcome:
    """What came of one try. `detail` says what went wrong, in words, without the key."""

    kind: Kind
    text: str = ""
    finish_reason: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    status: int | None = None
    retry_after: float | None = None
    detail: str = ""
    seconds: float = 0
    started: datetime | None = None

    @property
    def answered(self) -> bool:
        return self.kind == Kind.ANSWERED

    @property
    def worth_retrying(self) -> bool:
        return self.kind in WORTH_RETRYING

    @property
    def tokens_known(self) -> bool:
        return self.tokens_in is not None and self.tokens_out is not None

    @property
    def may_have_cost(self) -> bool:
        return self.tokens_known or self.kind in MAY_HAVE_COST


class Client(Protocol):
    """Whatever answers: an endpoint over the network, or the script that needs none."""

    async def ask(self, request: Request) -> Outcome:
        """Try once. Whatever goes wrong is an outcome, never an exception."""

    async def close(self) -> None:
        """Let go of connections."""
