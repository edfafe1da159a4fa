"""What the rows of 0011 say is no longer said by columns; a plan is about a subject in a variant, whatever its kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0011_kinds_of_runs")]

    operations = [
        migrations.RemoveField(model_name="generationrun", name="endpoint"),
        migrations.RemoveField(model_name="attempt", name="call"),
        migrations.AddField(
            model_name="attempt",
            name="calls",
            field=models.ManyToManyField(
                related_name="attempts", through="generation.AttemptCall", to="generation.call"
            ),
        ),
        migrations.RenameField(model_name="planned", old_name="item", new_name="subject"),
        migrations.RenameField(model_name="planned", old_name="template", new_name="variant"),
        migrations.AddIndex(
            model_name="planned",
            index=models.Index(fields=["run", "subject", "variant"], name="generation_planned_subject"),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="verdict",
            field=models.CharField(
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
        migrations.RemoveConstraint(model_name="attempt", name="generation_attempt_verdict"),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["open", "kept", "rejected", "overridden"])),
                name="generation_attempt_verdict",
            ),
        ),
    ]
