"""What models are asked about a dataset that is there: one question about each of its texts, and what came of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models.calls import Budget, Call, Endpoint
from generation.models.dialogues import Dataset, Dialogue, Person, Utterance


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def open(self) -> Self:
        return self.filter(state__in=Enquiry.OPEN)

    def with_counts(self) -> Self:
        """With `done_count`, `failed_count` and `to_do_count` of its texts."""
        state = AskedText.State
        return self.annotate(
            done_count=models.Count("texts", filter=Q(texts__state=state.DONE)),
            failed_count=models.Count("texts", filter=Q(texts__state=state.FAILED)),
            to_do_count=models.Count("texts", filter=Q(texts__state=state.TO_DO)),
        )


class Enquiry(models.Model):
    """A model asked about one text after another: to translate it, or for the preferences that are shown in it.

    `settings` is all that was configured, frozen at the start; `why` says why one that is paused is. One whose results
    were deleted stays, as the record that they were there.
    """

    class Kind(models.TextChoices):
        TRANSLATION = "translation", _("Translation")
        PREFERENCES = "preferences", _("Preferences")
        SYNONYMS = "synonyms", _("Synonyms")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Ended early")
        COMPLETE = "complete", _("Complete")
        DELETED = "deleted", _("Deleted")

    OPEN = (State.RUNNING, State.PAUSED)

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="enquiries", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    language = models.CharField(max_length=16, blank=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="enquiries")
    budget = models.OneToOneField(Budget, models.PROTECT, related_name="enquiry")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    is_scripted = models.BooleanField(default=False)
    settings = models.JSONField()
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    why = models.TextField(blank=True)
    all_planned = models.BooleanField(default=False)
    done_before = models.PositiveIntegerField(default=0)
    resumed = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "kind", "language"],
                condition=Q(state__in=["running", "paused"]),
                name="generation_enquiry_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused", "cancelled", "complete", "deleted"]),
                name="generation_enquiry_state",
            ),
            models.CheckConstraint(
                condition=Q(kind="translation") ^ Q(language=""), name="generation_enquiry_translation_has_language"
            ),
        ]
        indexes = [models.Index(fields=["dataset", "kind"], name="generation_enquiry_dataset")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.dataset_id}/{self.language}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class AskedTextQuerySet(models.QuerySet["AskedText"]):
    def to_do(self) -> Self:
        return self.filter(state=AskedText.State.TO_DO)

    def done(self) -> Self:
        return self.filter(state=AskedText.State.DONE)

    def failed(self) -> Self:
        return self.filter(state=AskedText.State.FAILED)


class AskedText(models.Model):
    """One text of an enquiry: which, how often it was asked about, and what came of it.

    `phrases` are given where the text is none of the dataset's, but a list to be grouped. `digest` is that of what was
    written, so that it is taken back only where it still stands; `call` is the last try, with prompt, model and time.
    """

    class State(models.TextChoices):
        TO_DO = "to_do", _("To be asked")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class What(models.TextChoices):
        UTTERANCE = "utterance", _("Utterance")
        SITUATION = "situation", _("Situation")
        PROFILE = "profile", _("Profile")
        DIALOGUE = "dialogue", _("Dialogue")
        PHRASES = "phrases", _("Phrases")

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="texts", db_index=False)
    n = models.PositiveIntegerField()
    what = models.CharField(max_length=16, choices=What)
    utterance = models.ForeignKey(Utterance, models.CASCADE, null=True, blank=True, related_name="asked")
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, null=True, blank=True, related_name="asked")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="asked")
    phrases = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.TO_DO)
    tries = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="asked")

    objects = AskedTextQuerySet.as_manager()

    class Meta:
        ordering = ["enquiry_id", "n"]
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "n"], name="generation_asked_n"),
            models.CheckConstraint(condition=Q(state__in=["to_do", "done", "failed"]), name="generation_asked_state"),
            models.CheckConstraint(
                condition=Q(what="utterance", utterance__isnull=False)
                | Q(what__in=["situation", "dialogue"], dialogue__isnull=False)
                | Q(what="profile", person__isnull=False)
                | Q(what="phrases"),
                name="generation_asked_what",
            ),
        ]
        indexes = [models.Index(fields=["enquiry", "state", "n"], name="generation_asked_state_n")]

    def __str__(self) -> str:
        return f"{self.enquiry_id}/{self.n}"
