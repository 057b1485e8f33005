"""What an outlet of either kind has to send: the one place where the wire asks whether it is a stack or a sewage outlet."""

from collections.abc import Iterator
from datetime import datetime

from bihuan.simulate.plants.dialects import Dialect
from bihuan.simulate.plants.records import CODES, CODES_2005, Record
from bihuan.simulate.plants.records import records as of_stack
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.sewage.records import codes_of
from bihuan.simulate.plants.sewage.records import records as of_sewer
from bihuan.simulate.plants.sewage.register import Sewer
from bihuan.simulate.plants.sewage.world import SewageWorld
from bihuan.simulate.plants.world import World

AnyWorld = World | SewageWorld
AnyOutlet = Outlet | Sewer


def records(
    world: AnyWorld, site: str, start: datetime, until: datetime, dialect: Dialect, *, unsent: bool = False
) -> Iterator[Record]:
    """Records whose period starts in [start, until), by when they are due; `unsent`: also those that were never sent."""
    if isinstance(world, World):
        return of_stack(world, site, start, until, dialect, unsent=unsent)
    return of_sewer(world, site, start, until, dialect, unsent=unsent)


def calibrated(outlet: AnyOutlet) -> set[str]:
    """Codes of what a calibration touches: the gases of a stack, the pollutants of sewage."""
    if isinstance(outlet, Sewer):
        return {codes_of(outlet)[item] for item in outlet.items}
    codes = CODES_2005 if outlet.device.edition == 2005 else CODES
    return {codes[name] for name in ("so2", "nox", "o2")}
