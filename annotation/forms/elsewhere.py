from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.files import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.published import Options, TableError, parse_options
from annotation.services.errors import StudyError
from annotation.services.publishing import free_slug

FILE_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".gz")


class UnsaidForm(forms.Form):
    """What the header of a table does not say."""

    scale = forms.CharField(
        label=gettext_lazy("Scales"),
        required=False,
        help_text=gettext_lazy(
            "Found out from the answers. To say otherwise: “nominal”, “ordinal”, “interval” or “binary” for all "
            "criteria, or “fluency=ordinal, topic=nominal”."
        ),
    )
    columns = forms.CharField(
        label=gettext_lazy("Columns"),
        required=False,
        help_text=gettext_lazy(
            "Which heading is what, if the header does not say it: “unit=id, annotator=worker”. Where a column marks "
            "what should not count: “counted=!is_gold”."
        ),
    )
    criteria = forms.CharField(
        label=gettext_lazy("Criteria"),
        required=False,
        help_text=gettext_lazy("If each criterion has a column of its own: their headings, with commas."),
    )

    def clean_scale(self) -> list[str]:
        return self._checked("scale", "scales")

    def clean_columns(self) -> list[str]:
        return self._checked("columns", "columns")

    def clean_criteria(self) -> list[str]:
        return self._checked("criteria", "criteria")

    def options(self) -> Options:
        said = self.cleaned_data
        return parse_options(columns=said["columns"], criteria=said["criteria"], scales=said["scale"])

    def _checked(self, field: str, kind: str) -> list[str]:
        """The parts between commas, each of which must mean something."""
        parts = [part.strip() for part in self.cleaned_data[field].split(",") if part.strip()]
        try:
            parse_options(**{kind: parts})
        except TableError as error:
            raise forms.ValidationError(str(error)) from error
        return parts


def said_again(options: Mapping[str, Any]) -> dict[str, str]:
    """What was said of a table, as it is written in the form."""
    return {
        "scale": ", ".join(f"{name}={scale}" if name else scale for name, scale in options["scales"].items()),
        "columns": ", ".join(f"{role}={name}" for role, name in options["columns"].items()),
        "criteria": ", ".join(options["criteria"]),
    }


class JudgmentsForm(UnsaidForm):
    """A table of judgments, the name of its study, and what its header does not say."""

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
