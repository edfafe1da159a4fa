"""What a researcher says about a run of generation, and about an attempt."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.checks.table import FILTERS
from generation.llm.money import billionths, money
from generation.models import Budget, Dataset, Endpoint
from generation.services.runs.from_reviews.settings import REJECTING, ReviewSettings
from generation.services.runs.settings import MOST_RETRIES
from generation.services.runs.steering import Limits

WEIGHTS: Final = {"1": gettext_lazy("One"), "2": gettext_lazy("Two"), "3": gettext_lazy("Three")}


class LimitsForm(forms.Form):
    """What a run may use in all."""

    money = forms.DecimalField(
        label=gettext_lazy("At most so much money"),
        required=False,
        min_value=0,
        max_value=10**8,
        decimal_places=9,
        help_text=gettext_lazy("In the unit of the endpoint's prices. Empty: no limit."),
    )
    tokens = forms.IntegerField(
        label=gettext_lazy("At most so many tokens"),
        required=False,
        min_value=1,
        max_value=10**15,
        help_text=gettext_lazy("Asked and answered. Empty: no limit."),
    )

    @staticmethod
    def initial_of(budget: Budget) -> dict[str, Any]:
        limit = budget.money_limit
        return {"money": None if limit is None else money(limit), "tokens": budget.tokens_limit}

    @property
    def limits(self) -> Limits:
        said = self.cleaned_data["money"]
        return Limits(None if said is None else billionths(said), self.cleaned_data["tokens"])


class RunForm(LimitsForm):
    """A new run: where it is from and where it goes, who writes, how many, and what is rejected."""

    name = forms.CharField(
        label=gettext_lazy("Name of the new dataset"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    domain = forms.CharField(
        label=gettext_lazy("What the items are"),
        max_length=100,
        help_text=gettext_lazy("As the writer is told: movies, books, music …"),
    )
    count = forms.IntegerField(
        label=gettext_lazy("Dialogues"),
        required=False,
        min_value=1,
        max_value=10**7,
        help_text=gettext_lazy("Empty: one for each might-like."),
    )
    seed = forms.IntegerField(label=gettext_lazy("Seed"), initial=0, min_value=0, max_value=2**31)
    retries = forms.IntegerField(
        label=gettext_lazy("Tries after the first"), initial=2, min_value=0, max_value=MOST_RETRIES
    )
    rejecting = forms.MultipleChoiceField(
        label=gettext_lazy("What rejects a dialogue"),
        required=False,
        initial=list(REJECTING),
        choices=[(one.code, one) for one in FILTERS.values()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, sources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"] = forms.ModelChoiceField(sources, label=_("Reviews"), empty_label=_("Choose …"))
        self.fields["endpoint"] = forms.ModelChoiceField(
            Endpoint.objects.in_use(), label=_("Written by"), empty_label=_("Choose …")
        )
        for number, label in WEIGHTS.items():
            self.fields[f"weight_{number}"] = forms.FloatField(label=label, initial=1, min_value=0, max_value=1000)

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Dataset.objects.filter(name=name).exists():
            raise forms.ValidationError(_("There is a dataset of this name already. Choose another."))
        return name

    @property
    def settings(self) -> ReviewSettings:
        """Raises RunError where what was said makes no sense."""
        said = self.cleaned_data
        return ReviewSettings(
            **{name: said[name] for name in ("count", "seed", "retries", "domain")},
            weights={number: said[f"weight_{number}"] for number in WEIGHTS},
            rejecting=tuple(said["rejecting"]),
        )

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (_("From what, into what"), [self[name] for name in ("source", "name", "endpoint", "domain")]),
            (_("How many"), [self[name] for name in ("count", "seed", "retries")]),
            (_("How often with so many recommendations"), [self[f"weight_{number}"] for number in WEIGHTS]),
            (_("What it may use"), [self[name] for name in ("money", "tokens")]),
        ]

    def filters(self) -> list[dict[str, Any]]:
        chosen = set(self["rejecting"].value() or ())
        return [{"filter": one, "checked": one.code in chosen} for one in FILTERS.values()]


class ReasonForm(forms.Form):
    """Why a person keeps what the checks rejected."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is kept"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
