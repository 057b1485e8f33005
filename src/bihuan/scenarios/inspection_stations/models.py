"""The register of inspection stations: licence, lines with their equipment, inspectors."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject


class Station(Subject):
    """机动车排放检验机构; its code is the station in test records. Its organisation is who runs it.

    licence_until: last day of the CMA licence, null where not known. linked: is it joined to the city's network?
    """

    class Linked(models.TextChoices):
        YES = "yes", _("是")
        NO = "no", _("否")

    licence = models.CharField(_("资质认定证书编号"), max_length=40, blank=True)
    licence_until = models.DateField(_("证书有效期至"), null=True, blank=True)
    linked = models.CharField(_("与监管平台联网"), max_length=10, choices=Linked.choices, blank=True)
    contact = models.CharField(_("负责人"), max_length=40, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)


class Line(models.Model):
    """检测线: number as in test records. dynamometer, analyser, opacimeter: maker, model and serial number. calibrated_until: last day of its verification."""

    SCOPE = Within(region="station__region", organisation="station__organisation")

    class Kind(models.TextChoices):
        PETROL = "petrol", _("汽油线")
        DIESEL = "diesel", _("柴油线")
        BOTH = "both", _("汽柴混合线")

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="lines", verbose_name=_("检验机构")
    )
    number = models.CharField(_("检测线号"), max_length=20)
    kind = models.CharField(_("检测线类型"), max_length=10, choices=Kind.choices)
    methods = models.CharField(_("检验方法"), max_length=120, blank=True)
    dynamometer = models.CharField(_("测功机"), max_length=120, blank=True)
    analyser = models.CharField(_("排气分析仪"), max_length=120, blank=True)
    opacimeter = models.CharField(_("不透光烟度计"), max_length=120, blank=True)
    software = models.CharField(_("检测软件及版本"), max_length=80, blank=True)
    calibrated_until = models.DateField(_("检定有效期至"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["station_id", "number"]
        constraints = [models.UniqueConstraint(fields=["station", "number"], name="one_line_of_a_number")]

    def __str__(self) -> str:
        return f"{self.station} {self.number}"


class Inspector(models.Model):
    """检验员: number as in test records; the same number at two stations is the same person."""

    SCOPE = Within(region="station__region", organisation="station__organisation")

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="inspectors", verbose_name=_("检验机构")
    )
    number = models.CharField(_("检验员编号"), max_length=40)
    name = models.CharField(_("姓名"), max_length=40)
    certificate = models.CharField(_("岗位证书"), max_length=60, blank=True)
    certified_until = models.DateField(_("证书有效期至"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["station_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="one_inspector_of_a_number")
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A number names somebody. Raises ValidationError."""
        if not self.number.strip():
            raise ValidationError({"number": _("填写检验员编号")})
