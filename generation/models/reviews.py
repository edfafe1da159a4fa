"""What people wrote about items, and what preprocessing made of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models.dialogues import Dataset, Import, Item, Person


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def in_dataset(self, dataset: Dataset) -> Self:
        """Those of its finished imports, in the order of the files."""
        return self.filter(source__dataset=dataset, source__state=Import.State.COMPLETE).order_by("pk")


class Interaction(models.Model):
    """Somebody's rating of an item, with what they wrote; `at` in seconds since 1970. Primary keys follow the file."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="interactions")
    person = models.ForeignKey(Person, models.CASCADE, related_name="interactions")
    item = models.ForeignKey(Item, models.CASCADE, related_name="interactions")
    rating = models.FloatField()
    at = models.BigIntegerField(null=True, blank=True)
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)

    objects = InteractionQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:60] or str(self.rating)


class Preparation(models.Model):
    """Preprocessing of a dataset's reviews with certain settings. Its outcome is used once it is complete.

    A newer one replaces it when that is complete and leaves something; settings and counts of the older stay on
    record, its rows go.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Being prepared")
        COMPLETE = "complete", _("In use")
        REPLACED = "replaced", _("Replaced")
        EMPTY = "empty", _("Left nothing")
        FAILED = "failed", _("Failed")

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="preparations")
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    settings = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    completed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "state"],
                condition=Q(state__in=["running", "complete"]),
                name="generation_preparation_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.dataset} · {self.get_state_display()}"


class PreparedReview(models.Model):
    """A review that preprocessing kept, and as what. A person's stand in order of time; `position` counts from 0."""

    class Bucket(models.TextChoices):
        LIKE = "like", _("Like")
        DISLIKE = "dislike", _("Dislike")
        MIGHT_LIKE = "might_like", _("Might like")
        NEUTRAL = "neutral", _("Neither")

    preparation = models.ForeignKey(Preparation, models.CASCADE, related_name="reviews", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="prepared")
    bucket = models.CharField(max_length=16, choices=Bucket)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["preparation_id", "person", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["preparation", "person", "position"], name="generation_prepared_review_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_bucket_display()} {self.position}"
