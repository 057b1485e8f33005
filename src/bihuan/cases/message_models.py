"""The inbox; what leaves it: the outbox that is the delivery log too; and where and when a person can be reached."""

from django.db import models
from django.utils import timezone

from bihuan.cases.push_services import LONGEST
from bihuan.registry.models import Person, Post
from bihuan.registry.roles import WATCHERS
from bihuan.registry.scopes import Holders, Own


class Delivery(models.Model):
    """送达记录: one step on the way to somebody: the inbox, a message to a channel, or that a post was empty.

    Written in the transaction that makes it necessary, sent by the worker. `once` names it, so that it is never written
    twice. `at` and `due` are what the clock shows; `begun_at` and `ended_at` are real: a message that was begun and not
    ended was cut off. `channel`: the key of one that is set up (`cases.channels`), or `inbox`. `text`: only of a message
    that is no notice; emptied once it is sent. `batch`: what went out in one message.
    """

    SCOPE = Holders(*WATCHERS)

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENT = "sent", "已送达"
        FAILED = "failed", "未送达"
        DROPPED = "dropped", "不必再发"
        EMPTY = "empty", "岗位无人"

    class Purpose(models.TextChoices):
        NOTICE = "notice", "提醒"
        CODE = "code", "验证码"
        TEST = "test", "测试"

    once = models.CharField(max_length=160, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.NOTICE)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="deliveries")
    notification = models.ForeignKey(
        "cases.Notification", null=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="deliveries")
    post = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20, db_index=True)
    kind = models.CharField(max_length=10)
    address = models.CharField(max_length=500, blank=True)
    text = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, db_index=True)
    at = models.DateTimeField(db_index=True)
    due = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=300, blank=True)
    batch = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["state", "due"], name="outbox")]

    def __str__(self) -> str:
        return self.once


class Notification(models.Model):
    """提醒: a line in a person's inbox: a step somebody took, or a deadline (`step` empty). `key` says what it is about, so
    that nobody is told twice.

    `party`: the side of the case that is meant; `post`: by which the person is of it, so that who holds the post later sees
    what is open. `why`: why it came here and not to others. `acts`: the side has to do something. While it is unread, the
    next step is taken at `next_at`; `reached` channels were used. `written_at`: real, as the terms of posts are.
    """

    SCOPE = Own("person")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notifications")
    step = models.ForeignKey("cases.Step", null=True, on_delete=models.PROTECT)
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


class Address(models.Model):
    """联系地址: where a person wants to be reached; it counts once `confirmed_at` is set.

    `code_digest`: of the code that was sent there; `wrong`: how often another one was typed.
    """

    SCOPE = Own("person")

    class Kind(models.TextChoices):
        MAIL = "mail", "邮箱"
        PHONE = "phone", "手机"
        WECOM = "wecom", "企业微信账号"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_at = models.DateTimeField(default=timezone.now)
    wrong = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_address_of_a_kind")]

    def __str__(self) -> str:
        return self.value


class Browser(models.Model):
    """推送订阅: a browser in which a person lets us show reminders (W3C Push API), and the keys that it gave for that.

    `endpoint`: its address at its push service; who knows it can write there, so it is never shown. `channel`: by whose key.
    """

    SCOPE = Own("person")
    KEY = 100

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="browsers")
    channel = models.CharField(max_length=20)
    endpoint = models.CharField(max_length=LONGEST, unique=True)
    p256dh = models.CharField(max_length=KEY)
    auth = models.CharField(max_length=KEY)
    name = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.name


class OwnQuiet(models.Model):
    """本人免打扰: `22:00-07:00`, or `none` for somebody who wants to be woken. Without a row the city's hours hold."""

    SCOPE = Own("person")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="own_quiet")
    hours = models.CharField(max_length=11)

    def __str__(self) -> str:
        return self.hours
