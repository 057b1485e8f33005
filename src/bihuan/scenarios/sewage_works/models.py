"""The register of sewage works and of the users of reused water; figures that change over time are versions with their days."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.models import Region
from bihuan.registry.rivers import Reach
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject
from bihuan.scenarios.sewage_works.grades import choices


class Works(Subject):
    """污水处理厂. Its organisation is who runs it. area: what it serves, in words. km: of its outfall, from the upper end of the reach.

    outlet: code of its outlet among those that are monitored on line, logger: number (MN) of that outlet's logger; both as they are
    told, empty where not known. rain_site: code of the station whose rain counts where the works does not write down its own.
    """

    class Kind(models.TextChoices):
        CITY = "city", _("城市")
        COUNTY = "county", _("县城")
        TOWN = "town", _("建制镇")

    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    grade = models.CharField(_("出水标准"), max_length=10, choices=choices, blank=True)
    area = models.CharField(_("服务片区"), max_length=120, blank=True)
    reach = models.ForeignKey(
        Reach, null=True, blank=True, on_delete=models.PROTECT, related_name="sewage_works", verbose_name=_("受纳河段")
    )  # fmt: skip
    km = models.FloatField(_("距河段上端"), null=True, blank=True)
    outlet = models.CharField(_("在线排放口编码"), max_length=40, blank=True)
    logger = models.CharField(_("数采仪编号"), max_length=40, blank=True)
    rain_site = models.CharField(_("雨量站编码"), max_length=40, blank=True)

    def clean(self) -> None:
        """Its outfall lies on the reach. Raises ValidationError."""
        if self.reach is not None and self.km is not None and self.km > self.reach.length_km:
            raise ValidationError({"km": _("超过了河段长")})


class Version(models.Model):
    """What holds from a day on, until another takes its place."""

    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至"), null=True, blank=True)
    source = models.CharField(_("数据来源"), max_length=120, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """It ends after it begins. Raises ValidationError."""
        if (
            self.valid_until is not None
            and self.valid_from is not None
            and self.valid_until <= self.valid_from
        ):
            raise ValidationError({"valid_until": _("须晚于起始日期")})


class Term(Version):
    """规模和服务人口 of a works. capacity: by design [m³/d]. people: who live where it serves. industry: BOD5 of industry in its inflow [kg/d].

    people and industry are null where not known; an industry of 0 says that there is none.
    """

    SCOPE = Within(region="works__region", organisation="works__organisation")

    works = models.ForeignKey(
        Works, on_delete=models.PROTECT, related_name="terms", verbose_name=_("污水处理厂")
    )
    capacity = models.FloatField(_("设计规模"))
    people = models.PositiveIntegerField(_("服务人口"), null=True, blank=True)
    industry = models.FloatField(_("进厂工业废水 BOD5"), null=True, blank=True)

    class Meta:
        ordering = ["works_id", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["works", "valid_from"], name="one_works_term")]

    def __str__(self) -> str:
        return f"{self.works} {self.valid_from}"


class Population(Version):
    """用水总人口 of the built-up area of a county or district, by which the collection rate is reckoned."""

    SCOPE = Within(region="region")

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="water_using_people", verbose_name=_("区划")
    )
    people = models.PositiveIntegerField(_("用水总人口"))

    class Meta:
        ordering = ["region_id", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["region", "valid_from"], name="one_water_population")]

    def __str__(self) -> str:
        return f"{self.region} {self.valid_from}"


class User(Subject):
    """再生水用户 of a works. contracted: as agreed [m³/d], null where nothing is."""

    class Purpose(models.TextChoices):
        INDUSTRY = "industry", _("工业")
        MUNICIPAL = "municipal", _("市政杂用")
        LANDSCAPE = "landscape", _("景观环境")
        FARMING = "farming", _("农业灌溉")
        RECHARGE = "recharge", _("地下水回灌")

    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="users", verbose_name=_("供水厂"))
    purpose = models.CharField(_("用途"), max_length=12, choices=Purpose.choices)
    contracted = models.FloatField(_("协议水量"), null=True, blank=True)


class Use(models.Model):
    """再生水用量 of a user in a month. volume: [m³], null where it is said that it is not known."""

    SCOPE = Within(region="user__region", organisation="user__organisation")

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="uses", verbose_name=_("再生水用户")
    )
    year = models.PositiveSmallIntegerField(_("年"))
    month = models.PositiveSmallIntegerField(_("月"))
    volume = models.FloatField(_("用水量"), null=True, blank=True)
    remark = models.CharField(_("说明"), max_length=120, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["-year", "-month", "user_id"]
        constraints = [models.UniqueConstraint(fields=["user", "year", "month"], name="one_reuse_month")]

    def __str__(self) -> str:
        return f"{self.user} {self.year}-{self.month:02d}"
