"""Small simulated worlds for the tests."""

from datetime import UTC, datetime, timedelta

from bihuan.simulate.plants.calendar import minute_of
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.register import Outlet, make_plants, outlets_of
from bihuan.simulate.plants.running import runs
from bihuan.simulate.plants.world import World

MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # of 2 March in China
DAY = timedelta(days=1)
PLANTS = make_plants(2019)


def running(
    process: str, *, days: int = 3, first: datetime = MIDNIGHT, interval: int | None = None
) -> Outlet:
    """An outlet of a process that runs undisturbed from a day before `first` until `days` later."""
    begin, end = minute_of(first - DAY), minute_of(first + days * DAY)
    for outlet in outlets_of(PLANTS):
        if outlet.process.key != process or interval not in (None, outlet.device.interval):
            continue
        if any(run.lit <= begin and run.down >= end for run in runs(outlet, begin, end)):
            return outlet
    raise LookupError(process)


def world_with(
    outlet: Outlet, kind: str, *, item: str = "nox", other: str | None = None, hours: int = 24
) -> World:
    """The city in which one outlet does one thing from MIDNIGHT on."""
    deed = Deed(outlet.site, kind, MIDNIGHT, MIDNIGHT + timedelta(hours=hours), item, other)
    return World(PLANTS, (deed,))


HONEST = World(PLANTS)
