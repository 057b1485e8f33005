"""The register of surface-water sections: sections, the classes they must reach, former names, and their loggers."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.places.geodesy import distance
from bihuan.domain.quantities import water_code_of
from bihuan.registry.log import WrittenOnce
from bihuan.registry.models import Reach
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject
from bihuan.scenarios.water_sections.settings import in_force

OF_SECTION = Within(region="section__region", organisation="section__organisation")
APART = re.compile(r"[\s、，,;；]+")


def _moved_too_far(lon: float, lat: float, before: tuple[float, float]) -> str | None:
    """Why two places are two points; None for a small move."""
    most = in_force().moved_metres
    metres = distance((lon, lat), before)
    if metres <= most:
        return None
    said = _("移动了 %(metres)d 米，超过 %(most)d 米，是另一个点位：给原断面填停用日期，以新编码另行登记")
    return str(said) % {"metres": metres, "most": most}


class Section(Subject):
    """断面 of a river or a lake; its code is the site of its observations, as the national release has it: `山西省·白羊墅`.

    km: from the upper end of its reach. extra: what is assessed beside the nine basic items (the X of 9+X), as typed.
    remark: what everybody who reads its values must know.
    """

    class Kind(models.TextChoices):
        RIVER = "river", _("河流")
        LAKE = "lake", _("湖库")

    class Rank(models.TextChoices):
        NATION = "nation", _("国考")
        PROVINCE = "province", _("省考")
        CITY = "city", _("市考")
        OTHER = "other", _("其他")

    kind = models.CharField(_("水体类型"), max_length=10, choices=Kind.choices, default=Kind.RIVER)
    rank = models.CharField(_("考核级别"), max_length=10, choices=Rank.choices)
    reach = models.ForeignKey(
        Reach,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sections",
        verbose_name=_("河段"),
    )
    km = models.FloatField(_("距河段上端"), null=True, blank=True)
    extra = models.CharField(_("加测项目"), max_length=200, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)

    @property
    def extra_codes(self) -> tuple[str, ...]:
        """The codes of the items that are assessed beside the nine basic ones."""
        return tuple(code for word in _words(self.extra) if (code := water_code_of(word)))

    def clean(self) -> None:
        """It lies on its reach and where it was, and its further items are items of water. Raises ValidationError."""
        before = Section.objects.filter(pk=self.pk).values_list("lon", "lat").first()
        if (
            before
            and None not in (self.lon, self.lat)
            and (far := _moved_too_far(self.lon, self.lat, before))
        ):
            raise ValidationError({"lon": far})
        if self.km is not None and self.reach is None:
            raise ValidationError({"km": _("没有河段，距离从哪里算起？")})
        if self.km is not None and self.reach is not None and self.km > self.reach.length_km:
            raise ValidationError({"km": _("超出了河段的长度")})
        for word in _words(self.extra):
            if water_code_of(word) is None:
                raise ValidationError({"extra": _("“%(word)s”不是水质项目") % {"word": word[:40]}})


def _words(text: str) -> list[str]:
    return [word for word in APART.split(text) if word]


class Target(models.Model):
    """水质目标: the class that a section must reach in a year, 1 to 5."""

    SCOPE = OF_SECTION

    class Class(models.IntegerChoices):
        FIRST = 1, "Ⅰ类"
        SECOND = 2, "Ⅱ类"
        THIRD = 3, "Ⅲ类"
        FOURTH = 4, "Ⅳ类"
        FIFTH = 5, "Ⅴ类"

    section = models.ForeignKey(
        Section, on_delete=models.CASCADE, related_name="targets", verbose_name=_("断面")
    )
    year = models.PositiveSmallIntegerField(_("年份"))
    water_class = models.PositiveSmallIntegerField(_("目标类别"), choices=Class.choices)
    source = models.CharField(_("目标依据"), max_length=120, blank=True)

    class Meta:
        ordering = ["section_id", "year"]
        constraints = [models.UniqueConstraint(fields=["section", "year"], name="one_target_in_a_year")]

    def __str__(self) -> str:
        return f"{self.section_id} {self.year}"


class FormerName(models.Model):
    """曾用名: under which site observations of a section came before it was renamed or moved a little.

    renamed: the first day on which that site is the section no more; null: all that ever comes from it is the section's.
    lon, lat: where the section was then, where it was moved a little; farther off it was another point, and a section of its own.
    """

    SCOPE = OF_SECTION

    site = models.CharField(_("曾用名"), max_length=100, primary_key=True)
    section = models.ForeignKey(
        Section, on_delete=models.CASCADE, related_name="former_names", verbose_name=_("断面")
    )
    renamed = models.DateField(_("更名日期"), null=True, blank=True)
    lon = models.FloatField(_("原经度"), null=True, blank=True)
    lat = models.FloatField(_("原纬度"), null=True, blank=True)

    class Meta:
        ordering = ["section_id", "site"]

    def __str__(self) -> str:
        return self.site

    def clean(self) -> None:
        """It is no section's own, and was not somewhere else. Raises ValidationError."""
        if Section.objects.filter(pk=self.site).exists():
            raise ValidationError({"site": _("这是已登记断面的编码，不是曾用名")})
        if (self.lon is None) != (self.lat is None):
            raise ValidationError({"lon": _("经度和纬度须一起填写")})
        if self.lon is not None and self.lat is not None:
            far = _moved_too_far(self.lon, self.lat, (self.section.lon, self.section.lat))
            if far:
                raise ValidationError({"lon": far})


class Logger(models.Model):
    """数采仪 of a section's station (HJ 212, ST 21). That it is let in is said where loggers are let in, not here."""

    SCOPE = OF_SECTION

    mn = models.CharField(_("设备编号 MN"), max_length=40, primary_key=True)
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, related_name="loggers", verbose_name=_("断面")
    )

    class Meta:
        ordering = ["mn"]

    def __str__(self) -> str:
        return self.mn


class Outlook(WrittenOnce):
    """水质展望 of a section, frozen: what was said on a day of the days that follow, from what had been received by `as_of`.

    content: `still`, the class of the last day (persistence), and `days`: lead, `chances` of the classes 1 to 6, `quantiles` by item.
    """

    SCOPE = OF_SECTION

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="outlooks")
    day = models.DateField()
    as_of = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        ordering = ["section_id", "-day"]
        constraints = [models.UniqueConstraint(fields=["section", "day"], name="one_outlook_a_day")]

    def __str__(self) -> str:
        return f"{self.section_id} {self.day}"
