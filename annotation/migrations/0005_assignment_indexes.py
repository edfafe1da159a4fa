"""The block of an assignment is always there, and indexes begin with it (apart from the filling, which has pending events)."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0004_assignment_block")]

    operations = [
        migrations.AlterField(
            "assignment",
            "block",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="annotation.block"
            ),
        ),
        migrations.RemoveIndex("assignment", "annotation_assignment_last"),
        migrations.AddIndex(
            "assignment",
            models.Index(fields=["annotator", "block", "position"], name="annotation_assignment_last"),
        ),
        migrations.AddIndex(
            "assignment",
            models.Index(
                condition=models.Q(state__in=["submitted", "late"]),
                fields=["annotator", "submitted", "block"],
                name="annotation_assignment_finished",
            ),
        ),
    ]
