"""Runs of several kinds, by several endpoints, with attempts of many calls: the new rows, filled from the old columns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    run_model, part = apps.get_model("generation", "GenerationRun"), apps.get_model("generation", "RunPart")
    attempt, said = apps.get_model("generation", "Attempt"), apps.get_model("generation", "AttemptCall")
    for run in run_model.objects.all():
        part.objects.create(run=run, plays="writer", endpoint_id=run.endpoint_id)
        if "prompt" in run.settings:
            run.settings["prompts"] = [run.settings.pop("prompt")]
            run.settings["endpoints"] = [{"plays": "writer", **run.settings.pop("endpoint")}]
            run.save(update_fields=["settings"])
    made = (
        said(attempt_id=pk, place=0, call_id=call) for pk, call in attempt.objects.values_list("pk", "call").iterator()
    )
    said.objects.bulk_create(made, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0010_enquiries_and_preferences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="generationrun",
            name="kind",
            field=models.CharField(
                choices=[("reviews", "Written from reviews"), ("simulation", "Simulated users")],
                default="reviews",
                max_length=16,
            ),
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
                        condition=models.Q(("plays__in", ["writer", "user", "assistant"])),
                        name="generation_part_plays",
                    ),
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
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "place"), name="generation_said_once"),
                ],
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
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
