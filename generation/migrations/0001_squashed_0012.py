import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from crsapp.migrating import Beginning


class Migration(Beginning):
    replaces = [
        ("generation", "0001_initial"),
        ("generation", "0002_keys_indexed_once"),
        ("generation", "0003_findable"),
        ("generation", "0004_asking_models"),
        ("generation", "0005_reviews"),
        ("generation", "0006_own_templates"),
        ("generation", "0007_writing_dialogues"),
        ("generation", "0008_order_without_joins"),
        ("generation", "0009_profiles_scenarios"),
        ("generation", "0010_enquiries_and_preferences"),
        ("generation", "0011_kinds_of_runs"),
        ("generation", "0012_runs_of_many_calls"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="version")),
                ("language", models.CharField(default="en", max_length=16, verbose_name="language")),
                ("domain", models.CharField(blank=True, max_length=200, verbose_name="domain")),
                ("licence", models.CharField(blank=True, max_length=200, verbose_name="licence")),
                ("citation", models.TextField(blank=True, verbose_name="citation")),
                (
                    "origin",
                    models.CharField(
                        choices=[("imported", "Imported"), ("generated", "Generated"), ("live", "Live")],
                        default="imported",
                        max_length=16,
                        verbose_name="origin",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("dialogues", "Dialogues"), ("reviews", "Reviews")], default="dialogues", max_length=16
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("checked", "Checked, waiting for your word"),
                            ("running", "Being imported"),
                            ("complete", "Complete"),
                            ("failed", "Failed"),
                            ("discarded", "Discarded"),
                        ],
                        default="checking",
                        max_length=16,
                    ),
                ),
                ("format", models.CharField(max_length=40)),
                ("filename", models.CharField(max_length=255)),
                ("file", models.FileField(blank=True, upload_to="imports/%Y/%m/")),
                ("items_file", models.FileField(blank=True, upload_to="imports/%Y/%m/")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("options", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("completed", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imports", to="generation.dataset"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-created"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["running", "complete"])),
                        fields=("dataset", "sha256"),
                        name="generation_import_file_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("worker", "Crowd worker"),
                            ("simulated", "Simulated user"),
                            ("reviewer", "Reviewer"),
                            ("live", "Live user"),
                        ],
                        default="worker",
                        max_length=16,
                    ),
                ),
                ("profile", models.TextField(blank=True)),
                ("profile_translations", models.JSONField(default=dict)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="people",
                        to="generation.dataset",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "people",
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "external_id"), name="generation_person_external_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Dialogue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("external_id", models.CharField(max_length=200)),
                ("partner", models.CharField(blank=True, max_length=200)),
                ("task", models.CharField(blank=True, max_length=200)),
                ("scenario", models.CharField(blank=True, max_length=200)),
                ("situation", models.TextField(blank=True)),
                ("situation_translations", models.JSONField(default=dict)),
                ("split", models.CharField(blank=True, max_length=16)),
                ("labels", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("utterance_count", models.PositiveIntegerField(default=0)),
                ("turn_count", models.PositiveIntegerField(default=0)),
                ("word_count", models.PositiveIntegerField(default=0)),
                ("first_words", models.CharField(blank=True, max_length=200)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dialogues",
                        to="generation.dataset",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dialogues",
                        to="generation.import",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="dialogues",
                        to="generation.person",
                    ),
                ),
            ],
            options={
                "ordering": ["dataset_id", "number"],
                "indexes": [
                    models.Index(fields=["dataset", "task", "number"], name="generation_dialogue_task"),
                    models.Index(fields=["dataset", "utterance_count", "number"], name="generation_dialogue_length"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "external_id"), name="generation_dialogue_external_id"),
                    models.UniqueConstraint(fields=("dataset", "number"), name="generation_dialogue_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("money_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                ("money_reserved", models.BigIntegerField(default=0)),
                ("money_spent", models.BigIntegerField(default=0)),
                ("money_overrun", models.BigIntegerField(default=0)),
                ("tokens_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                ("tokens_reserved", models.BigIntegerField(default=0)),
                ("tokens_spent", models.BigIntegerField(default=0)),
                ("tokens_overrun", models.BigIntegerField(default=0)),
                ("dialogues_limit", models.PositiveBigIntegerField(blank=True, null=True)),
                ("dialogues_reserved", models.BigIntegerField(default=0)),
                ("dialogues_spent", models.BigIntegerField(default=0)),
                ("dialogues_overrun", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("money_overrun__gte", 0),
                            ("money_reserved__gte", 0),
                            ("money_spent__gte", 0),
                            models.Q(
                                ("money_limit__isnull", True),
                                (
                                    "money_limit__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("money_reserved"), "+", models.F("money_spent")
                                        ),
                                        "-",
                                        models.F("money_overrun"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="generation_budget_money",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("tokens_overrun__gte", 0),
                            ("tokens_reserved__gte", 0),
                            ("tokens_spent__gte", 0),
                            models.Q(
                                ("tokens_limit__isnull", True),
                                (
                                    "tokens_limit__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("tokens_reserved"), "+", models.F("tokens_spent")
                                        ),
                                        "-",
                                        models.F("tokens_overrun"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="generation_budget_tokens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dialogues_overrun__gte", 0),
                            ("dialogues_reserved__gte", 0),
                            ("dialogues_spent__gte", 0),
                            models.Q(
                                ("dialogues_limit__isnull", True),
                                (
                                    "dialogues_limit__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("dialogues_reserved"), "+", models.F("dialogues_spent")
                                        ),
                                        "-",
                                        models.F("dialogues_overrun"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="generation_budget_dialogues",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preparation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Being prepared"),
                            ("complete", "In use"),
                            ("replaced", "Replaced"),
                            ("empty", "Left nothing"),
                            ("failed", "Failed"),
                        ],
                        default="running",
                        max_length=16,
                    ),
                ),
                ("settings", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("completed", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preparations",
                        to="generation.dataset",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-created", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["running", "complete"])),
                        fields=("dataset", "state"),
                        name="generation_preparation_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GenerationRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("reviews", "Written from reviews"), ("simulation", "Simulated users")],
                        default="reviews",
                        max_length=16,
                    ),
                ),
                ("is_scripted", models.BooleanField(default=False)),
                ("settings", models.JSONField()),
                ("settings_digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("cancelled", "Cancelled"),
                            ("complete", "Complete"),
                        ],
                        default="running",
                        max_length=16,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                ("all_planned", models.BooleanField(default=False)),
                ("done_before", models.PositiveIntegerField(default=0)),
                ("resumed", models.DateTimeField(blank=True, null=True)),
                ("finished", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "budget",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="run", to="generation.budget"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="run", to="generation.dataset"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs_from",
                        to="generation.dataset",
                    ),
                ),
                (
                    "preparation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="generation.preparation",
                    ),
                ),
            ],
            options={
                "ordering": ["-created", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "paused", "cancelled", "complete"])),
                        name="generation_run_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Planned",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("to_do", "To be written"),
                            ("kept", "Kept"),
                            ("given_up", "Given up"),
                            ("impossible", "Not possible"),
                        ],
                        default="to_do",
                        max_length=16,
                    ),
                ),
                ("person", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=200)),
                ("variant", models.CharField(blank=True, max_length=100)),
                ("plan", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="planned",
                        to="generation.generationrun",
                    ),
                ),
            ],
            options={
                "ordering": ["run_id", "n"],
                "indexes": [
                    models.Index(fields=["run", "state", "n"], name="generation_planned_state_n"),
                    models.Index(fields=["run", "subject", "variant"], name="generation_planned_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "n"), name="generation_planned_n"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["to_do", "kept", "given_up", "impossible"])),
                        name="generation_planned_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("utterances", models.JSONField(default=list)),
                ("findings", models.JSONField(default=list)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("open", "Under way"),
                            ("kept", "Kept"),
                            ("rejected", "Rejected"),
                            ("overridden", "Kept by a person"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=16)),
                ("signature", models.BinaryField(default=bytes)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "dialogue",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="made_by",
                        to="generation.dialogue",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="generation.generationrun",
                    ),
                ),
                (
                    "planned",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="generation.planned",
                    ),
                ),
            ],
            options={
                "ordering": ["run_id", "pk"],
                "indexes": [models.Index(fields=["run", "verdict", "code"], name="generation_attempt_code")],
                "constraints": [
                    models.UniqueConstraint(fields=("planned", "number"), name="generation_attempt_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("dialogue__isnull", False)),
                        fields=("planned",),
                        name="generation_attempt_one_dialogue",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["open", "kept", "rejected", "overridden"])),
                        name="generation_attempt_verdict",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("openai", "OpenAI-compatible"), ("scripted", "Scripted, offline")],
                        default="openai",
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("base_url", models.CharField(blank=True, max_length=500, verbose_name="base URL")),
                ("model", models.CharField(max_length=200, verbose_name="model")),
                (
                    "key_variable",
                    models.CharField(blank=True, max_length=100, verbose_name="variable that holds the key"),
                ),
                (
                    "temperature",
                    models.FloatField(
                        default=0.7,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(2),
                        ],
                        verbose_name="temperature",
                    ),
                ),
                (
                    "top_p",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0.01),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="top p",
                    ),
                ),
                (
                    "max_tokens",
                    models.PositiveIntegerField(
                        default=2048,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000),
                        ],
                        verbose_name="most tokens of an answer",
                    ),
                ),
                (
                    "price_in",
                    models.DecimalField(
                        decimal_places=6,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price of a million tokens asked",
                    ),
                ),
                (
                    "price_out",
                    models.DecimalField(
                        decimal_places=6,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price of a million tokens answered",
                    ),
                ),
                (
                    "in_flight",
                    models.PositiveIntegerField(
                        default=16,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="requests in flight",
                    ),
                ),
                (
                    "requests_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="requests a minute",
                    ),
                ),
                (
                    "tokens_per_minute",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="tokens a minute",
                    ),
                ),
                (
                    "seconds",
                    models.PositiveIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3600),
                        ],
                        verbose_name="seconds to wait for an answer",
                    ),
                ),
                (
                    "tries",
                    models.PositiveIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="times a call is tried",
                    ),
                ),
                ("mishaps", models.JSONField(blank=True, default=dict)),
                ("retired", models.BooleanField(default=False, verbose_name="retired")),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("in_flight__gte", 1)), name="generation_endpoint_in_flight"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_in__gte", 0), ("price_out__gte", 0)),
                        name="generation_endpoint_price",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("base_url", ""), ("kind", "openai"), _negated=True),
                        name="generation_endpoint_openai_has_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(blank=True, max_length=100)),
                ("attempt", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "In flight"),
                            ("answered", "Answered"),
                            ("failed", "Failed"),
                            ("lost", "Lost with its worker"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("prompt_name", models.CharField(max_length=100)),
                ("prompt_version", models.PositiveIntegerField()),
                ("prompt_digest", models.CharField(max_length=64)),
                ("messages", models.JSONField()),
                ("settings", models.JSONField()),
                ("outcome", models.CharField(blank=True, max_length=20)),
                ("answer", models.TextField(blank=True)),
                ("finish_reason", models.CharField(blank=True, max_length=40)),
                ("error", models.TextField(blank=True)),
                ("reserved_cost", models.PositiveBigIntegerField(default=0)),
                ("reserved_tokens", models.PositiveBigIntegerField(default=0)),
                ("tokens_in", models.PositiveBigIntegerField(blank=True, null=True)),
                ("tokens_out", models.PositiveBigIntegerField(blank=True, null=True)),
                ("cost", models.PositiveBigIntegerField(default=0)),
                ("assumed", models.BooleanField(default=False)),
                ("started", models.DateTimeField(blank=True, null=True)),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "budget",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="generation.budget",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="generation.endpoint"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["budget", "subject"], name="generation_call_subject"),
                    models.Index(condition=models.Q(("state", "open")), fields=["job"], name="generation_call_open"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "answered", "failed", "lost"])),
                        name="generation_call_state",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AttemptCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="said",
                        to="generation.attempt",
                    ),
                ),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="brought", to="generation.call"
                    ),
                ),
            ],
            options={
                "ordering": ["attempt_id", "place"],
                "constraints": [models.UniqueConstraint(fields=("attempt", "place"), name="generation_said_once")],
            },
        ),
        migrations.CreateModel(
            name="Findable",
            fields=[
                (
                    "dialogue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="findable",
                        serialize=False,
                        to="generation.dialogue",
                    ),
                ),
                ("words", models.TextField()),
                ("marks", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="DialogueTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("utterances", models.JSONField(default=list)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("changed", models.DateTimeField(auto_now=True)),
                ("archived", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="generation_template_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "endpoint",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pace",
                        serialize=False,
                        to="generation.endpoint",
                    ),
                ),
                ("requests_until", models.FloatField(default=0)),
                ("tokens_until", models.FloatField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("translation", "Translation"),
                            ("preferences", "Preferences"),
                            ("synonyms", "Synonyms"),
                        ],
                        max_length=16,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=16)),
                ("is_scripted", models.BooleanField(default=False)),
                ("settings", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("cancelled", "Ended early"),
                            ("complete", "Complete"),
                            ("deleted", "Deleted"),
                        ],
                        default="running",
                        max_length=16,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                ("all_planned", models.BooleanField(default=False)),
                ("done_before", models.PositiveIntegerField(default=0)),
                ("resumed", models.DateTimeField(blank=True, null=True)),
                ("finished", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "budget",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enquiry", to="generation.budget"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enquiries",
                        to="generation.dataset",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enquiries", to="generation.endpoint"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "ordering": ["-created", "-pk"],
                "indexes": [models.Index(fields=["dataset", "kind"], name="generation_enquiry_dataset")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["running", "paused"])),
                        fields=("dataset", "kind", "language"),
                        name="generation_enquiry_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "paused", "cancelled", "complete", "deleted"])),
                        name="generation_enquiry_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "translation"), ("language", ""), _connector="XOR"),
                        name="generation_enquiry_translation_has_language",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupingStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=300)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("undone", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grouping_steps",
                        to="generation.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=500)),
                ("year", models.IntegerField(blank=True, null=True)),
                ("attributes", models.JSONField(default=dict)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="generation.dataset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "external_id"), name="generation_item_external_id")
                ],
            },
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("undone", models.DateTimeField(blank=True, null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="overrides",
                        to="generation.attempt",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["attempt"], name="generation_override_attempt")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone__isnull", True)),
                        fields=("attempt",),
                        name="generation_override_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("description", models.TextField(verbose_name="description")),
                ("variables", models.JSONField(default=list)),
                ("language", models.CharField(default="en", max_length=16)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("changed", models.DateTimeField(auto_now=True)),
                ("archived", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rating", models.FloatField()),
                ("at", models.BigIntegerField(blank=True, null=True)),
                ("title", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="interactions", to="generation.import"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="interactions", to="generation.item"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="interactions", to="generation.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PhraseGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[("suggested", "Suggested"), ("confirmed", "Confirmed")],
                        default="suggested",
                        max_length=16,
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phrase_groups",
                        to="generation.dataset",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "name"), name="generation_phrase_group_name"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["suggested", "confirmed"])),
                        name="generation_phrase_group_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupedPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phrase", models.CharField(max_length=100)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="generation.dataset",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phrases", to="generation.phrasegroup"
                    ),
                ),
            ],
            options={
                "ordering": ["phrase"],
                "constraints": [
                    models.UniqueConstraint(fields=("dataset", "phrase"), name="generation_grouped_phrase_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfilePool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("language", models.CharField(default="en", max_length=16, verbose_name="language")),
                ("size", models.PositiveIntegerField(default=0, verbose_name="profiles wanted")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("resting", "Not being written"),
                            ("writing", "Being written"),
                            ("stopped", "Stopped"),
                            ("full", "Full"),
                        ],
                        default="resting",
                        max_length=16,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("is_scripted", models.BooleanField(default=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "budget",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profile_pool",
                        to="generation.budget",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profile_pools",
                        to="generation.endpoint",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "ordering": ["-created", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="generation_profile_pool_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["resting", "writing", "stopped", "full"])),
                        name="generation_profile_pool_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PoolProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                ("gender", models.TextField(blank=True)),
                ("age", models.TextField(blank=True)),
                ("personality", models.TextField(blank=True)),
                ("occupation", models.TextField(blank=True)),
                ("interests", models.TextField(blank=True)),
                ("travel", models.TextField(blank=True)),
                ("dining", models.TextField(blank=True)),
                ("spending", models.TextField(blank=True)),
                ("other", models.TextField(blank=True)),
                ("translations", models.JSONField(blank=True, default=dict)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("changed", models.DateTimeField(auto_now=True)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="profiles_written",
                        to="generation.call",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profiles",
                        to="generation.profilepool",
                    ),
                ),
            ],
            options={
                "ordering": ["pool_id", "number"],
                "constraints": [models.UniqueConstraint(fields=("pool", "number"), name="generation_profile_number")],
            },
        ),
        migrations.CreateModel(
            name="ExampleProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(default="en", max_length=16)),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("note", models.TextField(blank=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="generation.poolprofile",
                    ),
                ),
            ],
            options={
                "ordering": ["language", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("language", "version"), name="generation_example_profile_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="PreparedReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "bucket",
                    models.CharField(
                        choices=[
                            ("like", "Like"),
                            ("dislike", "Dislike"),
                            ("might_like", "Might like"),
                            ("neutral", "Neither"),
                        ],
                        max_length=16,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prepared",
                        to="generation.interaction",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="generation.person",
                    ),
                ),
                (
                    "preparation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="generation.preparation",
                    ),
                ),
            ],
            options={
                "ordering": ["preparation_id", "person", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("preparation", "person", "position"), name="generation_prepared_review_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField()),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="edits", to="generation.poolprofile"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="RoleCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("roles_kept", models.BooleanField()),
                ("reason", models.TextField(blank=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("undone", models.DateTimeField(blank=True, null=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_checks",
                        to="generation.attempt",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["attempt"], name="generation_role_check_attempt")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone__isnull", True)),
                        fields=("attempt",),
                        name="generation_role_check_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plays",
                    models.CharField(
                        choices=[("writer", "Writer"), ("user", "Simulated user"), ("assistant", "Assistant")],
                        max_length=16,
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="generation.endpoint"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="generation.generationrun",
                    ),
                ),
            ],
            options={
                "ordering": ["run_id", "-plays", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "plays", "endpoint"), name="generation_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(("plays__in", ["writer", "user", "assistant"])), name="generation_part_plays"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TickedScenario",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=100)),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=1000)),
                ("values", models.JSONField(default=dict)),
                ("text", models.TextField()),
                ("translations", models.JSONField(blank=True, default=dict)),
                ("language", models.CharField(default="en", max_length=16)),
                ("is_ticked", models.BooleanField(default=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["task", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "number"), name="generation_scenario_number"),
                    models.UniqueConstraint(fields=("task", "key"), name="generation_scenario_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Utterance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveIntegerField()),
                ("speaker", models.CharField(choices=[("user", "User"), ("system", "Agent")], max_length=8)),
                ("text", models.TextField()),
                ("translations", models.JSONField(default=dict)),
                ("labels", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                (
                    "dialogue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="utterances",
                        to="generation.dialogue",
                    ),
                ),
            ],
            options={
                "ordering": ["dialogue_id", "index"],
                "constraints": [
                    models.UniqueConstraint(fields=("dialogue", "index"), name="generation_utterance_index"),
                    models.CheckConstraint(
                        condition=models.Q(("speaker__in", ["user", "system"])), name="generation_utterance_speaker"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entry", models.CharField(blank=True, max_length=100)),
                ("words", models.CharField(max_length=100)),
                ("phrase", models.CharField(max_length=100)),
                (
                    "dataset",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="generation.dataset",
                    ),
                ),
                (
                    "dialogue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="generation.dialogue",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="generation.enquiry",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="generation.person",
                    ),
                ),
                (
                    "utterance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="preferences",
                        to="generation.utterance",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["dataset", "phrase"], name="generation_preference_phrase")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dialogue__isnull", False), ("person__isnull", False), _connector="XOR"),
                        name="generation_preference_of",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemMention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField(blank=True, null=True)),
                ("end", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("mentioned", "Mentioned"),
                            ("recommended", "Recommended"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                        ],
                        default="mentioned",
                        max_length=16,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="generation.item"
                    ),
                ),
                (
                    "utterance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="generation.utterance"
                    ),
                ),
            ],
            options={
                "ordering": ["utterance_id", "start"],
            },
        ),
        migrations.CreateModel(
            name="AskedText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveIntegerField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("utterance", "Utterance"),
                            ("situation", "Situation"),
                            ("profile", "Profile"),
                            ("dialogue", "Dialogue"),
                            ("phrases", "Phrases"),
                        ],
                        max_length=16,
                    ),
                ),
                ("phrases", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("to_do", "To be asked"), ("done", "Done"), ("failed", "Failed")],
                        default="to_do",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="asked",
                        to="generation.call",
                    ),
                ),
                (
                    "dialogue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="generation.dialogue",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="generation.enquiry",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="generation.person",
                    ),
                ),
                (
                    "utterance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="generation.utterance",
                    ),
                ),
            ],
            options={
                "ordering": ["enquiry_id", "n"],
                "indexes": [models.Index(fields=["enquiry", "state", "n"], name="generation_asked_state_n")],
                "constraints": [
                    models.UniqueConstraint(fields=("enquiry", "n"), name="generation_asked_n"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["to_do", "done", "failed"])), name="generation_asked_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("utterance__isnull", False), ("what", "utterance")),
                            models.Q(("dialogue__isnull", False), ("what__in", ["situation", "dialogue"])),
                            models.Q(("person__isnull", False), ("what", "profile")),
                            ("what", "phrases"),
                            _connector="OR",
                        ),
                        name="generation_asked_what",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="calls",
            field=models.ManyToManyField(
                related_name="attempts", through="generation.AttemptCall", to="generation.call"
            ),
        ),
    ]
