"""The register of road segments, of samples of silt and dirt, and of days of sand-dust weather."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject


class Segment(Subject):
    """路段. Its organisation is who cleans it. What is not known is null.

    vehicles: passing in a day; tonnes: their mean weight [t]. sweeps, washes: how often a day it is to be swept and washed. truck_route: trucks of
    earth or coal are led over it. weather_site: code of the station whose humidity, wind and rain count for its runs.
    """

    class Kind(models.TextChoices):
        FAST = "fast", _("快速路")
        MAIN = "main", _("主干路")
        SECONDARY = "secondary", _("次干路")
        BRANCH = "branch", _("支路")

    class Cleaning(models.TextChoices):
        SPECIAL = "special", _("特级")
        FIRST = "first", _("一级")
        SECOND = "second", _("二级")
        THIRD = "third", _("三级")

    kind = models.CharField(_("道路等级"), max_length=10, choices=Kind.choices)
    cleaning = models.CharField(_("保洁等级"), max_length=10, choices=Cleaning.choices, blank=True)
    km = models.FloatField(_("长度"))
    width = models.FloatField(_("宽度"), null=True, blank=True)
    vehicles = models.PositiveIntegerField(_("车流量"), null=True, blank=True)
    tonnes = models.FloatField(_("平均车重"), null=True, blank=True)
    sweeps = models.FloatField(_("计划机扫"), null=True, blank=True)
    washes = models.FloatField(_("计划冲洗"), null=True, blank=True)
    truck_route = models.BooleanField(_("重型货车通道"), default=False)
    weather_site = models.CharField(_("气象站编码"), max_length=40, blank=True)

    def clean(self) -> None:
        """It is a line. Raises ValidationError."""
        if (self.geometry or {}).get("type") not in ("LineString", "MultiLineString"):
            raise ValidationError({"geometry": _("路段须有线形（LineString）")})


class Sample(models.Model):
    """积尘采样 of a segment on a day. silt: sL, dust below 75 µm [g/m²]; or mass [g] and area [m²] of it. dirt: all that remained (以克论净) [g/m²]."""

    SCOPE = Within(region="segment__region", organisation="segment__organisation")

    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="samples", verbose_name=_("路段")
    )
    day = models.DateField(_("采样日期"))
    mass = models.FloatField(_("75 µm 以下质量"), null=True, blank=True)
    area = models.FloatField(_("采样面积"), null=True, blank=True)
    dirt = models.FloatField(_("尘土残存量"), null=True, blank=True)
    laboratory = models.CharField(_("检测单位"), max_length=80, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["-day", "segment_id"]
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="one_road_sample")]

    def __str__(self) -> str:
        return f"{self.segment} {self.day}"

    def clean(self) -> None:
        """It says something, and a mass has its area. Raises ValidationError."""
        if (self.mass is None) != (self.area is None):
            raise ValidationError({"area" if self.area is None else "mass": _("质量和面积须同时填写")})
        if self.mass is None and self.dirt is None:
            raise ValidationError({"mass": _("质量和尘土残存量至少填一项")})

    @property
    def silt(self) -> float | None:
        """sL [g/m²] = mass below 75 µm / area (HJ/T 393-2007)."""
        return None if self.mass is None or not self.area else self.mass / self.area
