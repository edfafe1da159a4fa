from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from crsapp.accounts.models import User


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("No account has this name and this password. Names and passwords are case-sensitive."),
        "inactive": _("This account has been deactivated. Ask the owner of this installation."),
    }


class PersonForm(forms.ModelForm[User]):
    """A new researcher or owner; the password is chosen by themselves."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "role"]
        help_texts = {"username": _("Letters, digits and @ . + - _ only. They sign in with it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        if isinstance(role, forms.TypedChoiceField):
            role.choices = [
                (User.Role.RESEARCHER, _("Researcher: sees and does everything but manage people")),
                (User.Role.OWNER, _("Owner: a researcher who also manages people")),
            ]
        self.initial.setdefault("role", User.Role.RESEARCHER)
