"""Background work on datasets; the services do it."""

from pathlib import Path

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Context, JobError, handler
from generation.models import Import
from generation.services.import_steps import Steps, check_steps, import_steps, undo_import
from generation.services.importing import CHECK, IMPORT, ImportingError, begin_import


def _import_of(context: Context) -> Import:
    imported = Import.objects.select_related("dataset").filter(pk=context.arguments["import"]).first()
    if imported is None:
        raise JobError(_("The import was deleted meanwhile, with its dataset."))
    return imported


def give_up_checking(context: Context) -> None:
    Import.objects.filter(pk=context.arguments["import"], state=Import.State.CHECKING).update(state=Import.State.FAILED)


@handler(CHECK, abandoned=give_up_checking)
def check_import(context: Context) -> Steps:
    imported = _import_of(context)
    waits = Import.objects.filter(pk=imported.pk, state__in=[Import.State.CHECKING, Import.State.FAILED])
    if not waits.update(state=Import.State.CHECKING):
        raise JobError(_("The file was taken back meanwhile, so there is nothing to check."))
    return (yield from check_steps(imported))


def give_up_importing(context: Context) -> None:
    for imported in Import.objects.select_related("dataset").filter(pk=context.arguments["import"]):
        undo_import(imported)
    context.checkpoint.clear()


@handler(IMPORT, abandoned=give_up_importing)
def import_dialogues(context: Context) -> Steps:
    imported = _import_of(context)
    if imported.state == Import.State.FAILED:
        try:
            begin_import(imported)
        except ImportingError as error:
            raise JobError(str(error)) from error
    return (yield from import_steps(imported, Path(context.arguments["path"]), context.checkpoint))
