"""Who may speak for a unit's gates: keys, made and ended by the bureau; and plates that an order does not stop (例外车辆)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from bihuan.domain.vehicles import plates
from bihuan.registry.roles import WATCHERS
from bihuan.registry.scopes import Holders, Within


class GateKey(models.Model):
    """门禁密钥: a unit's gates sign with it. The secret itself is nowhere kept: it is worked out of `salt` and the installation's
    own key (`gate_secrets`). dialect: how the unit's system writes. A key that is `revoked` verifies nothing any more."""

    SCOPE = Holders(*WATCHERS)

    unit = models.ForeignKey(
        "registry.VehicleUser", on_delete=models.PROTECT, related_name="gate_keys", verbose_name=_("用车单位")
    )
    salt = models.CharField(max_length=32, unique=True)
    dialect = models.CharField(_("方言"), max_length=40)
    made_at = models.DateTimeField(_("发放时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["unit_id", "-made_at"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.salt[:6]}"


class GatePass(models.Model):
    """例外车辆: a plate that may pass at a unit's gates (null: at all) under an order, for a reason and a time."""

    SCOPE = Within(region="region")

    class Reason(models.TextChoices):
        EMERGENCY = "emergency", _("应急抢险")
        LIVELIHOOD = "livelihood", _("民生保障")
        OTHER = "other", _("其他")

    unit = models.ForeignKey(
        "registry.VehicleUser", null=True, blank=True, on_delete=models.PROTECT, related_name="gate_passes",
        verbose_name=_("用车单位"),
    )  # fmt: skip
    region = models.ForeignKey(
        "registry.Region", on_delete=models.PROTECT, related_name="gate_passes", verbose_name=_("区划")
    )
    plate = models.CharField(_("号牌"), max_length=12, db_index=True)
    reason = models.CharField(_("类别"), max_length=12, choices=Reason.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    since = models.DateTimeField(_("起"))
    until = models.DateTimeField(_("止"))
    simulated = models.BooleanField(_("模拟"), default=False)

    class Meta:
        ordering = ["-until", "plate"]
        constraints = [models.UniqueConstraint(fields=["plate", "since"], name="one_gate_pass_of_a_plate")]

    def __str__(self) -> str:
        return self.plate

    def clean(self) -> None:
        """The plate is one, and its time does not end before it begins. Raises ValidationError."""
        read = plates.read_plate(self.plate)
        if not read.good:
            raise ValidationError({"plate": _("不是号牌")})
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": _("止应晚于起")})
        self.plate = read.text
