"""A dataset's dialogues as a file, in any format that can be written."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.formats import writers
from generation.models import Dataset
from generation.services.exporting import filename, layouts, part_name
from generation.services.filing import export_dialogues

TYPES = {".zip": "application/zip", ".json": "application/json"}


@researcher_required
def dataset_export(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset.objects.visible(), slug=slug)
    found = layouts(dataset)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "layouts": [
            (
                layout,
                filename(dataset, layout.format),
                [(part_name(part), count) for part, count in layout.lost.items()],
            )
            for layout in found
        ],
        "looked_at": found[0].looked_at if found else 0,
    }
    return render(request, "generation/dataset_export.html", context)


@researcher_required
def dataset_file(request: ResearcherRequest, slug: str, format: str) -> StreamingHttpResponse:
    """The file, written while it is downloaded."""
    dataset = get_object_or_404(Dataset.objects.visible(), slug=slug)
    if format not in writers():
        raise Http404
    chosen = writers()[format]
    pieces = export_dialogues(dataset=dataset, format=format)
    answer = StreamingHttpResponse(pieces, content_type=TYPES.get(chosen.written_as, "application/x-ndjson"))
    answer["Content-Disposition"] = f'attachment; filename="{filename(dataset, chosen)}"'
    return answer
