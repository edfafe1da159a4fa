from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotation.models import Judgment, Study
from annotation.services.material import instruments_of
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


class JudgmentFilterForm(forms.Form):
    """Which judgments of a study are listed."""

    block = forms.ChoiceField(label=_("Block"), required=False)
    criterion = forms.ChoiceField(label=_("Criterion"), required=False)
    unit = forms.IntegerField(label=_("Unit"), required=False, min_value=0)
    annotator = forms.ChoiceField(label=_("Annotator"), required=False)
    counted = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", _("All")),
            ("counted", _("In the results")),
            ("left-out", _("Not counted")),
            ("excluded", _("Of excluded units")),
            ("superseded", _("Revised later")),
        ],
    )

    def __init__(self, data: Any, *, study: Study) -> None:
        super().__init__(data)
        blocks = list(study.blocks.select_related("study"))
        criteria = {
            criterion.key: criterion.title
            for block in blocks
            for instrument in instruments_of(block)
            for criterion in instrument.criteria
        }
        pseudonyms = study.annotators.order_by("pseudonym").values_list("pseudonym", flat=True)
        self._offer("block", [(str(block.number), block.name) for block in blocks])
        self._offer("criterion", list(criteria.items()))
        self._offer("annotator", [(name, name) for name in pseudonyms])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *choices]

    def filtered(self, rows: QuerySet[Judgment]) -> QuerySet[Judgment]:
        """Those asked for; what cannot be read filters nothing."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        columns = {
            "block": "assignment__unit__block__number",
            "criterion": "criterion",
            "unit": "assignment__unit__number",
            "annotator": "assignment__annotator__pseudonym",
        }
        rows = rows.filter(**{column: asked[name] for name, column in columns.items() if name in asked})
        match asked.get("counted"):
            case "counted":
                return rows.filter(superseded=False, assignment__slot__withheld=False)
            case "left-out":
                return rows.exclude(assignment__slot__withheld=False)
            case "excluded":
                return rows.filter(assignment__unit__excluded__isnull=False)
            case "superseded":
                return rows.filter(superseded=True)
        return rows


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
