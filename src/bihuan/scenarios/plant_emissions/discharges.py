"""Sewage outlets of enterprises beside a river as places from which polluted water may come, with what their loggers said."""

from collections.abc import Collection
from datetime import datetime

import polars as pl
from django.urls import reverse

from bihuan.domain.places.lines import nearest_line
from bihuan.domain.quantities import BY_ANY_NAME
from bihuan.domain.sewage.tables import POLLUTANTS
from bihuan.domain.timeaxis import CST
from bihuan.domain.water_suspects import LOGGED, Discharge
from bihuan.registry.models import Person, Reach
from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.plant_emissions.hour_cache import hours_of
from bihuan.scenarios.plant_emissions.items import SEWAGE
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Limit, Outlet
from bihuan.scenarios.plant_emissions.register import outlets_seen

NEAR = 2_000.0
"""An enterprise that lies farther from every reach [m] is not taken to discharge into one; its outlets have no place of their own. Ours."""
SECONDS_AN_HOUR = 3600
LOGGED_ITEMS = (*POLLUTANTS, "water_flow")


def given(at: datetime) -> list[Discharge]:
    """The sewage outlets of enterprises near a reach that is drawn, at the place of the enterprise."""
    reaches = {r.code: r for r in Reach.objects.exclude(geometry=None)}
    lines = {code: reach.geometry for code, reach in reaches.items() if reach.geometry}
    rows = Outlet.objects.filter(kind=SEWAGE, since__lte=at).select_related("emitter")
    limits, found = _limits(at), []
    for outlet in rows.order_by("code"):
        place = (outlet.emitter.lon, outlet.emitter.lat)
        along = nearest_line(place, lines, NEAR)
        if along is not None:
            km = along.share * reaches[along.line].length_km
            found.append(_discharge(outlet, along.line, km, limits.get(outlet.code, {})))
    return found


def _discharge(outlet: Outlet, reach: str, km: float, limits: dict[str, float | None]) -> Discharge:
    return Discharge(
        outlet.code,
        str(outlet),
        outlet.get_process_display(),
        reach,
        km,
        limits,
        outlet.rated_flow / SECONDS_AN_HOUR if outlet.rated_flow else None,
        reverse("plant_emissions:outlet", args=[outlet.code]),
        outlet.simulated,
    )


def _limits(at: datetime) -> dict[str, dict[str, float | None]]:
    """By outlet and code of a pollutant, the limit that holds: what it usually lets out at most."""
    day = at.astimezone(CST).date()
    rows = Limit.objects.filter(outlet__kind=SEWAGE, item__in=POLLUTANTS, valid_from__lte=day)
    found: dict[str, dict[str, float | None]] = {}
    for limit in rows.order_by("valid_from", "pk"):
        if limit.valid_until is None or limit.valid_until > day:
            found.setdefault(limit.outlet_id, {})[BY_ANY_NAME[limit.item].code] = limit.limit
    return found


def seen(person: Person) -> Collection[str]:
    """The codes of the sewage outlets that a person may see."""
    return set(outlets_seen(person).filter(kind=SEWAGE).values_list("code", flat=True))


def hours(codes: Collection[str], start: datetime, until: datetime, known: datetime) -> pl.DataFrame:
    """LOGGED: the valid hours of outlets."""
    wide = hours_of(MEDIA[SEWAGE], codes, start, until, known)
    frames = [pl.DataFrame(schema=LOGGED)]
    for item in LOGGED_ITEMS:
        rows = wide.filter(pl.col(f"valid_{item}") & pl.col(item).is_not_null())
        code = pl.lit(BY_ANY_NAME[item].code)
        frames.append(rows.select(code="site", item=code, start="start", value=item).cast(LOGGED))
    return pl.concat(frames)


DISCHARGES = Discharges(given, seen, hours)
