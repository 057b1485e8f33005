"""Versions of alarm rules: each a whole rule, who set it, when and why."""

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
