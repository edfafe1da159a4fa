"""Starting a run that writes dialogues from prepared reviews."""

from django.db import transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import Dataset, Endpoint, GenerationRun, Preparation, RunPart
from generation.services.runs.from_reviews.settings import ReviewSettings, frozen_with
from generation.services.runs.settings import RunError
from generation.services.runs.steering import Limits, begin_run, new_run_dataset


def preparation_of(source: Dataset) -> Preparation:
    """What was prepared of its reviews and is in use."""
    found = source.preparations.filter(state=Preparation.State.COMPLETE).first()
    if found is None:
        raise RunError(_("The reviews of “%(name)s” are not prepared yet. Prepare them first.") % {"name": source})
    return found


@transaction.atomic
def start_run(
    *,
    source: Dataset,
    name: str,
    endpoint: Endpoint,
    settings: ReviewSettings,
    limits: Limits | None = None,
    by: User | None = None,
    here: bool = False,
) -> GenerationRun:
    """Make the dataset and its run, and have a worker begin, unless it is to be run `here`."""
    preparation = preparation_of(source)
    said = frozen_with(settings, endpoint, preparation)
    dataset = new_run_dataset(name=name, language=said["language"], domain=settings.domain or source.domain, by=by)
    return begin_run(
        kind=GenerationRun.Kind.REVIEWS,
        dataset=dataset,
        said=said,
        parts=[(RunPart.Plays.WRITER, endpoint)],
        limits=limits,
        by=by,
        here=here,
        source=source,
        preparation=preparation,
    )
