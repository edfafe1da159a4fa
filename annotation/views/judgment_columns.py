"""What the page about the columns of a table of judgments shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from annotation.forms.judgment_columns import JudgmentColumnsForm, ScalesForm
from annotation.models import JudgmentImport
from annotation.published import Options, Reading, suggested
from annotation.services.elsewhere import beginning
from generation.forms.columns import Labels

MOST_SHOWN: Final = 30
VOTES: Final[Labels] = {
    "0": gettext_lazy("tie"),
    "1": gettext_lazy("the first"),
    "2": gettext_lazy("the second"),
    "None": gettext_lazy("cannot judge"),
}


@dataclass(frozen=True)
class Choice:
    """What is said of a table in the forms, and how its first rows are read like that."""

    form: JudgmentColumnsForm
    scales: ScalesForm
    options: Options
    reading: Reading

    @property
    def is_valid(self) -> bool:
        return self.form.is_valid() and self.scales.is_valid()


def choice(imported: JudgmentImport, sent: QueryDict) -> Choice:
    """The forms as they were sent; before that, with what was said of the table, or is likely.

    Scales are asked for the criteria that there are then. Raises `ElsewhereError`.
    """
    said = Options.from_dict(imported.options)
    data = sent if "unit" in sent else None
    headings = beginning(imported, said, rows=0).headings
    form = JudgmentColumnsForm(data, columns=headings, said=suggested(headings, said))
    looked = beginning(imported, form.options())
    scales = ScalesForm(data, criteria=criteria_of(looked, imported.report), said=said.scales)
    options = replace(form.options(), scales=scales.scales())
    return Choice(form, scales, options, beginning(imported, options))


def criteria_of(looked: Reading, report: Mapping[str, Any]) -> list[str]:
    """The criteria in the rows that were looked at; where the whole table was read like that, all there are."""
    figures = looked.figures()
    read_alike = (figures["columns"], figures["layout"]) == (report.get("columns"), report.get("layout"))
    found = [*figures.get("criteria", []), *(report.get("criteria", []) if read_alike else [])]
    return [one["title"] for one in found]


def headings_with_roles(reading: Reading, form: JudgmentColumnsForm) -> list[tuple[str, list[Any]]]:
    """The headings, as many as are shown, each with what it means."""
    roles: dict[str, list[Any]] = {}
    for role, name in reading.columns.items():
        roles.setdefault(name, []).append(form.called(role))
    return [(name, roles.get(name, [])) for name in reading.headings[:MOST_SHOWN]]


def answers_read(reading: Reading) -> list[dict[str, Any]]:
    """The first answers, as people call them."""
    return [
        {**one._asdict(), "said": one.value if isinstance(one.value, str) else VOTES[str(one.value)]}
        for one in reading.examples
    ]
