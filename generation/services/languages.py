"""Which languages a dataset's texts are in beside its own, and who put them there."""

from dataclasses import dataclass

from django.db.models import Count, Q

from generation.models import AskedText, Dataset, Enquiry, Import, Utterance


@dataclass(frozen=True, slots=True)
class Translated:
    """A further language: utterances that have it, and how many of them a model translated."""

    code: str
    utterances: int
    by_model: int


def further_languages(dataset: Dataset) -> list[str]:
    """Their codes, from what imports and translations reported; an import whose language was deleted names none."""
    reports = dataset.imports.filter(state=Import.State.COMPLETE).values_list("report__languages", flat=True)
    made = dataset.enquiries.filter(kind=Enquiry.Kind.TRANSLATION).exclude(state=Enquiry.State.DELETED)
    return sorted({code for known in reports for code in known or []} | set(made.values_list("language", flat=True)))


def translated(dataset: Dataset) -> list[Translated]:
    """Each further language with its counts, counted now."""
    spoken = Utterance.objects.filter(dialogue__dataset=dataset).order_by()
    found = []
    for code in further_languages(dataset):
        there = spoken.filter(translations__has_key=code).count()
        found.append(Translated(code, there, min(there, _by_model(dataset, code))))
    return found


def _by_model(dataset: Dataset, code: str) -> int:
    ours = Q(enquiry__dataset=dataset, enquiry__kind=Enquiry.Kind.TRANSLATION, enquiry__language=code)
    written = AskedText.objects.done().filter(ours, what=AskedText.What.UTTERANCE).exclude(digest="")
    return written.aggregate(n=Count("utterance", distinct=True))["n"] or 0
