"""Rounds of inspection: what is inspected by which form, by whom and until when. All are written once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person, Region
from bihuan.registry.scopes import Within


class Round(WrittenOnce):
    """检查轮次: objects of a form (by its key) are inspected between the days `since` and `until`, both included.

    Everybody sees it who sees one of its objects, and of its objects only those.
    """

    SCOPE = Within(region="tasks__region")

    title = models.CharField(_("名称"), max_length=60)
    form = models.CharField(max_length=60)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("开始"))
    until = models.DateField(_("截止"))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "-id"]

    def __str__(self) -> str:
        return self.title


class RoundTask(WrittenOnce):
    """One object of a round, as the register had it; lat and lon: WGS 84, null where it has no place."""

    SCOPE = Within(region="region")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tasks")
    target = models.CharField(max_length=80)
    target_name = models.CharField(max_length=120)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["region_id", "target"]
        constraints = [models.UniqueConstraint(fields=["round", "target"], name="one_task_once")]

    def __str__(self) -> str:
        return self.target_name


class RoundStep(WrittenOnce):
    """What was decided on an object of a round: who inspects it (nobody by name where `person` is empty), that it is skipped and
    why, that it is inspected after all. The newest of each counts.
    """

    SCOPE = Within(region="task__region")

    class Kind(models.TextChoices):
        ASSIGN = "assign", _("分派")
        SKIP = "skip", _("跳过")
        RESUME = "resume", _("恢复")

    task = models.ForeignKey(RoundTask, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.task} {self.kind}"


class RoundEnd(WrittenOnce):
    """A round that is no longer followed: what is inspected later does not count for it."""

    SCOPE = Within(region="round__tasks__region")

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="ended")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.round} {self.reason}"
