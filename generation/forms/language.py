"""A field for the code of a language."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from generation.languages import CODE


class LanguageField(forms.RegexField):
    """A code such as en, zh or pt-BR; not the name of a language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            CODE,
            label=gettext_lazy("Language"),
            initial="en",
            max_length=16,
            error_messages={"invalid": gettext_lazy("Write a code such as en, zh or pt-BR.")},
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **kwargs,
        )
