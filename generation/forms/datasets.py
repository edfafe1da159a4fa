"""What people may say about a dataset, and that they mean to delete it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.models import Dataset


class DatasetForm(forms.ModelForm[Dataset]):
    """What people may say about a dataset. Its address stays as it is."""

    class Meta:
        model = Dataset
        fields = ["name", "description", "version", "language", "domain", "licence", "citation"]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "domain": forms.TextInput(),
            "citation": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "language": gettext_lazy("Of the messages as filed, as a code: en, zh, de …"),
            "domain": gettext_lazy("What the dialogues are about: films, travel …"),
            "citation": gettext_lazy("How whoever uses the data should cite it."),
        }


class DatasetDeleteForm(forms.Form):
    """The name of the dataset, typed to show that it is meant."""

    name = forms.CharField(
        label=gettext_lazy("Name of the dataset"), strip=True, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dataset = dataset

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.dataset.name:
            raise forms.ValidationError(
                _("This is not its name. Type “%(name)s” exactly, or leave the dataset as it is."),
                params={"name": self.dataset.name},
            )
        return name
