"""What is set for papers, each version kept; and each paper that was issued, with its number and the template that made it."""

from datetime import datetime
from typing import Self

from django.db import models

from bihuan.cases.file_models import KeptFile
from bihuan.cases.transitions import Paper
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person
from bihuan.registry.scopes import COMMON, NOBODY, Within


class TemplateVersion(KeptFile, WrittenOnce):
    """文书模板版本: the template of a kind of paper from `at` on. Without content (`sha256` empty): the one that came along."""

    SCOPE = COMMON

    class Kind(models.TextChoices):
        CHANGED = "changed", "换用"
        BACK = "back", "恢复"

    paper = models.CharField(max_length=12, choices=Paper.choices, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.paper} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def in_force(cls, paper: str, at: datetime) -> Self | None:
        """The version in force at a moment; None: nobody has set one."""
        return cls.objects.filter(paper=paper, at__lte=at).first()


class NumberRule(WrittenOnce):
    """文号规则版本: how papers of a kind are numbered from `at` on; an empty pattern: not at all."""

    SCOPE = COMMON

    kind = models.CharField(max_length=12, choices=Paper.choices, db_index=True)
    pattern = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pattern}"


class PaperCounter(models.Model):
    """The last number of a kind of paper in a year."""

    SCOPE = NOBODY

    kind = models.CharField(max_length=12)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="one_counter_per_paper_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class IssuedPaper(WrittenOnce):
    """签发的文书: the paper that a step issued. Printing it again gives the same number by the same template.

    number, count: empty and null of papers that are not numbered. template: null where it was the one that came along.
    """

    SCOPE = Within(region="step__case__region", organisation="step__case__organisation")

    # No constraint: a paper outlives a step that somebody takes away by hand, and shows that there was one.
    step = models.ForeignKey(
        "cases.Step", on_delete=models.PROTECT, related_name="papers", db_constraint=False
    )
    kind = models.CharField(max_length=12, choices=Paper.choices)
    number = models.CharField(max_length=80, blank=True)
    year = models.PositiveIntegerField()
    count = models.PositiveIntegerField(null=True)
    template = models.ForeignKey(TemplateVersion, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "kind"], name="one_paper_per_step_and_kind"),
            models.UniqueConstraint(fields=["kind", "year", "count"], name="one_paper_per_count"),
            models.UniqueConstraint(
                fields=["number"], condition=~models.Q(number=""), name="one_paper_per_number"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.kind} {self.step_id}"
