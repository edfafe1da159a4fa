"""The steps of importing reviews. Each step up to a yield is one transaction of its job."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Progress
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.models import Dataset, Import, Interaction, Item, Person
from generation.reviews.layouts.base import Layout
from generation.services.import_steps import Files, Steps, conclude, shown
from generation.services.reading import one_ahead, open_source
from generation.services.reviews.storing import Known, write_reviews, write_titles
from generation.services.reviews.surveying import Piece, ReviewSurvey, item_pieces, review_pieces

FIGURES: Final = ("reviews", "people", "items", "titled")
WRITTEN: Final = (Interaction, Item, Person)


def survey_reviews(files: Files, layout: Layout, dataset: Dataset | None) -> Steps:
    """Read both files and return what importing them would do. Nothing is written."""
    survey = ReviewSurvey(layout.name)
    for _piece, progress in _reviews(files, layout, survey):
        yield progress
    for _piece, progress in _items(files, layout, survey):
        yield progress
    return survey.finished()


def import_review_steps(imported: Import, files: Files, layout: Layout, checkpoint: dict[str, Any]) -> Steps:
    """Write the reviews, a piece a step; then the titles of their items. `checkpoint["stored"]` counts the reviews.

    After a problem that refuses the import, the rest is read all the same: the report should know all problems.
    """
    survey, known = ReviewSurvey(layout.name), Known(imported)
    skips_bad = bool(imported.options.get("skip_bad"))
    read = 0
    for piece, progress in _reviews(files, layout, survey):
        fresh = piece[max(0, checkpoint.get("stored", 0) - read) :]
        read += len(piece)
        if fresh and (skips_bad or not survey.problem_count):
            write_reviews(imported=imported, records=fresh, known=known)
            checkpoint["stored"] = read
        yield progress
    for piece, progress in _items(files, layout, survey):
        if skips_bad or not survey.problem_count:
            write_titles(imported=imported, records=piece)
        yield progress
    return (yield from conclude(imported, survey.finished(), FIGURES, WRITTEN))


def _reviews(files: Files, layout: Layout, survey: ReviewSurvey) -> Iterator[tuple[list[Any], Progress]]:
    message = _("%(count)s reviews so far; the bar counts kilobytes")
    return _read(
        files.path,
        files.name,
        lambda source: review_pieces(source, layout, survey),
        survey,
        lambda: message % {"count": f"{survey.counts['reviews']:,}"},
    )


def _items(files: Files, layout: Layout, survey: ReviewSurvey) -> Iterator[tuple[list[Any], Progress]]:
    path, name, own = (files.items, files.items_name, None) if files.items else (files.path, files.name, layout)
    if own is not None and own.items is None:
        return iter(())
    return _read(
        path,
        name,
        lambda source: item_pieces(source, own, survey),
        survey,
        lambda: _("%(count)s items described so far") % {"count": f"{survey.counts['described']:,}"},
    )


def _read(
    path: Path,
    name: str,
    pieces: Callable[[Source], Iterator[Piece]],
    survey: ReviewSurvey,
    message: Callable[[], str],
) -> Iterator[tuple[list[Any], Progress]]:
    try:
        source = open_source(path, name)
    except FormatError as error:
        survey.report(error)
        return
    for piece in one_ahead(pieces(source)):
        done, total = (-(-number // 1000) for number in (piece.position, max(source.size, piece.position)))
        progress = Progress(done=done, total=total, message=message())
        yield piece.records, progress
        shown(progress)
