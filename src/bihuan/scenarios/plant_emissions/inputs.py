"""What the checks of this scenario look at: all outlets, the last days."""

from datetime import datetime, timedelta

from bihuan.domain.emissions.tables import Stacks
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.observed import stacks


def inputs(now: datetime, look_back: timedelta) -> tuple[Stacks]:
    """The one argument of every check, from the beginning of an hour on."""
    start = (now - look_back).replace(minute=0, second=0, microsecond=0)
    return (stacks(list(Outlet.objects.values_list("code", flat=True)), start, now),)
