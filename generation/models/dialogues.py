"""Dialogues and what they are about. Files become these rows in `generation/services/importing.py` alone.

A foreign key that a unique constraint begins with has no index of its own: that one serves, and imports are faster.
"""

from typing import Self

from django.conf import settings
from django.core.files.storage import Storage
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from crsapp.jobs.models import Job


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def visible(self) -> Self:
        """Those with something to show: at least one finished import, or made here."""
        return self.filter(~Q(origin=Dataset.Origin.IMPORTED) | Q(imports__state=Import.State.COMPLETE)).distinct()

    def with_counts(self) -> Self:
        """With `dialogue_total` and `utterance_total` of the visible dialogues, and `review_total`, counted now."""
        own = Dialogue.objects.visible().filter(dataset=models.OuterRef("pk")).order_by().values("dataset")
        dialogues = own.annotate(total=models.Count("pk")).values("total")
        utterances = own.annotate(total=models.Sum("utterance_count")).values("total")
        brought = Import.objects.filter(dataset=models.OuterRef("pk"), kind="reviews", state=Import.State.COMPLETE)
        counted = Cast(KT("report__reviews"), models.BigIntegerField())
        reviews = brought.order_by().values("dataset").annotate(total=models.Sum(counted)).values("total")
        return self.annotate(
            review_total=Coalesce(models.Subquery(reviews), 0),
            dialogue_total=Coalesce(models.Subquery(dialogues), 0),
            utterance_total=Coalesce(models.Subquery(utterances), 0),
        )

    def with_origin(self) -> Self:
        """With `is_scripted`: as the run says that makes it, and as its dialogues say of themselves wherever they go.

        A run says the same of all its dialogues, so one speaks for them: one row a dataset and an import is looked at.
        """
        told = Dialogue.objects.annotate(says=KT("metadata__generated__scripted"))
        own = told.visible().filter(dataset=models.OuterRef("pk")).order_by("number").values("says")
        brought = told.filter(source=models.OuterRef("pk")).order_by().values("says")
        imports = Import.objects.filter(dataset=models.OuterRef("pk"), state=Import.State.COMPLETE)
        says_so = imports.alias(says=models.Subquery(brought[:1])).filter(says="true")
        scripted = Q(run__is_scripted=True) | Q(first_says="true") | models.Exists(says_so)
        found = models.Case(models.When(scripted, then=True), default=False, output_field=models.BooleanField())
        return self.alias(first_says=models.Subquery(own[:1])).annotate(is_scripted=found)


class Dataset(models.Model):
    """A named set of dialogues with its licence, language, origin and provenance."""

    class Origin(models.TextChoices):
        IMPORTED = "imported", _("Imported")
        GENERATED = "generated", _("Generated")
        LIVE = "live", _("Live")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=16, default="en")
    domain = models.TextField(_("domain"), blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    citation = models.TextField(_("citation"), blank=True)
    origin = models.CharField(_("origin"), max_length=16, choices=Origin, default=Origin.IMPORTED)
    is_demo = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def domains(self) -> list[str]:
        """What its dialogues are about, one by one: a simulation names each of its tasks."""
        return [part.strip() for part in self.domain.split(",") if part.strip()]


class Import(models.Model):
    """One file read into a dataset. What it brings is invisible until it is complete; a failed one leaves nothing."""

    class Kind(models.TextChoices):
        """What it brings. The value is also the name of their count in the report."""

        DIALOGUES = "dialogues", _("Dialogues")
        REVIEWS = "reviews", _("Reviews")

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waiting for your word")
        RUNNING = "running", _("Being imported")
        COMPLETE = "complete", _("Complete")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Discarded")

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.DIALOGUES)
    state = models.CharField(max_length=16, choices=State, default=State.CHECKING)
    format = models.CharField(max_length=40)
    filename = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    items_file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    completed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "sha256"],
                condition=Q(state__in=["running", "complete"]),
                name="generation_import_file_once",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def amount(self) -> int:
        """How many dialogues or reviews its report counts."""
        return int(self.report.get(self.kind, 0))

    @property
    def is_refused(self) -> bool:
        """Whether it is checked, and nothing of it can be imported as it is read now."""
        return self.state == Import.State.CHECKED and (not self.amount or bool(self.report.get("fatal")))

    @property
    def is_open(self) -> bool:
        """Whether its file can still be read in another way."""
        return self.state in (Import.State.CHECKED, Import.State.FAILED) and bool(self.file)

    def files(self) -> list[tuple[Storage, str]]:
        """What is kept of it, to be deleted with it."""
        kept = (file for file in (self.file, self.items_file) if file)
        return [(file.storage, str(file.name)) for file in kept]


class Item(models.Model):
    """What is recommended: a film, a book, a place."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="items", db_index=False)
    external_id = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    year = models.IntegerField(null=True, blank=True)
    attributes = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "external_id"], name="generation_item_external_id")]

    def __str__(self) -> str:
        return self.title


class Person(models.Model):
    """Whose behaviour or profile stands behind a dialogue."""

    class Kind(models.TextChoices):
        WORKER = "worker", _("Crowd worker")
        SIMULATED = "simulated", _("Simulated user")
        REVIEWER = "reviewer", _("Reviewer")
        LIVE = "live", _("Live user")

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="people", db_index=False)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.WORKER)
    profile = models.TextField(blank=True)
    profile_translations = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "people"
        constraints = [models.UniqueConstraint(fields=["dataset", "external_id"], name="generation_person_external_id")]

    def __str__(self) -> str:
        return self.external_id


class DialogueQuerySet(models.QuerySet["Dialogue"]):
    def visible(self) -> Self:
        """Those of finished imports, and those made here."""
        return self.filter(Q(source__isnull=True) | Q(source__state=Import.State.COMPLETE))

    def visible_in(self, dataset: Dataset) -> Self:
        """The same of one dataset, without joining the import to each."""
        complete = list(dataset.imports.filter(state=Import.State.COMPLETE).values_list("pk", flat=True))
        return self.filter(Q(source__isnull=True) | Q(source__in=complete), dataset=dataset)

    def in_dataset(self, dataset: Dataset) -> Self:
        return self.filter(dataset=dataset)

    def with_utterances(self) -> Self:
        return self.prefetch_related(
            models.Prefetch("utterances", Utterance.objects.order_by("index")), "utterances__mentions__item"
        )


class Dialogue(models.Model):
    """A conversation between a user and a system."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="dialogues", db_index=False)
    source = models.ForeignKey(Import, models.CASCADE, null=True, blank=True, related_name="dialogues")
    number = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="dialogues")
    partner = models.CharField(max_length=200, blank=True)
    task = models.CharField(max_length=200, blank=True)
    scenario = models.CharField(max_length=200, blank=True)
    situation = models.TextField(blank=True)
    situation_translations = models.JSONField(default=dict, db_default={})
    split = models.CharField(max_length=16, blank=True)
    labels = models.JSONField(default=dict, db_default={})
    metadata = models.JSONField(default=dict, db_default={})
    utterance_count = models.PositiveIntegerField(default=0)
    turn_count = models.PositiveIntegerField(default=0)
    word_count = models.PositiveIntegerField(default=0)
    first_words = models.CharField(max_length=200, blank=True)

    objects = DialogueQuerySet.as_manager()

    class Meta:
        ordering = ["dataset_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "external_id"], name="generation_dialogue_external_id"),
            models.UniqueConstraint(fields=["dataset", "number"], name="generation_dialogue_number"),
        ]
        indexes = [
            models.Index(fields=["dataset", "task", "number"], name="generation_dialogue_task"),
            models.Index(fields=["dataset", "utterance_count", "number"], name="generation_dialogue_length"),
        ]

    def __str__(self) -> str:
        return self.external_id


class Utterance(models.Model):
    """One message as it stands in its file. Labels that came with it stay labels; they are never judgments."""

    class Speaker(models.TextChoices):
        USER = "user", _("User")
        SYSTEM = "system", _("Agent")

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="utterances", db_index=False)
    index = models.PositiveIntegerField()
    speaker = models.CharField(max_length=8, choices=Speaker)
    text = models.TextField()
    translations = models.JSONField(default=dict, db_default={})
    labels = models.JSONField(default=dict, db_default={})
    metadata = models.JSONField(default=dict, db_default={})

    class Meta:
        ordering = ["dialogue_id", "index"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue", "index"], name="generation_utterance_index"),
            models.CheckConstraint(condition=Q(speaker__in=["user", "system"]), name="generation_utterance_speaker"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Findable(models.Model):
    """What a dialogue is found by (`generation/finding.py`). Written with its utterances."""

    dialogue = models.OneToOneField(Dialogue, models.CASCADE, primary_key=True, related_name="findable")
    words = models.TextField()
    marks = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.words[:60]


class ItemMention(models.Model):
    """Where a dialogue names an item, and as what. The span counts characters of the utterance's text as filed."""

    class Role(models.TextChoices):
        MENTIONED = "mentioned", _("Mentioned")
        RECOMMENDED = "recommended", _("Recommended")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")

    utterance = models.ForeignKey(Utterance, models.CASCADE, related_name="mentions")
    item = models.ForeignKey(Item, models.CASCADE, related_name="mentions")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    role = models.CharField(max_length=16, choices=Role, default=Role.MENTIONED)

    class Meta:
        ordering = ["utterance_id", "start"]

    def __str__(self) -> str:
        return str(self.item)
