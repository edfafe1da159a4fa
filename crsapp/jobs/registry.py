"""Kinds of work and their handlers: an app registers in its `tasks.py`, so that jobs never import an upper floor."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from django.core import checks
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _


class JobError(Exception):
    """Work that cannot be done, in words for the person who asked for it. It is not tried again."""


@dataclass(frozen=True)
class Progress:
    """How far a handler is. `total` is None where nobody can know it yet."""

    done: int
    total: int | None = None
    message: str = ""


@dataclass(frozen=True)
class Outside:
    """What a handler yields to have slow `work` done between two steps, where no transaction is open.

    The step before it is committed first, with `progress`; what `work` returns is what the yield returns. Waiting for
    a network belongs here. What it did is lost when the worker dies before the next step is committed.
    """

    progress: Progress
    work: Callable[[], Any]


@dataclass(frozen=True)
class WaitForPieces:
    """What a handler returns when its pieces (`enqueue(parent=context.job_id, …)`) are to be waited for.

    The job is done when no piece is open, and failed if any piece did not succeed, unless `allow_failed`.
    """

    allow_failed: bool = False


WAIT_FOR_PIECES: Final = WaitForPieces()


@dataclass
class Context:
    """What a handler knows of its job. `checkpoint` is saved at each yield and handed to whoever continues."""

    job_id: UUID
    arguments: dict[str, Any]
    checkpoint: dict[str, Any]
    created_by_id: int | None = None

    def got_further(self) -> None:
        """Say that this step wrote what is never done again, so that the attempt is not held against the job.

        For handlers whose rows say where they are; others note it in the checkpoint anyway.
        """
        self.checkpoint["further"] = self.checkpoint.get("further", 0) + 1


Steps: TypeAlias = Generator[Progress | Outside, Any, dict[str, Any] | WaitForPieces | None]
Result = TypeVar("Result")
Work: TypeAlias = Callable[[Context], Steps]
Abandoned: TypeAlias = Callable[[Context], None]


def to_the_end(steps: Generator[Progress | Outside, Any, Result]) -> Result:
    """Take all steps here and now, for work that writes nothing."""
    answer: Any = None
    while True:
        try:
            taken = steps.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = taken.work() if isinstance(taken, Outside) else None


@dataclass(frozen=True)
class Handler:
    kind: str
    work: Work
    abandoned: Abandoned | None

    @property
    def place(self) -> str:
        return f"{self.work.__module__}.{self.work.__qualname__}"


@cache
def load_tasks() -> None:
    """Have every app register its work, once. A process that does none, as most commands, starts in half the time."""
    autodiscover_modules("tasks")


@dataclass
class Registry:
    handlers: dict[str, Handler] = field(default_factory=dict)
    duplicates: list[Handler] = field(default_factory=list)

    def add(self, handler: Handler) -> None:
        first = self.handlers.setdefault(handler.kind, handler)
        if first.place != handler.place:
            self.duplicates.append(handler)

    def get(self, kind: str) -> Handler | None:
        """The handler of `kind`, if there is one."""
        load_tasks()
        return self.handlers.get(kind)

    def find(self, kind: str) -> Handler:
        """The handler of `kind`, or a word on why there is none."""
        if found := self.get(kind):
            return found
        raise JobError(
            _(
                "No installed app knows work of the kind “%(kind)s”. "
                "Start the worker from the same version of the code as the web pages, then retry."
            )
            % {"kind": kind}
        )


registry = Registry()


def handler(kind: str, *, abandoned: Abandoned | None = None) -> Callable[[Work], Work]:
    """Register a generator as the handler of `kind`.

    Each step up to a yield is one transaction, saved together with the checkpoint; keep it to a second or so, since
    on SQLite nobody else can write meanwhile. What takes longer and needs no transaction is yielded as `Outside`.
    A step whose worker dies is rolled back and done again by the next.
    `abandoned` is called once when such a job has failed for good or was cancelled, in the transaction that says so:
    the place to remove what is half done. What it changes in the checkpoint is where a retry begins.
    """

    def register(work: Work) -> Work:
        registry.add(Handler(kind, work, abandoned))
        return work

    return register


def check_duplicates(**kwargs: Any) -> Iterable[checks.CheckMessage]:
    """Django system check: a kind has one handler."""
    load_tasks()
    return [
        checks.Error(
            f"The job kind {second.kind!r} has two handlers: "
            f"{registry.handlers[second.kind].place} and {second.place}.",
            hint="Give one of them another kind.",
            id="jobs.E001",
        )
        for second in registry.duplicates
    ]
