"""An import of reviews: received and checked with its items, then imported when somebody says so."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.models import Dataset, Import
from generation.review_forms import COLUMNS, ReviewColumnsForm, ReviewsImportForm
from generation.reviews.layouts import all_layouts, get_layout
from generation.services.datasets import DatasetError
from generation.services.importing import AlreadyImported, ImportingError
from generation.services.recognising import first_rows
from generation.services.reviews.importing import read_reviews_again, receive_reviews, suggested_columns
from generation.services.reviews.previewing import guessed_columns, preview_reviews
from generation.views.fragments import draw

TABLE = "table"


@researcher_required
def review_import_new(request: ResearcherRequest) -> HttpResponse:
    initial = {"dataset": request.GET.get("dataset", "")}
    form = ReviewsImportForm(request.POST or None, request.FILES or None, initial=initial)
    same: Import | None = None
    if request.method == "POST" and form.is_valid():
        try:
            address = reverse("generation:review-import-detail", args=[_receive(form, request).pk])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
        except AlreadyImported as error:
            same = error.existing
        except DatasetError as error:
            form.add_error("file" if isinstance(error, ImportingError) else "dataset", capfirst(str(error)))
    context = {
        "nav": "datasets",
        "form": form,
        "same": same,
        "layouts": all_layouts().values(),
        "limit": settings.UPLOAD_LIMIT_BYTES,
        "names": Dataset.objects.filter(origin=Dataset.Origin.IMPORTED).values_list("name", flat=True)[:500],
    }
    fragments = {"import-form": "generation/_review_import_form.html"}
    return draw(request, "generation/review_import_new.html", fragments, context)


def _receive(form: ReviewsImportForm, request: ResearcherRequest) -> Import:
    said = form.cleaned_data
    return receive_reviews(
        dataset_name=said["dataset"],
        uploaded_file=said["file"],
        items_file=said["items_file"],
        layout=said["format"],
        options={name: said[name] for name in ("language", "licence", "skip_bad")},
        created_by=request.user,
    )


@researcher_required
def review_import_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    found = Import.objects.filter(kind=Import.Kind.REVIEWS).select_related("dataset", "job", "created_by")
    imported = get_object_or_404(found, pk=pk)
    report = imported.report
    layouts = all_layouts()
    layout = layouts.get(imported.format)
    known = imported.options.get("recognised", {})
    mapping = imported.options.get("mapping", {})
    context = {
        "nav": "datasets",
        "import": imported,
        "report": report,
        "layout": layout,
        "layouts": [other for other in layouts.values() if other is not layout],
        "by": known.get("by", []),
        "mapping": [
            (COLUMNS.get(part, _("Names of columns in the first row")), names) for part, names in mapping.items()
        ],
        "ratings": [(rating, count, 100 * count / report["reviews"]) for rating, count in report.get("ratings", [])],
        "problems_unsaid": report.get("problem_count", 0) - len(report.get("problems", [])),
        "is_open": imported.state in (Import.State.CHECKED, Import.State.FAILED) and bool(imported.file),
    }
    return draw(request, "generation/review_import_detail.html", {"import": "generation/_review_import.html"}, context)


@require_POST
@researcher_required
def review_import_layout(request: ResearcherRequest, pk: int) -> HttpResponse:
    """Have the file read again in another layout; of a table somebody says first what its columns mean."""
    imported = get_object_or_404(Import, pk=pk, kind=Import.Kind.REVIEWS)
    layout = all_layouts().get(request.POST.get("layout", ""))
    if layout is not None and layout.suggest is not None:
        return redirect("generation:review-import-columns", pk=pk)
    try:
        read_reviews_again(imported=imported, layout=layout.name if layout else "", by=request.user)
    except DatasetError as error:
        messages.error(request, capfirst(str(error)))
    return redirect("generation:review-import-detail", pk=pk)


@researcher_required
def review_import_columns(request: ResearcherRequest, pk: int) -> HttpResponse:
    """What the columns of a table mean, with its first reviews as they would come out."""
    found = Import.objects.filter(kind=Import.Kind.REVIEWS).select_related("dataset")
    imported = get_object_or_404(found, pk=pk)
    try:
        form = _columns_form(imported, request.POST if request.method == "POST" else request.GET)
        if request.method == "POST" and form.is_valid():
            read_reviews_again(imported=imported, layout=TABLE, mapping=form.mapping(), by=request.user)
            return redirect("generation:review-import-detail", pk=pk)
        examples, problems = preview_reviews(imported, form.mapping())
    except ImportingError as error:
        messages.error(request, capfirst(str(error)))
        return redirect("generation:review-import-detail", pk=pk)
    context = {"nav": "datasets", "import": imported, "form": form, "examples": examples, "problems": problems}
    fragments = {"columns-form": "generation/_review_import_columns.html"}
    return draw(request, "generation/review_import_columns.html", fragments, context)


def _columns_form(imported: Import, said: QueryDict) -> ReviewColumnsForm:
    """The form as it was sent; anew with a guess where the first row has become a heading, or is one no more."""
    if imported.state not in (Import.State.CHECKED, Import.State.FAILED) or not imported.file:
        raise ImportingError(_("This file cannot be read in another way any more."))
    current = imported.options.get("mapping") or suggested_columns(
        Path(imported.file.path), get_layout(TABLE), imported.filename
    )
    asked = "had_heading" in said
    heading = "heading" in said if asked else current.get("heading") != ["no"]
    found = first_rows(imported, heading=heading)
    if not asked:
        return ReviewColumnsForm(None, found=found, mapping=current)
    if (said["had_heading"] == "yes") != heading:
        return ReviewColumnsForm(None, found=found, mapping=guessed_columns(found, heading=heading))
    return ReviewColumnsForm(said, found=found, mapping=current)
