"""Cases and their append-only steps. All other models of the engine are named here too, for Django and whoever imports them."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext

from bihuan.cases import lamps
from bihuan.cases.file_models import KeptFile as KeptFile
from bihuan.cases.finding_models import VERDICT_NAMES as VERDICT_NAMES
from bihuan.cases.finding_models import CheckRun as CheckRun
from bihuan.cases.finding_models import Finding as Finding
from bihuan.cases.finding_models import Level as Level
from bihuan.cases.finding_models import Proposal as Proposal
from bihuan.cases.handover_models import Handover as Handover
from bihuan.cases.handover_models import Takeover as Takeover
from bihuan.cases.incident_models import Incident as Incident
from bihuan.cases.ladders import Timing
from bihuan.cases.message_models import Address as Address
from bihuan.cases.message_models import Browser as Browser
from bihuan.cases.message_models import Delivery as Delivery
from bihuan.cases.message_models import Notification as Notification
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
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.scopes import NOBODY, Within


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
