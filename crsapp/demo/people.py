"""The demo's people, to sign in as with one click."""

from typing import Final

from crsapp.accounts.models import User

PEOPLE: Final = (
    ("amira", "Amira (demo)", User.Role.RESEARCHER),
    ("ben", "Ben (demo)", User.Role.ANNOTATOR),
)


def load_people() -> dict[str, User]:
    """The demo's people. They have no password: signing in as them is offered in demo mode alone."""
    people = {}
    for username, name, role in PEOPLE:
        user, made = User.objects.get_or_create(
            username=f"demo-{username}", defaults={"first_name": name, "role": role, "is_demo": True}
        )
        if made:
            user.set_unusable_password()
            user.save()
        people[username] = user
    return people
