"""What the checks of this scenario look at: all outlets of gas and of sewage, the last days."""

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from bihuan import clock
from bihuan.domain.emissions.tables import Stacks
from bihuan.domain.sewage.tables import Sewers
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.scenarios.plant_emissions.hour_cache import keep
from bihuan.scenarios.plant_emissions.items import GAS, SEWAGE
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.month import quarter_of
from bihuan.scenarios.plant_emissions.received import watched


@dataclass(frozen=True, kw_only=True)
class Looked(Stacks):
    """The stacks, and beside them the sewage outlets as the same tables with their own quantities."""

    sewers: Sewers


def inputs(now: datetime, look_back: timedelta) -> tuple[Looked]:
    """The one argument of every check, from the beginning of an hour on."""
    if clock.now() - now < HOUR:  # who looks at the past (a rule that is tried) keeps nothing
        # The hours that ledgers are made of are kept before anybody asks for them.
        keep(MEDIA.values(), quarter_of(now.astimezone(CST).date()), now)
    start = (now - look_back).replace(minute=0, second=0, microsecond=0)
    gas, water = (watched(MEDIA[kind], _codes(kind), start, now) for kind in (GAS, SEWAGE))
    assert isinstance(water, Sewers)
    # Silence of all loggers is our fault, not that of the stacks' or of the sewage outlets' alone.
    as_of = max((seen.as_of for seen in (gas, water) if seen.arrivals.height), default=now)
    tables = {f.name: getattr(gas, f.name) for f in fields(gas)} | {"as_of": as_of}
    return (Looked(**tables, sewers=replace(water, as_of=as_of)),)


def _codes(kind: str) -> list[str]:
    return list(Outlet.objects.filter(kind=kind).values_list("code", flat=True))
