"""Files become dialogues: checked first, then written in pieces under an import that nobody sees until it is whole.

The work itself is two jobs (`generation/tasks.py`, `generation/services/import_steps.py`); the command runs the second
in its own process.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import JobError
from crsapp.jobs.services import enqueue, request_cancel, run_inline, sweep
from generation.formats import get_format
from generation.formats.base import Format
from generation.formats.sources import fingerprint
from generation.formats.values import FormatError
from generation.models import Dataset, Import
from generation.services.datasets import dataset_for_import, remove_if_empty
from generation.services.import_report import AlreadyImported, ImportingError, ImportReport
from generation.services.import_steps import Steps, Watch, refusal, survey_steps, watched
from generation.services.recognising import choose_format, mapping_with, recognised, suggested_mapping
from generation.services.rows import high_water

CHECK: Final = "generation.check_import"
IMPORT: Final = "generation.import_dialogues"
IMPORTS: Final[Mapping[str, str]] = {Import.Kind.DIALOGUES: IMPORT, Import.Kind.REVIEWS: "generation.import_reviews"}
"""The job that does an import, by what it brings."""

__all__ = [
    "CHECK",
    "IMPORT",
    "AlreadyImported",
    "ImportReport",
    "ImportingError",
    "begin_import",
    "choose_format",
    "discard_import",
    "import_path",
    "read_again",
    "receive_upload",
    "start_import",
]


def receive_upload(
    *,
    dataset_name: str,
    uploaded_file: File[bytes],
    format: str = "",
    options: Mapping[str, Any] | None = None,
    created_by: User | None = None,
) -> Import:
    """Keep an uploaded file and have it checked. Its dataset is there from now on, and seen once something is in it.

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
            filename=PurePosixPath(uploaded_file.name or "upload").name[-255:],
            sha256=digest.hexdigest(),
            size=uploaded_file.size or 0,
            options=options,
            created_by=created_by,
        )
        _keep_file(imported, uploaded_file, format)
        _have_checked(imported, created_by)
    return imported


def read_again(
    *, imported: Import, format: str, mapping: Mapping[str, Sequence[str]] | None = None, by: User | None = None
) -> Import:
    """Have a file that is not imported yet checked once more, as this format and with this mapping of its columns."""
    with transaction.atomic():
        imported = Import.objects.select_for_update().get(pk=imported.pk)
        if imported.state not in (Import.State.CHECKED, Import.State.FAILED) or not imported.file:
            state = imported.get_state_display()
            raise ImportingError(_("The file cannot be read in another way now; it is: %(state)s.") % {"state": state})
        path = Path(imported.file.path)
        chosen = choose_format(path, format, imported.filename)
        imported.format = chosen.name
        imported.options |= {"recognised": {}, "mapping": {}}
        if chosen.suggest is not None:
            imported.options["mapping"] = mapping or suggested_mapping(path, chosen, imported.filename)
        _have_checked(imported, by)
    return imported


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


def import_path(
    *,
    path: Path | str,
    dataset_name: str,
    format: str = "",
    options: Mapping[str, Any] | None = None,
    dry_run: bool = False,
    created_by: User | None = None,
    progress: Watch | None = None,
) -> ImportReport:
    """Import a file, folder or archive in this process; with `dry_run`, only say what would happen.

    The same file a second time changes nothing. Raises DatasetError in words; nothing of a failed import stays.
    """
    path = Path(path).resolve()
    options = dict(options or {})
    chosen = choose_format(path, format)
    if chosen.suggest is not None:
        options["mapping"] = mapping_with(path, chosen, options.get("mapping", {}))
    try:
        fingerprinted = fingerprint(path)
    except FormatError as error:
        raise ImportingError(str(error)) from error
    digest = fingerprinted[0]
    there = Dataset.objects.filter(name=" ".join(dataset_name.split())).first()
    same = Import.objects.filter(dataset=there, sha256=digest)
    complete = same.filter(state=Import.State.COMPLETE).first()
    if there is not None and complete is not None:
        return _report(there, digest, complete, dry_run=dry_run, unchanged=True)
    with watched(progress):
        if dry_run:
            steps = survey_steps(
                path=path, name=path.name, format=chosen.mapped(options.get("mapping", {})), dataset=there
            )
            unsaved = Import(format=chosen.name, report=to_the_end(steps))
            return _report(there or Dataset(name=dataset_name), digest, unsaved, dry_run=True)
        imported = same.filter(state=Import.State.RUNNING).first()
        if imported is None:
            imported = _new_import(path, chosen, fingerprinted, dataset_name, options, created_by)
        run_here(imported, made_dataset=there is None)
    return _report(imported.dataset, digest, imported)


def _dataset(name: str, options: Mapping[str, Any], by: User | None) -> Dataset:
    return dataset_for_import(
        name=name, language=options.get("language", ""), licence=options.get("licence", ""), by=by
    )


def refuse_same_file(dataset: Dataset, digest: str) -> None:
    same = Import.objects.filter(dataset=dataset, sha256=digest, state=Import.State.COMPLETE).first()
    if same is not None:
        raise AlreadyImported(same)


def _keep_file(imported: Import, uploaded_file: File[bytes], format: str) -> None:
    """Store the file under a name of ours, with what it looks like; keep nothing if there is nothing in it."""
    uploaded_file.seek(0)
    imported.file.save(f"{imported.pk}-{imported.sha256[:16]}", uploaded_file, save=False)
    try:
        imported.format, imported.options["recognised"] = recognised(
            Path(imported.file.path), format, imported.filename
        )
        if imported.format:
            chosen = get_format(imported.format)
            imported.options["mapping"] = suggested_mapping(Path(imported.file.path), chosen, imported.filename)
    except ImportingError:
        imported.file.storage.delete(str(imported.file.name))
        raise


def _new_import(
    path: Path,
    format: Format,
    fingerprinted: tuple[str, int],
    dataset_name: str,
    options: dict[str, Any],
    by: User | None,
) -> Import:
    digest, size = fingerprinted
    with transaction.atomic():
        imported = Import(
            dataset=_dataset(dataset_name, options, by),
            format=format.name,
            filename=path.name[-255:],
            sha256=digest,
            size=size,
            options=options,
            created_by=by,
        )
        begin_import(imported)
        enqueue_import(imported, path, by, here=True)
    return imported


def enqueue_import(imported: Import, path: Path, by: User | None, *, here: bool = False, **others: str) -> Job:
    """Have a marked import done by a worker, or `here` by `run_here`; `others` are further arguments of its job."""
    job = enqueue(
        kind=IMPORTS[imported.kind],
        arguments={"import": imported.pk, "path": str(path), **others},
        title=_("Importing %(file)s") % {"file": imported.filename},
        created_by=by,
        dispatch_now=not here,
    )
    imported.job = job
    imported.save(update_fields=["job"])
    return job


def run_here(imported: Import, *, made_dataset: bool) -> None:
    """Run the job of an import in this process; also one that a process left behind which died."""
    sweep(capacity=0)
    job = Job.objects.get(pk=str(imported.job_id))
    if job.state == Job.State.RUNNING:
        raise ImportingError(
            _("Another process is importing this file right now, or died less than %(seconds)d seconds ago. Try later.")
            % {"seconds": settings.JOB_LEASE_SECONDS}
        )
    try:
        run_inline(job)
    except JobError as error:
        imported.refresh_from_db()
        report = imported.report
        if made_dataset:
            imported.dataset.delete()
        raise ImportingError(str(error), report) from error
    except KeyboardInterrupt:
        request_cancel(job)
        raise
    imported.refresh_from_db()


def _report(
    dataset: Dataset, digest: str, imported: Import, *, dry_run: bool = False, unchanged: bool = False
) -> ImportReport:
    return ImportReport(
        dataset=dataset.name,
        slug=dataset.slug,
        format=imported.format,
        sha256=digest,
        dry_run=dry_run,
        unchanged=unchanged,
        figures=imported.report,
    )


def to_the_end(steps: Steps) -> dict[str, Any]:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return dict(end.value)
