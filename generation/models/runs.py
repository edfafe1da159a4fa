"""Dialogues made by models: a run, what it planned, every try at it, and where a person decided otherwise.

What a row of another kind of run holds is said by its kind (`generation/services/runs/kinds.py`).
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models.calls import Budget, Call, Endpoint
from generation.models.dialogues import Dataset, Dialogue
from generation.models.reviews import Preparation


class GenerationRun(models.Model):
    """One configured batch: so many dialogues, made in this way by these endpoints, into a dataset of its own.

    `settings` is all that was configured, frozen at the start; `why` says why a run that is paused is.
    """

    class Kind(models.TextChoices):
        REVIEWS = "reviews", _("Written from reviews")
        SIMULATION = "simulation", _("Simulated users")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")
        COMPLETE = "complete", _("Complete")

    OVER = (State.CANCELLED, State.COMPLETE)

    kind = models.CharField(max_length=16, choices=Kind, default=Kind.REVIEWS)
    dataset = models.OneToOneField(Dataset, models.CASCADE, related_name="run")
    source = models.ForeignKey(Dataset, models.SET_NULL, null=True, related_name="runs_from")
    preparation = models.ForeignKey(Preparation, models.SET_NULL, null=True, related_name="runs")
    budget = models.OneToOneField(Budget, models.PROTECT, related_name="run")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    is_scripted = models.BooleanField(default=False)
    settings = models.JSONField()
    settings_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    why = models.TextField(blank=True)
    all_planned = models.BooleanField(default=False)
    done_before = models.PositiveIntegerField(default=0)
    resumed = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused", "cancelled", "complete"]), name="generation_run_state"
            )
        ]

    def __str__(self) -> str:
        return str(self.dataset)

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER


class RunPart(models.Model):
    """An endpoint that a run asks, and what it plays in it."""

    class Plays(models.TextChoices):
        WRITER = "writer", _("Writer")
        USER = "user", _("Simulated user")
        ASSISTANT = "assistant", _("Assistant")

    run = models.ForeignKey(GenerationRun, models.CASCADE, related_name="parts", db_index=False)
    plays = models.CharField(max_length=16, choices=Plays)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="parts")

    class Meta:
        ordering = ["run_id", "-plays", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "plays", "endpoint"], name="generation_part_once"),
            models.CheckConstraint(
                condition=Q(plays__in=["writer", "user", "assistant"]), name="generation_part_plays"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_plays_display()}: {self.endpoint}"


class PlannedQuerySet(models.QuerySet["Planned"]):
    def to_do(self) -> Self:
        return self.filter(state=Planned.State.TO_DO)

    def can_be_tried_again(self) -> Self:
        """Given up by the filters or for want of an answer; what a person found roles not kept in stays so."""
        said_so = RoleCheck.objects.filter(attempt__planned=models.OuterRef("pk"), roles_kept=False, undone=None)
        return self.filter(~models.Exists(said_so), state=Planned.State.GIVEN_UP)


class Planned(models.Model):
    """A dialogue whose turn came in a run: its plan, or why there can be none.

    It is of a person (a reviewer, a profile), about a subject (the gold item, the scenario), in a variant (the
    template, the assistant).
    """

    class State(models.TextChoices):
        TO_DO = "to_do", _("To be written")
        KEPT = "kept", _("Kept")
        GIVEN_UP = "given_up", _("Given up")
        IMPOSSIBLE = "impossible", _("Not possible")

    run = models.ForeignKey(GenerationRun, models.CASCADE, related_name="planned", db_index=False)
    n = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.TO_DO)
    person = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    variant = models.CharField(max_length=100, blank=True)
    plan = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    objects = PlannedQuerySet.as_manager()

    class Meta:
        ordering = ["run_id", "n"]
        constraints = [
            models.UniqueConstraint(fields=["run", "n"], name="generation_planned_n"),
            models.CheckConstraint(
                condition=Q(state__in=["to_do", "kept", "given_up", "impossible"]), name="generation_planned_state"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state", "n"], name="generation_planned_state_n"),
            models.Index(fields=["run", "subject", "variant"], name="generation_planned_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.n}"


class Attempt(models.Model):
    """One try at one planned dialogue, kept whether it passed or not. Its raw output is what its calls answered.

    While it is under way, its calls are all there is of it. `code` is that of the first check that rejects it, also
    where a person kept it anyway; `signature` is what a kept
    one is compared by.
    """

    class Verdict(models.TextChoices):
        OPEN = "open", _("Under way")
        KEPT = "kept", _("Kept")
        REJECTED = "rejected", pgettext_lazy("attempts", "Rejected")
        OVERRIDDEN = "overridden", _("Kept by a person")

    run = models.ForeignKey(GenerationRun, models.CASCADE, related_name="attempts", db_index=False)
    planned = models.ForeignKey(Planned, models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveIntegerField()
    calls = models.ManyToManyField(Call, through="AttemptCall", related_name="attempts")
    utterances = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    verdict = models.CharField(max_length=16, choices=Verdict, default=Verdict.OPEN)
    code = models.CharField(max_length=16, blank=True)
    signature = models.BinaryField(default=bytes)
    dialogue = models.OneToOneField(Dialogue, models.SET_NULL, null=True, blank=True, related_name="made_by")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["planned", "number"], name="generation_attempt_number"),
            models.UniqueConstraint(
                fields=["planned"], condition=Q(dialogue__isnull=False), name="generation_attempt_one_dialogue"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["open", "kept", "rejected", "overridden"]), name="generation_attempt_verdict"
            ),
        ]
        indexes = [models.Index(fields=["run", "verdict", "code"], name="generation_attempt_code")]

    def __str__(self) -> str:
        return f"{self.planned_id}/{self.number}"


class AttemptCall(models.Model):
    """The call that brought the answer at this place of an attempt: what was said is on record as it came."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="said", db_index=False)
    place = models.PositiveIntegerField()
    call = models.OneToOneField(Call, models.PROTECT, related_name="brought")

    class Meta:
        ordering = ["attempt_id", "place"]
        constraints = [models.UniqueConstraint(fields=["attempt", "place"], name="generation_said_once")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.place}"


class Override(models.Model):
    """A person kept what the checks had rejected, and why; taken back, it stays on record."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="overrides", db_index=False)
    reason = models.TextField()
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(undone__isnull=True), name="generation_override_one"
            )
        ]
        indexes = [models.Index(fields=["attempt"], name="generation_override_attempt")]

    def __str__(self) -> str:
        return self.reason[:60]


class RoleCheck(models.Model):
    """A person said whether both sides of a kept conversation kept their roles; taken back, it stays on record."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="role_checks", db_index=False)
    roles_kept = models.BooleanField()
    reason = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(undone__isnull=True), name="generation_role_check_one"
            )
        ]
        indexes = [models.Index(fields=["attempt"], name="generation_role_check_attempt")]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.roles_kept}"
