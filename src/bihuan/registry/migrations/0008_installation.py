"""The numbers of cases keep what they begin with where there are accounts already: until now it stood in the program."""

from django.db import migrations, models

BEFORE = "阳环交"


def keep_prefix(apps, editor):
    if apps.get_model("registry", "Person").objects.exists():
        apps.get_model("registry", "Installation").objects.create(pk=1, number_prefix=BEFORE)


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_boundaries_and_guards")]
    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number_prefix", models.CharField(blank=True, max_length=12, verbose_name="文号代字")),
            ],
        ),
        migrations.RunPython(keep_prefix, migrations.RunPython.noop),
    ]
