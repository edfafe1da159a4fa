"""What a dataset was asked about before, for who asks the same again."""

from django.db.models.functions import Coalesce

from generation.models import Dataset, Enquiry
from generation.services.enquiries.table import kind_of


def earlier(*, dataset: Dataset, kind: str, language: str = "") -> list[Enquiry]:
    """Those of this kind that go on, and those that asked about all that there is; the last one first."""
    there = Enquiry.objects.filter(dataset=dataset, kind=kind, language=language).select_related("endpoint", "job")
    return [*there.open(), *(one for one in there.filter(state=Enquiry.State.COMPLETE) if has_all(one))]


def has_all(enquiry: Enquiry) -> bool:
    """Whether everything that there is to ask about now is among its texts."""
    rows = enquiry.texts.annotate(key=Coalesce("utterance", "dialogue", "person"))
    asked = {(what, key, tuple(phrases)) for what, key, phrases in rows.values_list("what", "key", "phrases")}
    targets = kind_of(enquiry).targets(enquiry.dataset, enquiry.language, enquiry.settings)
    return all((target.what, target.key, tuple(target.phrases)) in asked for target in targets)
