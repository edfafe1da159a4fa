"""The report of a study: what is in it, having it made, and taking it."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation.models import Study
from annotation.services.checking import check_study
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, begin_look, study_and_sight
from evaluation.attributes import Attribute
from evaluation.exports.study_report import HOLDS
from evaluation.forms import LookForm
from evaluation.reports.attributes import Attributes
from evaluation.services import record_look
from evaluation.services.study_reports import made_report, report_in_background, report_job
from evaluation.split_page import title_of
from evaluation.views.results import withheld
from generation.views.fragments import draw

FRAGMENTS = {"report-state": "evaluation/_report.html"}


@researcher_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: ResearcherRequest, slug: str) -> HttpResponse:
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    if study.state == Study.State.DRAFT:
        return redirect("evaluation:results", study.slug)
    is_open = study.state == Study.State.OPEN
    form = LookForm(request.POST if request.method == "POST" and is_open else None)
    problems: list[str] = []
    split = _split(request, study)
    if request.method == "POST" and (form.is_valid() or not is_open):
        problems = [] if "force" in request.POST else check_study(study).problems
        if not problems:
            if is_open:
                record_look(study=study, by=request.user, reason=form.cleaned_data["reason"], at="report")
                begin_look(request, study)
            report_in_background(study, by=request.user, splits=[split.key] if split else [])
            return redirect("evaluation:report", study.slug)
    made = made_report(study)
    context = {
        "study": study, "nav": "studies", "form": form, "is_open": is_open, "problems": problems, "holds": HOLDS,
        "split": split,
        "split_title": title_of(split) if split else "",
        "job": report_job(study), "made": made, "may_take": made and (sight is Sight.EVERYTHING or not made.interim),
    }  # fmt: skip
    response = draw(request, "evaluation/report.html", FRAGMENTS, context)
    response.status_code = 409 if problems else 400 if form.errors else 200
    return response


def _split(request: ResearcherRequest, study: Study) -> Attribute | None:
    """By which attribute the report is to be split too, if that was chosen."""
    key = request.POST.get("split", "") or request.GET.get("split", "")
    return Attributes(study).named(key) if key else None


@researcher_required
@require_safe
def report_file(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """The zip. One that was made of an open study is for whoever has a look on record."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    made = made_report(study)
    if made is None:
        messages.info(request, _("There is no report yet. Have it made first."))
        return redirect("evaluation:report", study.slug)
    if made.interim and sight is not Sight.EVERYTHING:
        messages.info(request, _("This report compares the systems of an open study. Look at the results first."))
        return redirect("evaluation:results", study.slug)
    name = f"{study.slug}-report{'-interim' if made.interim else ''}.zip"
    return FileResponse(default_storage.open(made.name), as_attachment=True, filename=name)
