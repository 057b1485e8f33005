"""Plans, patrols, what phones sent, what was made of it, stops, and signs for the supervisor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.cases.models import Finding, KeptFile
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import SUPERVISORS
from bihuan.registry.scopes import COMMON, Holders, Within


class Plan(WrittenOnce):
    """巡查计划: things of a kind (all of the region, or those of `codes`) are visited every so many days.

    person: who does; empty: whoever patrols in the region. until (inclusive): the last day; empty: open. It is ended, never changed.
    """

    SCOPE = Within(region="region")

    title = models.CharField(_("名称"), max_length=60)
    objects_of = models.CharField(max_length=40)
    codes = models.JSONField(default=list)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="patrol_plans")
    every_days = models.PositiveIntegerField(_("周期"))
    since = models.DateField(_("开始"))
    until = models.DateField(_("结束"), null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title


class PlanEnd(WrittenOnce):
    """A plan that is no longer followed."""

    SCOPE = Within(region="plan__region")

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="ended")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.plan} {self.reason}"


class Patrol(WrittenOnce):
    """一次巡查. key: the number that the phone gave it, so that it can begin without signal. said_start: by the phone's clock."""

    SCOPE = Within(region="region")

    key = models.CharField(max_length=36, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="patrols")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    said_start = models.DateTimeField(db_index=True)
    at = models.DateTimeField()
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["-said_start", "-id"]

    def __str__(self) -> str:
        return f"{self.person} {self.key[:8]}"


class Batch(WrittenOnce):
    """轨迹批次 as it was sent, kept before it is read; what of it can be read is read anew each time (domain.patrol)."""

    SCOPE = Within(region="patrol__region")

    class Kind(models.TextChoices):
        POINTS = "points", _("手机")
        GPX = "gpx", _("GPX 文件")

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    raw = models.TextField()
    sha256 = models.CharField(max_length=64)
    received = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["patrol", "sha256"], name="one_batch_once")]

    def __str__(self) -> str:
        return f"{self.patrol_id} {self.sha256[:12]}"


class Result(models.Model):
    """What a patrol came to; made anew from its batches whenever more came, so it may be deleted.

    batches: of how many it was made. signs_of: of how many its signs were looked for. first, last: by the phone's clock. steps: columns of
    domain.patrol.track.STEPS. conditions: those of an effective day, as they were judged. clock_off: by how much the phone's clock
    was wrong [s], negative when it was slow; None where nothing says.
    """

    SCOPE = Within(region="patrol__region")

    patrol = models.OneToOneField(Patrol, on_delete=models.PROTECT, related_name="result")
    made = models.DateTimeField()
    batches = models.PositiveIntegerField()
    signs_of = models.PositiveIntegerField(default=0)
    rules = models.JSONField()
    day = models.DateField(db_index=True)
    first = models.DateTimeField(null=True)
    last = models.DateTimeField(null=True)
    totals = models.JSONField()
    conditions = models.JSONField()
    effective = models.BooleanField()
    refused = models.JSONField(default=list)
    clock_off = models.FloatField(null=True)
    steps = models.JSONField()

    def __str__(self) -> str:
        return f"{self.patrol} {self.day}"


class Stop(WrittenOnce):
    """到点记录: what the patrol saw at a place of its track; with `finding`, a problem that it found there.

    key: the number that the phone gave it. said_at: by the phone's clock. about: the thing of a plan where one was named (target).
    """

    SCOPE = Within(region="patrol__region")

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="stops")
    key = models.CharField(max_length=36, unique=True)
    said_at = models.DateTimeField()
    at = models.DateTimeField()
    lat = models.FloatField()
    lon = models.FloatField()
    objects_of = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=400, blank=True)
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="stops")

    class Meta:
        ordering = ["said_at", "id"]

    def __str__(self) -> str:
        return self.text or self.name


class StopFile(KeptFile, WrittenOnce):
    """A photo of a stop."""

    SCOPE = Within(region="stop__patrol__region")

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="files")


class Sign(WrittenOnce):
    """疑似: why a track may not have been walked (domain.patrol.signs). It says nothing of guilt, and only supervisors see it."""

    SCOPE = Holders(*SUPERVISORS, region="patrol__region")

    patrol = models.ForeignKey(Patrol, on_delete=models.PROTECT, related_name="signs")
    kind = models.CharField(max_length=10)
    start = models.DateTimeField()
    until = models.DateTimeField()
    evidence = models.JSONField(default=dict)
    other = models.ForeignKey(Patrol, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["patrol", "kind", "start"], name="one_sign_once")]

    def __str__(self) -> str:
        return f"{self.patrol} {self.kind}"


class SignVerdict(WrittenOnce):
    """What a supervisor made of a sign after asking. The newest counts."""

    SCOPE = Holders(*SUPERVISORS, region="sign__patrol__region")

    class Verdict(models.TextChoices):
        EXPLAINED = "explained", _("已说明")
        CONFIRMED = "confirmed", _("属实")

    sign = models.ForeignKey(Sign, on_delete=models.PROTECT, related_name="verdicts")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verdict} {self.reason}"


class RulesVersion(WrittenOnce):
    """巡查规则版本: the bureau's own numbers (names of domain.patrol.rules) for patrols from the day `since` on."""

    SCOPE = COMMON

    since = models.DateField()
    values = models.JSONField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.since} {self.reason}"
