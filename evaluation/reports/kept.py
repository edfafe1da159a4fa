"""Figures kept from the last time somebody asked, for as long as nothing has changed that they depend on.

What is kept is never the truth: it is found under a digest of the state it was computed from, so that a write to the
study makes it unfindable. The state is read before the rows are, hence never newer than they.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

import numpy
import scipy
from django.core.cache import caches
from django.db.models import Count, Max, Sum
from django.utils.translation import get_language

from annotation.models import Assignment, Study
from annotation.services.material import protocol_of
from evaluation.figures import StudyFigures, blinded
from evaluation.reports.studies import study_figures
from generation.models import Dataset

CODE: Final = Path(__file__).resolve().parents[1]


def state_of(study: Study) -> str:
    """A digest of everything the figures of a study depend on.

    Every write to judgments, places and exclusions grows the revision of an annotator or of the study; whatever else
    changes a study is a line of its record. The times tell a database from an earlier one that was restored, in which
    the same numbers may come again.
    """
    annotators = study.annotators.aggregate(Sum("revision"), Max("last_seen"), Max("left"), Count("pk"))
    leased = Assignment.objects.filter(annotator__study=study, state=Assignment.State.LEASED).count()
    lines = study.events.order_by("-number").values_list("number", "digest")[:1]
    row = Study.objects.values_list("revision", "state", "digest", "title", "created", "closed").get(pk=study.pk)
    slugs = {sample.dataset for block in protocol_of(study).blocks for sample in block.samples}
    names = Dataset.objects.filter(slug__in=slugs).order_by("slug").values_list("slug", "name")
    said = [_code(), get_language(), study.pk, *row, *annotators.values(), leased, list(lines), list(names)]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def kept_figures(study: Study, *, unblinded: bool, state: str = "") -> StudyFigures | None:
    """Every figure of the study as it stands now, where they have been computed."""
    found: StudyFigures | None = caches["figures"].get(state or state_of(study))
    return found if found is None or unblinded else blinded(found)


def figures_now(study: Study, *, unblinded: bool) -> StudyFigures:
    """Every figure of the study as it stands now: those kept, or computed, and kept for the next one who asks."""
    state = state_of(study)
    found = kept_figures(study, unblinded=True, state=state)
    if found is None:
        found = study_figures(study, unblinded=True)
        caches["figures"].set(state, found)
    return found if unblinded else blinded(found)


@cache
def _code() -> str:
    """What computes figures: of other code, or other libraries, nothing is shown."""
    found = hashlib.sha256(f"{numpy.__version__} {scipy.__version__}".encode())
    for path in sorted(CODE.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()
