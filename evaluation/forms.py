from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.dataset_page import TOKENISER_WORDS
from evaluation.dataset_statistics import DEFAULT, TOKENISERS
from generation.models import Dataset


class LookForm(forms.Form):
    """Why somebody wants to see differences between the systems of an open study."""

    reason = forms.CharField(
        label=_("Why do you look now?"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say in a few words why you look; it stays on the study's record.")},
    )


class DatasetStatisticsForm(forms.Form):
    """Which datasets stand side by side, and how their texts are cut."""

    dataset = forms.ModelMultipleChoiceField(
        label=_("Datasets"),
        queryset=Dataset.objects.visible().order_by("name"),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one dataset."),
            "invalid_choice": _("There is no dataset “%(value)s” (any more)."),
        },
    )
    tokeniser = forms.ChoiceField(
        label=_("Tokeniser"),
        required=False,
        choices=[(name, f"{name}: {TOKENISER_WORDS[name]}") for name in TOKENISERS],
    )
    keep_case = forms.BooleanField(label=_("Upper and lower case apart"), required=False)

    @property
    def datasets(self) -> list[Dataset]:
        return list(self.cleaned_data["dataset"])

    @property
    def cut_by(self) -> str:
        return self.cleaned_data["tokeniser"] or DEFAULT

    @property
    def case_kept(self) -> bool:
        return bool(self.cleaned_data["keep_case"])

    @property
    def query(self) -> str:
        """The same choice as an address, without what is as usual."""
        case = {"keep_case": "on"} if self.case_kept else {}
        cut = {"tokeniser": self.cut_by} if self.cut_by != DEFAULT else {}
        return urlencode({"dataset": [one.slug for one in self.datasets], **cut, **case}, doseq=True)
