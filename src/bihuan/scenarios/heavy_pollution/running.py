"""Which warning runs where something lies: what gates and other lines of business go by."""

from datetime import datetime

from bihuan.registry.models import Region
from bihuan.scenarios.contract import RunningOrder
from bihuan.scenarios.heavy_pollution.in_force import warning_in_force
from bihuan.scenarios.heavy_pollution.models import WarningStep

LEVELS = tuple(level for level, _ in WarningStep._meta.get_field("level").flatchoices)


def running_order(region: Region, at: datetime) -> RunningOrder | None:
    """The severest warning that has begun in a region or in one around it; None without one."""
    around, found = [region], []
    while (upper := around[-1].parent) is not None:
        around.append(upper)
    for place in around:
        step = warning_in_force(place, at)
        if step is not None and (step.since is None or step.since <= at):
            found.append(RunningOrder(step.level, step.since or step.at, step.until))
    return max(found, key=lambda order: LEVELS.index(order.level), default=None)
