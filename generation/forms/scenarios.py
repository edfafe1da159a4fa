"""What a researcher says about the scenarios of a task: which are shown, which are ticked, which come in a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.files import File
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.services.simulation.scenarios import key_of
from generation.simulation.scenarios import Scenario, Task
from generation.simulation.tasks import MOST_SCENARIOS

LARGEST_FILE: Final = 4 * 1024 * 1024
ANY: Final = ""


@dataclass(frozen=True, slots=True)
class WantedScenarios:
    """Which scenarios of a task are shown: those with these options, ticked or not. What is unknown is left out."""

    show: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: QueryDict, task: Task) -> "WantedScenarios":
        show = data.get("show", "")
        said = {one.name: data.get(one.name, "") for one in task.variables if one.option(data.get(one.name, ""))}
        return cls(show if show in ("ticked", "unticked") else "", said)

    @property
    def query(self) -> str:
        return urlencode({**({"show": self.show} if self.show else {}), **self.values})

    def found(self, scenarios: Iterable[Scenario], ticked: set[str]) -> list[Scenario]:
        return [one for one in scenarios if self._fits(one, ticked)]

    def _fits(self, scenario: Scenario, ticked: set[str]) -> bool:
        if self.show and (key_of(scenario) in ticked) != (self.show == "ticked"):
            return False
        return all(scenario.values.get(name) == slug for name, slug in self.values.items())


def filters_of(task: Task, wanted: WantedScenarios) -> list[dict[str, Any]]:
    """A choice for each variable that has one."""
    return [
        {
            "name": one.name,
            "title": one.title or one.name,
            "options": [option.slug for option in one.options],
            "chosen": wanted.values.get(one.name, ANY),
        }
        for one in task.variables
        if len(one.options) > 1 and not task.is_bare
    ]


class SampleForm(forms.Form):
    count = forms.IntegerField(label=gettext_lazy("Scenarios"), min_value=1, max_value=MOST_SCENARIOS)
    seed = forms.IntegerField(label=gettext_lazy("Seed"), initial=0, min_value=0, max_value=2**31)


class ScenarioFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".json"}),
        help_text=gettext_lazy("JSON, as the export writes it."),
        error_messages={"empty": gettext_lazy("The file is empty. Choose the one that holds the scenarios.")},
    )

    def clean_file(self) -> str:
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 4 MB. Split it."))
        try:
            return bytes(file.read()).decode("utf-8")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8. Save it as such, and try again.")) from None
