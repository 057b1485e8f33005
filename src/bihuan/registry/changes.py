"""The history of the registers (变更记录): who changed what, when, from what to what, why.

All that one person changes at once is a batch: the rows of an imported file, or the one object of a form. The log of the
installation holds each batch with a digest over its changes, so that 50,000 rows are one entry and still none of them can
be changed, taken out or added unseen.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.hashing import canonical, plain_json
from bihuan.registry.log import WrittenOnce
from bihuan.registry.roles import AUDITORS
from bihuan.registry.scopes import NOBODY, Holders

TOGETHER = 2000


class Batch(WrittenOnce):
    """批次: changes that one person made at once, for one reason. `kind`: the label of the model.

    person: null where the operator of the machine did it by a command; `operator` is then the account's name there.
    file, blob: the name of the imported file and of its kept content. undoes: the batch that this one takes back.
    changes, digest: how many rows of `Change` it has, and what they say (`digest_of`).
    """

    SCOPE = Holders(*AUDITORS)

    kind = models.CharField(max_length=60, db_index=True)
    person = models.ForeignKey("registry.Person", null=True, on_delete=models.PROTECT)
    operator = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()
    real_at = models.DateTimeField()
    file = models.CharField(max_length=200, blank=True)
    blob = models.CharField(max_length=64, blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    changes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def who(self) -> str:
        """The person, or the operator of the machine."""
        return str(self.person) if self.person else str(_("本机操作员")) + f" {self.operator}"

    def faults(self) -> Iterator[str]:
        """What does not fit between the batch and its changes."""
        there = self.rows.order_by("pk")
        count = there.count()
        if count != self.changes:
            yield f"has {count} changes, but {self.changes} were entered"
        elif digest_of(there.iterator(chunk_size=TOGETHER)) != self.digest:
            yield "has changes that were changed after they were entered"


class Change(models.Model):
    """变更: what a batch did to one object. `kind` and `key`: the label of its model and its primary key as text.

    before, after: the changed columns as JSON; all of them of an object that is new or removed.
    """

    SCOPE = NOBODY

    class Action(models.TextChoices):
        NEW = "new", _("新增")
        CHANGED = "changed", _("修改")
        ENDED = "ended", _("停用")
        RESTORED = "restored", _("恢复")
        REMOVED = "removed", _("撤销新增")

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    action = models.CharField(max_length=10, choices=Action.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "key"], name="change_by_object")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.kind} {self.key}"


def digest_of(changes: Iterable[Change]) -> str:
    """sha256 over what some changes say, in their order."""
    found = hashlib.sha256()
    for change in changes:
        said = [change.kind, change.key, change.action, change.before, change.after]
        found.update(canonical(plain_json(said)))
    return found.hexdigest()


def enter_batch(batch: Batch, changes: Sequence[Change]) -> Batch:
    """Write a batch with its changes, and enter it in the log. It needs the transaction of the objects themselves."""
    batch.changes, batch.digest = len(changes), digest_of(changes)
    batch.save()
    for change in changes:
        change.batch = batch
    Change.objects.bulk_create(changes, batch_size=TOGETHER)
    return batch


def changes_of(kind: type[models.Model], key: Any) -> "models.QuerySet[Change]":
    """The history of one object, newest first. Who asks has got the object through `access.visible`."""
    rows = Change.objects.filter(kind=kind._meta.label_lower, key=str(key))
    return rows.select_related("batch__person")
