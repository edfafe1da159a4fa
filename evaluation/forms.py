from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from annotation.models import Judgment, Study
from annotation.services.material import instruments_of


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
                return rows.filter(superseded=False, assignment__slot__isnull=False)
            case "left-out":
                return rows.filter(assignment__slot__isnull=True)
            case "superseded":
                return rows.filter(superseded=True)
        return rows
