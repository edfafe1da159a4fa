"""What the columns of a table mean, as a form that follows from the columns there are."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.formats.columns import VALUES_SHOWN, Sample, speakers
from generation.reviews.layouts.cells import NEEDED

Mapped = Mapping[str, Sequence[str]]
Labels = Mapping[str, Any]

SPEAKING: Final = (
    ("user", gettext_lazy("User")),
    ("system", gettext_lazy("System")),
    ("omit", gettext_lazy("Leave out")),
)


class ColumnsForm(forms.Form):
    """A choice of a column for each part of what a table holds; `so_far` is the mapping it began with."""

    one: ClassVar[Labels]
    """The parts that one column is chosen for, by name."""
    nothing: ClassVar[Labels] = {}
    """What it means that none is chosen, where that needs saying."""
    needed: ClassVar[Collection[str]]
    also: ClassVar[Labels] = {}
    """What else a mapping may have, beside `one`."""

    def __init__(self, data: QueryDict | None, *, columns: Sequence[str], mapping: Mapped) -> None:
        self.so_far = mapping
        super().__init__(data, initial=self.begin_with(mapping))
        self.columns = [(column, _("Column %(number)s") % {"number": column} if column.isdigit() else column)
                        for column in columns]  # fmt: skip
        for part, label in self.one.items():
            none = self.nothing.get(part) or (_("Choose a column") if part in self.needed else _("No column"))
            self.fields[part] = forms.ChoiceField(
                label=label, required=part in self.needed, choices=[("", none), *self.offered(part)]
            )

    def offered(self, part: str) -> list[tuple[str, Any]]:
        """The columns that may be chosen for a part."""
        return self.columns

    def begin_with(self, mapping: Mapped) -> dict[str, Any]:
        return {part: next(iter(mapping.get(part, [])), "") for part in self.one}

    def parts(self) -> list[forms.BoundField]:
        return [self[part] for part in self.one]

    @classmethod
    def called(cls, part: str) -> Any:
        """What people call this part of a mapping, or None."""
        return {**cls.one, **cls.also}.get(part)

    def mapping(self) -> dict[str, list[str]]:
        """What was chosen, as far as it can be understood; before anything was, what the form began with."""
        if not self.is_bound:
            return {part: list(names) for part, names in self.so_far.items()}
        self.is_valid()
        return self.chosen(self.cleaned_data)

    def chosen(self, said: Mapping[str, Any]) -> dict[str, list[str]]:
        return {part: [said[part]] for part in self.one if said.get(part)}


class TableColumnsForm(ColumnsForm):
    """The columns of a table that may be without names for them."""

    def __init__(self, data: QueryDict | None, *, found: Sample, mapping: Mapped) -> None:
        self.found = found
        super().__init__(data, columns=found.columns, mapping=mapping)
        self.fields["heading"] = forms.BooleanField(
            label=_("The first row holds the names of the columns"), required=False
        )

    def begin_with(self, mapping: Mapped) -> dict[str, Any]:
        return {**super().begin_with(mapping), "heading": list(mapping.get("heading", [])) != ["no"]}

    @classmethod
    def called(cls, part: str) -> Any:
        return _("Names of columns in the first row") if part == "heading" else super().called(part)

    def chosen(self, said: Mapping[str, Any]) -> dict[str, list[str]]:
        return super().chosen(said) | ({} if said.get("heading") else {"heading": ["no"]})


class ReviewColumnsForm(TableColumnsForm):
    """A choice of a column for each part of a review."""

    one = {
        "person": gettext_lazy("Who wrote it"),
        "item": gettext_lazy("What it is about"),
        "rating": gettext_lazy("Rating"),
        "text": gettext_lazy("What was written"),
        "title": gettext_lazy("Title of the review"),
        "time": gettext_lazy("When"),
    }
    needed = NEEDED


class DialogueColumnsForm(TableColumnsForm):
    """A choice of a column for each part of a dialogue, and of a speaker for each value of the speaker column."""

    one = {
        "text": gettext_lazy("What is said"),
        "speaker": gettext_lazy("Who speaks"),
        "dialogue": gettext_lazy("Which dialogue it belongs to"),
        "order": gettext_lazy("Order within the dialogue"),
        "person": gettext_lazy("Who the user is"),
        "task": gettext_lazy("Task or topic"),
        "split": gettext_lazy("Split (train, test …)"),
        "translation": gettext_lazy("The text in another language"),
    }
    nothing = {
        "speaker": gettext_lazy("No column: user and system in turn"),
        "dialogue": gettext_lazy("No column: blank lines between dialogues"),
        "order": gettext_lazy("No column: as in the file"),
    }
    needed = ("text",)
    several: ClassVar[Labels] = {
        "labels": gettext_lazy("Labels of what is said"),
        "dialogue_labels": gettext_lazy("Labels of the whole dialogue"),
    }
    also = {**several, **dict(SPEAKING)}

    def __init__(self, data: QueryDict | None, *, found: Sample, mapping: Mapped) -> None:
        self.said = data.copy() if data is not None else None
        super().__init__(self.said, found=found, mapping=mapping)
        self.fields["language"] = forms.CharField(label=_("Its language, as a code"), required=False, max_length=16)
        for part, label in self.several.items():
            self.fields[part] = forms.MultipleChoiceField(
                label=label, required=False, choices=self.columns, widget=forms.CheckboxSelectMultiple
            )
        self._add_speakers(mapping)

    def begin_with(self, mapping: Mapped) -> dict[str, Any]:
        one = super().begin_with(mapping)
        language, _sign, column = one["translation"].partition("=")
        several = {part: list(mapping.get(part, [])) for part in self.several}
        return {**one, **several, "translation": column, "language": language}

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
        return [field for field in super().parts() if field.name != "translation"]

    def label_parts(self) -> list[forms.BoundField]:
        return [self[part] for part in self.several]

    def speaking(self) -> list[forms.BoundField]:
        return [self[speaking(self._column, value)] for value in self.spoken]

    @property
    def _column(self) -> str:
        return str(self["speaker"].value() or "")

    def chosen(self, said: Mapping[str, Any]) -> dict[str, list[str]]:
        mapping = {part: names for part, names in super().chosen(said).items() if part != "translation"}
        mapping |= {part: said[part] for part in self.several if said.get(part)}
        if said.get("translation") and said.get("language"):
            mapping["translation"] = [f"{said['language']}={said['translation']}"]
        for value in self.spoken:
            if part := said.get(speaking(said.get("speaker", ""), value)):
                mapping.setdefault(part, []).append(value)
        return mapping


def speaking(column: str, value: str) -> str:
    """The name of the field that says who speaks where the column has this value."""
    return f"speaks:{column}:{value}"
