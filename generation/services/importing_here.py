"""Files imported in this process, as commands do it: through the same job that a worker would run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import JobError, to_the_end
from crsapp.jobs.services import request_cancel, run_inline, sweep
from generation.formats.sources import fingerprint
from generation.formats.values import FormatError
from generation.models import Dataset, Import
from generation.services.import_kinds import KINDS
from generation.services.import_report import ImportingError, ImportReport
from generation.services.import_steps import Files, Watch, watched
from generation.services.importing import begin_import, dataset_said, enqueue_import
from generation.services.recognising import choose, mapping_with
from generation.translation import translated


def import_path(
    *,
    path: Path | str,
    dataset_name: str,
    items: Path | str | None = None,
    kind: str = Import.Kind.DIALOGUES,
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
    files = Files(path, path.name, Path(items).resolve() if items else None, Path(items).name if items else "")
    options = dict(options or {})
    chosen = choose(KINDS[kind], path, format)
    if chosen.suggest is not None:
        options["mapping"] = mapping_with(path, chosen, options.get("mapping", {}))
    try:
        digest, size = fingerprint(path)
    except FormatError as error:
        raise ImportingError(translated(error.words)) from error
    there = Dataset.objects.filter(name=" ".join(dataset_name.split())).first()
    same = Import.objects.filter(dataset=there, sha256=digest)
    complete = same.filter(state=Import.State.COMPLETE).first()
    if there is not None and complete is not None:
        return _report(there, complete, dry_run=dry_run, unchanged=True)
    unsaved = Import(
        kind=kind,
        format=chosen.name,
        filename=files.name[-255:],
        sha256=digest,
        size=size,
        options={**options, "items_filename": files.items_name} if files.items else options,
        created_by=created_by,
    )
    with watched(progress):
        if dry_run:
            survey = KINDS[kind].survey(files, chosen.mapped(options.get("mapping", {})), there)
            unsaved.report = dict(to_the_end(survey))
            return _report(there or Dataset(name=dataset_name), unsaved, dry_run=True)
        imported = same.filter(state=Import.State.RUNNING).first() or _begin(unsaved, files, dataset_name)
        run_here(imported, made_dataset=there is None)
    return _report(imported.dataset, imported)


def _begin(imported: Import, files: Files, dataset_name: str) -> Import:
    with transaction.atomic():
        imported.dataset = dataset_said(dataset_name, imported.options, imported.created_by)
        begin_import(imported)
        enqueue_import(imported, files.path, imported.created_by, here=True, items=str(files.items or ""))
    return imported


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


def _report(dataset: Dataset, imported: Import, *, dry_run: bool = False, unchanged: bool = False) -> ImportReport:
    return ImportReport(
        dataset=dataset.name,
        slug=dataset.slug,
        format=imported.format,
        sha256=imported.sha256,
        dry_run=dry_run,
        unchanged=unchanged,
        figures=imported.report,
    )
