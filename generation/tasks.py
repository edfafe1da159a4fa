"""Background work on datasets; the services do it."""

from pathlib import Path

from django.utils.translation import gettext as _

from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, JobError, handler
from crsapp.jobs.registry import Steps as JobSteps
from crsapp.jobs.regular import regularly
from generation.llm.record import count_lost, forgotten
from generation.models import Dataset, Endpoint, Enquiry, GenerationRun, Import, Preparation, ProfilePool
from generation.services.endpoints import TRY, try_steps
from generation.services.enquiries import steering as enquiries
from generation.services.enquiries.asking import ASK_PIECE, enquiry_steps, piece_steps
from generation.services.import_kinds import kind_of, reader_of
from generation.services.import_report import ImportingError
from generation.services.import_steps import Files, Steps, files_of, undo_import
from generation.services.importing import CHECK, IMPORT, begin_import
from generation.services.preferences import TAKE, take_steps
from generation.services.reviews.preparing import PREPARE, give_up, preparation_steps
from generation.services.runs import working
from generation.services.runs.steering import RUN, pause
from generation.services.simulation import checking, profile_writing
from generation.services.simulation.steering import WRITE_PROFILES, stop
from generation.services.splitting import SPLIT, split_steps, undo_split


def _import_of(context: Context) -> Import:
    imported = Import.objects.select_related("dataset").filter(pk=context.arguments["import"]).first()
    if imported is None:
        raise JobError(_("The import was deleted meanwhile, with its dataset."))
    return imported


def give_up_checking(context: Context) -> None:
    Import.objects.filter(pk=context.arguments["import"], state=Import.State.CHECKING).update(state=Import.State.FAILED)


@handler(CHECK, abandoned=give_up_checking)
def check_import(context: Context) -> Steps:
    imported = _to_be_checked(context)
    kind = kind_of(imported)
    figures = yield from kind.survey(files_of(imported), reader_of(imported), imported.dataset)
    waiting = Import.objects.filter(pk=imported.pk, state=Import.State.CHECKING)
    waiting.update(state=Import.State.CHECKED, report=figures)
    return {kind.name: figures[kind.name], "problems": figures["problem_count"]}


def _to_be_checked(context: Context) -> Import:
    imported = _import_of(context)
    waits = Import.objects.filter(pk=imported.pk, state__in=[Import.State.CHECKING, Import.State.FAILED])
    if not waits.update(state=Import.State.CHECKING):
        raise JobError(_("The file was taken back meanwhile, so there is nothing to check."))
    return imported


def give_up_importing(context: Context) -> None:
    for imported in Import.objects.select_related("dataset").filter(pk=context.arguments["import"]):
        undo_import(imported)
    context.checkpoint.clear()


@handler(IMPORT, abandoned=give_up_importing)
def bring_in(context: Context) -> Steps:
    imported = _to_be_imported(context)
    files = _files_of(imported, context)
    return (yield from kind_of(imported).bring(imported, files, reader_of(imported), context.checkpoint))


def _files_of(imported: Import, context: Context) -> Files:
    """The uploaded files, or those whose paths a command gave."""
    if imported.file:
        return files_of(imported)
    path, items = Path(context.arguments["path"]), context.arguments["items"]
    return Files(path, imported.filename, Path(items) if items else None, imported.options.get("items_filename", ""))


def _to_be_imported(context: Context) -> Import:
    imported = _import_of(context)
    if imported.state == Import.State.FAILED:
        try:
            begin_import(imported)
        except ImportingError as error:
            raise JobError(str(error)) from error
    return imported


def give_up_preparing(context: Context) -> None:
    for preparation in Preparation.objects.filter(pk=context.arguments["preparation"]):
        give_up(preparation)


@handler(PREPARE, abandoned=give_up_preparing)
def prepare_reviews(context: Context) -> Steps:
    preparation = Preparation.objects.select_related("dataset").filter(pk=context.arguments["preparation"]).first()
    if preparation is None:
        raise JobError(_("The dataset was deleted meanwhile."))
    if preparation.state != Preparation.State.RUNNING:
        raise JobError(_("Prepare the reviews anew on the page of the dataset."))
    return (yield from preparation_steps(preparation))


@handler(TRY)
def try_endpoint(context: Context) -> JobSteps:
    endpoint = Endpoint.objects.filter(pk=context.arguments["endpoint"]).first()
    if endpoint is None:
        raise JobError(_("The endpoint was deleted meanwhile."))
    return (yield from try_steps(endpoint, context))


@regularly("generation.lost_calls", seconds=60)
def close_lost_calls() -> None:
    count_lost(forgotten())


def _run_of(pk: int) -> GenerationRun:
    found = GenerationRun.objects.select_related("dataset", "budget", "preparation__dataset")
    run = found.filter(pk=pk).first()
    if run is None:
        raise JobError(_("The run was deleted meanwhile, with its dataset."))
    return run


def leave_run_paused(context: Context) -> None:
    """A run whose job failed or was cancelled can be resumed: nothing of it is lost."""
    job = Job.objects.get(pk=context.job_id)
    for run in GenerationRun.objects.filter(pk=context.arguments["run"], job=job):
        pause(run, why=job.error or _("Its job was cancelled."))


@handler(RUN, abandoned=leave_run_paused)
def generate(context: Context) -> JobSteps:
    return (yield from working.run_steps(_run_of(context.arguments["run"]), context))


@handler(working.WORK)
def make_dialogues(context: Context) -> JobSteps:
    parent = Job.objects.values_list("parent", flat=True).get(pk=context.job_id)
    return (yield from working.piece_steps(_run_of(context.arguments["run"]), context, parent))


def leave_pool_stopped(context: Context) -> None:
    """A pool whose job failed or was cancelled can be gone on with: nothing of it is lost."""
    job = Job.objects.get(pk=context.job_id)
    for pool in ProfilePool.objects.filter(pk=context.arguments["pool"], job=job):
        stop(pool, why=job.error or _("Its job was cancelled."))


@handler(WRITE_PROFILES, abandoned=leave_pool_stopped)
def write_profiles(context: Context) -> JobSteps:
    found = ProfilePool.objects.select_related("endpoint", "budget")
    pool = found.filter(pk=context.arguments["pool"]).first()
    if pool is None:
        raise JobError(_("The pool was deleted meanwhile."))
    return (yield from profile_writing.write_steps(pool, context))


@handler(checking.CHECK)
def check_profiles(context: Context) -> JobSteps:
    pool = ProfilePool.objects.filter(pk=context.arguments["pool"]).first()
    if pool is None:
        raise JobError(_("The pool was deleted meanwhile."))
    return (yield from checking.check_steps(pool, context))


def _enquiry_of(context: Context) -> Enquiry:
    found = Enquiry.objects.select_related("dataset", "endpoint", "budget")
    enquiry = found.filter(pk=context.arguments["enquiry"]).first()
    if enquiry is None:
        raise JobError(_("This was deleted meanwhile, with its dataset."))
    return enquiry


def leave_enquiry_paused(context: Context) -> None:
    """An enquiry whose job failed or was cancelled can be resumed: nothing of it is lost."""
    job = Job.objects.get(pk=context.job_id)
    for enquiry in Enquiry.objects.filter(pk=context.arguments["enquiry"], job=job):
        enquiries.pause(enquiry, why=job.error or _("Its job was cancelled."))


@handler(enquiries.ENQUIRE, abandoned=leave_enquiry_paused)
def enquire(context: Context) -> JobSteps:
    return (yield from enquiry_steps(_enquiry_of(context), context))


@handler(ASK_PIECE)
def enquire_piece(context: Context) -> JobSteps:
    parent = Job.objects.values_list("parent", flat=True).get(pk=context.job_id)
    return (yield from piece_steps(_enquiry_of(context), context, parent))


@handler(enquiries.DELETE)
def delete_enquiry(context: Context) -> JobSteps:
    return (yield from enquiries.delete_steps(_enquiry_of(context)))


@handler(TAKE)
def take_preferences(context: Context) -> JobSteps:
    dataset = Dataset.objects.filter(pk=context.arguments["dataset"]).first()
    if dataset is None:
        raise JobError(_("The dataset was deleted meanwhile."))
    return (yield from take_steps(dataset))


def give_up_splitting(context: Context) -> None:
    undo_split(context.checkpoint)


@handler(SPLIT, abandoned=give_up_splitting)
def split_dataset(context: Context) -> JobSteps:
    dataset = Dataset.objects.filter(pk=context.arguments["dataset"]).first()
    if dataset is None:
        raise JobError(_("The dataset was deleted meanwhile."))
    return (yield from split_steps(dataset, context.checkpoint))
