"""Logs of one line a fact, `key=value` at its end: which request, job and study; never a text, a key or a token."""

import logging
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
FIELDS = ("job", "study", "dataset", "user", "method", "route", "status", "milliseconds")
logger = logging.getLogger("crsapp.requests")


class LineFormatter(logging.Formatter):
    """Time, level, logger, message, then those `extra` values that `FIELDS` names."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            # Django would name the path here, and paths of the annotators' side carry their tokens.
            record.msg, record.args = f"{getattr(record, 'status_code', 500)} at {route(request)}", ()
        head = f"{self.formatTime(record)} {record.levelname} {record.name} {record.getMessage()}"
        values = [("request", REQUEST_ID.get())] + [(name, getattr(record, name, "")) for name in FIELDS]
        line = " ".join([head, *(f"{name}={value}" for name, value in values if value not in ("", None))])
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def route(request: HttpRequest) -> str:
    """The pattern of the URL, without what stood in its place."""
    match = request.resolver_match
    return f"/{match.route}" if match else "no such page"


class RequestLog:
    """Gives each request an id, says it in the response's `X-Request-ID`, and logs one line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = REQUEST_ID.set(uuid.uuid4().hex[:16])
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = REQUEST_ID.get()
            if request.resolver_match:
                logger.info(
                    "answered",
                    extra={
                        "method": request.method,
                        "route": route(request),
                        "status": response.status_code,
                        "milliseconds": round(1000 * (time.perf_counter() - started), 1),
                    },
                )
            return response
        finally:
            REQUEST_ID.reset(token)
