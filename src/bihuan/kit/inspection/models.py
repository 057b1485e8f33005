"""Versions of forms, answers as they were sent, what was refused. All are written once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.cases.models import Finding, KeptFile
from bihuan.kit.inspection.round_models import Round as Round
from bihuan.kit.inspection.round_models import RoundEnd as RoundEnd
from bihuan.kit.inspection.round_models import RoundStep as RoundStep
from bihuan.kit.inspection.round_models import RoundTask as RoundTask
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.scopes import COMMON, Within


class FormVersion(WrittenOnce):
    """表单版本: a workbook as it was taken in, with what was made of it. `by` is empty of one that came with the folder.

    The newest that a person took in is in force, without any the newest of the folder (`versions.in_force`).
    """

    SCOPE = COMMON

    form = models.CharField(max_length=60)
    version = models.CharField(_("版本"), max_length=60)
    title = models.CharField(max_length=120)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    xform = models.TextField()
    html = models.TextField()
    model = models.TextField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["form", "version"], name="one_form_version")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class Answer(WrittenOnce):
    """检查记录: `xml` is what was sent, `values` what the server made of it; `said_at` when the sender says it was filled in.

    lat, lon: the place in the answer, WGS 84. score of score_most: by the points of the form.
    """

    SCOPE = Within(region="region")

    instance = models.CharField(max_length=80, unique=True)
    form = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    said_at = models.DateTimeField(null=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    target_kind = models.CharField(max_length=20)
    target = models.CharField(max_length=80)
    target_name = models.CharField(max_length=120)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    xml = models.TextField()
    sha256 = models.CharField(max_length=64)
    values = models.JSONField(default=list)
    score = models.FloatField(null=True)
    score_most = models.FloatField(null=True)
    summary = models.CharField(max_length=400, blank=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.form.title} {self.target_name}"


class AnswerFile(KeptFile, WrittenOnce):
    """A photo or signature of an answer."""

    SCOPE = Within(region="answer__region")

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="files")


class AnswerProblem(WrittenOnce):
    """What an answer says is wrong, and the finding that it went to. photos: names of files of the answer."""

    SCOPE = Within(region="answer__region")

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="problems")
    path = models.CharField(max_length=400)
    number = models.PositiveIntegerField(default=1)
    label = models.CharField(max_length=400)
    value = models.CharField(max_length=400)
    requirement = models.CharField(max_length=400, blank=True)
    photos = models.JSONField(default=list)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"


class RefusedAnswer(WrittenOnce):
    """未接收记录: what was sent and not taken in, whole, and why (reasons as `Reason.plain`, each with its question)."""

    SCOPE = Within(region="region")

    form = models.CharField(max_length=60)
    version = models.CharField(max_length=60, blank=True)
    instance = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    target = models.CharField(max_length=80, blank=True)
    xml = models.TextField()
    sha256 = models.CharField(max_length=64)
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.form} {self.version} {self.instance}"


class RefusedFile(KeptFile, WrittenOnce):
    """A file that came with what was refused."""

    SCOPE = Within(region="answer__region")

    answer = models.ForeignKey(RefusedAnswer, on_delete=models.PROTECT, related_name="files")
