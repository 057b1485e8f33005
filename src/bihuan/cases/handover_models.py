"""Shift handover (交接班): what the leaving officer signs, and the countersignature of who takes over."""

from django.db import models

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import WATCHERS
from bihuan.registry.scopes import Holders


class Handover(WrittenOnce):
    """交接班记录: what stood when a shift ended, frozen as it was signed.

    `content` is a list of sections, each {title, lines, more}; a line is {text, note, url, tone} (web.handover.sections).
    `since`: when the shift began, as the handover before it ended.
    """

    SCOPE = Holders(*WATCHERS)

    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    since = models.DateTimeField()
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    post = models.CharField(max_length=200)
    content = models.JSONField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}"


class Takeover(WrittenOnce):
    """接班签字: who took a shift over, and what they have to say about it."""

    SCOPE = Holders(*WATCHERS)

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, related_name="taken")
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    post = models.CharField(max_length=200)
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.handover_id} {self.by}"
