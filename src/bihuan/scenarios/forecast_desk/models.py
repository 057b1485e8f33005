"""Bulletins (会商预报), what was done with them, and guidance (上级指导预报). All rows are written once."""

from django.db import models

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person, Region
from bihuan.registry.scopes import COMMON, Holders
from bihuan.scenarios.forecast_desk.settings import in_force


class Bulletin(WrittenOnce):
    """会商预报: one version of a person's forecast for a place, with what the machine said, as both were known then.

    `place` is a key of forecasts (`city:<region code>` or a station). `content` holds `days` (see `content`) and
    `hours` (shifts and factors of periods), `machine` the run's own days.
    """

    SCOPE = Holders(*in_force().desk, region="region")

    place = models.CharField("地点", max_length=60)
    place_name = models.CharField(max_length=80)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    version = models.PositiveIntegerField("版本")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    run_id = models.CharField("机器预报", max_length=60)
    run_digest = models.CharField(max_length=64)
    run_issued = models.DateTimeField("起报")
    known_until = models.DateTimeField("已知数据截至")
    content = models.JSONField()
    machine = models.JSONField()
    reason = models.CharField("理由", max_length=600)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("制作时间", db_index=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["place", "version"], name="one_bulletin_per_version")]

    def __str__(self) -> str:
        return f"{self.place_name} 第 {self.version} 版"


class Act(WrittenOnce):
    """会商记录: what was done with a bulletin, by whom and when."""

    SCOPE = Holders(*in_force().desk, region="bulletin__region")

    class Kind(models.TextChoices):
        PROPOSED = "proposed", "提交"
        APPROVED = "approved", "审签"
        RETURNED = "returned", "退回"
        PUBLISHED = "published", "发布"
        WITHDRAWN = "withdrawn", "撤回"

    KEY = ("bulletin_id", "kind")

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "kind"], name="each_act_once")]

    def __str__(self) -> str:
        return f"{self.bulletin} {self.get_kind_display()}"


class Guidance(WrittenOnce):
    """上级指导预报: one file as it came (kept under its hash), the rows taken in, and those refused with the reason.

    `rows`: place, item (inside name, `o3_8h`, `aqi`), day or start (one of them), low, value, high, primary.
    """

    SCOPE = COMMON

    source = models.CharField("来源", max_length=80)
    issued = models.DateTimeField("发布时间", db_index=True)
    received_at = models.DateTimeField("收到", db_index=True)
    received_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.file_name}"
