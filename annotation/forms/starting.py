"""Forms that begin a study, and that let people into one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.forms.draft import PAIRINGS, Choices
from annotation.models import Study
from annotation.protocol import Protocol, ProtocolError, parse_protocol
from generation.translation import translated

MOST_FILE_BYTES = 2_000_000


class ScratchForm(forms.Form):
    title = forms.CharField(label=_("Title of the study"), max_length=200)


class PaperForm(forms.Form):
    title = forms.CharField(label=_("Title of the study"), max_length=200)
    first = forms.ChoiceField(label=_("One dataset"))
    second = forms.ChoiceField(label=_("The other"))
    pairing = forms.ChoiceField(label=_("Pairs are formed"), choices=PAIRINGS, required=False)

    def __init__(self, *args: Any, datasets: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Choose a dataset …")), *datasets]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("first") and cleaned.get("first") == cleaned.get("second"):
            self.add_error("second", _("Choose another dataset than the first: two are compared."))
        return cleaned

    @property
    def matched_by(self) -> str:
        """What the dialogues of a pair share; nothing where pairs are formed at random."""
        chosen = str(self.cleaned_data.get("pairing") or "random")
        return "" if chosen == "random" else chosen


class FileForm(forms.Form):
    file = forms.FileField(label=_("Protocol file (TOML)"), required=False)
    text = forms.CharField(
        label=_("or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code"}),
    )
    protocol: Protocol | None = None
    problems: Sequence[str] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text = self._text_of_file() or cleaned.get("text") or ""
        if self.errors:
            return cleaned
        if not text.strip():
            self.add_error(None, _("Choose a file, or paste its text."))
            return cleaned
        self.data = {**self.data, self.add_prefix("text"): text}  # the text of the file stays in sight, to be mended
        try:
            self.protocol = parse_protocol(text)
        except ProtocolError as error:
            self.problems = [translated(problem) for problem in error.problems]
            self.add_error("text", _("This protocol cannot be read as it stands."))
        return cleaned

    def _text_of_file(self) -> str:
        file = self.cleaned_data.get("file")
        if not file:
            return ""
        if file.size > MOST_FILE_BYTES:
            self.add_error("file", _("The file is larger than 2 MB; a protocol is not."))
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not UTF-8 text. Save it as UTF-8, or paste its text."))
            return ""


class CopyForm(forms.Form):
    study = forms.ModelChoiceField(
        Study.objects.none(), label=_("Study to copy"), to_field_name="slug", empty_label=_("Choose a study …")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["study"].queryset = Study.objects.order_by("title")  # type: ignore[attr-defined]


class PilotForm(forms.Form):
    size = forms.IntegerField(label=_("Dialogues of each sample, at most"), min_value=1, max_value=200_000, initial=5)


class PersonalLinksForm(forms.Form):
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=500)


class OpenLinkForm(forms.Form):
    cap = forms.IntegerField(label=_("People at most"), min_value=1, max_value=100_000)
    label = forms.CharField(label=_("Your note"), max_length=100, required=False)
