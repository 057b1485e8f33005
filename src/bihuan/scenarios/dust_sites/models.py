"""The register of sites and yards: the sites, their exits, monitors, permits for work at night, watering, and who may send values by HTTP."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import NOBODY, Within
from bihuan.registry.subjects import Subject

YARD_FIELDS = ("material", "shed", "spray", "pile_height", "daily_tonnes", "moisture")


class Answered(models.TextChoices):
    """Yes or no where a third is that nobody has said it."""

    YES = "yes", _("是")
    NO = "no", _("否")


class DustSite(Subject):
    """扬尘源: a building site or a yard. Its organisation is who answers for it (施工单位).

    emitter: its code in the reduction list, empty where it is not there. area: m², null where not known. setting: what stands around it, where a limit asks for that.
    The fields of yards stay empty for all others: pile_height [m], daily_tonnes: loaded and unloaded [t/d], moisture [%].
    """

    class Kind(models.TextChoices):
        BUILDING = "building", _("房屋建筑")
        DEMOLITION = "demolition", _("拆迁")
        MUNICIPAL = "municipal", _("市政")
        ROAD = "road", _("公路和轨道交通")
        WATER = "water", _("水利")
        GARDEN = "garden", _("园林绿化")
        MIXING = "mixing", _("搅拌站")
        BARE = "bare", _("裸地")
        YARD = "yard", _("堆场")

    class Phase(models.TextChoices):
        DEMOLITION = "demolition", _("拆除")
        EARTHWORK = "earthwork", _("土方")
        PILING = "piling", _("地基处理")
        FOUNDATION = "foundation", _("基础")
        STRUCTURE = "structure", _("主体结构")
        FINISH = "finish", _("装饰装修")
        RUNNING = "running", _("运行中")
        IDLE = "idle", _("停工")

    class Setting(models.TextChoices):
        BUILT_UP = "built_up", _("建成区")
        RURAL = "rural", _("郊区和农村")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind.choices)
    phase = models.CharField(_("施工阶段"), max_length=12, choices=Phase.choices)
    area = models.FloatField(_("占地面积"), null=True, blank=True)
    setting = models.CharField(_("所在地段"), max_length=10, choices=Setting.choices, blank=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    builder = models.CharField(_("建设单位"), max_length=120, blank=True)
    supervisor = models.CharField(_("行业主管部门"), max_length=120, blank=True)
    manager = models.CharField(_("扬尘责任人"), max_length=40, blank=True)
    emitter = models.CharField(_("减排清单编码"), max_length=40, blank=True)
    material = models.CharField(_("堆放物料"), max_length=60, blank=True)
    shed = models.CharField(_("全封闭料棚"), max_length=4, choices=Answered.choices, blank=True)
    spray = models.CharField(_("有喷淋"), max_length=4, choices=Answered.choices, blank=True)
    pile_height = models.FloatField(_("堆高"), null=True, blank=True)
    daily_tonnes = models.FloatField(_("日装卸量"), null=True, blank=True)
    moisture = models.FloatField(_("物料含水率"), null=True, blank=True)

    def clean(self) -> None:
        """Only yards have what yards have, and a yard is running or idle. Raises ValidationError."""
        yard = self.kind == self.Kind.YARD
        wrong = [name for name in YARD_FIELDS if not yard and getattr(self, name) not in ("", None)]
        if wrong:
            raise ValidationError(dict.fromkeys(wrong, _("只有堆场填写")))
        if yard != (self.phase == self.Phase.RUNNING) and self.phase != self.Phase.IDLE:
            raise ValidationError({"phase": _("堆场填“运行中”或“停工”，其他不填“运行中”")})


class Exit(models.Model):
    """工地出入口. wash: has a bay to wash vehicles, empty where nobody has said it."""

    SCOPE = Within(region="site__region", organisation="site__organisation")

    site = models.ForeignKey(
        DustSite, on_delete=models.PROTECT, related_name="exits", verbose_name=_("工地或堆场")
    )
    name = models.CharField(_("出入口"), max_length=40)
    wash = models.CharField(_("有洗车设施"), max_length=4, choices=Answered.choices, blank=True)
    video = models.CharField(_("有视频"), max_length=4, choices=Answered.choices, blank=True)
    paved_metres = models.FloatField(_("出口硬化长度"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["site_id", "name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="one_dust_exit")]

    def __str__(self) -> str:
        return f"{self.site} {self.name}"


class Sender(Subject):
    """数据上传方: whose program sends values of monitors over HTTP, with a token of its own."""


class SenderToken(models.Model):
    """The SHA-256 of a sender's token; the token itself is kept nowhere."""

    SCOPE = NOBODY

    sender = models.OneToOneField(Sender, on_delete=models.CASCADE, primary_key=True, related_name="token")
    digest = models.CharField(max_length=64)


class Monitor(Subject):
    """扬尘监测点. site: at which it stands; without one it is a place around sites (周边点), by which theirs are compared.

    Its code is the site of its values in files and by HTTP; mn: the logger (HJ 212) that sends them, empty without one. unit: in which that logger sends particles.
    height: of the inlet [m].
    """

    class Unit(models.TextChoices):
        MICRO = "ug", _("µg/m³")
        MILLI = "mg", _("mg/m³")

    site = models.ForeignKey(
        DustSite, null=True, blank=True, on_delete=models.PROTECT, related_name="monitors", verbose_name=_("工地或堆场")
    )  # fmt: skip
    mn = models.CharField(_("数采仪 MN"), max_length=40, blank=True)
    unit = models.CharField(_("数采仪颗粒物单位"), max_length=4, choices=Unit.choices, default=Unit.MICRO)
    sender = models.ForeignKey(
        Sender, null=True, blank=True, on_delete=models.PROTECT, related_name="monitors", verbose_name=_("数据上传方")
    )  # fmt: skip
    place = models.CharField(_("安装位置"), max_length=60, blank=True)
    height = models.FloatField(_("采样口高度"), null=True, blank=True)
    model = models.CharField(_("设备型号"), max_length=60, blank=True)

    def clean(self) -> None:
        """No logger is of two monitors. Raises ValidationError."""
        others: models.QuerySet[Any] = Monitor.objects.exclude(pk=self.pk)
        if self.mn and others.filter(mn=self.mn).exists():
            raise ValidationError({"mn": _("另一监测点已登记这台数采仪")})


class Span(models.Model):
    """Something at a site from one moment to another."""

    SCOPE = Within(region="site__region", organisation="site__organisation")

    site = models.ForeignKey(
        DustSite, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("工地或堆场")
    )
    since = models.DateTimeField(_("自"))
    until = models.DateTimeField(_("至"))
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        abstract = True
        ordering = ["-since", "site_id"]

    def __str__(self) -> str:
        return f"{self.site} {self.since:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """It ends after it begins. Raises ValidationError."""
        if isinstance(self.since, datetime) and isinstance(self.until, datetime) and self.until <= self.since:
            raise ValidationError({"until": _("须晚于起始时间")})


class NightPermit(Span):
    """夜间施工许可."""

    number = models.CharField(_("许可证号"), max_length=60)
    issuer = models.CharField(_("发证机关"), max_length=60, blank=True)

    class Meta(Span.Meta):
        constraints = [models.UniqueConstraint(fields=["site", "since"], name="one_night_permit")]


class Watering(Span):
    """洒水记录: as the site says it. near: beside a monitor."""

    class Way(models.TextChoices):
        CANNON = "cannon", _("雾炮")
        FENCE = "fence", _("围挡喷淋")
        TRUCK = "truck", _("洒水车")
        HAND = "hand", _("人工")

    way = models.CharField(_("方式"), max_length=8, choices=Way.choices)
    water = models.FloatField(_("用水量"), null=True, blank=True)

    class Meta(Span.Meta):
        constraints = [models.UniqueConstraint(fields=["site", "since", "way"], name="one_watering")]


class BoxPlace(models.Model):
    """Where a monitor said that it stands (WGS 84, degrees), when that changed."""

    SCOPE = Within(region="monitor__region", organisation="monitor__organisation")

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="box_places")
    at = models.DateTimeField()
    lon = models.FloatField()
    lat = models.FloatField()

    class Meta:
        ordering = ["monitor_id", "at"]
        constraints = [models.UniqueConstraint(fields=["monitor", "at"], name="one_box_place")]
