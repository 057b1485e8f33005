"""Versions of the rules for terms: each a whole rule, who set it, when and why."""

from django.db import models

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person
from bihuan.registry.scopes import COMMON


class TermVersion(WrittenOnce):
    """时限规则版本: what is set for a rule (or for the office hours) from `at` on, until the next one.

    `content` is cases.term_settings.written, of the office hours their spans.
    """

    SCOPE = COMMON

    class Kind(models.TextChoices):
        CHANGED = "changed", "修改"
        UNDONE = "undone", "撤销"

    rule = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    content = models.JSONField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.at:%Y-%m-%d %H:%M}"
