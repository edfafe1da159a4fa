"""What a researcher says about a new run of simulated users."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.checks.table import CONVERSATION_FILTERS
from generation.forms.language import LanguageField
from generation.forms.runs import LimitsForm
from generation.models import Dataset, Endpoint, ProfilePool, TickedScenario
from generation.services.runs.settings import MOST_RETRIES
from generation.services.runs.simulated.choosing import people_of, ticked
from generation.services.runs.simulated.settings import (
    LONGEST_LINE,
    MAX_TURNS,
    REJECTING,
    TEMPERATURE,
    Matrix,
    SimulationSettings,
)
from generation.simulation.conversation import MOST_TURNS, Priming

COMMA: Final = re.compile("[,，、]")


class SimulationForm(LimitsForm):
    """A new run: what is crossed, who plays whom, how they talk, and what is rejected."""

    name = forms.CharField(
        label=gettext_lazy("Name of the new dataset"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    count = forms.IntegerField(
        label=gettext_lazy("Pairs of scenario and profile"),
        required=False,
        min_value=1,
        max_value=10**6,
        help_text=gettext_lazy("So many are drawn by the seed; each meets every assistant. Empty: all."),
    )
    seed = forms.IntegerField(label=gettext_lazy("Seed"), initial=0, min_value=0, max_value=2**31)
    retries = forms.IntegerField(
        label=gettext_lazy("Tries after the first"), initial=2, min_value=0, max_value=MOST_RETRIES
    )
    max_turns = forms.IntegerField(
        label=gettext_lazy("Turns at most"), initial=MOST_TURNS, min_value=1, max_value=MAX_TURNS
    )
    temperature = forms.FloatField(
        label=gettext_lazy("Temperature of both sides"),
        initial=TEMPERATURE,
        required=False,
        min_value=0,
        max_value=2,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text=gettext_lazy("Empty: as each endpoint has it."),
    )
    priming = forms.ChoiceField(
        label=gettext_lazy("The simulated user is told who it is"),
        initial=Priming.SYSTEM.value,
        choices=[
            (Priming.SYSTEM.value, gettext_lazy("in one system message")),
            (Priming.STEPWISE.value, gettext_lazy("step by step, each acknowledged")),
        ],
    )
    guided = forms.BooleanField(
        label=gettext_lazy("Give the assistant a system message"),
        required=False,
        help_text=gettext_lazy("Otherwise it sees nothing but the conversation, as in the published ones."),
    )
    interview = forms.BooleanField(
        label=gettext_lazy("Ask both sides a few questions afterwards"),
        required=False,
        help_text=gettext_lazy(
            "Was the task completed? Which profile was played? Is the user human? Four calls more for each "
            "conversation; the answers stand under it and are no part of it."
        ),
    )
    language = LanguageField(help_text=gettext_lazy("As a code: en, zh, de …"))
    opening = forms.CharField(
        label=gettext_lazy("What the assistant opens with"),
        required=False,
        max_length=LONGEST_LINE,
        help_text=gettext_lazy("Empty: as the language has it."),
    )
    end_trigger = forms.CharField(
        label=gettext_lazy("What the user says to end it"),
        required=False,
        max_length=LONGEST_LINE,
        help_text=gettext_lazy("Empty: as the language has it."),
    )
    phrases = forms.CharField(
        label=gettext_lazy("Words by which the end is known"),
        required=False,
        max_length=LONGEST_LINE,
        help_text=gettext_lazy(
            "With commas between; a message that has all of them is the end. Empty: as the language has it."
        ),
    )
    rejecting = forms.MultipleChoiceField(
        label=gettext_lazy("What rejects a conversation"),
        required=False,
        initial=list(REJECTING),
        choices=[(one.code, one) for one in CONVERSATION_FILTERS.values()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = Endpoint.objects.in_use()
        self.fields["pool"] = forms.ModelChoiceField(
            ProfilePool.objects.order_by("name"), label=_("Profiles"), empty_label=_("Choose …")
        )
        self.fields["user"] = forms.ModelChoiceField(in_use, label=_("Who plays the user"), empty_label=_("Choose …"))
        self.fields["assistants"] = forms.ModelMultipleChoiceField(
            in_use, label=_("Who assists"), widget=forms.CheckboxSelectMultiple
        )
        self.fields["scenarios"] = forms.ModelMultipleChoiceField(
            TickedScenario.objects.ticked(), label=_("Scenarios"), widget=forms.CheckboxSelectMultiple
        )

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Dataset.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is a dataset of this name already. Choose another."))
        return name

    @property
    def matrix(self) -> Matrix:
        """Raises RunError where it cannot be crossed."""
        said = self.cleaned_data
        return Matrix(
            scenarios=ticked((one.pk for one in said["scenarios"]), language=said["language"]),
            profiles=people_of(said["pool"], language=said["language"]),
            pool=said["pool"].name,
            user=said["user"],
            assistants=list(said["assistants"]),
        )

    @property
    def settings(self) -> SimulationSettings:
        """Raises RunError where what was said makes no sense."""
        said = self.cleaned_data
        names = (
            "count",
            "seed",
            "retries",
            "max_turns",
            "temperature",
            "priming",
            "guided",
            "interview",
            "language",
            "opening",
        )
        return SimulationSettings(
            **{name: said[name] for name in names},
            end_trigger=said["end_trigger"],
            phrases=tuple(phrase.strip() for phrase in COMMA.split(said["phrases"]) if phrase.strip()),
            rejecting=tuple(said["rejecting"]),
        )

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (_("How they talk"), self._fields("max_turns", "temperature", "language", "priming")),
            (_("How it begins and ends"), self._fields("opening", "end_trigger", "phrases")),
            (_("How many"), self._fields("count", "seed", "retries")),
            (_("What it may use"), self._fields("money", "tokens")),
        ]

    def _fields(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    def scenario_groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The ticked scenarios by their tasks, each with whether it is chosen; at first all of them are."""
        chosen = self._chosen("scenarios")
        rows = TickedScenario.objects.ticked()
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            shown = {"row": row, "checked": not self.is_bound or str(row.pk) in chosen}
            groups.setdefault(row.title, []).append(shown)
        return list(groups.items())

    def assistants_shown(self) -> list[dict[str, Any]]:
        chosen = self._chosen("assistants")
        rows = list(Endpoint.objects.in_use())
        return [{"row": row, "checked": str(row.pk) in chosen or len(rows) == 1} for row in rows]

    def filters(self) -> list[dict[str, Any]]:
        chosen = self._chosen("rejecting")
        return [{"filter": one, "checked": one.code in chosen} for one in CONVERSATION_FILTERS.values()]

    def _chosen(self, name: str) -> set[str]:
        value: Sequence[Any] = self[name].value() or ()
        return {str(one) for one in value}
