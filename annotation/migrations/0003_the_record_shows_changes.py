from typing import Any

from django.db import migrations, models

from annotation.chain import line_digest, settled


def chain_what_is_there(apps: Any, _editor: Any) -> None:
    """Number the lines of every study as they were shown until now, and chain them."""
    event = apps.get_model("annotation", "Event")
    study, number, previous = None, 0, ""
    rows = event.objects.select_related("study", "by").order_by("study", "at", "id")
    for row in rows.iterator(1_000):
        if row.study_id != study:
            study, number, previous = row.study_id, 0, ""
        number += 1
        row.number, row.previous, row.detail = number, previous, settled(row.detail)
        row.who = (f"{row.by.first_name} {row.by.last_name}".strip() or row.by.username) if row.by else ""
        row.digest = previous = line_digest(row.study.slug, number, row.at, row.kind, row.who, row.detail, row.previous)
        row.save(update_fields=["number", "previous", "digest", "who", "detail"])


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0002_running_a_study"),
    ]

    operations = [
        migrations.AddField("flag", "withdrawn", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField("event", "at", models.DateTimeField()),
        migrations.AddField("event", "number", models.PositiveIntegerField(null=True)),
        migrations.AddField("event", "who", models.CharField(blank=True, max_length=301)),
        migrations.AddField("event", "previous", models.CharField(blank=True, max_length=64)),
        migrations.AddField("event", "digest", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.RunPython(chain_what_is_there, migrations.RunPython.noop),
        migrations.AlterField("event", "number", models.PositiveIntegerField()),
        migrations.AlterModelOptions("event", {"ordering": ["study", "number"]}),
        migrations.AddConstraint(
            "event", models.UniqueConstraint(fields=("study", "number"), name="annotation_event_number")
        ),
    ]
