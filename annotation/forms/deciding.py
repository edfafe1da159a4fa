"""Whether a unit stays in its study."""

from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.models import Study, Unit
from annotation.services.excluding import MOST_REASON


class ExcludeForm(forms.Form):
    """Why a unit is taken out."""

    reason = forms.CharField(
        label=_("Why is it excluded?"),
        max_length=MOST_REASON,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say why this unit is excluded; the reason stands beside every result.")},
    )


class FindUnitForm(forms.Form):
    """A unit of a study by its block and number."""

    block = forms.TypedChoiceField(label=_("Block"), coerce=int)
    unit = forms.IntegerField(label=_("Unit"), min_value=1)

    def __init__(self, data: Any = None, *, study: Study) -> None:
        super().__init__(data)
        self.study = study
        field = self.fields["block"]
        if isinstance(field, forms.TypedChoiceField):
            blocks = study.blocks.annotate(last=Max("units__number")).order_by("number")
            field.choices = [
                (
                    block.number,
                    gettext("%(block)s, 1 to %(last)s") % {"block": block.name, "last": intcomma(block.last or 0)},
                )
                for block in blocks
            ]

    def clean(self) -> dict[str, Any] | None:
        found = self.cleaned_data
        block, number = found.get("block") or 0, found.get("unit") or 0
        if not Unit.objects.filter(block__study=self.study, block__number=block, number=number).exists():
            raise forms.ValidationError(_("There is no such unit in this study."))
        return found
