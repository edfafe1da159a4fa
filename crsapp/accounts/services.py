"""What is done to accounts."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from crsapp.accounts.models import User


class AccountError(Exception):
    """Something that may not be done to an account, said in words for whoever asked."""


def add_person(*, username: str, role: str, first_name: str = "", last_name: str = "", email: str = "") -> User:
    """Make an account without a password; `set_password_path` is how its person chooses one."""
    return User.objects.create_user(
        username, email or None, None, role=role, first_name=first_name, last_name=last_name
    )


@transaction.atomic
def deactivate(*, person: User) -> User:
    """Take away the right to sign in, at once and in every browser. Everything the person made stays."""
    owners = list(User.objects.select_for_update().filter(role=User.Role.OWNER, is_active=True).order_by("pk"))
    if [owner.pk for owner in owners] == [person.pk]:
        raise AccountError(_("This is the only active owner. Make another owner first."))
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


def activate(*, person: User) -> User:
    person.is_active = True
    person.save(update_fields=["is_active"])
    return person


def set_password_path(*, person: User) -> str:
    """Where the person sets a password: good once, and for `PASSWORD_RESET_TIMEOUT` seconds."""
    identifier = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    return reverse("accounts:set-password", args=[identifier, token])
