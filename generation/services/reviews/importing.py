"""Files become reviews as they become dialogues (`generation/services/importing.py`): checked, then imported whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.services import enqueue
from generation.formats.sources import fingerprint
from generation.formats.values import FormatError
from generation.models import Dataset, Import
from generation.reviews.layouts import get_layout, guess_layout, guesses
from generation.reviews.layouts.base import Layout
from generation.services.datasets import dataset_for_import
from generation.services.import_report import ImportingError
from generation.services.import_steps import Watch, watched
from generation.services.importing import begin_import, enqueue_import, refuse_same_file, run_here, to_the_end
from generation.services.reading import limits, open_source
from generation.services.reviews.steps import Files, survey_steps

CHECK_REVIEWS: Final = "generation.check_reviews"

Mapped = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsReport:
    """What an import of reviews did or, dry, would do. `figures` are those of `ReviewSurvey.finished`."""

    dataset: str
    slug: str
    layout: str
    sha256: str
    dry_run: bool = False
    unchanged: bool = False
    figures: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        own = ("dataset", "slug", "layout", "sha256", "dry_run", "unchanged")
        return {**self.figures, **{name: getattr(self, name) for name in own}}


def choose_layout(path: Path, layout: str = "", name: str = "") -> Layout:
    """The layout of this name, or the one that the file looks like."""
    try:
        return get_layout(layout) if layout else guess_layout(path, limits(), name)
    except FormatError as error:
        raise ImportingError(str(error)) from error


def suggested_columns(path: Path, layout: Layout, name: str = "") -> dict[str, list[str]]:
    """What the columns of the file probably mean; nothing where its layout needs no mapping."""
    if layout.suggest is None:
        return {}
    try:
        return layout.suggest(open_source(path, name))
    except FormatError:  # said, with its place, by whoever reads the file
        return {}


def receive_reviews(
    *,
    dataset_name: str,
    uploaded_file: File[bytes],
    items_file: File[bytes] | None = None,
    layout: str = "",
    options: Mapping[str, Any] | None = None,
    created_by: User | None = None,
) -> Import:
    """Keep an uploaded file of reviews, and one of items, and have them checked.

    Raises AlreadyImported, or another DatasetError in words.
    """
    options = dict(options or {})
    digest = sha256()
    for chunk in uploaded_file.chunks():
        digest.update(chunk)
    with transaction.atomic():
        dataset = _dataset(dataset_name, options, created_by)
        refuse_same_file(dataset, digest.hexdigest())
        imported = Import.objects.create(
            dataset=dataset,
            kind=Import.Kind.REVIEWS,
            filename=_name_of(uploaded_file),
            sha256=digest.hexdigest(),
            size=uploaded_file.size or 0,
            options=options,
            created_by=created_by,
        )
        _keep_files(imported, uploaded_file, items_file, layout)
        _have_checked(imported, created_by)
    return imported


def read_reviews_again(
    *, imported: Import, layout: str, mapping: Mapped | None = None, by: User | None = None
) -> Import:
    """Have reviews that are not imported yet checked once more, in this layout and with this mapping of columns."""
    with transaction.atomic():
        imported = Import.objects.select_for_update().get(pk=imported.pk)
        if imported.state not in (Import.State.CHECKED, Import.State.FAILED) or not imported.file:
            state = imported.get_state_display()
            raise ImportingError(_("The file cannot be read in another way now; it is: %(state)s.") % {"state": state})
        path = Path(imported.file.path)
        chosen = choose_layout(path, layout, imported.filename)
        imported.format = chosen.name
        imported.options |= {
            "recognised": {},
            "mapping": mapping or suggested_columns(path, chosen, imported.filename),
        }
        _have_checked(imported, by)
    return imported


def import_reviews_path(
    *,
    path: Path | str,
    dataset_name: str,
    items: Path | str | None = None,
    layout: str = "",
    options: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    created_by: User | None = None,
    progress: Watch | None = None,
) -> ReviewsReport:
    """Import reviews in this process; with `dry_run`, only say what would happen.

    The same file a second time changes nothing. Raises DatasetError in words; nothing of a failed import stays.
    """
    path = Path(path).resolve()
    files = Files(path, path.name, Path(items).resolve() if items else None, Path(items).name if items else "")
    options = dict(options or {})
    chosen = choose_layout(path, layout)
    if chosen.suggest is not None:
        options["mapping"] = _mapping_with(path, chosen, options.get("mapping", {}))
    try:
        digest, size = fingerprint(path)
    except FormatError as error:
        raise ImportingError(str(error)) from error
    there = Dataset.objects.filter(name=" ".join(dataset_name.split())).first()
    same = Import.objects.filter(dataset=there, sha256=digest)
    complete = same.filter(state=Import.State.COMPLETE).first()
    if there is not None and complete is not None:
        return _report(there, digest, complete, unchanged=True, dry_run=dry_run)
    with watched(progress):
        if dry_run:
            figures = to_the_end(survey_steps(files, chosen.mapped(options.get("mapping", {}))))
            unsaved = Import(format=chosen.name, report=figures)
            return _report(there or Dataset(name=dataset_name), digest, unsaved, dry_run=True)
        imported = same.filter(state=Import.State.RUNNING).first()
        if imported is None:
            imported = _new_import(files, chosen, (digest, size), dataset_name, options, created_by)
        run_here(imported, made_dataset=there is None)
    return _report(imported.dataset, digest, imported)


def _new_import(
    files: Files,
    layout: Layout,
    fingerprinted: tuple[str, int],
    dataset_name: str,
    options: dict[str, Any],
    by: User | None,
) -> Import:
    with transaction.atomic():
        imported = Import(
            dataset=_dataset(dataset_name, options, by),
            kind=Import.Kind.REVIEWS,
            format=layout.name,
            filename=files.name[-255:],
            sha256=fingerprinted[0],
            size=fingerprinted[1],
            options={**options, "items_filename": files.items_name},
            created_by=by,
        )
        begin_import(imported)
        enqueue_import(imported, files.path, by, here=True, items=str(files.items or ""))
    return imported


def _dataset(name: str, options: Mapping[str, Any], by: User | None) -> Dataset:
    return dataset_for_import(
        name=name, language=options.get("language", ""), licence=options.get("licence", ""), by=by
    )


def _name_of(file: File[bytes]) -> str:
    return PurePosixPath(file.name or "upload").name[-255:]


def _keep_files(imported: Import, reviews: File[bytes], items: File[bytes] | None, layout: str) -> None:
    """Store the files under names of ours, with what they look like; keep nothing if there is nothing in them."""
    stem = f"{imported.pk}-{imported.sha256[:16]}"
    reviews.seek(0)
    imported.file.save(stem, reviews, save=False)
    if items is not None:
        imported.items_file.save(f"{stem}-items", items, save=False)
        imported.options["items_filename"] = _name_of(items)
    path = Path(imported.file.path)
    try:
        if layout:
            imported.format = choose_layout(path, layout, imported.filename).name
        elif found := guesses(path, limits(), imported.filename):
            imported.format = found[0][0].name
            by, others = list(found[0][1].found), [layout.name for layout, _evidence in found[1:]]
            imported.options["recognised"] = {"by": by, "others": others}
        if imported.format:
            imported.options["mapping"] = suggested_columns(path, get_layout(imported.format), imported.filename)
    except (FormatError, ImportingError) as error:
        for storage, name in imported.files():
            storage.delete(name)
        raise ImportingError(str(error)) from error


def _have_checked(imported: Import, by: User | None) -> None:
    """Enqueue the check; a file of an unknown layout waits for somebody to say what it is."""
    imported.report = {}
    imported.state = Import.State.CHECKED
    if imported.format:
        imported.state = Import.State.CHECKING
        title = _("Checking %(file)s") % {"file": imported.filename}
        imported.job = enqueue(kind=CHECK_REVIEWS, arguments={"import": imported.pk}, title=title, created_by=by)
    imported.save()


def _mapping_with(path: Path, layout: Layout, said: Mapped) -> dict[str, list[str]]:
    """The suggested mapping, but as far as somebody said it: as said."""
    return {**suggested_columns(path, layout), **{part: list(columns) for part, columns in said.items()}}


def _report(
    dataset: Dataset, digest: str, imported: Import, *, dry_run: bool = False, unchanged: bool = False
) -> ReviewsReport:
    return ReviewsReport(
        dataset=dataset.name,
        slug=dataset.slug,
        layout=imported.format,
        sha256=digest,
        dry_run=dry_run,
        unchanged=unchanged,
        figures=imported.report,
    )
