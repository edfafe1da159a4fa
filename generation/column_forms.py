"""What the columns of a table mean, as a form that follows from the columns there are."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.formats.columns import VALUES_SHOWN, Sample, speakers

Mapped = Mapping[str, Sequence[str]]

ONE: Final = {
    "text": gettext_lazy("What is said"),
    "speaker": gettext_lazy("Who speaks"),
    "dialogue": gettext_lazy("Which dialogue it belongs to"),
    "order": gettext_lazy("Order within the dialogue"),
    "person": gettext_lazy("Who the user is"),
    "task": gettext_lazy("Task or topic"),
    "split": gettext_lazy("Split (train, test …)"),
    "translation": gettext_lazy("The text in another language"),
}
NONE: Final = {
    "text": gettext_lazy("Choose a column"),
    "speaker": gettext_lazy("No column: user and system in turn"),
    "dialogue": gettext_lazy("No column: blank lines between dialogues"),
    "order": gettext_lazy("No column: as in the file"),
}
SEVERAL: Final = {
    "labels": gettext_lazy("Labels of what is said"),
    "dialogue_labels": gettext_lazy("Labels of the whole dialogue"),
}
SPEAKING: Final = (
    ("user", gettext_lazy("User")),
    ("system", gettext_lazy("System")),
    ("omit", gettext_lazy("Leave out")),
)


MAPPED: Final = {**ONE, **SEVERAL, **dict(SPEAKING), "heading": gettext_lazy("Names of columns in the first row")}


class ColumnsForm(forms.Form):
    """A choice of a column for each part of a dialogue, and of a speaker for each value of the speaker column."""

    def __init__(self, data: QueryDict | None, *, found: Sample, mapping: Mapped) -> None:
        self.said = data.copy() if data is not None else None
        self.so_far = mapping
        super().__init__(self.said, initial=_initial(mapping))
        self.found = found
        columns = [(column, _("Column %(number)s") % {"number": column} if column.isdigit() else column)
                   for column in found.columns]  # fmt: skip
        self.fields["heading"] = forms.BooleanField(
            label=_("The first row holds the names of the columns"), required=False
        )
        for part, label in ONE.items():
            nothing = ("", NONE.get(part, gettext_lazy("No column")))
            self.fields[part] = forms.ChoiceField(label=label, required=part == "text", choices=[nothing, *columns])
        self.fields["language"] = forms.CharField(label=_("Its language, as a code"), required=False, max_length=16)
        for part, label in SEVERAL.items():
            self.fields[part] = forms.MultipleChoiceField(
                label=label, required=False, choices=columns, widget=forms.CheckboxSelectMultiple
            )
        self._add_speakers(mapping)

    def _add_speakers(self, mapping: Mapped) -> None:
        column = (self.data.get("speaker") if self.is_bound else next(iter(mapping.get("speaker", [])), "")) or ""
        self.spoken = [value for value in self.found.distinct(column) if value][:VALUES_SHOWN] if column else []
        guess = speakers(self.spoken)
        choices = [("", _("Choose")), *SPEAKING]
        for value in self.spoken:
            known = {**guess, **mapping} if [column] == list(mapping.get("speaker", [])) else guess
            initial = next((part for part, _label in SPEAKING if value in known.get(part, [])), "")
            name = speaking(column, value)
            self.fields[name] = forms.ChoiceField(label=value, choices=choices, initial=initial, required=False)
            if self.said is not None:
                self.said.setdefault(name, initial)

    def parts(self) -> list[forms.BoundField]:
        return [self[part] for part in ONE if part != "translation"]

    def label_parts(self) -> list[forms.BoundField]:
        return [self[part] for part in SEVERAL]

    def speaking(self) -> list[forms.BoundField]:
        return [self[speaking(self._column, value)] for value in self.spoken]

    @property
    def _column(self) -> str:
        return str(self["speaker"].value() or "")

    def mapping(self) -> dict[str, list[str]]:
        """What was chosen, as far as it can be understood; before anything was, what the form began with."""
        if not self.is_bound:
            return {part: list(names) for part, names in self.so_far.items()}
        self.is_valid()
        said = self.cleaned_data
        mapping = {part: [said[part]] for part in ONE if said.get(part) and part != "translation"}
        mapping |= {part: said[part] for part in SEVERAL if said.get(part)}
        if said.get("translation") and said.get("language"):
            mapping["translation"] = [f"{said['language']}={said['translation']}"]
        for value in self.spoken:
            if part := said.get(speaking(said.get("speaker", ""), value)):
                mapping.setdefault(part, []).append(value)
        return mapping | ({} if said.get("heading") else {"heading": ["no"]})


def speaking(column: str, value: str) -> str:
    """The name of the field that says who speaks where the column has this value."""
    return f"speaks:{column}:{value}"


def _initial(mapping: Mapped) -> dict[str, Any]:
    one = {part: next(iter(mapping.get(part, [])), "") for part in ONE}
    language, _sign, column = one["translation"].partition("=")
    several = {part: list(mapping.get(part, [])) for part in SEVERAL}
    heading = list(mapping.get("heading", [])) != ["no"]
    return {**one, **several, "translation": column, "language": language, "heading": heading}
