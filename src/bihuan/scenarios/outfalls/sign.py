"""标志牌: what stands on the sign of an outfall, and the QR code that opens the same for everybody."""

from dataclasses import dataclass

import segno
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.settings import in_force
from bihuan.scenarios.outfalls.transitions import LEFT_OUT, SIGNED

SIDE = 4
"""Pixels of a square of the code, on the page."""


@dataclass(frozen=True)
class Sign:
    """All that stands on it (HJ 1309-2023, as usually quoted); nothing else is public. Empty: not known."""

    name: str
    code: str
    kind: str
    water: str
    unit: str
    person: str
    supervisor: str
    telephone: str
    simulated: bool


def sign_of(outfall: Outfall) -> Sign:
    """The sign as the register is now."""
    return Sign(
        outfall.name, outfall.official_code or outfall.code, outfall.get_kind_display(), str(outfall.water or ""),
        str(outfall.organisation or ""), outfall.person, str(outfall.supervisor or ""), in_force().complaints, outfall.simulated,
    )  # fmt: skip


def with_sign() -> QuerySet[Outfall]:
    """The outfalls that have one: they were accepted once, and are still there."""
    accepted = Q(stage__in=SIGNED) | Q(pk__in=Outfall.objects.filter(steps__action="accept").values("pk"))
    rows = Outfall.objects.filter(accepted, until=None).exclude(stage__in=LEFT_OUT)
    return rows.select_related("reach__river", "river", "organisation", "supervisor")


def qr(address: str) -> SafeString:
    """The address as a QR code (SVG) that is read although a seventh of it is scratched."""
    return mark_safe(
        segno.make(address, error="m", micro=False).svg_inline(scale=SIDE, light="#fff")
    )  # squares, no text
