"""Companies that run devices for others are units too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0008_installation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("centre", "指挥中心"),
                    ("county", "县区"),
                    ("department", "部门"),
                    ("enterprise", "企业"),
                    ("vendor", "运维单位"),
                ],
                max_length=20,
                verbose_name="类别",
            ),
        ),
    ]
