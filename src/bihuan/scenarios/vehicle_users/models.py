"""In-plant vehicles of vehicle users, and what was drawn for a spot check."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.vehicles import plates, stages
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.vin import NONE, read_vin
from bihuan.registry.models import Person
from bihuan.registry.scopes import Within
from bihuan.registry.transport import AtUser, VehicleUser


class InPlantVehicle(AtUser):
    """厂内运输车辆: a road vehicle that carries goods inside the works. `number` names it within its user; plate: empty where it has none.

    stage_source: from where the stage is known (`stages.SOURCES`). since, until (exclusive): while it is in use there.
    """

    SCOPE = Within(region="user__region", organisation="user__organisation")

    class Kind(models.TextChoices):
        DUMP = "dump", _("自卸汽车")
        TRUCK = "truck", _("载货汽车")
        TRACTOR = "tractor", _("牵引汽车")
        TANKER = "tanker", _("罐式汽车")
        SPRINKLER = "sprinkler", _("洒水、清扫车")
        OTHER = "other", _("其他车辆")

    user = models.ForeignKey(
        VehicleUser, on_delete=models.PROTECT, related_name="inplantvehicles", verbose_name=_("用车单位")
    )
    number = models.CharField(_("环保登记编码或内部编号"), max_length=40)
    kind = models.CharField(_("车辆类型"), max_length=10, choices=Kind.choices)
    plate = models.CharField(_("号牌号码"), max_length=12, blank=True)
    vin = models.CharField(_("车辆识别代号"), max_length=17, blank=True)
    make = models.CharField(_("品牌型号"), max_length=60, blank=True)
    engine_no = models.CharField(_("发动机号"), max_length=40, blank=True)
    fuel = models.CharField(_("燃料类型"), max_length=14, blank=True, choices=[(k, f.title) for k, f in FUELS.items()])  # fmt: skip
    stage = models.CharField(_("排放阶段"), max_length=10, blank=True, choices=list(stages.TITLES.items()))
    stage_source = models.CharField(
        _("阶段来源"), max_length=10, blank=True, choices=list(stages.SOURCES.items())
    )
    made = models.DateField(_("出厂日期"), null=True, blank=True)
    owner = models.CharField(_("所有人"), max_length=120, blank=True)
    since = models.DateField(_("启用日期"), null=True, blank=True)
    until = models.DateField(_("停用日期"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["user_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["user", "number"], name="one_in_plant_vehicle_of_a_number")
        ]

    def __str__(self) -> str:
        return self.plate or self.number

    def clean(self) -> None:
        """Plate and VIN can be such; a stage says where it is known from. Raises ValidationError."""
        if self.plate:
            read = plates.read_plate(self.plate)
            if not read.good:
                raise ValidationError({"plate": _("不是号牌；没有号牌的不填")})
            self.plate = read.text
        if self.vin:
            self.vin, wrong = read_vin(self.vin)
            if wrong not in ("", NONE):
                raise ValidationError({"vin": _("不是车辆识别代号（17 位，第 9 位校验）")})
        if self.stage and not self.stage_source:
            raise ValidationError({"stage_source": _("填了排放阶段，须填阶段来源")})


class SpotDraw(models.Model):
    """现场核查抽样: what was drawn of a unit's ledger, days and times by a seed, as the ledger was known at `at`. Written once.

    first, last: the days of which it was drawn. drawn: rows (gate, time and number of a passage), days, periods, and the numbers that were in force.
    """

    SCOPE = Within(region="unit__region")

    unit = models.ForeignKey(VehicleUser, on_delete=models.PROTECT, related_name="spot_draws")
    seed = models.CharField(max_length=32)
    first = models.DateField()
    last = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    drawn = models.JSONField()

    class Meta:
        ordering = ["-at", "-id"]
