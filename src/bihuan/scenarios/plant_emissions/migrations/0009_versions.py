"""Limits and permits follow each other: a permit keeps its number when it is altered, and no two begin on one day."""


import bihuan.scenarios.plant_emissions.items
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plant_emissions', '0008_devices_settled'),
        ('registry', '0009_vendors'),
    ]

    operations = [
        migrations.AlterField(
            model_name='limit',
            name='outlet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='limits', to='plant_emissions.outlet', verbose_name='排放口'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='valid_until',
            field=models.DateField(null=True, verbose_name='至'),
        ),
        migrations.AlterField(
            model_name='outlet',
            name='process',
            field=models.CharField(choices=bihuan.scenarios.plant_emissions.items.process_choices, max_length=40, verbose_name='工艺'),
        ),
        migrations.AlterField(
            model_name='permit',
            name='emitter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='registry.emitter', verbose_name='企业'),
        ),
        migrations.AlterField(
            model_name='permit',
            name='number',
            field=models.CharField(max_length=40, verbose_name='许可证编号'),
        ),
        migrations.AlterField(
            model_name='span',
            name='outlet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spans', to='plant_emissions.outlet', verbose_name='排放口'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.UniqueConstraint(fields=('outlet', 'item', 'period', 'ultra_low', 'valid_from'), name='one_limit_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='permit',
            constraint=models.UniqueConstraint(fields=('number', 'valid_from'), name='one_permit_from_a_day'),
        ),
    ]
