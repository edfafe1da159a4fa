"""Who judges what, and what they said. The promises (at most k, never twice, nothing lost) are constraints here."""

import secrets
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from generation.models import Dataset, Dialogue


def new_token() -> str:
    """128 random bits for a URL."""
    return secrets.token_urlsafe(16)


class Study(models.Model):
    """An ordered list of blocks and its protocol, frozen with a digest when it opens."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    protocol = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    is_demo = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    opened = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | (~Q(digest="") & Q(opened__isnull=False)),
                name="annotation_study_frozen_once_open",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def judgment_revision(self) -> int:
        """Grows with every write to the study's judgments, so that a figure can be kept under it."""
        total: int | None = self.annotators.aggregate(total=models.Sum("revision"))["total"]
        return total or 0


class Block(models.Model):
    """One part of an open study: a sample of dialogues or pairs, the instruments asked of it, and how many judge.

    Written when the study opens; until then the protocol says it all.
    """

    class Design(models.TextChoices):
        PANEL = "panel", _("Panel: everybody judges everything")
        OVERLAP = "overlap", _("Overlap: k annotators a unit")

    class Target(models.TextChoices):
        DIALOGUE = "dialogue", _("Dialogues")
        PAIR = "pair", _("Pairs of dialogues")

    study = models.ForeignKey(Study, models.CASCADE, related_name="blocks")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    target = models.CharField(max_length=8, choices=Target)
    design = models.CharField(max_length=8, choices=Design)
    annotators_per_unit = models.PositiveIntegerField()
    seed = models.BigIntegerField()

    class Meta:
        ordering = ["study", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="annotation_block_number")]

    def __str__(self) -> str:
        return f"{self.study} {self.number}: {self.name}"


class Exhibit(models.Model):
    """One sampled dialogue as this block shows it: normalised, blinded, frozen, with a digest of what was shown."""

    block = models.ForeignKey(Block, models.CASCADE, related_name="exhibits")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="+")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    probability = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "dialogue"], name="annotation_exhibit_dialogue_once")]

    def __str__(self) -> str:
        return f"{self.dialogue}"


class Unit(models.Model):
    """What is judged at once: a dialogue (`first`), or a pair (`first` and `second`)."""

    block = models.ForeignKey(Block, models.CASCADE, related_name="units")
    number = models.PositiveIntegerField()
    first = models.ForeignKey(Exhibit, models.PROTECT, related_name="+")
    second = models.ForeignKey(Exhibit, models.PROTECT, related_name="+", null=True, blank=True)
    digest = models.CharField(max_length=64)
    probability = models.FloatField()

    class Meta:
        ordering = ["block", "number"]
        constraints = [
            models.UniqueConstraint(fields=["block", "number"], name="annotation_unit_number"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="annotation_unit_two_different_dialogues"),
        ]

    def __str__(self) -> str:
        return f"unit {self.number}"


class Seat(models.Model):
    """A place in the panel, with its own order and sides of every unit. A replacement takes it whole."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="seats")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["study", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="annotation_seat_number")]

    def __str__(self) -> str:
        return f"seat {self.number}"


class Annotator(models.Model):
    """Who judges in one study, under a pseudonym: a person, an LLM or a trained classifier.

    `revision` counts the writes to this annotator's judgments. It stands here and not on the study, where fifty people
    answering at once would wait for one row.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        LLM = "llm", _("LLM")
        CLASSIFIER = "classifier", _("Classifier")

    study = models.ForeignKey(Study, models.CASCADE, related_name="annotators")
    pseudonym = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    seat = models.OneToOneField(Seat, models.PROTECT, null=True, blank=True, related_name="annotator")
    guidelines_digest = models.CharField(max_length=64, blank=True)
    consent_digest = models.CharField(max_length=64, blank=True)
    consented = models.DateTimeField(null=True, blank=True)
    joined = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["study", "pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["study", "pseudonym"], name="annotation_annotator_pseudonym"),
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
        ordering = ["study", "created", "id"]
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


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def counted(self) -> Self:
        """Those that a slot holds, and no others."""
        return self.filter(slot__isnull=False)


class Assignment(models.Model):
    """One annotator, one unit. It is counted while a slot holds it."""

    class State(models.TextChoices):
        LEASED = "leased", _("Being judged")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned to the queue")
        LATE = "late", _("Submitted too late to count")

    class Side(models.IntegerChoices):
        NONE = 0, _("One dialogue")
        FIRST_LEFT = 1, _("First on the left")
        SECOND_LEFT = 2, _("Second on the left")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(Annotator, models.CASCADE, related_name="assignments")
    repeat = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.LEASED)
    side = models.PositiveSmallIntegerField(choices=Side, default=Side.NONE)
    position = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField()
    submitted = models.DateTimeField(null=True, blank=True)
    active_seconds = models.FloatField(default=0)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["annotator", "started", "id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "annotator", "repeat"], name="annotation_assignment_never_twice"),
            models.UniqueConstraint(
                fields=["annotator"], condition=Q(state="leased"), name="annotation_assignment_one_lease"
            ),
            models.CheckConstraint(
                condition=Q(state="leased", lease_until__isnull=False) | ~Q(state="leased"),
                name="annotation_assignment_lease_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "late"]) | Q(submitted__isnull=False),
                name="annotation_assignment_submitted_when",
            ),
        ]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(state="leased"), name="annotation_assignment_leases"),
            models.Index(fields=["annotator", "position"], name="annotation_assignment_last"),
            models.Index(fields=["annotator"], condition=Q(state="returned"), name="annotation_assignment_back"),
        ]

    def __str__(self) -> str:
        return f"{self.annotator} on {self.unit}"


class Slot(models.Model):
    """One of exactly k places of a unit, made when the study opens: more than k cannot be represented.

    In a panel the place belongs to a seat, with that seat's own position and side; in an overlap it is anybody's.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="slots")
    block = models.ForeignKey(Block, models.CASCADE, related_name="slots")
    n = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="slots")
    side = models.PositiveSmallIntegerField(choices=Assignment.Side, default=Assignment.Side.NONE)
    position = models.PositiveIntegerField()
    assignment = models.OneToOneField(Assignment, models.PROTECT, null=True, blank=True, related_name="slot")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "n"], name="annotation_slot_n"),
            models.UniqueConstraint(
                fields=["unit", "seat"], condition=Q(seat__isnull=False), name="annotation_slot_seat_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["block", "seat", "side", "position"],
                condition=Q(assignment__isnull=True),
                name="annotation_slot_free",
            ),
        ]

    def __str__(self) -> str:
        return f"slot {self.n} of {self.unit}"


class JudgmentQuerySet(models.QuerySet["Judgment"]):
    def current(self) -> Self:
        """The last word on each question; what it replaced stays on record."""
        return self.filter(superseded=False)


class Judgment(models.Model):
    """One answer, never overwritten. A revision supersedes it; the earlier one stays.

    `place` is the index of the turn judged, or -1 for the whole. A preference is stored as it was shown: 1 the left
    dialogue, 2 the right one, 0 a tie; which dialogue that was follows from the assignment's side.
    """

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="judgments")
    instrument = models.CharField(max_length=60)
    criterion = models.CharField(max_length=60)
    place = models.IntegerField(default=-1)
    value = models.IntegerField(null=True, blank=True)
    cannot_judge = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    span_start = models.PositiveIntegerField(null=True, blank=True)
    span_end = models.PositiveIntegerField(null=True, blank=True)
    client_key = models.UUIDField()
    sequence = models.PositiveIntegerField()
    superseded = models.BooleanField(default=False)
    answered = models.DateTimeField()
    received = models.DateTimeField(auto_now_add=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        ordering = ["assignment", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "instrument", "criterion", "place"],
                condition=Q(superseded=False),
                name="annotation_judgment_one_current",
            ),
            models.UniqueConstraint(fields=["assignment", "client_key"], name="annotation_judgment_client_key"),
            models.UniqueConstraint(fields=["assignment", "sequence"], name="annotation_judgment_sequence"),
            models.CheckConstraint(
                condition=Q(cannot_judge=True, value__isnull=True) | Q(cannot_judge=False),
                name="annotation_judgment_value_or_cannot",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.value}"


class Event(models.Model):
    """The append-only record of a study: opened, closed, names seen, results looked at, a link revoked."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["study", "at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
