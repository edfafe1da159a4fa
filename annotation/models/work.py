"""Who judges what, and what they said. The promises (at most k, never twice, nothing lost) are constraints here."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from annotation.models.people import Annotator, Seat
from annotation.models.studies import Block, Unit


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def counted(self) -> Self:
        """Those that a slot of a unit in use holds, and no others."""
        return self.filter(slot__withheld=False)


class Assignment(models.Model):
    """One annotator, one unit. It is counted while a slot holds it, unless the unit is excluded.

    `block` is the unit's, so that what somebody did in a block is counted from an index however much it is.
    """

    class State(models.TextChoices):
        LEASED = "leased", _("Being judged")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned to the queue")
        LATE = "late", _("Submitted too late to count")
        SET_ASIDE = "set_aside", _("Set aside by the researchers")

    class Side(models.IntegerChoices):
        NONE = 0, _("One dialogue")
        FIRST_LEFT = 1, _("First on the left")
        SECOND_LEFT = 2, _("Second on the left")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    block = models.ForeignKey(Block, models.PROTECT, related_name="assignments")
    annotator = models.ForeignKey(Annotator, models.CASCADE, related_name="assignments")
    repeat = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.LEASED)
    side = models.PositiveSmallIntegerField(choices=Side, default=Side.NONE)
    position = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField()
    submitted = models.DateTimeField(null=True, blank=True)
    active_seconds = models.FloatField(default=0)

    is_new = False
    """Set on what was given a moment ago and cannot have an answer yet."""

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["annotator_id", "started", "id"]
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
            models.Index(fields=["annotator", "block", "position"], name="annotation_assignment_last"),
            models.Index(
                fields=["annotator", "submitted", "block"],
                condition=Q(state__in=["submitted", "late"]),
                name="annotation_assignment_finished",
            ),
            models.Index(fields=["annotator"], condition=Q(state="returned"), name="annotation_assignment_back"),
        ]

    def __str__(self) -> str:
        return f"{self.annotator} on {self.unit}"


class SlotQuerySet(models.QuerySet["Slot"]):
    def free(self) -> Self:
        """Those that somebody may be given."""
        return self.filter(assignment__isnull=True, withheld=False)


class Slot(models.Model):
    """One of exactly k places of a unit, made when the study opens: more than k cannot be represented.

    In a panel the place belongs to a seat, with that seat's own position and side; in an overlap it is anybody's.
    The places of an excluded unit are withheld: nobody is given them, and what they hold is not counted.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="slots")
    block = models.ForeignKey(Block, models.CASCADE, related_name="slots")
    n = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(Seat, models.CASCADE, null=True, blank=True, related_name="slots")
    side = models.PositiveSmallIntegerField(choices=Assignment.Side, default=Assignment.Side.NONE)
    position = models.PositiveIntegerField()
    assignment = models.OneToOneField(Assignment, models.PROTECT, null=True, blank=True, related_name="slot")
    withheld = models.BooleanField(default=False)

    objects = SlotQuerySet.as_manager()

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
                condition=Q(assignment__isnull=True, withheld=False),
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
    dialogue, 2 the right one, 0 a tie; which dialogue that was follows from the assignment's side. `amendment` is the
    number of the last amendment in force when it was received, 0 for none.
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
    amendment = models.PositiveSmallIntegerField(default=0)
    answered = models.DateTimeField()
    received = models.DateTimeField(auto_now_add=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        ordering = ["assignment_id", "sequence"]
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


class FlagQuerySet(models.QuerySet["Flag"]):
    def standing(self) -> Self:
        """Those that their annotator has not withdrawn."""
        return self.filter(withdrawn__isnull=True)

    def waiting(self) -> Self:
        """Those that nobody has settled yet."""
        return self.standing().filter(settled__isnull=True)


class Flag(models.Model):
    """An annotator says that something is wrong with what they were shown; a researcher keeps or excludes the unit.

    One that was withdrawn, or replaced by a later one of the same annotator, stays on record.
    """

    class Outcome(models.TextChoices):
        KEPT = "kept", _("Unit kept")
        EXCLUDED = "excluded", _("Unit excluded")

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="flags")
    text = models.TextField(blank=True)
    client_key = models.UUIDField()
    raised = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True, blank=True)
    settled = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["assignment_id", "raised"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "client_key"], name="annotation_flag_client_key"),
            models.CheckConstraint(
                condition=Q(settled__isnull=True, outcome="") | (Q(settled__isnull=False) & ~Q(outcome="")),
                name="annotation_flag_settled_how",
            ),
        ]

    def __str__(self) -> str:
        return f"flag on {self.assignment}"
