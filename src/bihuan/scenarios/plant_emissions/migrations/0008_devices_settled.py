"""After every logger has its enterprise, and its password and factors stand where they belong."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plant_emissions", "0007_devices")]

    operations = [
        migrations.AlterField(
            "logger",
            "emitter",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="loggers",
                to="registry.emitter",
                verbose_name="企业",
            ),
        ),
        migrations.RemoveField("logger", "password"),
        migrations.RemoveField("channel", "factors"),
        migrations.RenameField("channel", "written", "factors"),
        migrations.AlterField(
            "channel",
            "logger",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="channels",
                to="plant_emissions.logger",
                verbose_name="数采仪",
            ),
        ),
        migrations.AlterField(
            "channel",
            "outlet",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="channels",
                to="plant_emissions.outlet",
                verbose_name="排放口",
            ),
        ),
    ]
