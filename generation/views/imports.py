"""An import: a file is received and checked, somebody says whether to go on, what it holds is imported."""

from collections.abc import Mapping
from typing import Any

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
from generation.forms.columns import TableColumnsForm
from generation.forms.imports import ImportForm
from generation.models import Dataset, Import
from generation.services.datasets import DatasetError
from generation.services.import_kinds import KINDS, kind_of
from generation.services.import_report import AlreadyImported, ImportingError
from generation.services.importing import discard_import, read_again, receive_upload, start_import
from generation.services.recognising import TABLE, columns_of, first_rows, guessed_columns, preview
from generation.translation import stored_notes
from generation.views.fragments import draw
from generation.views.import_kinds import PAGES, called


@researcher_required
def import_new(request: ResearcherRequest, kind: str = Import.Kind.DIALOGUES) -> HttpResponse:
    pages = PAGES[kind]
    form = pages.form(request.POST or None, request.FILES or None, initial={"dataset": request.GET.get("dataset", "")})
    same: Import | None = None
    if request.method == "POST" and form.is_valid():
        try:
            address = reverse("generation:import-detail", args=[_receive(form, kind, request).pk])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
        except AlreadyImported as error:
            same = error.existing
        except DatasetError as error:
            form.add_error("file" if isinstance(error, ImportingError) else "dataset", capfirst(str(error)))
    context = {
        "nav": "datasets",
        "pages": pages,
        "form": form,
        "same": same,
        "formats": KINDS[kind].shelf.all.values(),
        "limit": settings.UPLOAD_LIMIT_BYTES,
        "names": Dataset.objects.filter(origin=Dataset.Origin.IMPORTED).values_list("name", flat=True)[:500],
    }
    return draw(request, "generation/import_new.html", {"import-form": "generation/_import_form.html"}, context)


def _receive(form: ImportForm, kind: str, request: ResearcherRequest) -> Import:
    said = form.cleaned_data
    return receive_upload(
        dataset_name=said["dataset"],
        uploaded_file=said["file"],
        items_file=said.get("items_file"),
        kind=kind,
        format=said["format"],
        options={name: said[name] for name in ("language", "licence", "skip_bad")},
        created_by=request.user,
    )


@researcher_required
def import_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    imported = get_object_or_404(Import.objects.select_related("dataset", "job", "created_by"), pk=pk)
    pages = PAGES[imported.kind]
    report = imported.report
    context = {
        "nav": "datasets",
        "pages": pages,
        "import": imported,
        "report": report,
        "go": pages.go(imported.amount),
        "came": pages.came(imported.amount, imported.dataset.name),
        "reading": how_it_is_read(imported),
        "notes": stored_notes(report),
        "problems_unsaid": report.get("problem_count", 0) - len(report.get("problems", [])),
        "examples": pages.examples(report.get("examples", [])),
        **pages.report(imported),
    }
    return draw(request, "generation/import_detail.html", {"import": "generation/_import.html"}, context)


def how_it_is_read(imported: Import) -> dict[str, Any]:
    """The format of an import, what it was known by, what its columns mean, and what else it might be."""
    formats = kind_of(imported).shelf.all
    format = formats.get(imported.format)
    known = imported.options.get("recognised", {})
    mapping: Mapping[str, list[str]] = imported.options.get("mapping", {})
    pages = PAGES[imported.kind]
    return {
        "format": format,
        "formats": formats.values(),
        "by": known.get("by", []),
        "others": [formats[name].title for name in known.get("others", []) if name in formats],
        "mapping": [(called(pages, part), names) for part, names in mapping.items() if names],
        "has_columns": format is not None and format.suggest is not None,
    }


@require_POST
@researcher_required
def import_format(request: ResearcherRequest, pk: int) -> HttpResponse:
    """Have the file read again as another format; of a table somebody says first what its columns mean."""
    imported = get_object_or_404(Import, pk=pk)
    format = kind_of(imported).shelf.all.get(request.POST.get("format", ""))
    if format is not None and format.suggest is not None:
        return redirect("generation:import-columns", pk=pk)
    try:
        read_again(imported=imported, format=format.name if format else "", by=request.user)
    except DatasetError as error:
        messages.error(request, capfirst(str(error)))
    return redirect("generation:import-detail", pk=pk)


@researcher_required
def import_columns(request: ResearcherRequest, pk: int) -> HttpResponse:
    """What the columns of a table mean, with its first records as they would come out."""
    imported = get_object_or_404(Import.objects.select_related("dataset"), pk=pk)
    pages = PAGES[imported.kind]
    said = request.POST if request.method == "POST" else request.GET
    try:
        form = _columns_form(imported, said)
        if request.method == "POST" and form.is_valid():
            read_again(imported=imported, format=TABLE, mapping=form.mapping(), by=request.user)
            return redirect("generation:import-detail", pk=pk)
        examples, problems = preview(imported, form.mapping())
    except ImportingError as error:
        messages.error(request, capfirst(str(error)))
        return redirect("generation:import-detail", pk=pk)
    context = {
        "nav": "datasets",
        "pages": pages,
        "import": imported,
        "form": form,
        "examples": pages.examples(examples),
        "problems": problems,
    }
    return draw(request, "generation/import_columns.html", {"columns-form": "generation/_import_columns.html"}, context)


def _columns_form(imported: Import, said: QueryDict) -> TableColumnsForm:
    """The form as it was sent; anew with a guess where the first row has become a heading, or is one no more."""
    if not imported.is_open:
        raise ImportingError(_("This file cannot be read in another way any more."))
    kind_form = PAGES[imported.kind].columns
    current = columns_of(imported)
    asked = "had_heading" in said
    heading = "heading" in said if asked else current.get("heading") != ["no"]
    found = first_rows(imported, heading=heading)
    if not asked:
        return kind_form(None, found=found, mapping=current)
    if (said["had_heading"] == "yes") != heading:
        return kind_form(None, found=found, mapping=guessed_columns(imported, found, heading=heading))
    return kind_form(said, found=found, mapping=current)


@require_POST
@researcher_required
def import_start(request: ResearcherRequest, pk: int) -> HttpResponse:
    imported = get_object_or_404(Import, pk=pk)
    try:
        start_import(imported=imported, by=request.user, skip_bad=request.POST.get("skip_bad") == "1")
    except DatasetError as error:
        messages.error(request, str(error))
    return redirect("generation:import-detail", pk=pk)


@require_POST
@researcher_required
def import_discard(request: ResearcherRequest, pk: int) -> HttpResponse:
    """Take a file back. A second press finds nothing to take back, and says nothing."""
    imported = Import.objects.filter(pk=pk).first()
    if imported is None:
        return redirect("generation:dataset-list")
    try:
        discard_import(imported=imported)
    except DatasetError as error:
        messages.error(request, str(error))
        return redirect("generation:import-detail", pk=pk)
    messages.success(request, _("“%(file)s” is discarded; nothing of it stays.") % {"file": imported.filename})
    return redirect("generation:dataset-list")
