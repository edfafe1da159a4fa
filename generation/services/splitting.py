"""A dataset that holds several systems, split into one for each, so that a study can compare them."""

from typing import Any, Final

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Progress, Steps
from crsapp.jobs.services import enqueue
from generation.models import Dataset, Dialogue
from generation.services.datasets import DatasetError, delete_dataset, new_dataset
from generation.services.filing import records_of
from generation.services.rows import write_dialogues

SPLIT: Final = "generation.split_dataset"
AT_ONCE: Final = 100
MOST_SYSTEMS: Final = 50


def systems_of(dataset: Dataset) -> dict[str, int]:
    """The systems that its dialogues name, and how many dialogues each has."""
    named = Dialogue.objects.visible().in_dataset(dataset).exclude(partner="").order_by().values_list("partner")
    return dict(named.annotate(count=Count("pk")).order_by("partner")[: MOST_SYSTEMS + 1])


def parts_of(dataset: Dataset) -> dict[str, Dataset]:
    """The datasets that a split made of it, by system; none before, or while it is being split."""
    names = {_name(dataset, system): system for system in systems_of(dataset)}
    return {names[one.name]: one for one in Dataset.objects.visible().filter(name__in=names).order_by("name")}


def splitting_of(dataset: Dataset) -> Job | None:
    """The newest job that splits it; None where that is done, or nobody asked."""
    job = Job.objects.filter(kind=SPLIT, arguments__dataset=dataset.pk).order_by("-created").first()
    return None if job is None or job.state == Job.State.SUCCEEDED else job


@transaction.atomic
def split_dataset(*, dataset: Dataset, by: User | None = None, here: bool = False) -> Job:
    """Have a dataset made of the dialogues of each system. The one that is split stays as it is."""
    going_on = Job.objects.open().filter(kind=SPLIT, arguments__dataset=dataset.pk).first()
    if going_on is not None:
        return going_on
    systems = systems_of(dataset)
    if not 2 <= len(systems) <= MOST_SYSTEMS:
        raise DatasetError(_("Only a dataset of 2 to %(most)d systems can be split.") % {"most": MOST_SYSTEMS})
    taken = Dataset.objects.filter(name__in=[_name(dataset, system) for system in systems]).first()
    if taken is not None:
        raise DatasetError(_("It is split already: there is “%(name)s”. Delete that to split anew.") % {"name": taken})
    title = _("Splitting %(name)s by system") % {"name": dataset}
    return enqueue(kind=SPLIT, arguments={"dataset": dataset.pk}, title=title, created_by=by, dispatch_now=not here)


def split_steps(dataset: Dataset, checkpoint: dict[str, Any]) -> Steps:
    """A hundred dialogues a step; `checkpoint` holds the datasets made, and how far the last of them is."""
    systems = systems_of(dataset)
    made: dict[str, int] = checkpoint.setdefault("made", {})
    total, done = sum(systems.values()), 0
    for system, count in systems.items():
        if system not in made:
            made[system] = _part_of(dataset, system).pk
            checkpoint["last"] = -1
        part = Dataset.objects.get(pk=made[system])
        own = Dialogue.objects.visible().in_dataset(dataset).filter(partner=system).order_by("number")
        while part.dialogues.count() < count:
            piece = own.filter(number__gt=checkpoint["last"])[:AT_ONCE]
            numbers = [dialogue.number for dialogue in piece]
            if not numbers:
                break
            write_dialogues(dataset=part, records=list(records_of(own.filter(number__in=numbers))))
            checkpoint["last"] = numbers[-1]
            yield Progress(done=done + part.dialogues.count(), total=total)
        done += count
    return {"datasets": list(made.values())}


def undo_split(checkpoint: dict[str, Any]) -> None:
    """Remove what was made; nobody uses half of it."""
    for part in Dataset.objects.filter(pk__in=checkpoint.get("made", {}).values()):
        delete_dataset(dataset=part)
    checkpoint.clear()


def _part_of(dataset: Dataset, system: str) -> Dataset:
    part = new_dataset(
        name=_name(dataset, system),
        origin=Dataset.Origin.GENERATED,
        language=dataset.language,
        domain=dataset.domain,
        by=None,
    )
    part.description = _("The dialogues of “%(name)s” with the system “%(system)s”.") % {
        "name": dataset,
        "system": system,
    }
    part.version, part.licence, part.citation = dataset.version, dataset.licence, dataset.citation
    part.save()
    return part


def _name(dataset: Dataset, system: str) -> str:
    return f"{dataset.name[:98]} · {' '.join(system.split())[:98]}"
