"""Incidents: what belongs together of what was found, and how people have regrouped it."""

from django.db import models

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person
from bihuan.registry.scopes import Within


class Incident(models.Model):
    """事件: findings that belong together (cases.grouping). Severity, time and state are those of its findings.

    `root` is the finding that explains the others. `by_hand`: somebody has split or merged it; no round ever unites
    it with another. An incident whose findings all went into another leads to it by `merged_into`.
    """

    SCOPE = Within(region="findings__region", organisation="findings__organisation")

    class Cause(models.TextChoices):
        TARGET = "target", "同一对象"
        LINE = "line", "同一单位"
        VENDOR = "vendor", "运维单位平台"
        NETWORK = "network", "传输网络"
        WEATHER = "weather", "同一区域"
        CENTRE = "centre", "指挥中心自身"
        HAND = "hand", "人工归并"

    cause = models.CharField("成因", max_length=10, choices=Cause.choices, default=Cause.TARGET)
    root = models.ForeignKey("Finding", null=True, on_delete=models.SET_NULL, related_name="+")
    by_hand = models.BooleanField("人工归并", default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    opened_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-opened_at", "-id"]

    def __str__(self) -> str:
        return str(self.root or "")


class Regrouping(WrittenOnce):
    """归并记录: findings that somebody moved from one incident to another, and why. `undoes`: the one it takes back."""

    SCOPE = Within(region="into__findings__region")

    class Kind(models.TextChoices):
        SPLIT = "split", "拆分"
        MERGE = "merge", "归并"
        UNDO = "undo", "撤销"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="left")
    into = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="joined")
    findings = models.JSONField(default=list)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source_id} → {self.into_id}"
