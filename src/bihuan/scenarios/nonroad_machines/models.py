"""The register of machines and of the zones in which machines of low stages may not work."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.nonroad.labels import well_formed
from bihuan.registry.subjects import Subject
from bihuan.registry.transport import AtUser
from bihuan.scenarios.nonroad_machines.settings import in_force


class Stage(models.TextChoices):
    """国一 to 国四; of electric machines none."""

    ONE = "1", _("国一")
    TWO = "2", _("国二")
    THREE = "3", _("国三")
    FOUR = "4", _("国四")


class NonroadMachine(Subject, AtUser):
    """机械. Its organisation is the owner; lon, lat: where it usually works. What is not known is empty.

    user: the vehicle user within whose works it is. label: 环保登记号码. power: of the engine [kW]. pin: product identification number.
    """

    class Kind(models.TextChoices):
        EXCAVATOR = "excavator", _("挖掘机")
        LOADER = "loader", _("装载机")
        BULLDOZER = "bulldozer", _("推土机")
        ROLLER = "roller", _("压路机")
        FORKLIFT = "forklift", _("叉车")
        CRANE = "crane", _("起重机")
        DRILL = "drill", _("桩工、钻机")
        OTHER = "other", _("其他机械")

    class Fuel(models.TextChoices):
        DIESEL = "diesel", _("柴油")
        GAS = "gas", _("燃气")
        ELECTRIC = "electric", _("电动")
        HYDROGEN = "hydrogen", _("氢燃料")

    label = models.CharField(_("环保登记号码"), max_length=30, blank=True)
    kind = models.CharField(_("机械类型"), max_length=12, choices=Kind.choices)
    fuel = models.CharField(_("燃料"), max_length=10, choices=Fuel.choices)
    stage = models.CharField(_("排放阶段"), max_length=1, choices=Stage.choices, blank=True)
    made = models.DateField(_("出厂日期"), null=True, blank=True)
    power = models.FloatField(_("发动机功率"), null=True, blank=True)
    engine_model = models.CharField(_("发动机型号"), max_length=60, blank=True)
    engine_number = models.CharField(_("发动机号"), max_length=60, blank=True)
    pin = models.CharField(_("产品识别码 PIN"), max_length=40, blank=True)
    place = models.CharField(_("使用地点"), max_length=120, blank=True)

    def clean(self) -> None:
        """Its label has the form that is set; an electric machine has no stage. Raises ValidationError."""
        if self.label and not well_formed(self.label, in_force().label_form):
            raise ValidationError(
                {"label": _("不是环保登记号码的写法（%(form)s）") % {"form": in_force().label_form}}
            )
        if self.stage and self.clean_energy:
            raise ValidationError({"stage": _("电动、氢燃料机械没有排放阶段")})

    @property
    def clean_energy(self) -> bool:
        """Does it let out no exhaust of its own?"""
        return self.fuel in (self.Fuel.ELECTRIC, self.Fuel.HYDROGEN)


class ControlZone(Subject):
    """低排放控制区 (禁用区), between its days. least: the lowest stage that may work inside."""

    least = models.CharField(_("最低排放阶段"), max_length=1, choices=Stage.choices)
    source = models.CharField(_("依据"), max_length=120, blank=True)

    def clean(self) -> None:
        """It is an area. Raises ValidationError."""
        if (self.geometry or {}).get("type") not in ("Polygon", "MultiPolygon"):
            raise ValidationError({"geometry": _("控制区须有面（Polygon）")})
