from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0014_empty_by_default"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dataset",
            name="domain",
            field=models.TextField(blank=True, verbose_name="domain"),
        ),
    ]
