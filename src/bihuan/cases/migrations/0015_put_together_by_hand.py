"""What only people have put together has no cause in common."""


from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_handovers")]
    operations = [
        migrations.AlterField(
            model_name="incident",
            name="cause",
            field=models.CharField(choices=[("target", "同一对象"), ("line", "同一单位"), ("network", "传输网络"), ("weather", "同一区域"), ("centre", "指挥中心自身"), ("hand", "人工归并")], default="target", max_length=10, verbose_name="成因"),
        ),
    ]
