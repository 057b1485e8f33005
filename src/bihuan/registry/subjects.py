"""What every register of the city is about: something with a code, a place and somebody responsible."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import AnyScope, Within
from bihuan.registry.shapes import ShapeField


def there_on(day: date) -> models.Q:
    """Subjects that are not ended on a day; those that are were left out from their end on, and not before."""
    return models.Q(until=None) | models.Q(until__gt=day)


class Subject(models.Model):
    """对象: what a line of business registers. It is ended by `until`, never deleted once it was used.

    lon, lat: WGS 84, degrees. geometry: a GeoJSON geometry in WGS 84 where the place is more than a point. since and
    `until` (exclusive): the days between which it is there; null: open.
    """

    SCOPE: ClassVar[AnyScope] = Within(region="region", organisation="organisation")

    code = models.CharField(_("编码"), max_length=40, primary_key=True)
    name = models.CharField(_("名称"), max_length=120)
    region = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("区划")
    )
    organisation = models.ForeignKey(
        "registry.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss",
        verbose_name=_("责任单位"),
    )  # fmt: skip
    lon = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    geometry = ShapeField(_("位置图形"), null=True, blank=True)
    since = models.DateField(_("启用日期"), null=True, blank=True)
    until = models.DateField(_("停用日期"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        abstract = True
        ordering = ["region_id", "code"]

    def __str__(self) -> str:
        return self.name

    def in_force(self, on: date) -> bool:
        """Is it there on a day?"""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)
