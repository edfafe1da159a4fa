"""One figure of a study as a file."""

from typing import Final

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.charts import FORMATS, THEMES, charts_of
from evaluation.exports.study_report import numbers_csv
from evaluation.reports import figures_now
from evaluation.services.drawing import DrawingError, drawn
from evaluation.views.results import withheld

TYPES: Final = {
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
}


@researcher_required
@require_safe
def chart(request: ResearcherRequest, slug: str, name: str, format: str) -> HttpResponse:
    """What the page shows to this browser, and no more: a blinded study has no charts of its systems."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    theme = request.GET.get("theme", "light")
    if theme not in THEMES or format not in TYPES:
        raise Http404(f"A figure comes as {', '.join((*FORMATS, 'csv'))}, in {' or '.join(THEMES)}.")
    found = {one.name: one for one in charts_of(figures_now(study, unblinded=sight is Sight.EVERYTHING))}
    if name not in found:
        raise Http404(f"There is no figure {name!r}; there are {', '.join(found) or 'none'}.")
    if format == "csv":
        content = numbers_csv(found[name]).encode()
    else:
        try:
            content = drawn(found[name], theme, format)
        except DrawingError as error:
            return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=TYPES[format])
    dark = "-dark" if theme == "dark" and format != "csv" else ""
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-{name}{dark}.{format}"'
    return response
