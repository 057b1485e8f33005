"""Findings, what counties propose about them, and the runs of the checks that found them."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from bihuan.cases.incident_models import Incident
from bihuan.registry.log import Logged, WrittenOnce
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.scopes import COMMON, Within


class Level(models.TextChoices):
    """分级: the severity of a check and the level of a case."""

    MINOR = "minor", "一般"
    MODERATE = "moderate", "较重"
    SERIOUS = "serious", "严重"
    MAJOR = "major", "重大"


class Finding(Logged):
    """发现: what a check, a forecast, a patrol or a citizen found.

    `evidence` is what showed it first and never changes; `latest` is what the running problem showed last.
    `title` tells the worst size and the whole length; `phrase` is the same with the length left open.
    `running` is true of the one that ends last of its check, item and target.
    `vendor`: who ran the logger of its target when it was found; null: none, not known, or the only one there is.
    `facet`, `explained_by` and `cause` are what its check said of what it belongs with. `follows`: the judged finding of the
    same incident whose verdict it took over when it came to it.
    Once somebody has judged it, it is entered in the log whenever it changes.
    """

    SCOPE = Within(region="region", organisation="organisation")
    UNLOGGED = {
        "running": "a newer finding of the same check and place ends it; no paper and no count rests on it"
    } | dict.fromkeys(
        ("incident_id", "vendor_id", "facet", "explained_by", "cause"),
        "how findings are shown together; what people change of it is entered as Regrouping",
    )

    class Status(models.TextChoices):
        NEW = "new", "新发现"
        CONFIRMED = "confirmed", "已确认"
        REJECTED = "rejected", "已否定"
        SILENCED = "silenced", "已静默"
        HANDED = "handed", "已交办"
        MERGED = "merged", "已并入"

    check_key = models.CharField("检查规则", max_length=80)
    target_kind = models.CharField(max_length=20)
    target = models.CharField(max_length=80)
    target_name = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    phrase = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT)
    vendor = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="findings_of_loggers"
    )
    started_at = models.DateTimeField(db_index=True)
    until = models.DateTimeField()
    item = models.CharField(max_length=20, blank=True)
    magnitude = models.FloatField(null=True)
    unit = models.CharField(max_length=30, blank=True)
    severity = models.CharField(max_length=10, choices=Level.choices)
    evidence = models.JSONField(default=dict)
    evidence_hash = models.CharField(max_length=64)
    latest = models.JSONField(default=dict)
    basis = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    running = models.BooleanField(default=True)
    silenced_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(null=True)
    decided_magnitude = models.FloatField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    found_at = models.DateTimeField()
    simulated = models.BooleanField(default=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="findings")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followers")
    facet = models.CharField(max_length=40, blank=True)
    explained_by = models.JSONField(default=list)
    cause = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_key", "target_kind", "item", "target"],
                condition=models.Q(running=True),
                name="one_running_finding",
            )
        ]
        indexes = [
            models.Index(fields=["status", "-started_at"]),
            models.Index(fields=["check_key", "target"]),
        ]

    def __str__(self) -> str:
        return f"{self.target_name} {self.title}"

    @property
    def full_key(self) -> str:
        """Check and item in one."""
        return f"{self.check_key}:{self.item}" if self.item else self.check_key

    @classmethod
    def entered_rows(cls) -> "models.QuerySet[Any]":
        """Those that somebody judged."""
        return cls.objects.exclude(status__in=(cls.Status.NEW, cls.Status.MERGED))

    @property
    def covered(self) -> bool:
        """Whether somebody judged it."""
        return self.status not in (self.Status.NEW, self.Status.MERGED)


VERDICT_NAMES = {
    Finding.Status.CONFIRMED: gettext_lazy("确认"),
    Finding.Status.REJECTED: gettext_lazy("否定"),
    Finding.Status.SILENCED: gettext_lazy("静默"),
}
"""What people decide on a finding, as a deed."""


class Proposal(WrittenOnce):
    """判定建议: how a county would have the city judge a finding. The newest counts; none is changed."""

    SCOPE = Within(region="finding__region")

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="proposals")
    verdict = models.CharField(max_length=10, choices=Finding.Status.choices)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verdict_name} {self.reason}"

    @property
    def verdict_name(self) -> str:
        """What the city should do with the finding."""
        return str(VERDICT_NAMES[Finding.Status(self.verdict)])


class CheckRun(models.Model):
    """One run of one check: what it cost and what became of its rows. `skipped` is why it did not run.

    `inputs_seconds` is what preparing its inputs took, the same for all checks of a scenario, which share them.
    `unknown` are the targets of rows that no register knows, one entry per row.
    """

    SCOPE = COMMON

    check_key = models.CharField("检查规则", max_length=80)
    as_of = models.DateTimeField(db_index=True)
    started = models.DateTimeField()
    seconds = models.FloatField(default=0.0)
    inputs_seconds = models.FloatField(default=0.0)
    found = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    extended = models.PositiveIntegerField(default=0)
    unknown = models.JSONField(default=list)
    error = models.CharField(max_length=500, blank=True)
    skipped = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["check_key", "-id"])]

    def __str__(self) -> str:
        return f"{self.check_key} {self.as_of:%Y-%m-%d %H:%M}"

    @property
    def unknown_codes(self) -> list[str]:
        """The first of the targets that no register knows, each once."""
        return list(dict.fromkeys(self.unknown))[:20]
