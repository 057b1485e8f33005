"""The outbox: messages to the platform above, how far each kind was read, how the line is, and the days compared."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.vehicles.upward.messages import KINDS
from bihuan.registry.roles import WATCHERS
from bihuan.registry.scopes import NOBODY, Holders


class Message(models.Model):
    """报文: one version of one record. number: the same for the same version however often it is sent, by which the other side takes it once.

    revision: entry of the journal with this version. wrong: `field:fault` of what we do not send, or what the answer named. tries: how often a sending of it came back without being
    taken. body: what is sent; empty once it is taken or overtaken.
    """

    SCOPE = Holders(*WATCHERS)

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        TAKEN = "taken", _("已确认")
        PARKED = "parked", _("待更正")
        OVERTAKEN = "overtaken", _("已被新版本取代")

    number = models.CharField(_("报文编号"), max_length=64, unique=True)
    kind = models.CharField(_("数据种类"), max_length=10, choices=list(KINDS.items()))
    key = models.CharField(_("记录"), max_length=200)
    revision = models.BigIntegerField(_("版本"))
    site = models.CharField(_("站点"), max_length=60)
    day = models.DateField(_("日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING)
    body = models.TextField(blank=True)
    wrong = models.JSONField(default=list)
    code = models.CharField(_("回答代码"), max_length=20, blank=True)
    said = models.CharField(_("回答"), max_length=300, blank=True)
    tries = models.IntegerField(default=0)
    due = models.DateTimeField()
    made_at = models.DateTimeField(_("进入发送队列"))
    ended_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        ordering = ["day", "pk"]
        indexes = [
            models.Index(fields=["state", "day", "id"]),
            models.Index(fields=["kind", "key"]),
            models.Index(fields=["kind", "day", "state"]),
        ]

    def __str__(self) -> str:
        return self.number


class Reading(models.Model):
    """How far the archive was read for a kind: entry of the journal, and rows received until then."""

    SCOPE = NOBODY

    kind = models.CharField(max_length=10, primary_key=True)
    position = models.BigIntegerField(default=-1)
    until = models.DateTimeField(null=True, blank=True)


class Line(models.Model):
    """The line to the platform above, one row. failures: in a row; until: it rests until then."""

    SCOPE = NOBODY

    failures = models.IntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)


class ComparedDay(models.Model):
    """对账: one kind, station and day on both sides. theirs: null where the platform above did not say. Keys of what differs stand in `lost`, `older`, `extra`."""

    SCOPE = Holders(*WATCHERS)

    kind = models.CharField(_("数据种类"), max_length=10, choices=list(KINDS.items()))
    day = models.DateField(_("日期"))
    site = models.CharField(_("站点"), max_length=60)
    ours = models.IntegerField(_("本平台"))
    taken = models.IntegerField(_("已确认"))
    waiting = models.IntegerField(_("待发送"))
    refused = models.IntegerField(_("待更正"))
    theirs = models.IntegerField(_("上级平台"), null=True, blank=True)
    lost = models.JSONField(default=list)
    older = models.JSONField(default=list)
    extra = models.JSONField(default=list)
    at = models.DateTimeField(_("对账时间"))

    class Meta:
        ordering = ["-day", "kind", "site"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "day", "site"], name="one_comparison_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} {self.site}"

    @property
    def again(self) -> list[str]:
        """Keys of what has to be sent again."""
        return [*self.lost, *self.older]
