"""Whom and what conversations are simulated from: pools of profiles, tasks of one's own, ticked scenarios."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models.calls import Budget, Call, Endpoint
from generation.simulation.profiles import FIELDS, Profile
from generation.simulation.scenarios import Scenario, Task
from generation.simulation.tasks import variables_of


class ProfilePool(models.Model):
    """A named set of profiles, written by a model, by people, or imported.

    `settings` is what a model was asked for; `why` says why writing stopped before the pool was full. From the number
    `unchecked_from` on, findings are still to be told anew.
    """

    class State(models.TextChoices):
        RESTING = "resting", _("Not being written")
        WRITING = "writing", _("Being written")
        STOPPED = "stopped", _("Stopped")
        FULL = "full", _("Full")

    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=16, default="en")
    size = models.PositiveIntegerField(_("profiles wanted"), default=0)
    state = models.CharField(max_length=16, choices=State, default=State.RESTING)
    why = models.TextField(blank=True)
    settings = models.JSONField(default=dict, blank=True)
    is_scripted = models.BooleanField(default=False)
    unchecked_from = models.PositiveIntegerField(null=True, blank=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, null=True, blank=True, related_name="profile_pools")
    budget = models.OneToOneField(Budget, models.PROTECT, null=True, blank=True, related_name="profile_pool")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="generation_profile_pool_name"),
            models.CheckConstraint(
                condition=Q(state__in=["resting", "writing", "stopped", "full"]), name="generation_profile_pool_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PoolProfileQuerySet(models.QuerySet["PoolProfile"]):
    def in_pool(self, pool: ProfilePool) -> Self:
        """Those that count, by their numbers; not those that were left out."""
        return self.filter(pool=pool, number__isnull=False).order_by("number")

    def left_out(self, pool: ProfilePool) -> Self:
        return self.filter(pool=pool, number__isnull=True).order_by("pk")


class PoolProfile(models.Model):
    """A profile in its pool. Without a number it was left out, for what `findings` say, and stays to be looked at.

    Numbers count from 0, as the published ones do, and are never given again.
    """

    pool = models.ForeignKey(ProfilePool, models.CASCADE, related_name="profiles", db_index=False)
    number = models.PositiveIntegerField(null=True, blank=True)
    gender = models.TextField(blank=True)
    age = models.TextField(blank=True)
    personality = models.TextField(blank=True)
    occupation = models.TextField(blank=True)
    interests = models.TextField(blank=True)
    travel = models.TextField(blank=True)
    dining = models.TextField(blank=True)
    spending = models.TextField(blank=True)
    other = models.TextField(blank=True)
    translations = models.JSONField(default=dict, blank=True)
    findings = models.JSONField(default=list, blank=True)
    call = models.ForeignKey(Call, models.SET_NULL, null=True, blank=True, related_name="profiles_written")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    objects = PoolProfileQuerySet.as_manager()

    class Meta:
        ordering = ["pool_id", "number"]
        constraints = [models.UniqueConstraint(fields=["pool", "number"], name="generation_profile_number")]

    def __str__(self) -> str:
        return f"{self.pool_id}/{self.number}"

    @property
    def profile(self) -> Profile:
        return Profile(**{name: getattr(self, name) for name in FIELDS})


class ProfileEdit(models.Model):
    """A profile as it was before a person changed it."""

    profile = models.ForeignKey(PoolProfile, models.CASCADE, related_name="edits")
    before = models.JSONField()
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.profile_id}, {self.created:%Y-%m-%d %H:%M}"


class ExampleProfile(models.Model):
    """A version of the profile that models are shown as an example. The highest of a language is in force."""

    language = models.CharField(max_length=16, default="en")
    version = models.PositiveIntegerField()
    text = models.TextField()
    note = models.TextField(blank=True)
    source = models.ForeignKey(PoolProfile, models.SET_NULL, null=True, blank=True, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["language", "version"], name="generation_example_profile_version")
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.version}"


class OwnTaskQuerySet(models.QuerySet["OwnTask"]):
    def in_use(self) -> Self:
        return self.filter(archived__isnull=True)


class OwnTask(models.Model):
    """A task of somebody's own beside those that come with the product; it is usable as it stands, or not kept."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("description"))
    variables = models.JSONField(default=list)
    language = models.CharField(max_length=16, default="en")
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    archived = models.DateTimeField(null=True, blank=True)

    objects = OwnTaskQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def task(self) -> Task:
        return Task(self.slug, self.title, self.description, variables_of(self.variables), self.language)


class TickedScenarioQuerySet(models.QuerySet["TickedScenario"]):
    def ticked(self) -> Self:
        return self.filter(is_ticked=True).order_by("task", "number")


class TickedScenario(models.Model):
    """A scenario that a researcher chose, with its text as it was then. Its number in its task never changes."""

    task = models.CharField(max_length=60)
    title = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=1000)
    values = models.JSONField(default=dict)
    text = models.TextField()
    translations = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=16, default="en")
    is_ticked = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = TickedScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["task", "number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="generation_scenario_number"),
            models.UniqueConstraint(fields=["task", "key"], name="generation_scenario_key"),
        ]

    def __str__(self) -> str:
        return f"{self.title}/{self.number}"

    @property
    def scenario(self) -> Scenario:
        return Scenario(self.task, self.title, self.number, self.values, self.text, self.language)
