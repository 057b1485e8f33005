"""The register of industrial parks: parks as areas, their outlets and water stations, and the enterprises within."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.models import Organisation
from bihuan.registry.rivers import Reach
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject

AREAS = ("Polygon", "MultiPolygon")


class Answered(models.TextChoices):
    """Yes or no where a third is that nobody has said it."""

    YES = "yes", _("是")
    NO = "no", _("否")


class Park(Subject):
    """工业园区. Its organisation is the management committee. design, actual: water of its own works as stated [m³/d], null where not known.

    works: code of the works, as another register has it. separation, linked: empty where nobody has said it.
    """

    class Level(models.TextChoices):
        NATION = "nation", _("国家级")
        PROVINCE = "province", _("省级")
        COUNTY = "county", _("市县级")

    class Way(models.TextChoices):
        OWN = "own", _("园区集中处理设施")
        CITY = "city", _("依托城镇污水处理厂")
        DIRECT = "direct", _("企业自行处理排放")
        NONE = "none", _("没有集中处理")

    class Separation(models.TextChoices):
        YES = "yes", _("雨污分流")
        PARTLY = "partly", _("部分分流")
        NO = "no", _("雨污合流")

    level = models.CharField(_("园区级别"), max_length=10, choices=Level.choices)
    industries = models.CharField(_("主导产业"), max_length=120, blank=True)
    way = models.CharField(_("污水去向"), max_length=10, choices=Way.choices)
    works = models.CharField(_("处理设施编码"), max_length=60, blank=True)
    design = models.FloatField(_("设计处理规模"), null=True, blank=True)
    actual = models.FloatField(_("申报实际水量"), null=True, blank=True)
    separation = models.CharField(_("雨污分流"), max_length=10, choices=Separation.choices, blank=True)
    linked = models.CharField(_("自动监测联网"), max_length=10, choices=Answered.choices, blank=True)
    approval = models.CharField(_("设立批复"), max_length=80, blank=True)

    def clean(self) -> None:
        """A park is an area. Raises ValidationError."""
        if self.geometry and self.geometry.get("type") not in AREAS:
            raise ValidationError({"geometry": _("园区是面，不能是点或线")})


class ParkSite(Subject):
    """What outlets and stations share: a place of a park where water is measured; its code is the site of the observations.

    km: from the upper end of the reach. mn: number of the logger (HJ 212) that stands here, empty without.
    """

    park = models.ForeignKey(
        Park, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("园区")
    )
    reach = models.ForeignKey(
        Reach, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("河段")
    )  # fmt: skip
    km = models.FloatField(_("距河段上端"), null=True, blank=True)
    mn = models.CharField(_("数采仪 MN"), max_length=40, blank=True)

    class Meta(Subject.Meta):
        abstract = True

    def clean(self) -> None:
        """It lies on its reach, and neither its code nor its logger is another's. Raises ValidationError."""
        if self.km is not None and self.reach is None:
            raise ValidationError({"km": _("没有河段，距离从哪里算起？")})
        if self.km is not None and self.reach is not None and self.km > self.reach.length_km:
            raise ValidationError({"km": _("超过了河段长")})
        for of in (ParkOutlet, ParkStation):
            others: models.QuerySet[Any] = of._default_manager.all()
            if not isinstance(self, of) and others.filter(pk=self.pk).exists():
                raise ValidationError({"code": _("园区的另一排口或点位已用这个编码")})
            if self.mn and others.exclude(pk=self.pk).filter(mn=self.mn).exists():
                raise ValidationError({"mn": _("另一排口或点位已登记这台数采仪")})


class ParkOutlet(ParkSite):
    """园区排口. cod, nh3n, tp, tn: limits of the day's mean [mg/L], null where none is known; `basis` says whose they are.

    outfall, online: its codes in the registers of outfalls and of monitored outlets.
    """

    class Kind(models.TextChoices):
        MAIN = "main", _("污水总排口")
        DIRECT = "direct", _("企业直排口")
        RAIN = "rain", _("雨水排口")

    kind = models.CharField(_("排口类型"), max_length=10, choices=Kind.choices)
    receiving = models.CharField(_("受纳水体"), max_length=60, blank=True)
    cod = models.FloatField(_("COD 限值"), null=True, blank=True)
    nh3n = models.FloatField(_("氨氮限值"), null=True, blank=True)
    tp = models.FloatField(_("总磷限值"), null=True, blank=True)
    tn = models.FloatField(_("总氮限值"), null=True, blank=True)
    basis = models.CharField(_("限值依据"), max_length=120, blank=True)
    outfall = models.CharField(_("入河排污口编码"), max_length=60, blank=True)
    online = models.CharField(_("在线排放口编码"), max_length=60, blank=True)


class ParkStation(ParkSite):
    """园区水质点位. water: of which kind the water is, as the standard of surface water tells them apart."""

    class Kind(models.TextChoices):
        UP = "up", _("上游对照")
        DOWN = "down", _("下游控制")
        INFLOW = "inflow", _("处理设施进口")
        INNER = "inner", _("园区内部")

    class Water(models.TextChoices):
        RIVER = "river", _("河流")
        LAKE = "lake", _("湖库")

    kind = models.CharField(_("点位类型"), max_length=10, choices=Kind.choices)
    water = models.CharField(_("水体类型"), max_length=10, choices=Water.choices, default=Water.RIVER)


class Member(models.Model):
    """园区企业: a unit within a park and its waste water [m³/d], null where not known; `outlet`: through which of the park it leaves."""

    SCOPE = Within(region="park__region", organisation="park__organisation")

    class Way(models.TextChoices):
        WORKS = "works", _("进集中处理设施")
        DIRECT = "direct", _("处理后直接排放")
        NONE = "none", _("不排生产废水")

    park = models.ForeignKey(Park, on_delete=models.PROTECT, related_name="members", verbose_name=_("园区"))
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="park_members", verbose_name=_("企业")
    )
    way = models.CharField(_("废水去向"), max_length=10, choices=Way.choices)
    water = models.FloatField(_("废水量"), null=True, blank=True)
    pretreatment = models.CharField(_("有预处理设施"), max_length=10, choices=Answered.choices, blank=True)
    permit = models.CharField(_("排污许可证编号"), max_length=40, blank=True)
    outlet = models.ForeignKey(
        ParkOutlet, null=True, blank=True, on_delete=models.PROTECT, related_name="members", verbose_name=_("排口")
    )  # fmt: skip
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["park_id", "organisation_id"]
        constraints = [models.UniqueConstraint(fields=["park", "organisation"], name="one_member_of_a_park")]

    def __str__(self) -> str:
        return str(self.organisation)

    def clean(self) -> None:
        """Its outlet is one of the same park. Raises ValidationError."""
        if self.outlet is not None and self.outlet.park_id != self.park_id:
            raise ValidationError({"outlet": _("这个排口是另一园区的")})
