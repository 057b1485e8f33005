"""移动源: vehicles, those who use many of them, and the gates they pass; common to all lines of business as rivers are."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.vehicles import plates, stages
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject


class VehicleUser(Subject):
    """重点用车单位: a unit with a gate system, as HJ 1321-2023 asks for it. Its code is the unit's in records of gates.

    emitter: the unit of the emission-reduction list that it is, null where it is none. clean_goal: 清洁运输比例 that it has to
    reach [%], null where none is set.
    """

    industry = models.CharField(_("行业"), max_length=60)
    grade = models.CharField(_("绩效分级"), max_length=12, blank=True)
    emitter = models.ForeignKey(
        "registry.Emitter", null=True, blank=True, on_delete=models.PROTECT, related_name="vehicle_users", verbose_name=_("减排清单单位")
    )  # fmt: skip
    guaranteed = models.BooleanField(_("保障类"), default=False)
    clean_goal = models.FloatField(_("清洁运输目标"), null=True, blank=True)
    contact = models.CharField(_("联系人"), max_length=60, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)


class AtUser(models.Model):
    """What a vehicle user lists of the vehicles and machines that work inside (厂内运输车辆、非道路移动机械: ledgers of HJ 1321-2023, 条款待核).

    user: null for one that works at none. Every register of such a model is a ledger of the user.
    """

    user = models.ForeignKey(
        VehicleUser, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("用车单位")
    )  # fmt: skip

    class Meta:
        abstract = True


class Gate(Subject):
    """门禁: one entrance of a vehicle user; its code is the site of its passages. weighbridge: it has one whose weights come along."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("货运出入口")
        SIDE = "side", _("侧门")
        STAFF = "staff", _("员工通道")

    unit = models.ForeignKey(
        VehicleUser, on_delete=models.PROTECT, related_name="gates", verbose_name=_("用车单位")
    )
    kind = models.CharField(_("门禁类型"), max_length=10, choices=Kind.choices, default=Kind.GOODS)
    weighbridge = models.BooleanField(_("有地磅"), default=False)
    vendor = models.CharField(_("厂商"), max_length=60, blank=True)


class Vehicle(models.Model):
    """车辆: one of the city's list of vehicles, as the national list or an inspection tells it. Plate and colour name it.

    vin: empty where not known. registered: date of the first registration. stage_source: from where the stage is known
    (`stages.SOURCES`). source: the list or file that it came with. region: where it is registered or, of another city's, where it is used.
    """

    SCOPE = Within(region="region")

    plate = models.CharField(_("号牌"), max_length=12)
    colour = models.CharField(_("号牌颜色"), max_length=14, choices=list(plates.COLOURS.items()))
    region = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="vehicles", verbose_name=_("区划")
    )
    vin = models.CharField(_("车辆识别代号"), max_length=17, blank=True, db_index=True)
    engine_no = models.CharField(_("发动机号"), max_length=40, blank=True)
    vehicle_type = models.CharField(_("车辆类型"), max_length=40, blank=True)
    fuel = models.CharField(
        _("燃料"), max_length=14, blank=True, choices=[(k, f.title) for k, f in FUELS.items()]
    )
    stage = models.CharField(_("排放阶段"), max_length=10, blank=True, choices=list(stages.TITLES.items()))
    stage_source = models.CharField(
        _("阶段来源"), max_length=10, blank=True, choices=list(stages.SOURCES.items())
    )
    registered = models.DateField(_("登记日期"), null=True, blank=True)
    use = models.CharField(_("使用性质"), max_length=30, blank=True)
    owner = models.CharField(_("所有人"), max_length=120, blank=True)
    permitted_kg = models.FloatField(_("总质量"), null=True, blank=True)
    curb_kg = models.FloatField(_("整备质量"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=120, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["plate", "colour"]
        constraints = [models.UniqueConstraint(fields=["plate", "colour"], name="one_vehicle_of_a_plate")]

    def __str__(self) -> str:
        return self.plate

    def clean(self) -> None:
        """The plate is one, of its colour. Raises ValidationError."""
        read = plates.read_plate(self.plate, self.colour or None)
        if not read.good:
            raise ValidationError({"plate": _("不是号牌")})
        if plates.COLOUR in read.noted:
            raise ValidationError({"colour": _("这个颜色的号牌没有这种写法")})
        self.plate = read.text
