"""The register of plant emissions: outlets of gas and sewage, loggers, limits with validity, spans, and marks (标记)."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.log import Logged, WrittenOnce
from bihuan.registry.models import Emitter, Organisation, Person
from bihuan.registry.scopes import Within
from bihuan.scenarios.plant_emissions.items import GAS, LABELS, POLLUTANTS_OF, SPANNED, process_choices

ITEMS = [(item, LABELS[item]) for own in SPANNED.values() for item in own]
POLLUTANTS = [(item, LABELS[item]) for own in POLLUTANTS_OF.values() for item in own]
LIMITED = [*POLLUTANTS, ("ph", LABELS["ph"])]
OF_OUTLET = Within(region="outlet__emitter__region", organisation="outlet__emitter__organisation")


def _raise(found: Iterable[tuple[str, str]]) -> None:
    if faults := dict(found):
        raise ValidationError(faults)


class Outlet(models.Model):
    """排放口 of gas or of sewage. `since`: from when its logger is connected; hours before are not demanded.

    ref_o2 [%], null: not converted, and so of all sewage; rated_flow [m³/h; of gas dry, standard state]; duct_area [m²],
    of stacks.
    """

    SCOPE = Within(region="emitter__region", organisation="emitter__organisation")
    CALLED = ("emitter__name", "name")
    """Every coking plant has a 1号焦炉烟囱."""

    class Kind(models.TextChoices):
        GAS = "gas", "废气"
        SEWAGE = "sewage", "污水"

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=GAS)
    code = models.CharField(_("编码"), max_length=40, primary_key=True)
    name = models.CharField(_("名称"), max_length=120)
    emitter = models.ForeignKey(
        Emitter, on_delete=models.PROTECT, related_name="outlets", verbose_name=_("企业")
    )
    process = models.CharField(_("工艺"), max_length=40, choices=process_choices)
    ref_o2 = models.FloatField(_("基准氧含量 %"), null=True, blank=True)
    rated_flow = models.FloatField(_("额定流量 m³/h"), null=True, blank=True)
    duct_area = models.FloatField(_("烟道截面积 m²"), null=True, blank=True)
    since = models.DateTimeField(_("联网时间"))
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["emitter_id", "code"]

    def __str__(self) -> str:
        return f"{self.emitter.name} {self.name}"

    def clean(self) -> None:
        """What its fields demand together, by its kind. Raises ValidationError."""
        from bihuan.scenarios.plant_emissions import (
            outlet_rules,
        )  # they know the media, which know this model

        _raise(outlet_rules.faults(self))


class Logger(models.Model):
    """数采仪 of an enterprise. `interval`: minutes that a minute record stands for; `load_code`: the maker's code of the load [%].

    `vendor`: who runs it, and the platform that it sends through; null: not known. addresses: from where it may send, networks
    apart by blanks; empty: from anywhere. Its password and key are the receiver's alone (loggers.register).
    """

    SCOPE = Within(region="emitter__region", organisation="emitter__organisation")

    mn = models.CharField(_("设备编号 MN"), max_length=40, primary_key=True)
    edition = models.PositiveSmallIntegerField(
        _("协议版本"), choices=[(n, f"HJ 212-{n}") for n in (2005, 2017, 2025)]
    )
    emitter = models.ForeignKey(
        Emitter, on_delete=models.PROTECT, related_name="loggers", verbose_name=_("企业")
    )
    interval = models.PositiveSmallIntegerField(_("分钟数据间隔 min"), default=1)
    load_code = models.CharField(_("负荷代码"), max_length=20, blank=True)
    vendor = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="loggers",
        verbose_name=_("运维单位"),
    )  # fmt: skip
    addresses = models.CharField(_("允许的地址"), max_length=400, blank=True)
    outlets = models.ManyToManyField(Outlet, through="Channel", related_name="loggers")

    class Meta:
        ordering = ["mn"]

    def __str__(self) -> str:
        return self.mn

    def clean(self) -> None:
        """What its fields demand. Raises ValidationError."""
        from bihuan.scenarios.plant_emissions import device_rules  # they name this model

        _raise(device_rules.logger_faults(self))


class Channel(models.Model):
    """What of a logger belongs to an outlet. `factors`: as `channel_factors` reads them; empty: the standard's codes and units."""

    SCOPE = OF_OUTLET

    logger = models.ForeignKey(
        Logger, on_delete=models.CASCADE, related_name="channels", verbose_name=_("数采仪")
    )
    outlet = models.ForeignKey(
        Outlet, on_delete=models.CASCADE, related_name="channels", verbose_name=_("排放口")
    )
    factors = models.TextField(_("因子对应"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["logger", "outlet"], name="one_channel_once")]

    def __str__(self) -> str:
        return f"{self.logger_id} → {self.outlet_id}"

    def clean(self) -> None:
        """A logger serves outlets of its own enterprise, in codes that can be read. Raises ValidationError."""
        from bihuan.scenarios.plant_emissions import device_rules  # they name this model

        _raise(device_rules.channel_faults(self))


class Limit(models.Model):
    """限值 [mg/m³ of gas, converted where the outlet has a reference oxygen; mg/L of sewage]. pH has a `low` end too.

    It is never changed but followed by another, so that every hour is judged by the limit of its date. `valid_until` is
    exclusive; null: in force.
    """

    SCOPE = OF_OUTLET

    class Period(models.TextChoices):
        HOUR = "hour", "小时均值"
        DAY = "day", "日均值"

    outlet = models.ForeignKey(
        Outlet, on_delete=models.CASCADE, related_name="limits", verbose_name=_("排放口")
    )
    item = models.CharField(_("污染物"), max_length=10, choices=LIMITED)
    limit = models.FloatField(_("限值"))
    low = models.FloatField(_("下限"), null=True, blank=True)
    period = models.CharField(_("判定"), max_length=6, choices=Period.choices, default=Period.HOUR)
    ultra_low = models.BooleanField(_("超低"), default=False)
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True)
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        ordering = ["outlet_id", "item", "limit"]
        constraints = [
            models.UniqueConstraint(
                fields=["outlet", "item", "period", "ultra_low", "valid_from"], name="one_limit_from_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.item} {self.limit:g}"

    def clean(self) -> None:
        """What its medium demands of it. Raises ValidationError."""
        from bihuan.scenarios.plant_emissions import limit_rules  # they know the media, which know this model

        _raise(limit_rules.limit_faults(self))


class Span(models.Model):
    """量程 of an analyser, in the unit of the quantity."""

    SCOPE = OF_OUTLET

    outlet = models.ForeignKey(
        Outlet, on_delete=models.CASCADE, related_name="spans", verbose_name=_("排放口")
    )
    item = models.CharField(_("监测项目"), max_length=10, choices=ITEMS)
    low = models.FloatField(_("下限"), default=0)
    high = models.FloatField(_("上限"))

    class Meta:
        ordering = ["outlet_id", "item"]
        constraints = [models.UniqueConstraint(fields=["outlet", "item"], name="one_span_per_item")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.item} {self.low:g}–{self.high:g}"

    def clean(self) -> None:
        """The upper end is above the lower, of a quantity of its medium. Raises ValidationError."""
        from bihuan.scenarios.plant_emissions import limit_rules  # they know the media, which know this model

        _raise(limit_rules.span_faults(self))


class Mark(WrittenOnce):
    """标记: what was so between `start` and `until` (exclusive). It never changes data, and is never changed itself."""

    SCOPE = OF_OUTLET

    class Kind(models.TextChoices):
        CONDITION = "condition", "工况"
        DEVICE = "device", "设备"

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=20)
    start = models.DateTimeField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=400)
    who = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-start", "-id"]
        indexes = [models.Index(fields=["outlet", "start"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}·{self.code}"


class Permit(models.Model):
    """排污许可证 of an enterprise, valid on both days; permitted amounts of pollutants [t/a], null: not limited.

    What is altered (变更) or renewed (延续) under its number is another version from that day on.
    """

    SCOPE = Within(region="emitter__region", organisation="emitter__organisation")

    emitter = models.ForeignKey(
        Emitter, on_delete=models.PROTECT, related_name="permits", verbose_name=_("企业")
    )
    number = models.CharField(_("许可证编号"), max_length=40)
    valid_from = models.DateField(_("有效期自"))
    valid_until = models.DateField(_("有效期至"))
    pm = models.FloatField(_("颗粒物许可量 t/a"), null=True, blank=True)
    so2 = models.FloatField(_("二氧化硫许可量 t/a"), null=True, blank=True)
    nox = models.FloatField(_("氮氧化物许可量 t/a"), null=True, blank=True)
    cod = models.FloatField(_("化学需氧量许可量 t/a"), null=True, blank=True)
    nh3n = models.FloatField(_("氨氮许可量 t/a"), null=True, blank=True)
    tp = models.FloatField(_("总磷许可量 t/a"), null=True, blank=True)
    tn = models.FloatField(_("总氮许可量 t/a"), null=True, blank=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["emitter_id", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["number", "valid_from"], name="one_permit_from_a_day")]

    def __str__(self) -> str:
        return self.number


class QualityCheck(Logged):
    """质控记录 of an analyser: its result at a moment. A failed one opens a period out of control (失控).

    Never changed; an entry made by mistake is withdrawn (撤销) by somebody, at a moment, for a reason, and stays.
    """

    SCOPE = OF_OUTLET

    class What(models.TextChoices):
        ZERO = "zero", "零点漂移"
        SPAN = "span", "量程漂移"
        CALIBRATION = "calibration", "校准"
        ACCURACY = "accuracy", "准确度比对"
        STANDARD = "standard", "标样核查"
        SAMPLE = "sample", "实际水样比对"

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="quality_checks")
    item = models.CharField(_("监测项目"), max_length=10, choices=POLLUTANTS)
    what = models.CharField(_("质控内容"), max_length=12, choices=What.choices)
    at = models.DateTimeField(_("完成时间"))
    passed = models.BooleanField(_("合格"))
    result = models.CharField(_("结果"), max_length=200)
    who = models.ForeignKey(Person, on_delete=models.PROTECT)
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_for = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.outlet_id} {self.item}"


class Withdrawal(WrittenOnce):
    """撤销 of a mark: a later record; the mark itself stays."""

    SCOPE = Within(region="mark__outlet__emitter__region", organisation="mark__outlet__emitter__organisation")

    mark = models.OneToOneField(Mark, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=400)
    who = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"撤销 {self.mark}"
