"""Advices on a warning, suggestions to units, and the emissions that reductions are measured against."""

from datetime import datetime

from django.db import models

from bihuan.cases.models import Case
from bihuan.registry.models import Emitter, Measure, Person, Region
from bihuan.registry.scopes import Within

POLLUTANTS = {"nox": "NOx", "so2": "SO2", "pm": "PM", "voc": "VOCs"}


class Advice(models.Model):
    """预警建议: what a forecast run says about starting a warning in a region, and what people decided.

    `probabilities` maps yellow, orange, red to the share of the run's members that reach at least that level; `days` holds
    date, quantiles and level probabilities p1..p6 of the daily AQI; `rule` is the rule's name, `rule_text` all of it.
    `listed_level` is the level of the list whose measures are suggested: also set for precaution below any warning.
    `worst` is the station with the worst forecast (name, lon, lat), from which units are measured.
    """

    SCOPE = Within(region="region")

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

    @property
    def level_name(self) -> str:
        """`黄色预警`, or that none is suggested."""
        return f"{self.get_level_display()}预警" if self.level else "不建议启动预警"


def warning_in_force(region: Region, at: datetime) -> Advice | None:
    """The decision by which a warning runs in a region at a moment: the last one, if it started a warning."""
    decided = Advice.objects.filter(region=region, decided_at__lte=at).select_related("decided_by")
    last = decided.order_by("-decided_at").first()
    return last if last and last.decision == Advice.Decision.STARTED else None


class Suggestion(models.Model):
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
            models.UniqueConstraint(fields=["advice", "emitter", "level"], name="one_suggestion_per_unit")
        ]
        indexes = [models.Index(fields=["status", "-issued"])]

    def __str__(self) -> str:
        return f"{self.emitter.name} {self.final_text}"

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
