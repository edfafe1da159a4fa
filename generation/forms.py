from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.dialogue_search import DialogueSearch
from generation.formats import all_formats
from generation.models import Dataset
from generation.transcript import language_name

FILE_ENDINGS = (".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".txt", ".gz", ".zip", ".tar", ".tgz")
Choices = list[tuple[str, str]]


class ImportForm(forms.Form):
    """A file and where its dialogues are to go."""

    dataset = forms.CharField(
        label=gettext_lazy("Dataset"),
        max_length=200,
        help_text=gettext_lazy("A new name makes a new dataset; the name of one you have adds to it."),
        widget=forms.TextInput(attrs={"list": "dataset-names", "autocomplete": "off", "data-named-by-file": True}),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(FILE_ENDINGS)}),
        error_messages={"empty": gettext_lazy("The file is empty: 0 bytes. Choose the one that holds the dialogues.")},
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)
    language = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=16,
        initial="en",
        help_text=gettext_lazy("Of the messages, as a code: en, zh, de …"),
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example CC BY 4.0. You can add it later."),
    )
    skip_bad = forms.BooleanField(
        label=gettext_lazy("Leave out entries that cannot be read, and import the rest"),
        required=False,
        help_text=gettext_lazy("Otherwise one bad entry stops the whole import."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(name, format.title) for name, format in all_formats().items()]
        choose(self.fields["format"], [("", _("Find out from the file")), *known])

    def clean_file(self) -> File[bytes]:
        return self.readable(self.cleaned_data["file"])

    def readable(self, file: File[bytes]) -> File[bytes]:
        """The file, unless its name or size says that it cannot be read."""
        name, size = file.name or "", file.size or 0
        if not name.lower().endswith(FILE_ENDINGS):
            raise forms.ValidationError(
                _("%(name)s is none of the files that can be read: %(endings)s. Save it as one of them."),
                params={"name": name, "endings": ", ".join(FILE_ENDINGS)},
            )
        if size > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(
                _(
                    "The file has %(size)s; at most %(limit)s may be uploaded. Compress it (.gz), split it, or import "
                    "it with the command import_dialogues."
                ),
                params={"size": filesizeformat(size), "limit": filesizeformat(settings.UPLOAD_LIMIT_BYTES)},
            )
        return file


class DatasetForm(forms.ModelForm[Dataset]):
    """What people may say about a dataset. Its address stays as it is."""

    class Meta:
        model = Dataset
        fields = ["name", "description", "version", "language", "domain", "licence", "citation"]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
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


class DialogueSearchForm(forms.Form):
    """The filters of a list of dialogues. What cannot be understood is said, and left out of the search."""

    search = forms.CharField(label=gettext_lazy("Search"), max_length=200, required=False)
    task = forms.ChoiceField(label=gettext_lazy("Task"), required=False)
    split = forms.ChoiceField(label=gettext_lazy("Split"), required=False)
    label = forms.ChoiceField(label=gettext_lazy("Label"), required=False)
    translated = forms.ChoiceField(label=gettext_lazy("Translated into"), required=False)
    shortest = forms.IntegerField(label=gettext_lazy("Utterances from"), min_value=0, max_value=10**6, required=False)
    longest = forms.IntegerField(label=gettext_lazy("to"), min_value=0, max_value=10**6, required=False)
    sort = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=[
            ("number", gettext_lazy("As in the file")),
            ("-number", gettext_lazy("Last first")),
            ("length", gettext_lazy("Shortest first")),
            ("-length", gettext_lazy("Longest first")),
        ],
    )

    def __init__(
        self,
        data: Any,
        *,
        tasks: Iterable[str],
        splits: Iterable[str],
        labels: Iterable[tuple[str, str]],
        languages: Iterable[str],
    ) -> None:
        super().__init__(data)
        every = [("", _("All"))]
        choose(self.fields["task"], [*every, *((task, task) for task in tasks)])
        choose(self.fields["split"], [*every, *((split, split) for split in splits)])
        choose(self.fields["label"], [("", _("Any")), *labels])
        choose(self.fields["translated"], [("", _("Any")), *((code, language_name(code)) for code in languages)])
        for name in ("task", "split", "label", "translated"):
            if not _chosen_from(self.fields[name]):
                del self.fields[name]

    def offered(self) -> list[forms.BoundField]:
        """The choices that this dataset leaves one."""
        return [self[name] for name in ("task", "split", "label", "translated") if name in self.fields]

    def searched(self) -> DialogueSearch:
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return DialogueSearch(**said)


def choose(field: forms.Field, choices: Choices) -> None:
    """Let these be the choices of a field that has some."""
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{field} offers no choices")
    field.choices = choices


def _chosen_from(field: forms.Field) -> bool:
    """Whether there is anything to choose but to choose nothing."""
    return isinstance(field.widget, forms.Select) and len(list(field.widget.choices)) > 1
