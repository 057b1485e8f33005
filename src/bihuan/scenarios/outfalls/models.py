"""The register of outfalls, the steps of the work on each, written once, and the goals of a year by county."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.kit.inspection.models import Answer
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.rivers import Reach, River
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject
from bihuan.scenarios.outfalls.classes import choices
from bihuan.scenarios.outfalls.transitions import Clarity, Evidence, State, Way


class Outfall(Subject):
    """入河排污口. Its organisation is who is responsible, null while nobody knows. `stage` is written by steps alone.

    official_code: of HJ 1235, as it was given. km: from the upper end of the reach. cod, nh3n, tp: limits [mg/L], null where
    none is known. clarity, evidence, way, due: what tracing and planning said last. entry: the stage in which it was registered.
    """

    class Bank(models.TextChoices):
        LEFT = "left", _("左岸")
        RIGHT = "right", _("右岸")

    class Shape(models.TextChoices):
        PIPE = "pipe", _("管道")
        CHANNEL = "channel", _("明渠")
        CULVERT = "culvert", _("涵闸")
        PUMP = "pump", _("泵站")
        OTHER = "other", _("其他方式")

    class Rhythm(models.TextChoices):
        STEADY = "steady", _("连续排放")
        BROKEN = "broken", _("间歇排放")
        RAIN = "rain", _("雨天排放")
        NONE = "none", _("长期无水")

    official_code = models.CharField(_("排污口编码"), max_length=60, blank=True)
    kind = models.CharField(_("排污口类型"), max_length=20, choices=choices)
    reach = models.ForeignKey(
        Reach,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outfalls",
        verbose_name=_("河段"),
    )
    km = models.FloatField(_("距河段上端"), null=True, blank=True)
    river = models.ForeignKey(
        River,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outfalls",
        verbose_name=_("受纳河流"),
    )
    bank = models.CharField(_("岸别"), max_length=10, choices=Bank.choices, blank=True)
    shape = models.CharField(_("入河方式"), max_length=10, choices=Shape.choices, blank=True)
    size = models.CharField(_("口门尺寸"), max_length=40, blank=True)
    rhythm = models.CharField(_("排放方式"), max_length=10, choices=Rhythm.choices, blank=True)
    person = models.CharField(_("责任人"), max_length=40, blank=True)
    supervisor = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="supervised_outfalls",
        verbose_name=_("监管单位"),
    )  # fmt: skip
    approval = models.CharField(_("设置审批或登记文号"), max_length=80, blank=True)
    cod = models.FloatField(_("COD 限值"), null=True, blank=True)
    nh3n = models.FloatField(_("氨氮限值"), null=True, blank=True)
    tp = models.FloatField(_("总磷限值"), null=True, blank=True)
    clarity = models.CharField(_("溯源结论"), max_length=10, choices=Clarity.choices, blank=True)
    evidence = models.CharField(_("证据等级"), max_length=10, choices=Evidence.choices, blank=True)
    way = models.CharField(_("整治类型"), max_length=10, choices=Way.choices, blank=True)
    due = models.DateField(_("整治期限"), null=True, blank=True)
    entry = models.CharField(_("入库时环节"), max_length=12, choices=State.choices, default=State.FOUND)
    stage = models.CharField(_("环节"), max_length=12, choices=State.choices, default=State.FOUND)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )

    def clean(self) -> None:
        """It lies on its reach, and its reach on its river. Raises ValidationError."""
        if self.reach is None:
            return
        if self.river_id and self.river_id != self.reach.river_id:
            raise ValidationError({"river": _("河段不在这条河流上")})
        if self.km is not None and self.km > self.reach.length_km:
            raise ValidationError({"km": _("超过了河段长")})

    @property
    def water(self) -> River | None:
        """The river that it flows into, as far as it is registered."""
        return self.reach.river if self.reach else self.river


class Step(WrittenOnce):
    """办理记录 of an outfall, by the table of transitions. given: what was filled in, by the keys of its needs.

    answer: the inspection that it rests on. milestone: which one was done.
    """

    SCOPE = Within(region="outfall__region", organisation="outfall__organisation")
    KEY = ("outfall_id", "seq")

    outfall = models.ForeignKey(Outfall, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=12)
    label = models.CharField(max_length=20)
    source = models.CharField(max_length=12, blank=True)
    target = models.CharField(max_length=12)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField()
    given = models.JSONField(default=dict)
    answer = models.ForeignKey(Answer, null=True, on_delete=models.PROTECT, related_name="+")
    milestone = models.ForeignKey("Milestone", null=True, on_delete=models.PROTECT, related_name="done")

    class Meta:
        ordering = ["outfall_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["outfall", "seq"], name="one_outfall_step")]

    def __str__(self) -> str:
        return f"{self.outfall_id} {self.seq} {self.label}"


class Milestone(WrittenOnce):
    """时间节点 of a plan: what is done by the end of `day`."""

    SCOPE = Within(region="plan__outfall__region", organisation="plan__outfall__organisation")

    plan = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveIntegerField()
    task = models.CharField(max_length=200)
    day = models.DateField()

    class Meta:
        ordering = ["plan_id", "number"]

    def __str__(self) -> str:
        return self.task


class Goal(models.Model):
    """年度目标 of a county: which share [%] of its outfalls is surveyed, traced and put right by the end of the year."""

    SCOPE = Within(region="region")

    year = models.PositiveSmallIntegerField(_("年度"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="outfall_goals", verbose_name=_("区划")
    )
    surveyed = models.FloatField(_("排查完成率目标"))
    traced = models.FloatField(_("溯源完成率目标"))
    treated = models.FloatField(_("整治完成率目标"))
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["-year", "region_id"]
        constraints = [models.UniqueConstraint(fields=["year", "region"], name="one_outfall_goal")]

    def __str__(self) -> str:
        return f"{self.year} {self.region}"
