"""The filters of a list of dialogues."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.dialogue_search import DialogueSearch
from generation.forms.choices import choose, has_choices
from generation.transcript import language_name


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
            if not has_choices(self.fields[name]):
                del self.fields[name]

    def offered(self) -> list[forms.BoundField]:
        """The choices that this dataset leaves one."""
        return [self[name] for name in ("task", "split", "label", "translated") if name in self.fields]

    def searched(self) -> DialogueSearch:
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return DialogueSearch(**said)
