"""Judgments from elsewhere: a table is received and checked, somebody says whether to go on, and it is a study."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from annotation.forms.elsewhere import JudgmentsForm
from annotation.forms.judgment_columns import JudgmentColumnsForm
from annotation.models import JudgmentImport
from annotation.published import mark_of_controls
from annotation.published.columns import NOT
from annotation.services.elsewhere import (
    ElsewhereError,
    discard_import,
    read_again,
    receive_table,
    start_import,
)
from annotation.services.errors import StudyError
from annotation.views.judgment_columns import MOST_SHOWN, answers_read, choice, headings_with_roles
from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.translation import translated

MOST_DATASETS = 12
MOST_PROBLEMS = 3


@researcher_required
@require_http_methods(["GET", "HEAD", "POST"])
def judgments_new(request: ResearcherRequest) -> HttpResponse:
    form = JudgmentsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            imported = receive_table(
                uploaded_file=form.cleaned_data["file"],
                title=form.cleaned_data["title"],
                by=request.user,
            )
        except StudyError as error:
            form.add_error("title", str(error))
        else:
            address = reverse("annotation:judgments-detail", args=[imported.pk])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    context = {
        "nav": "studies",
        "form": form,
        "limit": settings.UPLOAD_LIMIT_BYTES,
        "imports": JudgmentImport.objects.exclude(
            state__in=[JudgmentImport.State.COMPLETE, JudgmentImport.State.DISCARDED]
        )[:50],
    }
    page = "annotation/_judgments_form.html" if request.htmx else "annotation/judgments_new.html"
    return render(request, page, context)


@researcher_required
@require_GET
def judgments_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    imported = get_object_or_404(JudgmentImport.objects.select_related("study", "job", "created_by"), pk=pk)
    report = imported.report
    context = {
        "nav": "studies",
        "import": imported,
        "report": report,
        "columns": [(JudgmentColumnsForm.called(role), name) for role, name in _columns(imported)],
        "datasets": report.get("datasets", [])[:MOST_DATASETS],
        "datasets_unsaid": len(report.get("datasets", [])) - MOST_DATASETS,
        "problems_unsaid": report.get("problem_count", 0) - len(report.get("problems", [])),
        "doubt": _doubt(imported),
    }
    page = "annotation/_judgments_import.html" if request.htmx else "annotation/judgments_detail.html"
    return render(request, page, context)


def _columns(imported: JudgmentImport) -> list[tuple[str, str]]:
    """Each role with its heading, and whether its yes and no are the other way round."""
    said = imported.options.get("columns", {})
    return [
        (role, _("not: %(column)s") % {"column": name} if said.get(role, "").startswith(NOT) else name)
        for role, name in imported.report.get("columns", {}).items()
    ]


def _doubt(imported: JudgmentImport) -> str:
    """Why somebody should say what the columns mean before anything is imported; empty where they did, or need not."""
    report, columns = imported.report, imported.report.get("columns", {})
    if imported.options or report.get("fatal") or not report.get("judgments"):
        return ""
    mark = mark_of_controls(report["headings"])
    if mark and mark not in columns.values():
        return _(
            "“%(column)s” looks like a mark of controls, and was read as something that was asked. If it is one, say "
            "first what the columns mean: controls do not count then."
        ) % {"column": mark}
    if report["layout"] == "annotator" and report["problem_count"]:
        return _(
            "No heading says who judged or what was answered, so the table was read with units down and annotators "
            "across. If that is not so, say first what the columns mean."
        )
    return ""


@researcher_required
@require_http_methods(["GET", "HEAD", "POST"])
def judgments_columns(request: ResearcherRequest, pk: int) -> HttpResponse:
    """What the columns of a table mean, with its first rows and answers as they would be read; the button keeps it."""
    imported = get_object_or_404(JudgmentImport, pk=pk)
    try:
        said = choice(imported, request.POST)
        if said.is_valid and not request.htmx:
            read_again(imported=imported, options=said.options.as_dict(), by=request.user)
            return redirect("annotation:judgments-detail", pk)
    except ElsewhereError as error:
        messages.error(request, str(error))
        return redirect("annotation:judgments-detail", pk)
    context = {
        "nav": "studies",
        "import": imported,
        "form": said.form,
        "scales": said.scales,
        "headings": headings_with_roles(said.reading, said.form),
        "rows": [cells[:MOST_SHOWN] for cells in said.reading.first],
        "answers": answers_read(said.reading),
        "problems": [translated(one.words) for one in said.reading.problems[:MOST_PROBLEMS]],
    }
    page = "annotation/_judgments_columns.html" if request.htmx else "annotation/judgments_columns.html"
    return render(request, page, context)


@researcher_required
@require_POST
def judgments_start(request: ResearcherRequest, pk: int) -> HttpResponse:
    imported = get_object_or_404(JudgmentImport, pk=pk)
    try:
        start_import(imported=imported, by=request.user, skip_bad=request.POST.get("skip_bad") == "1")
    except ElsewhereError as error:
        messages.error(request, str(error))
    return redirect("annotation:judgments-detail", pk)


@researcher_required
@require_POST
def judgments_discard(request: ResearcherRequest, pk: int) -> HttpResponse:
    """Take a file back. A second press finds nothing to take back, and says nothing."""
    imported = get_object_or_404(JudgmentImport, pk=pk)
    try:
        discard_import(imported=imported)
    except ElsewhereError as error:
        messages.error(request, str(error))
        return redirect("annotation:judgments-detail", pk)
    messages.success(request, _("“%(file)s” is discarded; nothing of it stays.") % {"file": imported.filename})
    return redirect("annotation:judgments-new")
