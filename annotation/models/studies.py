"""A study, its parts and what is shown in it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from generation.models import Dataset, Dialogue


class Study(models.Model):
    """An ordered list of blocks and its protocol, frozen with a digest when it opens.

    `protocol` and `digest` are those in force; what they were before stands in the amendments. `revision` counts what
    changed the study's figures without anybody writing a judgment: an exclusion, say.
    """

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
    deadline = models.DateTimeField(null=True, blank=True)
    amendment_number = models.PositiveSmallIntegerField(default=0)
    pilot_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="pilots")
    revision = models.PositiveBigIntegerField(default=0)

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
        return self.revision + (total or 0)


class Block(models.Model):
    """One part of an open study: a sample of dialogues or pairs, the instruments asked of it, and how many judge.

    Written when the study opens; until then the protocol says it all. `languages` are the translations offered.
    """

    class Design(models.TextChoices):
        PANEL = "panel", _("Panel: everybody judges everything")
        OVERLAP = "overlap", _("Overlap: k annotators a unit")
        ELSEWHERE = "elsewhere", _("Judged elsewhere: as many annotators a unit as there were")

    class Target(models.TextChoices):
        DIALOGUE = "dialogue", _("Dialogues")
        PAIR = "pair", _("Pairs of dialogues")

    study = models.ForeignKey(Study, models.CASCADE, related_name="blocks")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    target = models.CharField(max_length=8, choices=Target)
    design = models.CharField(max_length=12, choices=Design)
    annotators_per_unit = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    languages = models.JSONField(default=list)

    class Meta:
        ordering = ["study_id", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="annotation_block_number")]

    def __str__(self) -> str:
        return f"{self.study} {self.number}: {self.name}"


class Exhibit(models.Model):
    """One sampled dialogue as this block shows it: normalised, blinded, frozen, with a digest of what was shown.

    What was judged elsewhere may not be here: then the names stand that its file gave it and its dataset.
    """

    block = models.ForeignKey(Block, models.CASCADE, related_name="exhibits")
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, null=True, blank=True, related_name="+")
    dataset = models.ForeignKey(Dataset, models.PROTECT, null=True, blank=True, related_name="+")
    dialogue_name = models.CharField(max_length=200, blank=True)
    dataset_name = models.CharField(max_length=80, blank=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    probability = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "dialogue"], name="annotation_exhibit_dialogue_once"),
            models.CheckConstraint(
                condition=Q(dialogue__isnull=False, dataset__isnull=False) | ~Q(dialogue_name=""),
                name="annotation_exhibit_named",
            ),
        ]

    def __str__(self) -> str:
        return str(self.dialogue or self.dialogue_name)


class Unit(models.Model):
    """What is judged at once: a dialogue (`first`), or a pair (`first` and `second`).

    An excluded unit stays with all its answers, but nobody is asked about it any more and no figure counts it.
    """

    block = models.ForeignKey(Block, models.CASCADE, related_name="units")
    number = models.PositiveIntegerField()
    first = models.ForeignKey(Exhibit, models.PROTECT, related_name="+")
    second = models.ForeignKey(Exhibit, models.PROTECT, related_name="+", null=True, blank=True)
    digest = models.CharField(max_length=64)
    probability = models.FloatField()
    excluded = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["block_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["block", "number"], name="annotation_unit_number"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="annotation_unit_two_different_dialogues"),
        ]
        indexes = [
            models.Index(fields=["block"], condition=Q(excluded__isnull=False), name="annotation_unit_excluded"),
        ]

    def __str__(self) -> str:
        return f"unit {self.number}"


class Amendment(models.Model):
    """A change to an open study's protocol: number, why, by whom, and the protocol as it was until then.

    `before` and `after` are the digests of the protocol before and after; the one in force stands on the study.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField()
    changes = models.JSONField()
    protocol_before = models.JSONField()
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)

    class Meta:
        ordering = ["study_id", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="annotation_amendment_number")]

    def __str__(self) -> str:
        return f"amendment {self.number}"


class RecordError(TypeError):
    """Somebody tried to change or delete a line of a study's record."""


class EventQuerySet(models.QuerySet["Event"]):
    def _refuse(self, *_args: object, **_more: object) -> Any:
        raise RecordError("A study's record is only ever added to, by `annotation.services.recording.record`.")

    update = delete = bulk_update = bulk_create = _refuse


class Event(models.Model):
    """A line of a study's append-only record: opened, closed, names seen, results looked at, a link revoked.

    `who` is the name as it was then; `digest` is that of the line and of the one before it (`annotation/chain.py`).
    A line never says who an annotator is beyond the pseudonym.
    """

    study = models.ForeignKey(Study, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=301, blank=True)
    kind = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["study_id", "number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="annotation_event_number")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **more: Any) -> None:
        if not self._state.adding:
            raise RecordError("A line of a study's record is never changed.")
        super().save(*args, **more)

    def delete(self, *args: Any, **more: Any) -> tuple[int, dict[str, int]]:
        raise RecordError("A line of a study's record is never deleted.")
