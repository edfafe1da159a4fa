"""Forms about templates: the browser's filters, a file, and the editor's fields."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.files import File
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.models import DialogueTemplate
from generation.records import SPEAKERS
from generation.reviews.drafts import FIRST, NEW_GOAL, Steps
from generation.reviews.goals import GOALS
from generation.reviews.grammar import BUILT_IN
from generation.reviews.template_files import MOST_GOALS, MOST_UTTERANCES
from generation.reviews.templates import Step, Template

LARGEST_FILE = 2 * 1024 * 1024
NUMBERS = (1, 2, 3)


class TemplateFilterForm(forms.Form):
    """What of all templates is shown. What cannot be understood is left out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("Built-in and own")),
            ("built-in", gettext_lazy("Built-in")),
            ("own", gettext_lazy("Own")),
            ("archived", gettext_lazy("Archived")),
        ],
    )
    suggestions = forms.ChoiceField(
        label=gettext_lazy("Suggestions"),
        required=False,
        choices=[("", gettext_lazy("Any number")), *((str(number), str(number)) for number in NUMBERS)],
    )
    shortest = forms.IntegerField(label=gettext_lazy("Utterances from"), min_value=1, max_value=99, required=False)
    longest = forms.IntegerField(label=gettext_lazy("to"), min_value=1, max_value=99, required=False)
    goals = forms.MultipleChoiceField(required=False, choices=[(goal, goal) for goal in GOALS])

    def wanted(self) -> "Wanted":
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
        number = said.pop("suggestions", None)
        return Wanted(**said, suggestions=int(number) if number else None)


@dataclass(frozen=True, slots=True)
class Found:
    """A template that is shown: a built-in one, or somebody's own with its row."""

    template: Template
    kept: DialogueTemplate | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they were understood."""

    kind: str = ""
    suggestions: int | None = None
    shortest: int = 0
    longest: int = 99
    goals: list[str] = field(default_factory=list)

    @property
    def query(self) -> str:
        said = {
            "kind": self.kind,
            "suggestions": self.suggestions or "",
            "shortest": self.shortest or "",
            "longest": self.longest if self.longest < 99 else "",
            "goals": self.goals,
        }
        return urlencode({name: value for name, value in said.items() if value}, doseq=True)

    def found(self) -> list[Found]:
        """Own ones first: there are few of them."""
        return [one for one in self._all() if self._fits(one.template)]

    def _all(self) -> Iterable[Found]:
        if self.kind != "built-in":
            rows = DialogueTemplate.objects.select_related("created_by")
            own = rows.exclude(archived=None) if self.kind == "archived" else rows.in_use()
            yield from (Found(kept.template, kept) for kept in own)
        if self.kind in ("", "built-in"):
            yield from (Found(template) for template in BUILT_IN.values())

    def _fits(self, template: Template) -> bool:
        return (
            self.suggestions in (None, template.recommendations)
            and self.shortest <= template.length <= self.longest
            and template.goals.issuperset(self.goals)
        )


class TemplateFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.json"}),
        help_text=gettext_lazy("CSV or JSON, as the export writes them."),
        error_messages={"empty": gettext_lazy("The file is empty. Choose the one that holds the templates.")},
    )

    def clean_file(self) -> str:
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 2 MB. Split it."))
        try:
            return bytes(file.read()).decode("utf-8")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8. Save it as such, and try again.")) from None


def steps_of(data: QueryDict) -> Steps:
    """The utterances that the editor's fields hold. A goal that is not chosen yet stays where it is."""
    count = min(int(data.get("count", "0")) if data.get("count", "").isdecimal() else 0, MOST_UTTERANCES)
    return tuple(
        Step(_one_of(data.get(f"u{number}-speaker", ""), SPEAKERS), _goals(data.getlist(f"u{number}-goal")))
        for number in range(count)
    )


def _goals(said: list[Any]) -> tuple[str, ...]:
    return tuple(goal if goal in GOALS else NEW_GOAL for goal in said[:MOST_GOALS]) or (NEW_GOAL,)


def _one_of(said: str, known: tuple[str, ...]) -> str:
    return said if said in known else known[0]


def chosen(steps: Steps) -> Steps:
    """The utterances without the goals that are not chosen yet."""
    return tuple(Step(step.speaker, tuple(goal for goal in step.goals if goal)) for step in steps)


def as_fields(steps: Steps) -> Steps:
    """Utterances as the editor shows them: each with a goal to choose, and never none at all."""
    return tuple(Step(step.speaker, step.goals or (NEW_GOAL,)) for step in steps) or FIRST
