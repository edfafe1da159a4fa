from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from annotation.models import Study
from evaluation.dataset_page import TOKENISER_WORDS
from evaluation.dataset_statistics import DEFAULT, TOKENISERS
from generation.models import Dataset

EXPECTED: Final = 20
"""So many people share a block, until somebody says how many will come."""
MOST_STUDIES: Final = 8
"""Of more studies side by side nobody sees anything."""


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
        choices=[(name, format_lazy("{}: {}", name, TOKENISER_WORDS[name])) for name in TOKENISERS],
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


class PlanForm(forms.Form):
    """What a plan rests on, and how narrow it should be; `pilot` is the title of the study that shows it, or empty."""

    basis = forms.ChoiceField(label=_("How unlike are pairs or dialogues, and annotators?"), required=False)
    people = forms.IntegerField(
        label=_("People who will come"),
        min_value=2,
        max_value=10_000,
        required=False,
        help_text=_("Where many share a block; 20 if you do not say."),
    )
    wanted = forms.DecimalField(
        label=_("Wanted: to within ±"),
        min_value=Decimal("0.1"),
        max_value=50,
        decimal_places=1,
        required=False,
        help_text=_("Points of a win rate, or per cent of a scale's range."),
    )
    to_begin = forms.IntegerField(
        label=_("Minutes before one begins"),
        min_value=0,
        max_value=600,
        required=False,
        help_text=_("Guidelines, consent, practice: once an annotator."),
    )

    def __init__(self, data: Any, *, pilot: str) -> None:
        super().__init__(data)
        guesses = [
            ("usual", _("as usual (a guess)")),
            ("alike", _("much alike (a guess)")),
            ("unlike", _("very unlike (a guess)")),
        ]
        field = self.fields["basis"]
        if isinstance(field, forms.ChoiceField):
            measured = [("pilot", format_lazy(_("as in “{study}”"), study=pilot))]
            field.choices = [*measured, *guesses] if pilot else guesses
        self.usual = "pilot" if pilot else "usual"

    def asked(self) -> dict[str, Any]:
        """What `study_plans` takes; what was left empty is the usual."""
        found = self.cleaned_data
        wanted = found["wanted"]
        return {
            "basis": found["basis"] or self.usual,
            "people": found["people"] or EXPECTED,
            "wanted": None if wanted is None else float(wanted) / 100,
            "to_begin": float(found["to_begin"] or 0),
        }


class SideBySideForm(forms.Form):
    """Which studies stand beside each other."""

    study = forms.ModelMultipleChoiceField(
        label=_("Studies"),
        queryset=Study.objects.exclude(state=Study.State.DRAFT).order_by("-opened"),
        to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least two studies."),
            "invalid_choice": _("There is no study “%(value)s” that has begun."),
        },
    )

    def clean_study(self) -> QuerySet[Study]:
        found: QuerySet[Study] = self.cleaned_data["study"]
        if not 2 <= len(found) <= MOST_STUDIES:
            raise forms.ValidationError(_("Choose two to %(most)s studies.") % {"most": MOST_STUDIES})
        return found
