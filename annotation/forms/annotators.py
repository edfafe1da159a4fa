"""Forms that end somebody's part in a study."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.models import Annotator


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("It goes on the study's record, where nothing is ever changed: name nobody."),
    )
    finished = forms.ChoiceField(
        label=_("What they finished"),
        choices=[
            ("keep", _("stays counted")),
            ("again", _("is set aside and judged again by others")),
        ],
        widget=forms.RadioSelect,
    )

    @property
    def keep(self) -> bool:
        return bool(self.cleaned_data["finished"] == "keep")


class WithdrawForm(forms.Form):
    answers = forms.ChoiceField(
        label=_("Their answers"),
        choices=[
            ("pseudonymise", _("stay, under a new random name that nothing leads to")),
            ("delete", _("are deleted, for good")),
        ],
        widget=forms.RadioSelect,
    )
    pseudonym = forms.CharField(label=_("Type their pseudonym"), max_length=40)

    def __init__(self, *args: Any, annotator: Annotator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.annotator = annotator

    def clean_pseudonym(self) -> str:
        typed = str(self.cleaned_data["pseudonym"]).strip()
        if typed != self.annotator.pseudonym:
            raise forms.ValidationError(
                _("This is not the pseudonym; type %(name)s."), params={"name": self.annotator.pseudonym}
            )
        return typed

    @property
    def delete(self) -> bool:
        return bool(self.cleaned_data["answers"] == "delete")
