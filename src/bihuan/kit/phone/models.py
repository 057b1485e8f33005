"""Items (手机提交): what a phone sent and what became of each, written once; and photos that came before their item."""

from typing import Any

from django.db import models

from bihuan.cases.models import Case, KeptFile, Step
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person
from bihuan.registry.scopes import Own


class Outcome(models.TextChoices):
    """What became of an item. CONFLICT: the case had moved on since the phone saw it."""

    DONE = "done", "已办成"
    REFUSED = "refused", "未被接受"
    CONFLICT = "conflict", "问题已变化"


class Item(WrittenOnce):
    """手机提交: one thing that a person did on a phone. `id` was made there: whatever is sent again gets the same answer.

    `chain` is what its order counts in: the number of a case, or the item itself; `seq` counts from 1 for each device and
    chain. `saved_at` is the phone's word. A refused item keeps all that was written, and its photos.
    """

    SCOPE = Own("person")

    id = models.CharField(max_length=36, primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phone_items")
    device = models.CharField(max_length=36)
    chain = models.CharField(max_length=80)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    content = models.JSONField()
    saved_at = models.DateTimeField("手机保存")
    received_at = models.DateTimeField("送达", db_index=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    why = models.TextField(blank=True)
    field = models.CharField(max_length=40, blank=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="phone_items")
    step = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="phone_items")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "device", "chain", "seq"], name="one_item_per_place_in_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.chain}/{self.seq} {self.get_outcome_display()}"

    @property
    def written(self) -> dict[str, Any]:
        """What the person wrote, by field."""
        found = self.content.get("given") if isinstance(self.content, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def texts(self) -> list[str]:
        """What a reader is shown of it: all fields but the step's key, each as it was written."""
        return [str(text) for field, text in self.written.items() if field != "action"]


class ItemFile(KeptFile, WrittenOnce):
    """A photo of an item; time and place were read on the phone, from the original."""

    SCOPE = Own("item__person")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="files")


class Arrived(KeptFile):
    """A photo that a person's phone sent and whose item is still to come; forgotten after a while."""

    SCOPE = Own("person")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)

    class Meta(KeptFile.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "sha256"], name="each_photo_arrived_once")]
