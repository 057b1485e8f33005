"""Reports (群众举报), their photos and what was done with them, written once; names and telephones, which are deleted in time."""

from django.db import models

from bihuan.cases.models import Case, KeptFile
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Person, Region
from bihuan.registry.scopes import NOBODY, Within
from bihuan.scenarios.citizens.services import TITLES


class Report(WrittenOnce):
    """举报: what somebody without an account wrote. `code` is what they follow it by; nobody can guess it.

    sender: a keyed hash of the network address, for counting alone. lat, lon: WGS 84, degrees, where they were given.
    """

    SCOPE = Within(region="region", organisation="acts__case__organisation")

    code = models.CharField("查询码", max_length=12, unique=True)
    service = models.CharField("类别", max_length=20, choices=list(TITLES.items()))
    text = models.TextField("情况")
    place = models.CharField("地点", max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, verbose_name="区划")
    received_at = models.DateTimeField("收到", db_index=True)
    sender = models.CharField(max_length=64, db_index=True)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return f"{TITLES[self.service]} {self.code}"


class Contact(models.Model):
    """联系方式: who reported, if they said so. Nobody finds it by a query; `contacts.of` shows it to who handles the report."""

    SCOPE = NOBODY

    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="contact")
    name = models.CharField("姓名", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    email = models.CharField("邮箱", max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.report_id}"


class Photo(KeptFile, WrittenOnce):
    """照片: a file of a report."""

    SCOPE = Within(region="report__region", organisation="report__acts__case__organisation")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="photos")


class Act(WrittenOnce):
    """受理记录: what the office did with a report, once. `answer` is what the person who reported reads."""

    SCOPE = Within(region="report__region", organisation="case__organisation")

    class Kind(models.TextChoices):
        HANDED = "handed", "已交办"
        JOINED = "joined", "并入已有问题"
        REFUSED = "refused", "不受理"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField("处理", max_length=10, choices=Kind.choices)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    answer = models.CharField("答复", max_length=400)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["report"], name="each_report_decided_once")]

    def __str__(self) -> str:
        return f"{self.report} {self.get_kind_display()}"
