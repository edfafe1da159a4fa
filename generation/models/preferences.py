"""Preferences that users show: phrases, where they were found, and which of them say the same."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crsapp.accounts.models import User
from generation.models.dialogues import Dataset, Dialogue, Person, Utterance
from generation.models.enquiries import Enquiry


class Preference(models.Model):
    """A phrase that names a preference, with where it was found: in an utterance, in a dialogue as a whole (as files
    say it), or in a person's profile. `words` is the phrase as it was found, `phrase` the same made comparable;
    `entry` names the entry of the profile."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="preferences", db_index=False)
    enquiry = models.ForeignKey(Enquiry, models.CASCADE, null=True, blank=True, related_name="preferences")
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, null=True, blank=True, related_name="preferences")
    utterance = models.ForeignKey(Utterance, models.CASCADE, null=True, blank=True, related_name="preferences")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="preferences")
    entry = models.CharField(max_length=100, blank=True)
    words = models.CharField(max_length=100)
    phrase = models.CharField(max_length=100)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dialogue__isnull=False) ^ Q(person__isnull=False), name="generation_preference_of"
            ),
        ]
        indexes = [models.Index(fields=["dataset", "phrase"], name="generation_preference_phrase")]

    def __str__(self) -> str:
        return self.words


class PhraseGroup(models.Model):
    """Phrases of a dataset that say the same, under one name. Only a confirmed group counts as one."""

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("Suggested")
        CONFIRMED = "confirmed", _("Confirmed")

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="phrase_groups", db_index=False)
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=State, default=State.SUGGESTED)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name"], name="generation_phrase_group_name"),
            models.CheckConstraint(
                condition=Q(state__in=["suggested", "confirmed"]), name="generation_phrase_group_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupedPhrase(models.Model):
    """A phrase in its group; in one group of its dataset at most."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey(PhraseGroup, models.CASCADE, related_name="phrases")
    phrase = models.CharField(max_length=100)

    class Meta:
        ordering = ["phrase"]
        constraints = [models.UniqueConstraint(fields=["dataset", "phrase"], name="generation_grouped_phrase_once")]

    def __str__(self) -> str:
        return self.phrase


class GroupingStep(models.Model):
    """What somebody did to the groups of a dataset: the groups that it changed, before and after, to be undone."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="grouping_steps")
    words = models.CharField(max_length=300)
    before = models.JSONField()
    after = models.JSONField()
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    undone = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.words
