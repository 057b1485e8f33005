"""The register of haul routes: which road segments trucks of a vehicle user take."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.registry.scopes import Within
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios import resolved_roads


class HaulRoute(models.Model):
    """运输路线: a road segment on the way to or from a unit. road: its code in the register of roads. share: of the unit's rides that use it [%].

    Each road has its own share: segments one behind another all have that of the whole way, parallel ones a part each.
    """

    SCOPE = Within(region="unit__region", organisation="unit__organisation")

    unit = models.ForeignKey(
        VehicleUser, on_delete=models.PROTECT, related_name="haul_routes", verbose_name=_("用车单位")
    )
    road = models.CharField(_("路段编码"), max_length=40)
    share = models.FloatField(_("车次占比"))
    note = models.CharField(_("说明"), max_length=120, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["unit_id", "road"]
        constraints = [models.UniqueConstraint(fields=["unit", "road"], name="one_haul_route")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.road}"

    def clean(self) -> None:
        """The road is registered. Raises ValidationError."""
        if not resolved_roads.known(self.road):
            raise ValidationError({"road": _("没有登记这个编码的路段")})
