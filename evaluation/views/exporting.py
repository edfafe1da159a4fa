from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.models import Study
from annotation.services.checking import CheckReport, check_study
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.exports.tables import JUDGMENTS, LABELS, ExportTable
from evaluation.exports.writing import FILE_FORMATS, FileFormat
from evaluation.forms import LookForm
from evaluation.services import record_look
from evaluation.views.results import withheld


@researcher_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: ResearcherRequest, slug: str, format: str) -> HttpResponseBase:
    """The long table as a download. It names datasets, so that of an open study it takes a reason, on record."""
    return _export(request, slug, format, JUDGMENTS)


@researcher_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_labels(request: ResearcherRequest, slug: str, format: str) -> HttpResponseBase:
    """One label for each unit, on the same terms."""
    return _export(request, slug, format, LABELS)


def _export(request: ResearcherRequest, slug: str, format: str, table: ExportTable) -> HttpResponseBase:
    file_format = FILE_FORMATS.get(format)
    if file_format is None:
        raise Http404(f"There is no export format {format!r}; there are {', '.join(FILE_FORMATS)}.")
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    is_open = study.state == Study.State.OPEN
    form = LookForm(request.POST)
    if is_open and not (request.method == "POST" and form.is_valid()):
        messages.error(request, _("The export names datasets. Say why you take it while the study is open."))
        return redirect(reverse("evaluation:results", args=[study.slug]) + "?export=1#look")
    report = check_study(study)
    if not report.ok and "force" not in {**request.GET.dict(), **request.POST.dict()}:
        return _refusal(request, study, report)
    if is_open:
        at = f"export {file_format.name}" if table is JUDGMENTS else f"export {table.name} {file_format.name}"
        record_look(study=study, by=request.user, reason=form.cleaned_data["reason"], at=at)
    return _download(study, table, file_format, report)


def _refusal(request: HttpRequest, study: Study, report: CheckReport) -> HttpResponse:
    context = {
        "study": study,
        "nav": "studies",
        "report": report,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "evaluation/export_refused.html", context, status=409)


def _download(study: Study, table: ExportTable, file_format: FileFormat, report: CheckReport) -> StreamingHttpResponse:
    pieces = file_format.pieces(table.columns, table.rows(study), text_columns=table.text_columns)
    response = StreamingHttpResponse(pieces, content_type=file_format.content_type)
    flaw = "" if report.ok else "-check-failed"
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-{table.name}{flaw}.{file_format.name}"'
    response["X-Study-Check"] = "ok" if report.ok else f"failed, {len(report.problems)} problems"
    return response
