"""河网: rivers and their reaches, common to all lines of business as the regions are. Each reach names the one below it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import COMMON
from bihuan.registry.subjects import Subject

LINES = ("LineString", "MultiLineString")


class River(Subject):
    """河流. `length_km` of its main stem, `area_km2` of its basin; both null where not known."""

    SCOPE = COMMON

    basin = models.CharField(_("流域"), max_length=40, blank=True)
    length_km = models.FloatField(_("河流长度"), null=True, blank=True)
    area_km2 = models.FloatField(_("流域面积"), null=True, blank=True)

    def clean(self) -> None:
        """A river is a line. Raises ValidationError."""
        _line(self)


class Reach(Subject):
    """河段 of a river, from its upper end to where the next begins. `below`: the reach that it flows into, null at the border or mouth.

    speed: mean speed of the water [m/s] at `flow` [m³/s]; how long water takes at another flow is reckoned from both.
    """

    SCOPE = COMMON

    river = models.ForeignKey(River, on_delete=models.PROTECT, related_name="reaches", verbose_name=_("河流"))
    below = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="above",
        verbose_name=_("下游河段"),
    )
    length_km = models.FloatField(_("河段长"))
    speed = models.FloatField(_("流速"), null=True, blank=True)
    flow = models.FloatField(_("流量"), null=True, blank=True)

    def clean(self) -> None:
        """A reach is a line that does not flow back into itself. Raises ValidationError."""
        _line(self)
        below, met = self.below, {self.code}
        while below is not None:
            if below.code in met:
                raise ValidationError({"below": _("下游河段又流回本河段")})
            met.add(below.code)
            below = below.below


def _line(subject: Subject) -> None:
    if subject.geometry and subject.geometry.get("type") not in LINES:
        raise ValidationError({"geometry": _("河流和河段是线，不能是点或面")})
