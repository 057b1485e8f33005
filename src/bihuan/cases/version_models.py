"""What versions of rules have in common that are edited in a page: a whole rule each, who set it, when and why."""

from django.db import models

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person
from bihuan.registry.scopes import COMMON


class KeptRule(WrittenOnce):
    """规则版本: what is set for a rule (named by `rule`) from `at` on, until the next one."""

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
        abstract = True
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.at:%Y-%m-%d %H:%M}"
