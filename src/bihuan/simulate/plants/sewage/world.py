"""A city's sewage outlets with what is done wrong at them, and any day of any of them, always the same for the same seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.logger import Logged
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.sewage.analyser import reading
from bihuan.simulate.plants.sewage.deeds import plan
from bihuan.simulate.plants.sewage.logger import log_day
from bihuan.simulate.plants.sewage.register import Sewer, make_sewers
from bihuan.simulate.plants.world import touching


@dataclass(frozen=True, eq=False)
class SewageWorld:
    """Sewage outlets and the deeds at them."""

    outlets: tuple[Sewer, ...]
    deeds: tuple[Deed, ...] = ()
    by_site: dict[str, Sewer] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_site", {o.site: o for o in self.outlets})

    def deeds_at(self, site: str, day: date) -> tuple[Deed, ...]:
        """Deeds that touch a local day or the one before it."""
        return touching(self.deeds, site, day)


def every(sewer: Sewer, minutes: int) -> Sewer:
    """The outlet with a logger that sends every so many minutes."""
    return replace(sewer, device=replace(sewer.device, interval=minutes))


def make_sewage(
    seed: int,
    start: datetime,
    until: datetime,
    *,
    plants: int = 80,
    share: float = 0.4,
    intervals: Mapping[str, int] | None = None,
) -> SewageWorld:
    """Outlets of a seed, a share of them with a fraud or fault; `intervals`: only these, their loggers' minutes."""
    made = make_sewers(make_plants(seed, plants), seed)
    if intervals is not None:
        made = tuple(every(s, intervals[s.site]) for s in made if s.site in intervals)
    return SewageWorld(made, plan(made, start, until, seed=seed, share=share))


@lru_cache(maxsize=64)
def logged(world: SewageWorld, site: str, day: date) -> Logged:
    """A local day of an outlet as its logger has it."""
    sewer, deeds = world.by_site[site], world.deeds_at(site, day)
    return log_day(sewer, reading(sewer, day, deeds), deeds)
