"""Findings, cases and their append-only steps."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from bihuan.cases import lamps
from bihuan.cases.file_models import KeptFile as KeptFile
from bihuan.cases.handover_models import Handover as Handover
from bihuan.cases.handover_models import Takeover as Takeover
from bihuan.cases.incident_models import Incident
from bihuan.cases.ladders import Timing
from bihuan.cases.message_models import Address as Address
from bihuan.cases.message_models import Delivery as Delivery
from bihuan.cases.message_models import OwnQuiet as OwnQuiet
from bihuan.cases.paper_models import IssuedPaper as IssuedPaper
from bihuan.cases.paper_models import NumberRule as NumberRule
from bihuan.cases.paper_models import PaperCounter as PaperCounter
from bihuan.cases.paper_models import TemplateVersion as TemplateVersion
from bihuan.cases.route_models import RouteVersion as RouteVersion
from bihuan.cases.rule_models import RuleTry as RuleTry
from bihuan.cases.rule_models import RuleVersion as RuleVersion
from bihuan.cases.term_models import TermVersion as TermVersion
from bihuan.cases.terms import Term, Unit
from bihuan.cases.transitions import LABELS, RUNNING, State
from bihuan.registry.log import Logged, WrittenOnce
from bihuan.registry.models import Organisation, Person, Post, Region
from bihuan.registry.scopes import COMMON, NOBODY, Own, Within


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


class Counter(models.Model):
    """The last case number of a year."""

    SCOPE = NOBODY

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Case(models.Model):
    """问题(交办): findings handed to someone. Changed only by `cases.actions`; its history is its steps.

    term_days: the length of its term, in days or in another `term_unit`. stopped_seconds: how long its clock stood.
    sign_due: until when its first hand-over was to be signed for, where a rule said so; null: as 13710 has it.
    leading: the one that it was merged into. origin: the one that it was split from. parent: the one above it, `tie` how;
    parts: how many it has had below it. next_node: the day of its earliest milestone that is not done.
    """

    SCOPE = Within(region="region", organisation="organisation")

    class Source(models.TextChoices):
        PLATFORM = "platform", "平台告警"
        SUGGESTION = "suggestion", "管控建议"
        PATROL = "patrol", "巡查"
        COMPLAINT = "complaint", "投诉举报"
        INSPECTION = "inspection", "督察"
        DRONE = "drone", "无人机"
        CHIEF = "chief", "领导交办"
        PROCURATORATE = "procuratorate", "检察建议"

    class ListedBy(models.TextChoices):
        """挂牌层级, mildest first: a case takes the strictest."""

        COUNTY = "county", "县级"
        CITY = "city", "市级"
        PROVINCE = "province", "省督"
        CENTRE = "centre", "央督"

    class Tie(models.TextChoices):
        """How a case belongs to the one above it."""

        JOINT = "joint", "联合办理"
        LISTED = "listed", "清单"

    number = models.CharField("编号", max_length=40, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    basis = models.CharField(max_length=600, blank=True)
    requirement = models.TextField("整改要求", blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    listed_by = models.CharField(max_length=10, choices=ListedBy.choices, default=ListedBy.CITY)
    immediate = models.BooleanField("立行立改", default=False)
    findings = models.ManyToManyField(Finding, related_name="cases")
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    liable = models.CharField("责任人", max_length=60, blank=True)
    measures = models.TextField("整改措施", blank=True)
    planned = models.DateField("计划完成", null=True)
    remark = models.TextField("备注", blank=True)
    place = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    state = models.CharField(max_length=20, choices=State.choices, db_index=True)
    opened_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True, db_index=True)
    original_due = models.DateTimeField(null=True)
    term_days = models.PositiveIntegerField(default=0)
    term_unit = models.CharField(max_length=10, choices=Unit.choices, default=Unit.DAYS)
    sign_due = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_seconds = models.PositiveBigIntegerField(default=0)
    extensions = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    simulated = models.BooleanField(default=False)
    leading = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_cases")
    origin = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="split_cases")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    tie = models.CharField(max_length=10, choices=Tie.choices, blank=True)
    parts = models.PositiveIntegerField(default=0)
    next_node = models.DateField(null=True, db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_running(self) -> bool:
        """Is it the unit's turn, with its clock running?"""
        return self.state in RUNNING

    @property
    def term(self) -> Term:
        """How long the unit had at the hand-over."""
        return Term(Unit(self.term_unit), self.term_days)

    def is_overdue(self, now: datetime) -> bool:
        """Did (or does) the unit take longer than it had?"""
        return self.due is not None and (self.stopped_at or now) > self.due

    def lamp(self, now: datetime, timing: Timing) -> lamps.Lamp:
        """The deadline lamp."""
        if self.due is None:
            return lamps.Lamp("grey", gettext(self.get_state_display()))
        if self.stopped_at is not None:
            return lamps.standing(self.due, self.stopped_at, self.get_state_display())
        return lamps.running(Unit(self.term_unit), self.dispatched_at, self.due, now, timing)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Refused: a case is voided with a reason, never deleted."""
        raise TypeError("a case is never deleted; void it with a reason")


class Step(WrittenOnce):
    """办理记录: one entry of a case's chain. `hash` covers all of it, its files and the hash before.

    `actor` is None where the machine took it.
    """

    SCOPE = Within(region="case__region", organisation="case__organisation")
    KEY = ("case__number", "seq")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices)
    actor = models.ForeignKey(Person, null=True, on_delete=models.PROTECT)
    post = models.CharField(max_length=200)
    by_unit = models.BooleanField()
    at = models.DateTimeField(db_index=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT)
    due = models.DateTimeField(null=True)
    original_due = models.DateTimeField(null=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="one_step_per_place")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.label}"

    @property
    def label(self) -> str:
        """The action in Chinese."""
        return LABELS.get(self.action, self.action)

    @property
    def term(self) -> Term | None:
        """The term that it set; None where it set none, or a date."""
        kept = self.data.get("term") if isinstance(self.data, dict) else None
        return Term.read(kept) if isinstance(kept, dict) else None

    @property
    def who(self) -> str:
        """Who took it."""
        return str(self.actor) if self.actor else gettext("平台")


class Attachment(KeptFile, WrittenOnce):
    """附件: a file of a step."""

    SCOPE = Within(region="step__case__region", organisation="step__case__organisation")
    KEY = ("step__case__number", "step__seq", "pk")

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="files")


class Notification(models.Model):
    """提醒: a line in a person's inbox: a step somebody took, or a deadline (`step` empty). `key` says what it is about, so
    that nobody is told twice.

    `party`: the side of the case that is meant; `post`: by which the person is of it, so that who holds the post later sees
    what is open. `why`: why it came here and not to others. `acts`: the side has to do something. While it is unread, the
    next step is taken at `next_at`; `reached` channels were used. `written_at`: real, as the terms of posts are.
    """

    SCOPE = Own("person")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notifications")
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT)
    key = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    party = models.CharField(max_length=10, blank=True)
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE)
    why = models.CharField(max_length=200, blank=True)
    acts = models.BooleanField(default=False)
    reached = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_index=True)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "case", "key"], name="told_once")]

    def __str__(self) -> str:
        return self.text
