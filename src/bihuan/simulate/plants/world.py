"""A whole simulated city of stacks: plants, deeds, and any day of any outlet, always the same for the same seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from bihuan.simulate.plants.analyser import Reading, reading
from bihuan.simulate.plants.calendar import instant_of
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.deeds.planning import plan
from bihuan.simulate.plants.logger import Logged, log_day
from bihuan.simulate.plants.noise import MINUTES
from bihuan.simulate.plants.register import Outlet, Plant, make_plants, outlets_of

COPYING = ("twin", "replay")


def touching(deeds: Iterable[Deed], site: str, day: date) -> tuple[Deed, ...]:
    """Deeds at an outlet that touch a local day or the one before it."""
    first = instant_of((day.toordinal() - 1) * MINUTES)
    last = first + timedelta(days=2)
    return tuple(d for d in deeds if d.site == site and d.start < last and d.until > first)


@dataclass(frozen=True, eq=False)
class World:
    """Plants and what is done wrong in them."""

    plants: tuple[Plant, ...]
    deeds: tuple[Deed, ...] = ()
    by_site: dict[str, Outlet] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_site", {o.site: o for o in outlets_of(self.plants)})

    @property
    def outlets(self) -> list[Outlet]:
        """All outlets."""
        return list(self.by_site.values())

    def deeds_at(self, site: str, day: date) -> tuple[Deed, ...]:
        """Deeds that touch a local day or the one before it."""
        return touching(self.deeds, site, day)


def chosen(plants: Iterable[Plant], intervals: Mapping[str, int]) -> tuple[Plant, ...]:
    """Only these outlets, their loggers sending every so many minutes."""
    kept = (
        replace(
            plant, outlets=tuple(_every(o, intervals[o.site]) for o in plant.outlets if o.site in intervals)
        )
        for plant in plants
    )
    return tuple(plant for plant in kept if plant.outlets)


def _every(outlet: Outlet, minutes: int) -> Outlet:
    return replace(outlet, device=replace(outlet.device, interval=minutes))


def make_world(
    seed: int,
    start: datetime,
    until: datetime,
    *,
    plants: int = 80,
    share: float = 0.4,
    intervals: Mapping[str, int] | None = None,
) -> World:
    """Plants of a seed, a share of their outlets with a fraud or fault within [start, until); `intervals` as `chosen`."""
    made = make_plants(seed, plants)
    if intervals is not None:
        made = chosen(made, intervals)
    return World(made, plan(outlets_of(made), start, until, seed=seed, share=share))


@lru_cache(maxsize=64)
def _own(world: World, site: str, day: date) -> Reading:
    """What an outlet reads with all its deeds but the copied values: this is what others copy."""
    deeds = tuple(d for d in world.deeds_at(site, day) if d.kind not in COPYING)
    return reading(world.by_site[site], day, deeds, lambda _site, _day: {})


@lru_cache(maxsize=64)
def logged(world: World, site: str, day: date) -> Logged:
    """A local day of an outlet as its logger has it."""
    outlet, deeds = world.by_site[site], world.deeds_at(site, day)
    read = reading(outlet, day, deeds, lambda other, on: _own(world, other, on).values)
    return log_day(outlet, read, deeds)


def local_days(start: datetime, until: datetime) -> Sequence[date]:
    """Local days that touch [start, until)."""
    first = (start + timedelta(hours=8)).toordinal()
    last = (until + timedelta(hours=8) - timedelta(microseconds=1)).toordinal()
    return [date.fromordinal(n) for n in range(first, last + 1)]
