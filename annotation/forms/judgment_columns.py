"""What the columns of a table of judgments mean, as a form that follows from the columns there are."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.published import SCALES, Options
from annotation.published.columns import NOT, ROLES
from generation.forms.columns import ColumnsForm, Labels

MOST_OFFERED: Final = 500
MOST_SCALES: Final = 60
ANY: Final = ""
"""The scale of every criterion that has none of its own."""
SCALE_NAMES: Final[Labels] = {
    "nominal": gettext_lazy("Nominal: categories without an order"),
    "ordinal": gettext_lazy("Ordinal: steps in an order"),
    "interval": gettext_lazy("Interval: numbers with equal distances"),
    "binary": gettext_lazy("Binary: yes or no"),
}


class JudgmentColumnsForm(ColumnsForm):
    """A choice of a column for each role, and of the columns that hold answers."""

    one = {
        "unit": gettext_lazy("What was judged"),
        "annotator": gettext_lazy("Who judged"),
        "criterion": gettext_lazy("What was asked"),
        "value": gettext_lazy("The answer"),
        "dialogue": gettext_lazy("Dialogue"),
        "dataset": gettext_lazy("Dataset or system"),
        "utterance": gettext_lazy("Utterance, counted from 0"),
        "left": gettext_lazy("Shown left"),
        "right": gettext_lazy("Shown right"),
        "side": gettext_lazy("Side of the pair’s first"),
        "counted": gettext_lazy("Counts"),
        "left_dialogue": gettext_lazy("Dialogue shown left"),
        "right_dialogue": gettext_lazy("Dialogue shown right"),
        "block": gettext_lazy("Block"),
        "block_name": gettext_lazy("Name of the block"),
        "target": gettext_lazy("Asked of"),
        "annotator_kind": gettext_lazy("Kind of annotator"),
        "repeat": gettext_lazy("Round, counted from 0"),
        "superseded": gettext_lazy("Replaced later"),
        "cannot_judge": gettext_lazy("Could not judge"),
        "reason": gettext_lazy("Reason"),
        "instrument": gettext_lazy("Instrument"),
        "scale": gettext_lazy("Scale"),
        "label": gettext_lazy("What the answer is called"),
        "answered": gettext_lazy("When"),
        "active_seconds": gettext_lazy("Seconds it took"),
    }
    nothing = {
        "annotator": gettext_lazy("A column for each"),
        "criterion": gettext_lazy("One, or a column for each"),
        "value": gettext_lazy("Several columns"),
        "counted": gettext_lazy("Everything counts"),
    }
    needed = ("unit",)
    yes_or_no = ("counted", "superseded", "cannot_judge")
    often = ("unit", "annotator", "criterion", "value", "dialogue", "dataset", "utterance", "left", "right", "counted")

    def __init__(self, data: QueryDict | None, *, columns: list[str], said: Options) -> None:
        self.said = said
        mapping = {role: [name] for role, name in said.columns.items() if name}
        super().__init__(data, columns=columns[:MOST_OFFERED], mapping=mapping)
        across = said.criteria or said.annotators
        self.fields["across"] = forms.MultipleChoiceField(
            label=_("Columns that hold answers"),
            required=False,
            choices=self.columns,
            widget=forms.CheckboxSelectMultiple,
            initial=across if set(across) <= set(columns[:MOST_OFFERED]) else (),
        )

    def offered(self, part: str) -> list[tuple[str, Any]]:
        """The columns, and where they say yes or no also with the two exchanged."""
        turned = [(f"{NOT}{name}", _("not: %(column)s") % {"column": label}) for name, label in self.columns]
        return [*self.columns, *(turned if part in self.yes_or_no else [])]

    def parts(self) -> list[forms.BoundField]:
        return [self[part] for part in self.often]

    def seldom(self) -> list[forms.BoundField]:
        return [self[part] for part in self.one if part not in self.often]

    @property
    def says_more(self) -> bool:
        """Whether something is chosen for what is seldom there."""
        return any(field.value() for field in self.seldom())

    def options(self) -> Options:
        """What was chosen; every role that has no column is said to have none."""
        if not self.is_bound:
            return self.said
        mapping = self.mapping()
        columns = {role: next(iter(mapping.get(role, [])), "") for role in ROLES}
        taken = {name.removeprefix(NOT) for name in columns.values()}
        across = tuple(name for name in self.cleaned_data.get("across", ()) if name not in taken)
        if columns["value"]:
            return Options(columns)
        return Options(columns, criteria=across) if columns["annotator"] else Options(columns, annotators=across)


class ScalesForm(forms.Form):
    """A choice of a scale for all criteria, and for each of them."""

    def __init__(self, data: QueryDict | None, *, criteria: Iterable[str], said: Mapping[str, str]) -> None:
        super().__init__(data, prefix="scale")
        self._names = (ANY, *list(dict.fromkeys(criteria))[:MOST_SCALES])
        scales = [(scale, SCALE_NAMES[scale]) for scale in SCALES]
        for name in self._names:
            none = _("As all criteria") if name else _("Found out from the answers")
            self.fields[name] = forms.ChoiceField(
                label=name or _("All criteria"),
                required=False,
                choices=[("", none), *scales],
                initial=said.get(name, ""),
            )

    def says_something(self) -> bool:
        return any(field.value() for field in self)

    def scales(self) -> dict[str, str]:
        """The scales that were chosen; of criteria that are in the table no more, none."""
        return {name: str(scale) for name in self._names if (scale := self[name].value()) in SCALES}
