"""What a researcher says about an enquiry: who answers, and what it may use."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.forms.choices import choose
from generation.forms.runs import LimitsForm
from generation.languages import languages
from generation.models import Dataset, Endpoint
from generation.transcript import language_name


class EnquiryForm(LimitsForm):
    """A new enquiry: which endpoint answers, within which limits."""

    def __init__(self, *args: Any, answered: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        endpoints = Endpoint.objects.in_use()
        self.fields["endpoint"] = forms.ModelChoiceField(
            endpoints, label=answered or _("Asked of"), initial=_only(endpoints), empty_label=_("Choose …")
        )
        self.order_fields(["language", "endpoint", "money", "tokens"])


class PreferencesForm(EnquiryForm):
    """Who is asked for the preferences of a dataset's users."""

    profiles = forms.BooleanField(label=gettext_lazy("Entries of profiles too"), required=False, initial=True)


class TranslationForm(EnquiryForm):
    """Into which language a dataset is translated, and by whom."""

    language = forms.ChoiceField(label=gettext_lazy("Into"))
    beside = forms.BooleanField(label=gettext_lazy("Situations and profiles too"), required=False, initial=True)

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, answered=_("Translated by"), **kwargs)
        own = dataset.language.partition("-")[0]
        offered = [
            (code, f"{language_name(code)} ({code})")
            for code in languages()
            if code != dataset.language and code != own
        ]
        choose(self.fields["language"], [("", _("Choose a language")), *offered])


def _only(endpoints: Any) -> Endpoint | None:
    """Where there is no choice, it is made."""
    found = list(endpoints[:2])
    return found[0] if len(found) == 1 else None
