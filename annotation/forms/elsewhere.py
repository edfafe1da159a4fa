from django import forms
from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.services.errors import StudyError
from annotation.services.publishing import free_slug

FILE_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".gz")


class JudgmentsForm(forms.Form):
    """A table of judgments, and the name of its study."""

    title = forms.CharField(
        label=gettext_lazy("Name of the study"),
        max_length=200,
        help_text=gettext_lazy("A closed study of this name is made for the judgments."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-named-by-file": True}),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(FILE_ENDINGS)}),
        error_messages={"empty": gettext_lazy("The file is empty: 0 bytes. Choose the one that holds the judgments.")},
    )

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"].strip()
        try:
            free_slug(title)
        except StudyError as error:
            raise forms.ValidationError(str(error)) from error
        return title

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        name, size = file.name or "", file.size or 0
        if not name.lower().endswith(FILE_ENDINGS):
            raise forms.ValidationError(
                _("%(name)s is none of the files that can be read: %(endings)s. Save it as one of them."),
                params={"name": name, "endings": ", ".join(FILE_ENDINGS)},
            )
        if size > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(limit)s may be uploaded. Compress it (.gz), or use the command."),
                params={"size": filesizeformat(size), "limit": filesizeformat(settings.UPLOAD_LIMIT_BYTES)},
            )
        return file
