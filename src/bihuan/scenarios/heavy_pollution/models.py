"""Advices on a warning, the steps of warnings, suggestions to units, and the emissions that reductions are measured against."""

from typing import Any

from django.db import models

from bihuan.cases.models import Case
from bihuan.domain.timeaxis import CST
from bihuan.registry.log import Logged, WrittenOnce
from bihuan.registry.models import Emitter, Measure, Person, Region
from bihuan.registry.scopes import COMMON, Within

POLLUTANTS = {"nox": "NOx", "so2": "SO2", "pm": "PM", "voc": "VOCs"}


class Advice(Logged):
    """预警建议: what a forecast run says about starting a warning in a region, and what people decided.

    `probabilities` maps yellow, orange, red to the share of the run's members that reach at least that level; `days` holds
    date, quantiles and level probabilities p1..p6 of the daily AQI; `rule` is the rule's name, `rule_text` all of it.
    `listed_level` is the level of the list whose measures are suggested: also set for precaution below any warning.
    `worst` is the station with the worst forecast (name, lon, lat), from which units are measured.
    """

    SCOPE = Within(region="region")
    UNLOGGED = {
        "listed_level": "what is suggested next; each suggestion keeps the level that it is of",
        "need": "why that is suggested next; each suggestion keeps its reason",
    }

    class Decision(models.TextChoices):
        OPEN = "open", "待会商"
        STARTED = "started", "已启动"
        NOT_STARTED = "not_started", "不启动"
        ENDED = "ended", "已解除"

    run_id = models.CharField("预报", max_length=60)
    issued = models.DateTimeField(db_index=True)
    made_at = models.DateTimeField()
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    level = models.CharField("建议级别", max_length=10, choices=Measure.Level.choices, blank=True)
    listed_level = models.CharField("清单级别", max_length=10, choices=Measure.Level.choices, blank=True)
    need = models.CharField("为什么", max_length=400)
    worst = models.JSONField("最差点位", default=dict)
    probability = models.FloatField(default=0)
    probabilities = models.JSONField(default=dict)
    days = models.JSONField(default=list)
    sentence = models.CharField(max_length=400)
    rule = models.CharField(max_length=60)
    rule_text = models.TextField()
    rule_source = models.CharField(max_length=300)
    decision = models.CharField(max_length=12, choices=Decision.choices, default=Decision.OPEN)
    started_level = models.CharField("启动级别", max_length=10, choices=Measure.Level.choices, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-issued", "region_id"]
        constraints = [
            models.UniqueConstraint(fields=["run_id", "region"], name="one_advice_per_run_and_region")
        ]

    def __str__(self) -> str:
        return f"{self.region.name} {self.level_name}"

    @classmethod
    def entered_rows(cls) -> "models.QuerySet[Any]":
        """Those that somebody decided."""
        return cls.objects.filter(decided_at__isnull=False)

    @property
    def covered(self) -> bool:
        """Whether somebody decided it."""
        return self.decided_at is not None

    @property
    def level_name(self) -> str:
        """`黄色预警`, or that none is suggested."""
        return f"{self.get_level_display()}预警" if self.level else "不建议启动预警"


class WarningStep(WrittenOnce):
    """预警办理记录: one step in the life of a warning, written once: proposed, then approved, returned or withdrawn.

    A proposal says what is to be done (`kind`, `level`, `since`, `until`, `reason`); its answer says the same again, with
    the remark of whoever answered as `reason`, so that one row tells all. `since` of a proposal is null for "at once", of
    an approval it is when the level applies from; `before` is the level in force until then; `number` that of the notice.
    A warning concerns all: everybody who holds a post may read it. Proposals are shown to the office only (pages).
    """

    SCOPE = COMMON

    class Kind(models.TextChoices):
        START = "start", "发布"
        CHANGE = "change", "调整"
        LIFT = "lift", "解除"

    class Action(models.TextChoices):
        PROPOSED = "proposed", "提请"
        APPROVED = "approved", "批准"
        RETURNED = "returned", "退回"
        WITHDRAWN = "withdrawn", "撤回"

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    action = models.CharField("步骤", max_length=10, choices=Action.choices)
    kind = models.CharField("事项", max_length=10, choices=Kind.choices)
    level = models.CharField("级别", max_length=10, choices=Measure.Level.choices)
    before = models.CharField("原级别", max_length=10, choices=Measure.Level.choices, blank=True)
    since = models.DateTimeField("起", null=True)
    until = models.DateTimeField("预计至", null=True)
    reason = models.CharField("理由", max_length=400, blank=True)
    advice = models.ForeignKey(Advice, null=True, on_delete=models.PROTECT, related_name="warning_steps")
    answers = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="answer")
    number = models.PositiveIntegerField("文号", null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    post = models.CharField("职务", max_length=200)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.region.name}{self.get_kind_display()}{self.level_name}"

    @property
    def level_name(self) -> str:
        """`黄色预警`."""
        return f"{self.get_level_display()}预警"

    @property
    def notice_number(self) -> str:
        """The notice's number in its year, as offices write it."""
        year = self.at.astimezone(CST).year
        return f"{self.region.name}重污染天气预警〔{year}〕{self.number}号" if self.number else ""


class Suggestion(Logged):
    """管控建议: one measure of one unit of the reduction list, why now, and what people decided.

    `pollutant` and `kg_per_day` are what the measure is suggested for; `kg` holds all pollutants that it saves.
    """

    SCOPE = Within(region="region")

    class Status(models.TextChoices):
        OPEN = "open", "待处理"
        ACCEPTED = "accepted", "已采纳"
        CHANGED = "changed", "改后采纳"
        REFUSED = "refused", "未采纳"
        EXPIRED = "expired", "已过期"
        ONGOING = "ongoing", "执行中"
        ENDED = "ended", "措施终止"

    GONE = (Status.EXPIRED, Status.ENDED)
    """What no longer stands: history, that no sum counts."""

    advice = models.ForeignKey(Advice, on_delete=models.PROTECT, related_name="suggestions")
    issued = models.DateTimeField(db_index=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    emitter = models.ForeignKey(Emitter, on_delete=models.PROTECT, related_name="suggestions")
    level = models.CharField(max_length=10, choices=Measure.Level.choices)
    pollutant = models.CharField(max_length=10)
    text = models.CharField(max_length=200)
    kg_per_day = models.FloatField()
    kg = models.JSONField(default=dict)
    share = models.FloatField("占比", null=True)
    rank = models.PositiveIntegerField()
    why = models.CharField(max_length=400)
    why_data = models.JSONField(default=dict)
    basis = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    changed_text = models.CharField(max_length=200, blank=True)
    changed_kg = models.FloatField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="suggestions")
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["-issued", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["advice", "emitter", "level"],
                condition=~models.Q(status__in=["expired", "ended"]),
                name="one_suggestion_per_unit",
            )
        ]
        indexes = [models.Index(fields=["status", "-issued"])]

    def __str__(self) -> str:
        return f"{self.emitter.name} {self.final_text}"

    @classmethod
    def entered_rows(cls) -> "models.QuerySet[Any]":
        """Those that somebody decided."""
        return cls.objects.filter(decided_at__isnull=False)

    @property
    def covered(self) -> bool:
        """Whether somebody decided it, and has not taken that back."""
        return self.decided_at is not None

    @property
    def pollutant_label(self) -> str:
        """Name of the pollutant on screens."""
        return POLLUTANTS.get(self.pollutant, self.pollutant)

    @property
    def others(self) -> list[tuple[str, float]]:
        """(name, kg/d) of what the measure saves besides."""
        return [(POLLUTANTS.get(p, p), kg) for p, kg in self.kg.items() if p != self.pollutant]

    @property
    def final_text(self) -> str:
        """The measure as decided."""
        return self.changed_text or self.text

    @property
    def final_kg(self) -> float:
        """The reduction as decided. [kg/d]"""
        return self.kg_per_day if self.changed_kg is None else self.changed_kg

    @property
    def final_kgs(self) -> dict[str, float]:
        """All pollutants saved, as decided; a changed amount scales the others alike. [kg/d]"""
        factor = self.final_kg / self.kg_per_day if self.kg_per_day else 1.0
        return {p: kg * factor for p, kg in self.kg.items()}


class EmissionBase(models.Model):
    """排放基数: what a whole region emits on a normal working day, by pollutant; the base of the 10/20/30 % rule."""

    SCOPE = Within(region="region")

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    pollutant = models.CharField(max_length=10)
    kg_per_day = models.FloatField()
    source = models.CharField(max_length=200)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["region_id", "pollutant"]
        constraints = [models.UniqueConstraint(fields=["region", "pollutant"], name="one_base_per_pollutant")]

    def __str__(self) -> str:
        return f"{self.region.name} {self.pollutant} {self.kg_per_day:.0f} kg/d"
