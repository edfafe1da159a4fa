"""What a researcher says about pools of profiles and the people in them."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.files import File
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.forms.language import LanguageField
from generation.forms.runs import LimitsForm
from generation.models import Endpoint, PoolProfile, ProfilePool
from generation.services.simulation.pools import LARGEST_POOL, LONGEST_NAME
from generation.services.simulation.steering import LARGEST_BATCH, REJECTING, SHORTEST_CONTEXT, WritingSettings
from generation.simulation.coverage import BANDS, band
from generation.simulation.profile_checks import PROFILE_CHECKS
from generation.simulation.profiles import FIELDS, LABELS, LONGEST_VALUE, Profile, profile_of

LARGEST_FILE: Final = 4 * 1024 * 1024
ONE_LINE: Final = ("gender", "age", "occupation")


class PoolForm(forms.Form):
    """A new pool."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    language = LanguageField(help_text=gettext_lazy("Of the profiles, as a code: en, zh, de …"))


class WritingForm(LimitsForm):
    """How a model is to fill a pool."""

    size = forms.IntegerField(label=gettext_lazy("Profiles in all"), initial=100, min_value=1, max_value=LARGEST_POOL)
    seed = forms.IntegerField(label=gettext_lazy("Seed"), initial=0, min_value=0, max_value=2**31)
    batch = forms.IntegerField(
        label=gettext_lazy("At a time"),
        initial=10,
        min_value=1,
        max_value=LARGEST_BATCH,
        help_text=gettext_lazy("So many people are asked for with one question."),
    )
    context = forms.IntegerField(
        label=gettext_lazy("Tokens the model can take at once"),
        initial=8_000,
        min_value=SHORTEST_CONTEXT,
        max_value=10**7,
        help_text=gettext_lazy("Before the conversation gets longer, it begins anew with all requirements."),
    )
    rejecting = forms.MultipleChoiceField(
        label=gettext_lazy("What leaves a profile out"),
        required=False,
        initial=list(REJECTING),
        choices=[(code, code) for code in PROFILE_CHECKS],
    )

    def __init__(self, *args: Any, pool: ProfilePool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        endpoints = Endpoint.objects.in_use()
        self.fields["endpoint"] = forms.ModelChoiceField(endpoints, label=_("Written by"), empty_label=_("Choose …"))
        only = list(endpoints[:2])
        self.fields["endpoint"].initial = pool.endpoint_id or (only[0].pk if len(only) == 1 else None)
        for name in ("seed", "batch", "context", "rejecting"):
            if name in pool.settings:
                self.fields[name].initial = pool.settings[name]
        if pool.budget:
            for name, value in LimitsForm.initial_of(pool.budget).items():
                self.fields[name].initial = value

    @property
    def settings(self) -> WritingSettings:
        said = self.cleaned_data
        return WritingSettings(
            **{name: said[name] for name in ("size", "seed", "batch", "context")}, rejecting=tuple(said["rejecting"])
        )

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (_("Who writes, and how many"), [self[name] for name in ("endpoint", "size", "seed")]),
            (_("How it is asked"), [self[name] for name in ("batch", "context")]),
            (_("What it may use, in all"), [self[name] for name in ("money", "tokens")]),
        ]

    def checks(self) -> list[dict[str, Any]]:
        chosen = set(self["rejecting"].value() or ())
        return [{"check": one, "checked": one.code in chosen} for one in PROFILE_CHECKS.values()]


class ProfileForm(forms.Form):
    """The nine fields. All may be empty: what is missing is a finding, not a refusal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIELDS:
            short = name in ONE_LINE
            widget = forms.TextInput(attrs={"autocomplete": "off"}) if short else forms.Textarea(attrs={"rows": 2})
            self.fields[name] = forms.CharField(
                label=_(LABELS[name]), required=False, max_length=LONGEST_VALUE, widget=widget
            )

    @property
    def profile(self) -> Profile:
        return profile_of(self.cleaned_data)


class ProfileFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".txt,.json,.csv"}),
        help_text=gettext_lazy("Numbered records as text, JSON, or CSV with one profile a row."),
        error_messages={"empty": gettext_lazy("The file is empty. Choose the one that holds the profiles.")},
    )

    def clean_file(self) -> str:
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 4 MB. Split it."))
        try:
            return bytes(file.read()).decode("utf-8")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8. Save it as such, and try again.")) from None


class ProfileFilterForm(forms.Form):
    """What of a pool is shown. What cannot be understood is left out."""

    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("", gettext_lazy("All in the pool")),
            ("found", gettext_lazy("With findings")),
            *((code, format_lazy("{} {}", code, gettext_lazy(one.title))) for code, one in PROFILE_CHECKS.items()),
            ("left-out", gettext_lazy("Left out")),
        ],
    )
    age = forms.ChoiceField(
        label=gettext_lazy("Age"),
        required=False,
        choices=[("", gettext_lazy("Any")), *((band(low), band(low)) for low, _high in BANDS)],
    )
    search = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=100)

    def wanted(self) -> "WantedProfiles":
        self.is_valid()
        return WantedProfiles(**{name: value for name, value in self.cleaned_data.items() if value})


@dataclass(frozen=True, slots=True)
class WantedProfiles:
    """The filters as they were understood."""

    show: str = ""
    age: str = ""
    search: str = ""

    @property
    def query(self) -> str:
        said = {"show": self.show, "age": self.age, "search": self.search}
        return urlencode({name: value for name, value in said.items() if value})

    def found(self, pool: ProfilePool) -> list[PoolProfile]:
        rows = PoolProfile.objects.left_out(pool) if self.show == "left-out" else PoolProfile.objects.in_pool(pool)
        return [row for row in rows if self._fits(row)]

    def _fits(self, row: PoolProfile) -> bool:
        codes = {one["code"] for one in row.findings}
        return (
            (self.show in ("", "left-out") or (bool(codes) if self.show == "found" else self.show in codes))
            and (not self.age or band(row.profile.years) == self.age)
            and self.search.casefold() in " ".join(value for _name, value in row.profile.items()).casefold()
        )
