"""What all imports have in common: the files they read, the steps they take, how they end.

Each step up to a yield is one transaction of its job.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from django.db.models import Model
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crsapp.jobs.registry import JobError, Outside, Progress
from generation.formats.values import FormatError
from generation.models import Import
from generation.services.planner import tell_planner
from generation.services.rows import remove_rows
from generation.translation import translated
from generation.wording import sentences, worded

T = TypeVar("T")
Steps: TypeAlias = Generator[Progress | Outside, Any, dict[str, Any]]
Watch: TypeAlias = Callable[[Progress], None]
PROBLEMS_SAID: Final = 3

_watch: ContextVar[Watch | None] = ContextVar("import_watch", default=None)


class Files(NamedTuple):
    """A file under the name it came with, and for reviews perhaps one that says how their items are called."""

    path: Path
    name: str
    items: Path | None = None
    items_name: str = ""


def files_of(imported: Import) -> Files:
    """Those that were uploaded."""
    items = Path(imported.items_file.path) if imported.items_file else None
    return Files(Path(imported.file.path), imported.filename, items, imported.options.get("items_filename", ""))


@contextmanager
def watched(watch: Watch | None) -> Iterator[None]:
    """While this lasts, `watch` hears of each step taken in this thread: a command shows them."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def taken(pieces: Generator[T, None, None], take: Callable[[T], Progress]) -> Generator[Outside, Any, None]:
    """Have each piece read between two steps, so that nobody waits for a file, and taken in the step that follows."""
    progress = Progress(done=0, message=_("The file is being read"))
    with closing(pieces):
        while (piece := (yield Outside(progress, partial(next, pieces, None)))) is not None:
            progress = take(piece)
            _show(progress)


def _show(progress: Progress) -> None:
    """Let whoever watches hear of this step."""
    watch = _watch.get()
    if watch is not None:
        watch(progress)


def conclude(imported: Import, figures: dict[str, Any], named: Sequence[str], wrote: Sequence[type[Model]]) -> Steps:
    """End an import whose file is read to its end: complete, or refused with all its problems.

    Returns the figures of these names.
    """
    refused = figures["fatal"] or (figures["problem_count"] and not imported.options.get("skip_bad"))
    if refused or not figures[imported.kind]:
        Import.objects.filter(pk=imported.pk).update(report=figures)
        yield Progress(done=1, total=1, message=_("Problems were found"))
        raise JobError(refusal(figures))
    tell_planner(*wrote)
    running = Import.objects.filter(pk=imported.pk, state=Import.State.RUNNING)
    if not running.update(state=Import.State.COMPLETE, report=figures, completed=Now()):
        raise JobError(_("The import was taken back meanwhile."))
    return {name: figures[name] for name in named}


def undo_import(imported: Import) -> None:
    """Leave nothing of an import that failed or was cancelled."""
    if imported.state == Import.State.COMPLETE:
        return
    remove_rows(imported=imported)
    Import.objects.filter(pk=imported.pk).update(state=Import.State.FAILED)


def refusal(figures: dict[str, Any]) -> str:
    """Why a file is not imported: the first problems, with their places and what to do."""
    said: list[str] = [FormatError.stored(problem).words for problem in figures["problems"][:PROBLEMS_SAID]]
    more = figures["problem_count"] - len(said)
    if more > 0:
        said.append(worded("… and %(count)s more.", count=more))
    return translated(sentences([worded("Nothing was imported."), *said]))
