"""What models are asked: where, within which budget, and every single call with what came of it."""

from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crsapp.jobs.models import Job
from generation.llm.money import money


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def in_use(self) -> Self:
        return self.filter(retired=False)


class Endpoint(models.Model):
    """Where a model is asked, which one, at what price and pace. Of its key only the variable's name is known here."""

    class Kind(models.TextChoices):
        OPENAI = "openai", _("OpenAI-compatible")
        SCRIPTED = "scripted", _("Scripted, offline")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OPENAI)
    base_url = models.CharField(_("base URL"), max_length=500, blank=True)
    model = models.CharField(_("model"), max_length=200)
    key_variable = models.CharField(_("variable that holds the key"), max_length=100, blank=True)
    temperature = models.FloatField(
        _("temperature"), default=0.7, validators=[MinValueValidator(0), MaxValueValidator(2)]
    )
    top_p = models.FloatField(
        _("top p"), null=True, blank=True, validators=[MinValueValidator(0.01), MaxValueValidator(1)]
    )
    max_tokens = models.PositiveIntegerField(
        _("most tokens of an answer"), default=2048, validators=[MinValueValidator(1), MaxValueValidator(1_000_000)]
    )
    price_in = models.DecimalField(
        _("price of a million tokens asked"),
        max_digits=14,
        decimal_places=6,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    price_out = models.DecimalField(
        _("price of a million tokens answered"),
        max_digits=14,
        decimal_places=6,
        default=Decimal(0),
        validators=[MinValueValidator(0)],
    )
    in_flight = models.PositiveIntegerField(
        _("requests in flight"), default=16, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    requests_per_minute = models.PositiveIntegerField(
        _("requests a minute"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tokens_per_minute = models.PositiveIntegerField(
        _("tokens a minute"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    seconds = models.PositiveIntegerField(
        _("seconds to wait for an answer"), default=120, validators=[MinValueValidator(1), MaxValueValidator(3600)]
    )
    tries = models.PositiveIntegerField(
        _("times a call is tried"), default=5, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    mishaps = models.JSONField(default=dict, blank=True)
    retired = models.BooleanField(_("retired"), default=False)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(in_flight__gte=1), name="generation_endpoint_in_flight"),
            models.CheckConstraint(condition=Q(price_in__gte=0, price_out__gte=0), name="generation_endpoint_price"),
            models.CheckConstraint(
                condition=~Q(kind="openai", base_url=""), name="generation_endpoint_openai_has_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_scripted(self) -> bool:
        return self.kind == self.Kind.SCRIPTED


class Pace(models.Model):
    """When an endpoint may next be asked, by the clock that all workers share (seconds since 1970)."""

    endpoint = models.OneToOneField(Endpoint, models.CASCADE, primary_key=True, related_name="pace")
    requests_until = models.FloatField(default=0)
    tokens_until = models.FloatField(default=0)

    def __str__(self) -> str:
        return str(self.endpoint)


def _within(what: str) -> models.CheckConstraint:
    """Never more held and spent than the limit, but for what an endpoint charged beyond its own max_tokens."""
    held = F(f"{what}_reserved") + F(f"{what}_spent")
    room = Q(**{f"{what}_limit__isnull": True}) | Q(**{f"{what}_limit__gte": held - F(f"{what}_overrun")})
    return models.CheckConstraint(
        condition=Q(**{f"{what}_reserved__gte": 0, f"{what}_spent__gte": 0, f"{what}_overrun__gte": 0}) & room,
        name=f"generation_budget_{what}",
    )


class Budget(models.Model):
    """What a run may use: money (in billionths, so that sums are exact), tokens, dialogues. No limit: NULL.

    What is reserved is held for calls in flight; `generation/llm/budget.py` alone writes here.
    """

    money_limit = models.PositiveBigIntegerField(null=True, blank=True)
    money_reserved = models.BigIntegerField(default=0)
    money_spent = models.BigIntegerField(default=0)
    money_overrun = models.BigIntegerField(default=0)
    tokens_limit = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_reserved = models.BigIntegerField(default=0)
    tokens_spent = models.BigIntegerField(default=0)
    tokens_overrun = models.BigIntegerField(default=0)
    dialogues_limit = models.PositiveBigIntegerField(null=True, blank=True)
    dialogues_reserved = models.BigIntegerField(default=0)
    dialogues_spent = models.BigIntegerField(default=0)
    dialogues_overrun = models.BigIntegerField(default=0)

    class Meta:
        constraints = [_within("money"), _within("tokens"), _within("dialogues")]

    def __str__(self) -> str:
        return f"{money(self.money_spent)} · {self.tokens_spent} tokens · {self.dialogues_spent} dialogues"


class CallQuerySet(models.QuerySet["Call"]):
    def open(self) -> Self:
        return self.filter(state=Call.State.OPEN)

    def totals(self) -> dict[str, Any]:
        """How many there were, what they cost (billionths), their tokens, and how much of the cost is assumed."""
        return self.aggregate(
            calls=models.Count("pk"),
            total_cost=models.Sum("cost", default=0),
            assumed_cost=models.Sum("cost", filter=Q(assumed=True), default=0),
            tokens_asked=models.Sum("tokens_in", default=0),
            tokens_answered=models.Sum("tokens_out", default=0),
        )


class Call(models.Model):
    """One try at one question. It is on record before it is sent, and says afterwards what came of it."""

    class State(models.TextChoices):
        OPEN = "open", _("In flight")
        ANSWERED = "answered", _("Answered")
        FAILED = "failed", _("Failed")
        LOST = "lost", _("Lost with its worker")

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="calls")
    budget = models.ForeignKey(Budget, models.PROTECT, null=True, blank=True, related_name="calls")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    prompt_name = models.CharField(max_length=100)
    prompt_version = models.PositiveIntegerField()
    prompt_digest = models.CharField(max_length=64)
    messages = models.JSONField()
    settings = models.JSONField()
    outcome = models.CharField(max_length=20, blank=True)
    answer = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    reserved_cost = models.PositiveBigIntegerField(default=0)
    reserved_tokens = models.PositiveBigIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(null=True, blank=True)
    tokens_out = models.PositiveBigIntegerField(null=True, blank=True)
    cost = models.PositiveBigIntegerField(default=0)
    assumed = models.BooleanField(default=False)
    started = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered", "failed", "lost"]), name="generation_call_state"
            )
        ]
        indexes = [
            models.Index(fields=["budget", "subject"], name="generation_call_subject"),
            models.Index(fields=["job"], condition=Q(state="open"), name="generation_call_open"),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}/{self.subject}/{self.attempt}"
