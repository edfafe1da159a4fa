from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0013_pools_checked_in_pieces"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dialogue",
            name="labels",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="dialogue",
            name="metadata",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="dialogue",
            name="situation_translations",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="utterance",
            name="labels",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="utterance",
            name="metadata",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="utterance",
            name="translations",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
