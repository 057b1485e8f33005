"""The registers of clean transport: batches of trains, ships, pipelines and belts, what units reported, how far hauls go."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.vehicles.clean.columns import WAYS_OF
from bihuan.domain.vehicles.clean.tonnes import BELT, DIRECT, LAST_LEGS, MODES, PIPELINE, RAIL, WATER
from bihuan.domain.vehicles.passages import IN, OUT
from bihuan.registry.scopes import Within
from bihuan.registry.transport import VehicleUser

BATCH_MODES = [(mode, MODES[mode]) for mode in (RAIL, WATER, PIPELINE, BELT)]
ROUNDING = 0.5
"""So much may a reported total [t] differ from its parts."""


class Direction(models.TextChoices):
    """Into the works or out of it."""

    INWARD = IN, _("进厂")
    OUTWARD = OUT, _("出厂")


class Monthly(models.Model):
    """Something of a unit in a month."""

    SCOPE = Within(region="unit__region", organisation="unit__organisation")

    unit = models.ForeignKey(
        VehicleUser, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("用车单位")
    )
    year = models.PositiveSmallIntegerField(_("年"))
    month = models.PositiveSmallIntegerField(
        _("月"), validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    direction = models.CharField(_("进出"), max_length=4, choices=Direction.choices)
    cargo = models.CharField(_("物料名称"), max_length=60)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        abstract = True

    @property
    def first(self) -> date:
        """The first day of its month."""
        return date(self.year, self.month, 1)


class Batch(Monthly):
    """批次: what came or went in a month by another mode than the road. tonnes: [t]. last_leg: how it reached the works.

    evidence: name of the file or paper that shows it (bill of lading, settlement), empty where none was given.
    """

    number = models.CharField(_("批次号"), max_length=60)
    mode = models.CharField(_("运输方式"), max_length=10, choices=BATCH_MODES)
    tonnes = models.FloatField(_("运输量"), validators=[MinValueValidator(0)])
    last_leg = models.CharField(
        _("最后一段"),
        max_length=12,
        choices=list(LAST_LEGS.items()),
        default=DIRECT,
    )
    evidence = models.CharField(_("凭证"), max_length=200, blank=True)

    class Meta:
        ordering = ["-year", "-month", "unit_id", "number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="one_transport_batch")]

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


def _tonnes(way: str) -> "models.FloatField[float | None, float | None]":
    return models.FloatField(_(WAYS_OF[way]), null=True, blank=True, validators=[MinValueValidator(0)])


class Report(Monthly):
    """清洁运输统计表, one row: tonnes [t] of a unit by way as it reported them, null where it said nothing. total: as reported, null where not.

    unweighed: trips of which the unit knows no weight.
    """

    rail = _tonnes("rail")
    water = _tonnes("water")
    pipeline = _tonnes("pipeline")
    belt = _tonnes("belt")
    short = _tonnes("short")
    new_energy = _tonnes("new_energy")
    six = _tonnes("six")
    other = _tonnes("other")
    unknown = _tonnes("unknown")
    total = models.FloatField(_("合计"), null=True, blank=True, validators=[MinValueValidator(0)])
    unweighed = models.PositiveIntegerField(_("未称重车次"), null=True, blank=True)
    remark = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        ordering = ["-year", "-month", "unit_id", "direction", "cargo"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "month", "direction", "cargo"], name="one_transport_report"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.first:%Y-%m} {self.cargo}"

    def clean(self) -> None:
        """It says something, and its total is the sum of its parts. Raises ValidationError."""
        told = [v for way in WAYS_OF if (v := getattr(self, way)) is not None]
        if not told:
            raise ValidationError({"total": _("至少填一种运输方式的吨数")})
        if self.total is not None and abs(self.total - sum(told)) > ROUNDING:
            raise ValidationError(
                {"total": _("合计与各方式之和 %(sum)s t 不符") % {"sum": round(sum(told), 3)}}
            )


class Haul(models.Model):
    """运距: how far one haul of a unit's trucks goes on average, one way [km]. source: where that is known from."""

    SCOPE = Within(region="unit__region", organisation="unit__organisation")

    unit = models.OneToOneField(
        VehicleUser, on_delete=models.PROTECT, related_name="haul", verbose_name=_("用车单位")
    )
    km = models.FloatField(_("单程平均运距"), validators=[MinValueValidator(0)])
    source = models.CharField(_("数据来源"), max_length=120, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["unit_id"]

    def __str__(self) -> str:
        return f"{self.unit} {self.km:g} km"
