"""Who judges in a study, and how they come in."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from annotation.models.studies import Event, Study


def new_token() -> str:
    """128 random bits for a URL."""
    return secrets.token_urlsafe(16)


class Seat(models.Model):
    """A place in the panel, with its own order and sides of every unit. A replacement takes it whole."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="seats")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["study_id", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="annotation_seat_number")]

    def __str__(self) -> str:
        return f"seat {self.number}"


class Annotator(models.Model):
    """Who judges in one study, under a pseudonym: a person, an LLM or a trained classifier.

    `revision` counts the writes to this annotator's judgments. It stands here and not on the study, where fifty people
    answering at once would wait for one row. Who left keeps the seat they had on record; it is free for another.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        LLM = "llm", _("LLM")
        CLASSIFIER = "classifier", _("Classifier")

    class Departure(models.TextChoices):
        REMOVED = "removed", _("Removed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    study = models.ForeignKey(Study, models.CASCADE, related_name="annotators")
    pseudonym = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="annotators")
    guidelines_digest = models.CharField(max_length=64, blank=True)
    consent_digest = models.CharField(max_length=64, blank=True)
    consented = models.DateTimeField(null=True, blank=True)
    joined = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    left = models.DateTimeField(null=True, blank=True)
    departure = models.CharField(max_length=10, choices=Departure, blank=True)
    revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["study_id", "pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["study", "pseudonym"], name="annotation_annotator_pseudonym"),
            models.UniqueConstraint(
                fields=["seat"], condition=Q(left__isnull=True), name="annotation_annotator_seat_once"
            ),
            models.CheckConstraint(
                condition=Q(left__isnull=True, departure="") | (Q(left__isnull=False) & ~Q(departure="")),
                name="annotation_annotator_left_how",
            ),
            models.UniqueConstraint(
                fields=["study", "user"], condition=Q(user__isnull=False), name="annotation_annotator_user_once"
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def rotation(self) -> int:
        """With which criterion this annotator begins: the same all through the study, another for the next one."""
        return self.pk if self.seat is None else self.seat.number - 1


class RemovalReason(models.Model):
    """Why somebody was removed, in a researcher's words. The line of the record seals them by their salted digest
    alone, so that they can be deleted when whom they speak of withdraws."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="removal_reason")
    annotator = models.ForeignKey(Annotator, models.CASCADE, related_name="removal_reasons")
    salt = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class Link(models.Model):
    """A way into a study: personal (one annotator, any device, also the way back) or open (many people, capped)."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal")
        OPEN = "open", _("Open")

    study = models.ForeignKey(Study, models.CASCADE, related_name="links")
    kind = models.CharField(max_length=8, choices=Kind)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    label = models.CharField(max_length=100, blank=True)
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="links")
    annotator = models.OneToOneField(Annotator, models.CASCADE, null=True, blank=True, related_name="link")
    opened_by = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="ways_back")
    cap = models.PositiveIntegerField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    revoked = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["study_id", "created", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(revoked__isnull=True, seat__isnull=False), name="annotation_link_seat_once"
            ),
            models.CheckConstraint(
                condition=Q(cap__isnull=True) | Q(used__lte=F("cap")), name="annotation_link_within_cap"
            ),
            models.CheckConstraint(
                condition=Q(kind="personal") | Q(annotator__isnull=True, seat__isnull=True),
                name="annotation_link_open_is_nobodys",
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.kind} link"
