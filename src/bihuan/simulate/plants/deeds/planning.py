"""Who does what when: every kind in turn over the outlets, from a seed."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bihuan.simulate.plants.calendar import minute_of
from bihuan.simulate.plants.deeds.catalogue import KINDS, Deed
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.running import runs

DAYS = (2, 5)
SHORT = {"treatment_failure": (0.3, 1.0), "offline": (0.3, 2.0), "late": (0.5, 2.0), "missing": (1.0, 3.0)}
DAY = timedelta(days=1)
TRIES = 8
"""Times that are thought of; the one is taken whose first day has the most production: nobody cheats at a cold stack."""
MARGIN = timedelta(days=2)
"""Honest days before the first deed: history to compare with."""


def plan(
    outlets: Sequence[Outlet],
    start: datetime,
    until: datetime,
    *,
    seed: int,
    share: float = 0.4,
    kinds: Iterable[str] = KINDS,
) -> tuple[Deed, ...]:
    """Deeds of a share of the outlets, one each, inside [start, until); as even over the kinds as the outlets allow."""
    rng = random.Random(f"deeds/{seed}")
    doers = rng.sample(list(outlets), round(share * len(outlets)))
    waiting: list[str] = []
    deeds = []
    for outlet in doers:
        if not any(KINDS[kind].can(outlet) for kind in waiting):
            waiting = [*waiting, *rng.sample(sorted(kinds), len(list(kinds)))]
        kind = next((k for k in waiting if KINDS[k].can(outlet)), None)
        if kind is None:
            continue
        waiting.remove(kind)
        deeds.append(make_deed(outlet, kind, start, until, rng, outlets))
    return tuple(sorted(deeds, key=lambda deed: (deed.site, deed.start)))


def make_deed(
    outlet: Outlet,
    kind: str,
    start: datetime,
    until: datetime,
    rng: random.Random,
    outlets: Sequence[Outlet],
) -> Deed:
    """A deed of a kind at an outlet, somewhere in the span."""
    days = rng.uniform(*SHORT.get(kind, DAYS))
    free = max((until - start - MARGIN).total_seconds() / 86400 - days, 0.0)
    begins = [start + MARGIN + timedelta(hours=round(rng.uniform(0, free) * 24)) for _ in range(TRIES)]
    length = timedelta(hours=round(days * 24))
    begin = max(begins, key=lambda b: _running(outlet, b, min(b + DAY, until)))
    end = min(begin + length, until)
    item = "nox" if kind == "reagent_off" else rng.choice(outlet.items)
    return Deed(
        outlet.site, kind, begin, end, item, _partner(outlet, rng, outlets) if kind == "twin" else None
    )


def _running(outlet: Outlet, begin: datetime, end: datetime) -> float:
    """Share of a span in which the process is neither stopped nor being lit or shut down."""
    first, last = minute_of(begin), minute_of(end)
    inside = (min(run.down, last) - max(run.lit, first) for run in runs(outlet, first, last))
    return sum(max(minutes, 0) for minutes in inside) / max(last - first, 1)


def _partner(outlet: Outlet, rng: random.Random, outlets: Sequence[Outlet]) -> str:
    """An outlet to copy: of the same process if there is one, that measures at least the same."""
    able = [o for o in outlets if o is not outlet and set(o.items) >= set(outlet.items)]
    same = [o for o in able if o.process is outlet.process]
    if not able:
        raise ValueError(f"no other outlet measures what {outlet.site} does")
    return rng.choice(same or able).site
