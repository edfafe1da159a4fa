"""A file, and where what it holds is to go."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.formats import FORMATS
from generation.forms.choices import choose
from generation.reviews.layouts import LAYOUTS

FILE_ENDINGS: Final = (".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".txt", ".gz", ".zip", ".tar", ".tgz")


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
        known = [(name, format.title) for name, format in FORMATS.all.items()]
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


class ReviewsImportForm(ImportForm):
    """A file of reviews, perhaps one that says what the items are called, and where they are to go."""

    items_file = forms.FileField(
        label=gettext_lazy("Items (if you have them)"),
        required=False,
        help_text=gettext_lazy("What the items are called: Amazon's metadata, a map of titles, or a table."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].label = _("Layout")
        self.fields["language"].help_text = _("Of the reviews, as a code: en, zh, de …")
        known = [(name, layout.title) for name, layout in LAYOUTS.all.items()]
        choose(self.fields["format"], [("", _("Find out from the file")), *known])

    def clean_items_file(self) -> Any:
        return self.cleaned_data["items_file"] and self.readable(self.cleaned_data["items_file"])
