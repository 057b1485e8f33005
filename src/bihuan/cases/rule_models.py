"""Versions of alarm rules: each a whole rule, who set it, when and why; and rules that somebody tries on the past."""

from django.db import models

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person
from bihuan.registry.scopes import COMMON


class RuleVersion(WrittenOnce):
    """规则版本: what is set for a check from `at` on, until the next one. `content` is cases.alarm_rules.written.

    A dismissed proposal is a version too: it sets what was set, and says why nothing was changed.
    """

    SCOPE = COMMON

    class Kind(models.TextChoices):
        CHANGED = "changed", "修改"
        UNDONE = "undone", "撤销"
        DISMISSED = "dismissed", "不采纳建议"

    check_key = models.CharField("检查规则", max_length=80, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    content = models.JSONField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.check_key} {self.at:%Y-%m-%d %H:%M}"


class RuleTry(models.Model):
    """规则试算: somebody wants to know what a rule (`content`, as in a version) would have shown; it sets nothing.

    A job takes the oldest that has not `ended`. begun: how often one did (a process may be killed). `done` of `total`
    looks at the past are made. result: cases.rule_tries.Result as it is kept, or `error` says why there is none.
    """

    SCOPE = COMMON

    check_key = models.CharField(max_length=80)
    content = models.JSONField()
    by = models.ForeignKey(Person, on_delete=models.CASCADE)
    at = models.DateTimeField()
    begun = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    ended = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.check_key} {self.at:%Y-%m-%d %H:%M}"
