"""The register of drinking-water sources: sources, protection zones as polygons, signs and fences."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.subjects import Subject

AREAS = ("Polygon", "MultiPolygon")


class Source(Subject):
    """水源地. Its organisation is who runs it. people: served. quantity: water supplied [m³/d]; both null where not known."""

    class Kind(models.TextChoices):
        RIVER = "river", _("河流")
        LAKE = "lake", _("湖库")
        GROUND = "ground", _("地下水")

    class Rank(models.TextChoices):
        NATION = "nation", _("国家级")
        COUNTY = "county", _("县级")
        TOWN = "town", _("乡镇级")
        VILLAGE = "village", _("村级")

    class State(models.TextChoices):
        USED = "used", _("在用")
        SPARE = "spare", _("备用")
        PLANNED = "planned", _("规划")

    kind = models.CharField(_("水源类型"), max_length=10, choices=Kind.choices)
    rank = models.CharField(_("级别"), max_length=10, choices=Rank.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.USED)
    people = models.PositiveIntegerField(_("服务人口"), null=True, blank=True)
    quantity = models.FloatField(_("日供水量"), null=True, blank=True)


class Zone(Subject):
    """保护区 of a source, as it was approved: an area of one of three classes."""

    class Grade(models.TextChoices):
        FIRST = "first", _("一级")
        SECOND = "second", _("二级")
        OUTER = "outer", _("准保护区")

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="zones", verbose_name=_("水源地")
    )
    grade = models.CharField(_("保护区级别"), max_length=10, choices=Grade.choices)
    approval = models.CharField(_("批复文号"), max_length=80, blank=True)

    def clean(self) -> None:
        """A zone is an area. Raises ValidationError."""
        if self.geometry and self.geometry.get("type") not in AREAS:
            raise ValidationError({"geometry": _("保护区是面，不能是点或线")})


class Guard(Subject):
    """标志和隔离设施 of a source, each with its place and state; a fence may be a line."""

    class Kind(models.TextChoices):
        MARK = "mark", _("界标")
        WARNING = "warning", _("警示牌")
        BOARD = "board", _("宣传牌")
        FENCE = "fence", _("隔离防护")

    class State(models.TextChoices):
        SOUND = "sound", _("完好")
        DAMAGED = "damaged", _("破损")
        MISSING = "missing", _("缺失")

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="guards", verbose_name=_("水源地")
    )
    kind = models.CharField(_("设施类型"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.SOUND)
