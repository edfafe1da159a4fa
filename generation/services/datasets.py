"""Making and removing datasets."""

from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import PROTECT, ManyToOneRel, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import Dataset, Dialogue, Enquiry, GenerationRun, Import, Interaction, Item, Person
from generation.services.rows import remove_dialogues, remove_interactions


class DatasetError(Exception):
    """What cannot be done with a dataset, in words for the person who asked."""


def dataset_for_import(*, name: str, language: str = "", licence: str = "", by: User | None = None) -> Dataset:
    """The imported dataset of this name; a new one, to be seen when its first import is complete, if there is none.

    The caller holds the transaction: until it ends, nobody removes the dataset as empty.
    """
    name = _checked(name)
    dataset = Dataset.objects.select_for_update().filter(name=name).first()
    if dataset is None:
        return _made(Dataset(name=name, language=language or "en", licence=licence, created_by=by))
    if dataset.origin != Dataset.Origin.IMPORTED:
        raise DatasetError(
            _("“%(name)s” is no imported dataset; its dialogues were made here. Choose another name.") % {"name": name}
        )
    return dataset


def new_dataset(*, name: str, origin: Dataset.Origin, language: str, domain: str, by: User | None) -> Dataset:
    """A dataset whose dialogues are made here. The caller holds the transaction."""
    name = _checked(name)
    if Dataset.objects.filter(name=name).exists():
        raise DatasetError(_("There is a dataset “%(name)s” already. Choose another name.") % {"name": name})
    return _made(Dataset(name=name, origin=origin, language=language, domain=domain, created_by=by))


def _checked(name: str) -> str:
    name = " ".join(name.split())
    longest = Dataset._meta.get_field("name").max_length or 0
    if not name or len(name) > longest:
        raise DatasetError(_("Give the dataset a name of 1 to %(longest)s characters.") % {"longest": longest})
    return name


def _made(dataset: Dataset) -> Dataset:
    dataset.slug = _free_slug(dataset.name)
    try:
        with transaction.atomic():
            dataset.save()
    except IntegrityError:  # somebody else made one at this moment
        raise DatasetError(_("“%(name)s” is being made right now. Try again.") % {"name": dataset.name}) from None
    return dataset


def _free_slug(name: str) -> str:
    stem = slugify(name)[:70] or "dataset"
    taken = set(Dataset.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def remove_if_empty(dataset_id: int) -> None:
    """Remove an imported dataset that has neither dialogues nor a file on its way. The caller holds the transaction."""
    dataset = Dataset.objects.select_for_update().filter(pk=dataset_id, origin=Dataset.Origin.IMPORTED).first()
    if dataset is None or dataset.dialogues.exists():
        return
    if not dataset.imports.exclude(state=Import.State.DISCARDED).exists():
        dataset.delete()


@transaction.atomic
def delete_dataset(*, dataset: Dataset, by: User | None = None) -> None:
    """Remove a dataset with all its dialogues and imports; refused while a study uses any of them."""
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    dialogues = Dialogue.objects.in_dataset(dataset)
    if dataset.imports.filter(state="running").exists():
        raise DatasetError(_("A file is being imported into “%(name)s”. Cancel that first.") % {"name": dataset})
    if _is_protected(dataset, dialogues):
        raise DatasetError(_("A study uses “%(name)s”, so it stays. Delete the study first.") % {"name": dataset})
    if GenerationRun.objects.filter(dataset=dataset, state=GenerationRun.State.RUNNING).exists():
        raise DatasetError(_("Dialogues are being written into “%(name)s”. Cancel that first.") % {"name": dataset})
    if dataset.enquiries.filter(state=Enquiry.State.RUNNING).exists():
        raise DatasetError(_("A model is being asked about “%(name)s”. End that first.") % {"name": dataset})
    GenerationRun.objects.filter(dataset=dataset).delete()
    dataset.enquiries.all().delete()
    dataset.preferences.all().delete()
    files = [file for imported in dataset.imports.all() for file in imported.files()]
    remove_dialogues(dialogues)
    remove_interactions(Interaction.objects.filter(source__dataset=dataset))
    for rows in (Item.objects.filter(dataset=dataset), Person.objects.filter(dataset=dataset)):
        rows._raw_delete(rows.db)
    dataset.delete()
    for storage, name in files:
        transaction.on_commit(partial(storage.delete, name))


def _is_protected(dataset: Dataset, dialogues: QuerySet[Dialogue]) -> bool:
    """Whether rows of an upper floor hold on to the dataset or a dialogue of it."""
    for model, rows in ((Dataset, [dataset.pk]), (Dialogue, dialogues.values("pk"))):
        for relation in model._meta.get_fields(include_hidden=True):
            if isinstance(relation, ManyToOneRel) and relation.on_delete is PROTECT:
                holders = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
                if holders.exists():
                    return True
    return False
