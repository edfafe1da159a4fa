"""The preferences of a dataset's tasks as a file."""

from collections.abc import Iterator
from typing import Any, Final

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.exports.writing import csv_pieces
from generation.models import Dataset
from generation.preferences.counting import Table
from generation.services.preferences import sources, tables

COLUMNS: Final = ("task", "preference", "dialogues", "of_dialogues", "share", "from_profile_alone", "phrases")
TEXTS: Final = frozenset({"task", "preference", "phrases"})


@researcher_required
def preference_table(request: ResearcherRequest, slug: str) -> StreamingHttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    found = sources(dataset)
    if not found:
        raise Http404
    source = next((one for one in found if one.key == request.GET.get("from")), found[0])
    rows = _rows(tables(dataset, source, with_profiles=request.GET.get("profiles") != "0"))
    answer = StreamingHttpResponse(
        csv_pieces(COLUMNS, rows, text_columns=TEXTS), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{dataset.slug}-preferences.csv"'
    return answer


def _rows(found: list[Table]) -> Iterator[list[Any]]:
    for table in found:
        for row in table.rows:
            share = round(row.dialogues / table.dialogues, 4) if table.dialogues else ""
            phrases = "; ".join(row.phrases)
            yield [table.task, row.name, row.dialogues, table.dialogues, share, row.by_profile, phrases]
