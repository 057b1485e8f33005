"""沙尘时段: when sand and dust was officially there (环办监测〔2016〕120号), common to all lines of business. Nothing here decides it: it is registered with its paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.codes import prefix_of
from bihuan.registry.scopes import COMMON


class DustPeriod(models.Model):
    """A time (from `since` up to `until`, exclusive) in a region and all within it. source: number and day of the bulletin or letter."""

    SCOPE = COMMON

    region = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="dust_periods", verbose_name=_("区划")
    )
    since = models.DateTimeField(_("自"))
    until = models.DateTimeField(_("至"))
    source = models.CharField(_("依据"), max_length=120)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["since", "region_id"]
        constraints = [models.UniqueConstraint(fields=["region", "since"], name="one_dust_period")]

    def __str__(self) -> str:
        return f"{self.region} {self.since:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """It ends after it begins. Raises ValidationError."""
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": _("须晚于起始时间")})


@dataclass(frozen=True)
class Dusty:
    """A period: the beginning of the codes of all regions in which it holds, and its time (until: exclusive)."""

    place: str
    since: datetime
    until: datetime
    source: str

    def covers(self, region: str, at: datetime) -> bool:
        """Does it hold in a region (code) at a moment?"""
        return region.startswith(self.place) and self.since <= at < self.until


def dust_between(start: datetime, end: datetime) -> Sequence[Dusty]:
    """The periods that touch [start, end)."""
    rows = DustPeriod.objects.filter(since__lt=end, until__gt=start)
    return [
        Dusty(prefix_of(region), since, until, source)
        for region, since, until, source in rows.values_list("region_id", "since", "until", "source")
    ]
