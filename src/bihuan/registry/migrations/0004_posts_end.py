"""Posts have a beginning and an end; a temporary password is marked. Posts of before have no known beginning."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_log")]

    operations = [
        migrations.AddField("person", "must_change_password", models.BooleanField(default=False, verbose_name="临时密码")),
        migrations.AddField("post", "since", models.DateTimeField(null=True, verbose_name="自")),
        migrations.AlterField(
            "post",
            "since",
            models.DateTimeField(default=django.utils.timezone.now, null=True, verbose_name="自"),
        ),
        migrations.AddField("post", "until", models.DateTimeField(null=True, verbose_name="至")),
        migrations.RemoveConstraint("post", "one_post_once"),
        migrations.AddConstraint(
            "post",
            models.UniqueConstraint(
                condition=models.Q(until__isnull=True),
                fields=["person", "role", "region", "organisation"],
                name="one_open_post_once",
            ),
        ),
    ]
