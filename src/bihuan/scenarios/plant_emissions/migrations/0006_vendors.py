"""Who runs a logger: null where nobody has said so yet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plant_emissions", "0005_log"),
        ("registry", "0009_vendors"),
    ]

    operations = [
        migrations.AddField(
            model_name="logger",
            name="vendor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="loggers",
                to="registry.organisation",
                verbose_name="运维单位",
            ),
        ),
    ]
