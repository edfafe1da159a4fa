"""The filters of a list of calls."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.forms.choices import choose
from generation.llm.prompts import prompt_names
from generation.models import Call, Endpoint
from generation.models.calls import CallQuerySet


class CallFilterForm(forms.Form):
    """What cannot be understood is said, and left out of the filters."""

    endpoint = forms.ModelChoiceField(
        label=gettext_lazy("Model"), queryset=Endpoint.objects.order_by("name"), required=False, empty_label=""
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    prompt = forms.ChoiceField(label=gettext_lazy("Prompt"), required=False)
    run = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    pool = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    enquiry = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        endpoint = self.fields["endpoint"]
        if isinstance(endpoint, forms.ModelChoiceField):
            endpoint.empty_label = _("All")
        choose(self.fields["state"], [("", _("All")), *((value, str(label)) for value, label in Call.State.choices)])
        choose(self.fields["prompt"], [("", _("All")), *((name, name) for name in prompt_names())])

    def wanted(self) -> dict[str, Any]:
        """What was chosen, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def found(self) -> CallQuerySet:
        filters = {
            "endpoint": "endpoint",
            "state": "state",
            "prompt": "prompt_name",
            "run": "budget__run",
            "pool": "budget__profile_pool",
            "enquiry": "budget__enquiry",
        }
        wanted = {filters[name]: value for name, value in self.wanted().items()}
        found: CallQuerySet = Call.objects.filter(**wanted)
        return found

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        pairs = {name: getattr(value, "pk", value) for name, value in self.wanted().items()}
        return "&".join(f"{name}={value}" for name, value in pairs.items())
