"""An endpoint on this machine that answers what it is told, over real sockets."""

from decimal import Decimal
from typing import Any

from pytest_httpserver import HTTPServer

from generation.llm.exchange import Message, Request
from generation.llm.prompts import Rendered
from generation.llm.record import Ask
from generation.models import Budget, Endpoint

PATH = "/v1/chat/completions"
KEY = "sk-a-very-secret-key-0123456789"
KEY_NAME = "CRSAPP_LLM_KEY_TEST"
REQUEST = Request(messages=(Message("user", "Say something."),), max_tokens=50)
PROMPT = Rendered("test", 1, "d" * 64, (Message("user", "Say something."),))


def answer(text: str = "Hello", *, tokens: tuple[int, int] | None = (12, 5), finish: str = "stop") -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
    }
    if tokens:
        said["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    return said


def endpoint(server: HTTPServer | None = None, **said: Any) -> Endpoint:
    """One that costs 1 a million tokens asked and 2 a million answered."""
    url = server.url_for("/v1") if server else "http://127.0.0.1:9/v1"
    plain = {"name": "Test", "base_url": url, "model": "m", "price_in": Decimal(1), "price_out": Decimal(2)}
    made: Endpoint = Endpoint.objects.create(**{**plain, "max_tokens": 50, "seconds": 2, **said})
    return made


def budget(**limits: int | None) -> Budget:
    made: Budget = Budget.objects.create(**{f"{what}_limit": limit for what, limit in limits.items()})
    return made


def ask(subject: str = "one") -> Ask:
    return Ask(subject, PROMPT)
