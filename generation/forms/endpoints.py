"""What a researcher says about an endpoint. The key itself is never typed here."""

from typing import Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.llm.access import KEY_PREFIX, KEY_VARIABLE, allowed_hosts
from generation.llm.hosts import AddressError, check_address
from generation.llm.mishaps import ENDS_AT, MISHAPS, MOST_TURNS, Part, read_ends_at, read_mishaps
from generation.models import Endpoint

PACE: Final = ["in_flight", "requests_per_minute", "tokens_per_minute", "seconds", "tries"]
PRICES: Final = ["price_in", "price_out"]
PARTS: Final = {
    Part.WRITER: gettext_lazy("Of a hundred dialogues that it writes, how many …"),
    Part.PEOPLE: gettext_lazy("Of a hundred profiles, how many …"),
    Part.USER: gettext_lazy("Of a hundred conversations as the simulated user, how many …"),
    Part.ASSISTANT: gettext_lazy("Of a hundred conversations as the assistant, how many …"),
    Part.TRANSLATION: gettext_lazy("Of a hundred translations, how many …"),
    Part.ANY: gettext_lazy("Of a hundred requests of any kind, how many …"),
}


class EndpointForm(forms.ModelForm[Endpoint]):
    """An OpenAI-compatible endpoint."""

    class Meta:
        model = Endpoint
        fields = [
            "name",
            "base_url",
            "model",
            "key_variable",
            "temperature",
            "top_p",
            "max_tokens",
            *PRICES,
            *PACE,
            "retired",
        ]
        widgets = {
            "base_url": forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
            "model": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "key_variable": forms.TextInput(
                attrs={"list": "key-names", "autocomplete": "off", "spellcheck": "false", "placeholder": KEY_PREFIX}
            ),
            **{name: forms.NumberInput(attrs={"step": "any", "min": 0}) for name in (*PRICES, "temperature", "top_p")},
        }
        labels = {"retired": gettext_lazy("Retired: not offered for new runs")}
        help_texts = {
            "name": gettext_lazy("As your group calls it."),
            "base_url": gettext_lazy("Like https://api.example.org/v1 or http://localhost:11434/v1."),
            "model": gettext_lazy("As the endpoint calls it. Prefer a name with a date, which stays what it is."),
            "key_variable": format_lazy(
                gettext_lazy("The name of an environment variable, {}… and what you like. Empty where none is needed."),
                KEY_PREFIX,
            ),
            "top_p": gettext_lazy("Empty: the endpoint's own."),
            "max_tokens": gettext_lazy("This many are reserved in the budget before each call."),
            "price_in": gettext_lazy("In the currency in which you think of budgets."),
            "in_flight": gettext_lazy("At a time, from each job that uses it."),
            "requests_per_minute": gettext_lazy("From all workers together. Empty: no limit."),
            "tokens_per_minute": gettext_lazy("From all workers together. Empty: no limit."),
            "seconds": gettext_lazy("Then the try is given up."),
            "tries": gettext_lazy("Only what is worth trying again is."),
        }

    def clean_base_url(self) -> str:
        url: str = self.cleaned_data["base_url"].rstrip("/")
        if not url:
            raise forms.ValidationError(_("Where does it answer? It often ends in /v1."))
        try:
            check_address(url, allowed_hosts())
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error
        return url

    def clean_key_variable(self) -> str:
        name: str = self.cleaned_data["key_variable"]
        if name and not KEY_VARIABLE.fullmatch(name):
            raise forms.ValidationError(
                _(
                    "Write the variable's name, not the key: %(prefix)s and then capital letters, digits or _. "
                    "If this was a key, replace it where it was made: it has just travelled in a form."
                ),
                params={"prefix": KEY_PREFIX},
            )
        return name

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the page groups them."""
        said = [_("Where"), _("How it answers"), _("What it costs"), _("How fast")]
        names = [
            ["name", "base_url", "model", "key_variable"],
            ["temperature", "top_p", "max_tokens"],
            PRICES,
            PACE,
        ]
        return [(title, [self[name] for name in group]) for title, group in zip(said, names, strict=True)]


class ScriptedForm(forms.ModelForm[Endpoint]):
    """The offline writer, and how often each thing goes wrong with it."""

    class Meta:
        model = Endpoint
        fields = ["name", *PRICES, "in_flight", "retired"]
        widgets = {name: forms.NumberInput(attrs={"step": "any", "min": 0}) for name in PRICES}
        labels = EndpointForm.Meta.labels
        help_texts = {
            "price_in": gettext_lazy("It costs nothing; a price lets you try what a budget does."),
            "in_flight": gettext_lazy("At a time, from each job that uses it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slug, mishap in MISHAPS.items():
            self.fields[slug] = forms.FloatField(
                label=_(mishap.words),
                min_value=0,
                max_value=100,
                required=False,
                initial=round(100 * read_mishaps(self.instance.mishaps).get(slug, 0), 3),
                widget=forms.NumberInput(attrs={"step": "any", "min": 0, "max": 100}),
                help_text=_("Found by %(filter)s.") % {"filter": mishap.filter} if mishap.filter else "",
            )
        self.fields[ENDS_AT] = forms.IntegerField(
            label=_("As a simulated user, ends every conversation after so many turns"),
            min_value=1,
            max_value=MOST_TURNS,
            required=False,
            initial=read_ends_at(self.instance.mishaps),
            help_text=_("Empty: as long as the published ones, most of them two to six."),
        )

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (_("The script"), [self[name] for name in ("name", *PRICES, "in_flight", ENDS_AT)]),
            *(
                (str(title), [self[slug] for slug, mishap in MISHAPS.items() if mishap.part == part])
                for part, title in PARTS.items()
            ),
        ]

    def save(self, commit: bool = True) -> Endpoint:
        said = self.cleaned_data
        ends_at = {ENDS_AT: said[ENDS_AT]} if said[ENDS_AT] else {}
        self.instance.mishaps = read_mishaps({slug: (said[slug] or 0) / 100 for slug in MISHAPS}) | ends_at
        return super().save(commit)
