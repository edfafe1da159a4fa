"""Reading what an endpoint sent back, which may be anything at all."""

from typing import Any, Final

import orjson

from generation.llm.exchange import Kind, Outcome

NO_CREDIT_CODES: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
LONGEST_DETAIL: Final = 500
MOST_TOKENS: Final = 10**9


def read_answer(body: bytes) -> Outcome:
    """The outcome of a body that came with status 200.

    >>> read_answer(b'{"choices": [{"message": {"content": "Hi"}}], "usage": {"prompt_tokens": 3}}').text
    'Hi'
    >>> read_answer(b"<html>").kind
    <Kind.NONSENSE: 'nonsense'>
    """
    said = _json(body)
    tokens = _count(said, "usage", "prompt_tokens"), _count(said, "usage", "completion_tokens")
    text = _at(said, "choices", 0, "message", "content")
    finish = _at(said, "choices", 0, "finish_reason")
    finish = finish[:40] if isinstance(finish, str) else ""
    if not isinstance(text, str) or not text.strip():
        detail = f"The answer holds no text{f' ({finish})' if finish else ''}: {_start(body)}"
        return Outcome(Kind.NONSENSE, detail=detail, tokens_in=tokens[0], tokens_out=tokens[1], finish_reason=finish)
    return Outcome(Kind.ANSWERED, _storable(text), finish, *tokens, status=200)


def read_failure(status: int, body: bytes, *, retry_after: float | None, model: str) -> Outcome:
    """The outcome of any other status, with what to do about it.

    >>> read_failure(503, b"", retry_after=2, model="m").worth_retrying
    True
    """
    said = _json(body)
    kind = _kind(status, {_at(said, "error", "code"), _at(said, "error", "type")})
    message = _at(said, "error", "message") or _at(said, "message") or _at(said, "detail") or _start(body)
    advice = {
        Kind.RATE_LIMITED: "It asks for fewer requests. Lower the requests or tokens a minute, or those in flight.",
        Kind.SERVER_ERROR: "The fault is on its side.",
        Kind.NO_CREDIT: "The account behind the key has no credit left. Top it up, or raise its limit.",
        Kind.UNAUTHORISED: "It does not accept the key, or the key may not use this model. Check the variable's value.",
        Kind.NOT_FOUND: f"It knows no such address or model. Check the base URL (often it ends in /v1) and {model!r}.",
        Kind.REDIRECTED: "It sends us elsewhere, which is not followed. Write the address it redirects to.",
        Kind.REFUSED: "It does not take this request. Look at the model, its temperature and tokens, and the prompt.",
    }[kind]
    detail = f"Status {status}. {advice} It said: {_storable(str(message))[:LONGEST_DETAIL]}"
    return Outcome(kind, status=status, retry_after=retry_after, detail=detail)


def _kind(status: int, codes: set[Any]) -> Kind:
    if 300 <= status < 400:
        return Kind.REDIRECTED
    if status == 402 or (status == 429 and any(code in NO_CREDIT_CODES for code in codes if isinstance(code, str))):
        return Kind.NO_CREDIT
    if status >= 500 or status in {408, 409, 425} or status < 300:
        return Kind.SERVER_ERROR
    return {
        401: Kind.UNAUTHORISED,
        403: Kind.UNAUTHORISED,
        404: Kind.NOT_FOUND,
        405: Kind.NOT_FOUND,
        429: Kind.RATE_LIMITED,
    }.get(status, Kind.REFUSED)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _at(said: Any, *path: str | int) -> Any:
    for step in path:
        if isinstance(step, int):
            said = said[step] if isinstance(said, list) and len(said) > step else None
        else:
            said = said.get(step) if isinstance(said, dict) else None
    return said


def _count(said: Any, *path: str) -> int | None:
    found = _at(said, *path)
    fits = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= MOST_TOKENS
    return found if fits else None


def _start(body: bytes) -> str:
    return _storable(body[:LONGEST_DETAIL].decode("utf-8", "replace")) or "nothing at all"


def _storable(text: str) -> str:
    """Without what no database takes: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
