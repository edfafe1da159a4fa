"""The kinds of runs there are. To add one, write its maker and name it here."""

from typing import Final

from generation.models import GenerationRun
from generation.services.runs.from_reviews.making import FromReviews
from generation.services.runs.making import Maker
from generation.services.runs.simulated.making import Simulated

MAKERS: Final[dict[str, type[Maker]]] = {
    GenerationRun.Kind.REVIEWS: FromReviews,
    GenerationRun.Kind.SIMULATION: Simulated,
}


def maker_of(run: GenerationRun) -> Maker:
    return MAKERS[run.kind](run)
