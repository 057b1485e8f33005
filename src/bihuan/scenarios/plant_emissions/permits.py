"""What of an enterprise's permitted amounts the year has used."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from bihuan.domain.timeaxis import CST
from bihuan.scenarios.plant_emissions.items import POLLUTANTS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet, Permit
from bihuan.scenarios.plant_emissions.month import month_ledger


@dataclass(frozen=True)
class Used:
    """A pollutant of a permit: permitted and emitted in the year so far [t], and the share."""

    item: str
    permitted: float
    emitted: float

    @property
    def share(self) -> float:
        """Emitted / permitted."""
        return self.emitted / self.permitted


def year_amounts(emitter: str, now: datetime) -> dict[str, float]:
    """Item -> t that all outlets of an enterprise have emitted in the local year so far."""
    today = now.astimezone(CST).date()
    days = [date(today.year, m, 1) for m in range(1, today.month + 1)]
    found: dict[str, float] = {}
    for kind, medium in MEDIA.items():
        outlets = list(Outlet.objects.filter(emitter_id=emitter, kind=kind))
        months = [month_ledger(medium, outlets, day, now) for day in days]
        found |= dict(pl.concat(months).group_by("item").agg(pl.col("kg").sum() / 1000).iter_rows())
    return found


def permits_in_force(outlet: Outlet, now: datetime) -> list[tuple[Permit, list[Used]]]:
    """Permits of the outlet's enterprise that are valid today, with what has been used of their amounts."""
    today = now.astimezone(CST).date()
    found = list(
        Permit.objects.filter(emitter=outlet.emitter_id, valid_from__lte=today, valid_until__gte=today)
    )
    if not found:
        return []
    emitted = year_amounts(outlet.emitter_id, now)
    return [
        (p, [Used(i, getattr(p, i), emitted.get(i, 0.0)) for i in POLLUTANTS if getattr(p, i)]) for p in found
    ]
