"""What a person says of the roles in a conversation."""

from django import forms


class RolesForm(forms.Form):
    attempt = forms.IntegerField(min_value=1, max_value=2**62)
    kept = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    reason = forms.CharField(required=False, max_length=2000)
