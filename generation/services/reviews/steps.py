"""The steps of importing reviews. Each step up to a yield is one transaction of its job."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Outside, Progress
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.models import Dataset, Import, Interaction, Item, Person
from generation.reviews.layouts.base import Layout
from generation.services.import_steps import Files, Steps, conclude, taken
from generation.services.reading import one_ahead, open_source
from generation.services.reviews.storing import Known, write_reviews, write_titles
from generation.services.reviews.surveying import Piece, ReviewSurvey, item_pieces, review_pieces

FIGURES: Final = ("reviews", "people", "items", "titled")
WRITTEN: Final = (Interaction, Item, Person)

Store: TypeAlias = Callable[[list[Any]], None]


def survey_reviews(files: Files, layout: Layout, dataset: Dataset | None) -> Steps:
    """Read both files and return what importing them would do. Nothing is written."""
    survey = ReviewSurvey(layout.name)
    yield from _reviews(files, layout, survey, lambda records: None)
    yield from _items(files, layout, survey, lambda records: None)
    return survey.finished()


def import_review_steps(imported: Import, files: Files, layout: Layout, checkpoint: dict[str, Any]) -> Steps:
    """Write the reviews, a piece a step; then the titles of their items. `checkpoint["stored"]` counts the reviews.

    After a problem that refuses the import, the rest is read all the same: the report should know all problems.
    """
    survey, known = ReviewSurvey(layout.name), Known(imported)
    skips_bad = bool(imported.options.get("skip_bad"))
    read = 0

    def store(records: list[Any]) -> None:
        nonlocal read
        fresh = records[max(0, checkpoint.get("stored", 0) - read) :]
        read += len(records)
        if fresh and (skips_bad or not survey.problem_count):
            write_reviews(imported=imported, records=fresh, known=known)
            checkpoint["stored"] = read

    def store_titles(records: list[Any]) -> None:
        if skips_bad or not survey.problem_count:
            write_titles(imported=imported, records=records)

    yield from _reviews(files, layout, survey, store)
    yield from _items(files, layout, survey, store_titles)
    return (yield from conclude(imported, survey.finished(), FIGURES, WRITTEN))


def _reviews(files: Files, layout: Layout, survey: ReviewSurvey, store: Store) -> Generator[Outside, Any, None]:
    message = _("%(count)s reviews so far; the bar counts kilobytes")
    return _read(
        files.path,
        files.name,
        lambda source: review_pieces(source, layout, survey),
        survey,
        store,
        lambda: message % {"count": f"{survey.counts['reviews']:,}"},
    )


def _items(files: Files, layout: Layout, survey: ReviewSurvey, store: Store) -> Generator[Outside, Any, None]:
    path, name, own = (files.items, files.items_name, None) if files.items else (files.path, files.name, layout)
    if own is not None and own.items is None:
        return
    yield from _read(
        path,
        name,
        lambda source: item_pieces(source, own, survey),
        survey,
        store,
        lambda: _("%(count)s items described so far") % {"count": f"{survey.counts['described']:,}"},
    )


def _read(
    path: Path,
    name: str,
    pieces: Callable[[Source], Iterator[Piece]],
    survey: ReviewSurvey,
    store: Store,
    message: Callable[[], str],
) -> Generator[Outside, Any, None]:
    try:
        source = open_source(path, name)
    except FormatError as error:
        survey.report(error)
        return

    def take(piece: Piece) -> Progress:
        store(piece.records)
        done, total = (-(-number // 1000) for number in (piece.position, max(source.size, piece.position)))
        return Progress(done=done, total=total, message=message())

    yield from taken(one_ahead(pieces(source)), take)
