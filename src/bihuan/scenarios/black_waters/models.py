"""The register of black and odorous waters: bodies with what is done about them, and their measuring points in order."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.rivers import LINES, Reach
from bihuan.registry.scopes import Within
from bihuan.registry.subjects import Subject

AREAS = ("Polygon", "MultiPolygon")


class State(models.TextChoices):
    """How far the work on a body is, as the register says it; `bodies.shown` also says where its water relapsed."""

    FOUND = "found", "排查发现"
    TREATING = "treating", "治理中"
    EFFECT = "effect", "初见成效"
    LASTING = "lasting", "长制久清"
    RELAPSED = "relapsed", "反弹"


MEASURES = ("控源截污", "内源治理", "生态修复", "活水保质")
ACCEPTED = (State.EFFECT, State.LASTING)
"""States of bodies whose black and odorous water is said to be gone."""


class Body(Subject):
    """黑臭水体: a reach of a river, a pond or a ditch. Its organisation is who is responsible.

    items: which items are judged; empty: those of its area (manifest). length_m, width_m: [m]. source: of its pollution. named_on: the list
    that names it. due: until when it is to be put right. accepted: from which day its water counts as put right, lasting: as lastingly
    clean. satisfaction: share of the public that is satisfied [%]. Null where not known.
    """

    class Kind(models.TextChoices):
        RIVER = "river", _("河")
        POND = "pond", _("塘")
        DITCH = "ditch", _("沟渠")

    class Area(models.TextChoices):
        URBAN = "urban", _("城市建成区")
        COUNTY = "county", _("县城")
        RURAL = "rural", _("农村")

    class Items(models.TextChoices):
        FOUR = "four", _("四项（透明度、溶解氧、氧化还原电位、氨氮）")
        THREE = "three", _("三项（透明度、溶解氧、氨氮）")

    kind = models.CharField(_("水体类型"), max_length=10, choices=Kind.choices)
    area = models.CharField(_("所在区域"), max_length=10, choices=Area.choices)
    items = models.CharField(_("评价项目"), max_length=10, choices=Items.choices, blank=True)
    reach = models.ForeignKey(
        Reach, null=True, blank=True, on_delete=models.PROTECT, related_name="black_waters", verbose_name=_("河段")
    )  # fmt: skip
    length_m = models.FloatField(_("水体长度"), null=True, blank=True)
    width_m = models.FloatField(_("平均宽度"), null=True, blank=True)
    source = models.CharField(_("污染来源"), max_length=200, blank=True)
    intercept = models.BooleanField(_("控源截污"), default=False)
    dredge = models.BooleanField(_("内源治理"), default=False)
    restore = models.BooleanField(_("生态修复"), default=False)
    refresh = models.BooleanField(_("活水保质"), default=False)
    named_on = models.CharField(_("所列名单"), max_length=120, blank=True)
    state = models.CharField(_("治理状态"), max_length=10, choices=State.choices, default=State.FOUND)
    found = models.DateField(_("发现日期"), null=True, blank=True)
    due = models.DateField(_("治理期限"), null=True, blank=True)
    accepted = models.DateField(_("初见成效日期"), null=True, blank=True)
    lasting = models.DateField(_("长制久清日期"), null=True, blank=True)
    satisfaction = models.FloatField(_("公众满意度"), null=True, blank=True)

    def clean(self) -> None:
        """A river or a ditch is a line, and what was accepted says since when. Raises ValidationError."""
        shapes = (*LINES, *AREAS) if self.kind == self.Kind.POND else LINES
        if self.geometry and self.geometry.get("type") not in shapes:
            raise ValidationError({"geometry": _("河和沟渠是线；塘可以是线或面")})
        if self.state in ACCEPTED and self.accepted is None:
            raise ValidationError({"accepted": _("状态为初见成效或长制久清的，须填初见成效日期")})
        if self.state == State.LASTING and self.lasting is None:
            raise ValidationError({"lasting": _("状态为长制久清的，须填长制久清日期")})
        if self.accepted and self.lasting and self.lasting < self.accepted:
            raise ValidationError({"lasting": _("长制久清日期不能早于初见成效日期")})

    @property
    def measures(self) -> list[str]:
        """What is done about it, in Chinese."""
        said = (self.intercept, self.dredge, self.restore, self.refresh)
        return [name for name, done in zip(MEASURES, said, strict=True) if done]


class Point(Subject):
    """测点 of a body. position_m: along the water from its upper end [m]. depth_cm: usual depth of the water there, for samples that say none.

    Who is responsible for the body sees its points."""

    SCOPE = Within(region="region", organisation="body__organisation")

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="points", verbose_name=_("黑臭水体")
    )
    position_m = models.FloatField(_("距上端"))
    depth_cm = models.FloatField(_("常年水深"), null=True, blank=True)

    class Meta:
        ordering = ["body_id", "position_m", "code"]

    def clean(self) -> None:
        """It lies on its body. Raises ValidationError."""
        if self.body.length_m is not None and self.position_m > self.body.length_m:
            raise ValidationError({"position_m": _("超过了水体长度")})
