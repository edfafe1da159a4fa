"""Which judgments of a study are listed: what is behind a number of its results, or whatever one looks for."""

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from annotation.instruments import Criterion
from annotation.models import Assignment, Exhibit, Judgment, Study
from annotation.services.material import instruments_of
from evaluation.attributes import LONGEST
from evaluation.reports.attributes import Attributes
from evaluation.reports.columns import tasks_of
from evaluation.reports.judgments import systems_of
from evaluation.split_page import group_name, title_of

CANNOT: Final = "cannot"
LEFT: Final = 1
RIGHT: Final = 2
COLUMNS: Final = {
    "block": "assignment__unit__block__number",
    "criterion": "criterion",
    "unit": "assignment__unit__number",
    "annotator": "assignment__annotator__pseudonym",
    "task": "assignment__unit__first__dialogue__task",
}


class JudgmentFilterForm(forms.Form):
    """A choice left open filters nothing, and neither does one that cannot be read."""

    block = forms.ChoiceField(label=_("Block"), required=False)
    criterion = forms.ChoiceField(label=_("Criterion"), required=False)
    system = forms.ChoiceField(label=_("System"), required=False)
    answer = forms.ChoiceField(label=_("Answer"), required=False)
    won = forms.ChoiceField(label=_("Preferred"), required=False)
    task = forms.ChoiceField(label=_("Task"), required=False)
    unit = forms.IntegerField(label=_("Unit"), required=False, min_value=0)
    annotator = forms.ChoiceField(label=_("Annotator"), required=False)
    counted = forms.ChoiceField(
        label=_("Which"),
        required=False,
        choices=[
            ("", _("All")),
            ("counted", _("In the results")),
            ("left-out", _("Not counted")),
            ("excluded", _("Of excluded units")),
            ("superseded", _("Revised later")),
        ],
    )

    by = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)
    group = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, study: Study) -> None:
        super().__init__(data)
        self.study = study
        self.in_group = ""
        blocks = list(study.blocks.select_related("study"))
        asked = [one for block in blocks for instrument in instruments_of(block) for one in instrument.criteria]
        systems = {one.slug: one.name for block in blocks for one in systems_of(block)[0]}
        pseudonyms = study.annotators.order_by("pseudonym").values_list("pseudonym", flat=True)
        self._offer("block", [(str(block.number), block.name) for block in blocks])
        self._offer("criterion", list({one.key: one.title for one in asked}.items()))
        self._offer("system", list(systems.items()))
        self._offer("answer", [*_answers(asked), (CANNOT, _("cannot judge"))])
        self._offer("annotator", [(name, name) for name in pseudonyms])
        tasks = dict.fromkeys(task for block in blocks for task in tasks_of(block))
        if tasks:
            self._offer("task", [(task, task) for task in tasks])
        else:
            del self.fields["task"]
        if any(block.target == block.Target.PAIR for block in blocks):
            self._offer("won", list(systems.items()))
        else:
            del self.fields["won"]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *choices]

    def filtered(self, rows: QuerySet[Judgment]) -> QuerySet[Judgment]:
        """Those asked for."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        rows = rows.filter(**{column: asked[name] for name, column in COLUMNS.items() if name in asked})
        if "system" in asked:
            of_it = self._exhibits(asked["system"])
            rows = rows.filter(Q(assignment__unit__first__in=of_it) | Q(assignment__unit__second__in=of_it))
        if {"by", "group", "block"} <= asked.keys():
            rows = self._of_group(rows, int(asked["block"]), asked["by"], asked["group"])
        if "answer" in asked:
            cannot = asked["answer"] == CANNOT
            rows = rows.filter(cannot_judge=True) if cannot else rows.filter(value=int(asked["answer"]))
        if "won" in asked:
            rows = rows.filter(self._won(asked["won"]))
        return _that_count(rows, asked.get("counted", ""))

    def _of_group(self, rows: QuerySet[Judgment], block: int, key: str, place: int) -> QuerySet[Judgment]:
        """Those of the units in one group of a split; `in_group` then says which."""
        attributes = Attributes(self.study)
        attribute = attributes.named(key)
        if attribute is None:
            return rows
        found = attributes.grouping(self.study.blocks.get(number=block), attribute)
        if place >= len(found.groups):
            return rows
        self.in_group = f"{title_of(attribute)}: {group_name(found.groups[place])}"
        return rows.filter(assignment__unit__in=[unit for unit, at in found.of.items() if at == place])

    def _exhibits(self, system: str) -> QuerySet[Exhibit]:
        named = Q(dataset__slug=system) | Q(dataset__isnull=True, dataset_name=system)
        return Exhibit.objects.filter(named, block__study=self.study)

    def _won(self, system: str) -> Q:
        """Votes for the dialogue of this system, on whichever side it stood."""
        of_it = self._exhibits(system)
        straight = Q(assignment__side=Assignment.Side.FIRST_LEFT)
        turned = Q(assignment__side=Assignment.Side.SECOND_LEFT)
        first = (straight & Q(value=LEFT)) | (turned & Q(value=RIGHT))
        second = (straight & Q(value=RIGHT)) | (turned & Q(value=LEFT))
        return (first & Q(assignment__unit__first__in=of_it)) | (second & Q(assignment__unit__second__in=of_it))


def _answers(asked: list[Criterion]) -> list[tuple[str, Any]]:
    """Every answer of every scale by its value, with its label where all scales call it the same."""
    labels: dict[int, set[str]] = {}
    for criterion in asked:
        for option in criterion.options:
            labels.setdefault(option.value, set()).add(option.label)
    return [
        (str(value), f"{value}: {next(iter(said))}" if len(said) == 1 and said != {str(value)} else str(value))
        for value, said in sorted(labels.items())
    ]


def _that_count(rows: QuerySet[Judgment], which: str) -> QuerySet[Judgment]:
    match which:
        case "counted":
            return rows.filter(superseded=False, cannot_judge=False, assignment__slot__withheld=False)
        case "left-out":
            return rows.exclude(assignment__slot__withheld=False)
        case "excluded":
            return rows.filter(assignment__unit__excluded__isnull=False)
        case "superseded":
            return rows.filter(superseded=True)
    return rows
