"""What the checks of this scenario look at: all outlets, the last days."""

from datetime import datetime, timedelta

from bihuan.domain.emissions.tables import Stacks
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.plant_emissions.kept import keep
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.month import quarter_of
from bihuan.scenarios.plant_emissions.observed import stacks


def inputs(now: datetime, look_back: timedelta) -> tuple[Stacks]:
    """The one argument of every check, from the beginning of an hour on."""
    codes = list(Outlet.objects.values_list("code", flat=True))
    # The hours that ledgers are made of are kept before anybody asks for them.
    keep(quarter_of(now.astimezone(CST).date()), now)
    start = (now - look_back).replace(minute=0, second=0, microsecond=0)
    return (stacks(codes, start, now),)
