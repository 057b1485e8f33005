"""What is kept besides the records themselves (`archive/roadside`): points, captures of black smoke, recalls."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.vehicles import plates
from bihuan.registry.models import Person, Vehicle
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject


class SensingPoint(Subject):
    """遥感监测点位. Its code is the point's in records. slope: of the road [°]."""

    class Kind(models.TextChoices):
        HORIZONTAL = "horizontal", _("固定水平式")
        VERTICAL = "vertical", _("固定垂直式")
        MOBILE = "mobile", _("移动式")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    road = models.CharField(_("道路"), max_length=60, blank=True)
    lanes = models.IntegerField(_("车道数"), null=True, blank=True)
    slope = models.FloatField(_("坡度"), null=True, blank=True)
    maker = models.CharField(_("设备厂商"), max_length=60, blank=True)
    calibrated = models.DateField(_("检定日期"), null=True, blank=True)


class SmokeCapture(models.Model):
    """黑烟抓拍: what a camera took for black smoke. Only one that a person has confirmed counts.

    place: a point's code or a place in words. ringelmann: the grade that the camera reads, null where it reads none. picture, video: where they lie, as the
    camera's platform names them.
    """

    SCOPE = Within(region="region")

    class State(models.TextChoices):
        WAITING = "waiting", _("待审核")
        CONFIRMED = "confirmed", _("已确认")
        REJECTED = "rejected", _("不成立")

    number = models.CharField(_("记录编号"), max_length=60, unique=True)
    region = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("区划")
    )
    at = models.DateTimeField(_("抓拍时间"))
    place = models.CharField(_("抓拍地点"), max_length=120)
    plate = models.CharField(_("号牌号码"), max_length=20, blank=True)
    colour = models.CharField(_("号牌颜色"), max_length=14, choices=list(plates.COLOURS.items()), blank=True)
    ringelmann = models.FloatField(_("林格曼黑度"), null=True, blank=True)
    picture = models.CharField(_("照片"), max_length=400, blank=True)
    video = models.CharField(_("视频"), max_length=400, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)
    state = models.CharField(_("审核"), max_length=10, choices=State.choices, default=State.WAITING)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "pk"]
        indexes = [models.Index(fields=["state", "at"]), models.Index(fields=["plate", "colour"])]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        """A plate is kept in its one form. Raises ValidationError for a text that is none, and for a capture that shows nothing."""
        read = plates.read_plate(self.plate, self.colour or None)
        if read.text and not read.good:
            raise ValidationError({"plate": _("不是号牌；看不清的不填")})
        if plates.SEVERAL in read.noted:
            raise ValidationError({"plate": _("一行只写一辆车")})
        self.plate = read.text
        if not self.picture and not self.video:
            raise ValidationError({"picture": _("照片和视频至少要有一项，否则无从审核")})


class Recall(models.Model):
    """复检通知: a vehicle is asked to be tested again until a day. What it rests on stands in `grounds` as it was then."""

    SCOPE = Within(region="vehicle__region")

    class State(models.TextChoices):
        NOTICED = "noticed", _("已通知")
        FAILED = "failed", _("复检不合格")
        PASSED = "passed", _("复检合格")

    number = models.CharField(_("文号"), max_length=30, unique=True)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="recalls")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.NOTICED)
    grounds = models.JSONField(_("依据"), default=list)
    issued_at = models.DateTimeField(_("通知时间"))
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    deadline = models.DateField(_("期限"))
    tested_on = models.DateField(_("复检日期"), null=True, blank=True)
    test = models.CharField(_("检验流水号"), max_length=60, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"], condition=~models.Q(state="passed"), name="one_open_recall_of_a_vehicle"
            )
        ]

    def __str__(self) -> str:
        return self.number
