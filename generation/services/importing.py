"""Files become dialogues, or reviews: checked first, then written in pieces under an import.

Nobody sees what an import brings until it is whole.

The work itself is two jobs (`generation/tasks.py`); a command runs the second in its own process (`importing_here.py`).
What is particular to dialogues and to reviews is in `import_kinds.py`.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import enqueue, request_cancel
from generation.models import Dataset, Import
from generation.services.datasets import dataset_for_import, remove_if_empty
from generation.services.import_kinds import kind_of
from generation.services.import_report import AlreadyImported, ImportingError
from generation.services.import_steps import refusal
from generation.services.recognising import choose, recognised, suggested_mapping
from generation.services.rows import high_water

CHECK: Final = "generation.check_import"
IMPORT: Final = "generation.import"


def receive_upload(
    *,
    dataset_name: str,
    uploaded_file: File[bytes],
    items_file: File[bytes] | None = None,
    kind: str = Import.Kind.DIALOGUES,
    format: str = "",
    options: Mapping[str, Any] | None = None,
    created_by: User | None = None,
) -> Import:
    """Keep an uploaded file, with one of items for reviews, and have it checked. Its dataset is there from now on, and
    seen once something is in it.

    Raises AlreadyImported, or another DatasetError in words.
    """
    options = dict(options or {})
    digest = sha256()
    for chunk in uploaded_file.chunks():
        digest.update(chunk)
    with transaction.atomic():
        dataset = dataset_said(dataset_name, options, created_by)
        same = Import.objects.filter(dataset=dataset, sha256=digest.hexdigest(), state=Import.State.COMPLETE).first()
        if same is not None:
            raise AlreadyImported(same)
        imported = Import.objects.create(
            dataset=dataset,
            kind=kind,
            filename=_name_of(uploaded_file),
            sha256=digest.hexdigest(),
            size=uploaded_file.size or 0,
            options=options,
            created_by=created_by,
        )
        _keep_files(imported, uploaded_file, items_file, format)
        _have_checked(imported, created_by)
    return imported


def read_again(
    *, imported: Import, format: str, mapping: Mapping[str, Sequence[str]] | None = None, by: User | None = None
) -> Import:
    """Have a file that is not imported yet checked once more, as this format and with this mapping of its columns."""
    with transaction.atomic():
        imported = Import.objects.select_for_update().get(pk=imported.pk)
        if not imported.is_open:
            state = imported.get_state_display()
            raise ImportingError(_("The file cannot be read in another way now; it is: %(state)s.") % {"state": state})
        path = Path(imported.file.path)
        chosen = choose(kind_of(imported), path, format, imported.filename)
        imported.format = chosen.name
        mapping = mapping or suggested_mapping(path, chosen, imported.filename)
        imported.options |= {"recognised": {}, "mapping": mapping if chosen.suggest is not None else {}}
        _have_checked(imported, by)
    return imported


def dataset_said(name: str, options: Mapping[str, Any], by: User | None) -> Dataset:
    """The dataset of this name; a new one with what was said of it."""
    return dataset_for_import(
        name=name, language=options.get("language", ""), licence=options.get("licence", ""), by=by
    )


def _name_of(file: File[bytes]) -> str:
    return PurePosixPath(file.name or "upload").name[-255:]


def _keep_files(imported: Import, uploaded: File[bytes], items: File[bytes] | None, format: str) -> None:
    """Store the files under names of ours, with what they look like; keep nothing if there is nothing in them."""
    kind = kind_of(imported)
    stem = f"{imported.pk}-{imported.sha256[:16]}"
    uploaded.seek(0)
    imported.file.save(stem, uploaded, save=False)
    if items is not None:
        imported.items_file.save(f"{stem}-items", items, save=False)
        imported.options["items_filename"] = _name_of(items)
    path = Path(imported.file.path)
    try:
        imported.format, imported.options["recognised"] = recognised(kind, path, format, imported.filename)
        if imported.format:
            chosen = kind.shelf.get(imported.format)
            imported.options["mapping"] = suggested_mapping(path, chosen, imported.filename)
    except ImportingError:
        for storage, name in imported.files():
            storage.delete(name)
        raise


def _have_checked(imported: Import, by: User | None) -> None:
    """Enqueue the check; a file of an unknown format waits for somebody to say what it is."""
    imported.report = {}
    imported.state = Import.State.CHECKED
    if imported.format:
        imported.state = Import.State.CHECKING
        title = _("Checking %(file)s") % {"file": imported.filename}
        imported.job = enqueue(kind=CHECK, arguments={"import": imported.pk}, title=title, created_by=by)
    imported.save()


def start_import(*, imported: Import, by: User | None = None, skip_bad: bool | None = None) -> Job:
    """Give the word for a checked import. `skip_bad` leaves out what is bad; without it one bad entry refuses all."""
    with transaction.atomic():
        imported = Import.objects.select_for_update().get(pk=imported.pk)
        if imported.state != Import.State.CHECKED:
            state = imported.get_state_display()
            raise ImportingError(_("This import does not wait for your word; it is: %(state)s.") % {"state": state})
        if skip_bad is not None:
            imported.options["skip_bad"] = skip_bad
        report = imported.report
        if not report:
            raise ImportingError(_("Say first what format the file has."))
        bad = report["fatal"] or (report["problem_count"] and not imported.options.get("skip_bad"))
        if bad or not imported.amount:
            raise ImportingError(refusal(report), report)
        begin_import(imported)
        return enqueue_import(imported, Path(imported.file.path), by)


def begin_import(imported: Import) -> None:
    """Mark an import as running. A dataset takes one file at a time, so that a failed one can be undone exactly."""
    Dataset.objects.select_for_update().get(pk=imported.dataset_id)
    other = Import.objects.filter(dataset=imported.dataset, state=Import.State.RUNNING).exclude(pk=imported.pk).first()
    if other is not None:
        raise ImportingError(
            _("“%(file)s” is being imported into this dataset. Wait until it is done, or cancel it, then try again.")
            % {"file": other.filename}
        )
    imported.options["before"] = high_water(imported.dataset)
    imported.state = Import.State.RUNNING
    try:
        with transaction.atomic():
            imported.save()
    except IntegrityError:
        same = Import.objects.get(dataset=imported.dataset, sha256=imported.sha256, state=Import.State.COMPLETE)
        raise AlreadyImported(same) from None


def discard_import(*, imported: Import) -> None:
    """Take a file back that is not imported yet, or stop its import; nothing of it stays. Twice does no harm.

    A dataset that no other file was brought for goes with it.
    """
    with transaction.atomic():
        found = Import.objects.select_for_update().filter(pk=imported.pk).first()
        if found is None:
            return
        imported = found
        if imported.state == Import.State.COMPLETE:
            raise ImportingError(_("This import is complete. Delete its dataset instead."))
        if imported.state != Import.State.RUNNING:
            for storage, name in imported.files():
                transaction.on_commit(partial(storage.delete, name))
            imported.file = imported.items_file = ""
            imported.state = Import.State.DISCARDED
            imported.save()
            remove_if_empty(imported.dataset_id)
    if imported.job is not None and not imported.job.is_over:
        request_cancel(imported.job)


def enqueue_import(imported: Import, path: Path, by: User | None, *, here: bool = False, items: str = "") -> Job:
    """Have a marked import done by a worker, or `here` by `run_here`."""
    job = enqueue(
        kind=IMPORT,
        arguments={"import": imported.pk, "path": str(path), "items": items},
        title=_("Importing %(file)s") % {"file": imported.filename},
        created_by=by,
        dispatch_now=not here,
    )
    imported.job = job
    imported.save(update_fields=["job"])
    return job
