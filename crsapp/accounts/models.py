from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(DjangoUserManager["User"]):
    """`createsuperuser` makes an owner: whoever may use the server's shell starts the installation."""

    use_in_migrations = False

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        return super().create_superuser(username, email, password, **{"role": User.Role.OWNER, **extra_fields})

    def demo(self) -> "models.QuerySet[User]":
        """The demo's people, the owner first."""
        return self.filter(is_demo=True, is_active=True).order_by("-role", "username")


class User(AbstractUser):
    """Somebody who signs in: an owner or researcher of the installation, or an annotator with an account.

    Most annotators need no account: a link of their study lets them in (`annotation.Annotator`).
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        RESEARCHER = "researcher", _("Researcher")
        ANNOTATOR = "annotator", _("Annotator")

    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.ANNOTATOR)
    is_demo = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "researcher", "annotator"]), name="accounts_user_role"
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_researcher(self) -> bool:
        """Researchers and owners see everything of the installation; annotators only what is theirs."""
        return self.is_active and self.role in {self.Role.OWNER, self.Role.RESEARCHER}

    @property
    def is_owner(self) -> bool:
        return self.is_active and self.role == self.Role.OWNER
