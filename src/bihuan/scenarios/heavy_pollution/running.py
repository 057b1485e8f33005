"""Which warnings ran where something lies: what gates and other lines of business go by."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from bihuan.registry.models import Region
from bihuan.scenarios.contract import OrderSpan, RunningOrder
from bihuan.scenarios.heavy_pollution.in_force import in_force_of
from bihuan.scenarios.heavy_pollution.models import WarningStep

LEVELS = tuple(level for level, _ in WarningStep._meta.get_field("level").flatchoices)


def orders(region: Region, since: datetime, until: datetime) -> list[OrderSpan]:
    """The severest warning that had begun in a region or in one around it, moment by moment in [since, until)."""
    around = [region.code]
    upper = region.parent
    while upper is not None:
        around.append(upper.code)
        upper = upper.parent
    steps = list(
        WarningStep.objects.filter(region__in=around, action=WarningStep.Action.APPROVED, at__lt=until)
    )
    turns = {
        turn for step in steps for turn in (step.at, step.since) if turn is not None and since < turn < until
    }
    found: list[OrderSpan] = []
    for begin, end in pairwise(sorted({since, until, *turns})):
        order = _severest(steps, begin)
        if order is None:
            continue
        if found and (found[-1].order, found[-1].end) == (order, begin):
            begin = found.pop().begin
        found.append(OrderSpan(order, begin, end))
    return found


def _severest(steps: Sequence[WarningStep], at: datetime) -> RunningOrder | None:
    """Of approved steps of several regions, newest first: the severest warning that runs at a moment."""
    by_region: dict[str, list[WarningStep]] = {}
    for step in steps:
        if step.at <= at:
            by_region.setdefault(step.region_id, []).append(step)
    running = [s for known in by_region.values() if (s := in_force_of(known, at)) is not None]
    begun = [
        RunningOrder(s.level, s.since or s.at, s.until) for s in running if s.since is None or s.since <= at
    ]
    return max(begun, key=lambda order: LEVELS.index(order.level), default=None)
