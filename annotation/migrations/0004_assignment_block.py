"""What somebody did in a block is counted from an index, and a block keeps which translations it offers."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill_blocks(apps, schema_editor):
    Assignment, Unit = apps.get_model("annotation", "Assignment"), apps.get_model("annotation", "Unit")
    Assignment.objects.update(block=Subquery(Unit.objects.filter(pk=OuterRef("unit")).values("block")[:1]))


def fill_languages(apps, schema_editor):
    Block, Exhibit = apps.get_model("annotation", "Block"), apps.get_model("annotation", "Exhibit")
    for block in Block.objects.all():
        offered = None
        for content in Exhibit.objects.filter(block=block).values_list("content", flat=True).iterator(500):
            for turn in content["turns"]:
                had = {code for code, text in turn.get("translations", {}).items() if text}
                offered = had if offered is None else offered & had
            if offered is not None and not offered:
                break
        block.languages = sorted(offered or ())
        block.save(update_fields=["languages"])


class Migration(migrations.Migration):
    dependencies = [("annotation", "0003_the_record_shows_changes")]

    operations = [
        migrations.AddField("block", "languages", models.JSONField(default=list)),
        migrations.AddField(
            "assignment",
            "block",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="annotation.block",
            ),
        ),
        migrations.RunPython(fill_blocks, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(fill_languages, migrations.RunPython.noop, elidable=True),
    ]
