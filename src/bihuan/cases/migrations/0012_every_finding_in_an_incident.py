"""No finding stands outside an incident. Apart from 0011: PostgreSQL alters no table in which rows have just been changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_incidents")]
    operations = [
        migrations.AlterField(
            "finding",
            "incident",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="cases.incident"
            ),
        ),
    ]
