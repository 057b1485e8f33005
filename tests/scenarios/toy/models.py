"""Noise (噪声): its register."""

from django.db import models

from bihuan.registry.subjects import Subject


class NoisePlace(Subject):
    """噪声点位: where noise is measured."""

    zone = models.CharField("功能区类别", max_length=2, choices=[("1", "1类"), ("2", "2类"), ("4a", "4a类")])
    road = models.CharField("道路", max_length=60, blank=True)
    height = models.FloatField("测点高度")
    limit_day = models.PositiveIntegerField("昼间限值")
    limit_night = models.PositiveIntegerField("夜间限值")
    automatic = models.BooleanField("自动监测", default=False)
    device = models.CharField("设备编号", max_length=40, blank=True)
    checked_on = models.DateField("检定日期", null=True, blank=True)
