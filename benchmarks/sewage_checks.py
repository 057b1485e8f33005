"""What the checks of sewage find of the simulator's frauds and faults: `python benchmarks/plant_checks.py --sewage`.

As for stacks: found is a finding of moderate or worse severity of the outlet that overlaps the deed, within 24 h of its
beginning; false is a serious one that overlaps no deed and no day that really was over the limit.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import plant_checks as stacks
import polars as pl

from bihuan.domain.outlets import tables as outlet_tables
from bihuan.domain.sewage.checks import CHECKS
from bihuan.domain.sewage.hours import hours
from bihuan.domain.sewage.rules import rules_on
from bihuan.domain.sewage.tables import LIMITS, LOGGED, MINUTES, Sewers
from bihuan.simulate.plants.noise import MINUTES as DAY_MINUTES
from bihuan.simulate.plants.sewage import output, paperwork
from bihuan.simulate.plants.sewage.deeds import KINDS
from bihuan.simulate.plants.sewage.physics import water
from bihuan.simulate.plants.sewage.world import SewageWorld, make_sewage
from bihuan.simulate.plants.world import local_days

__all__ = ["KINDS", "SEVERITY", "score"]
SEVERITY = {check.key: check.severity for check in CHECKS}
MEASURED = 0.93
"""A day of true water above this share of the limit is an exceedance: analysers may be 7 % off."""
MAKERS = {
    "minutes": output.minutes, "logged_hours": output.hours, "logged_days": output.days,
    "marks": paperwork.marks, "logs": paperwork.logs, "parameters": paperwork.parameters,
}  # fmt: skip


def known(world: SewageWorld, sent: dict[str, pl.DataFrame], as_of: datetime, sites: Sequence[str]) -> Sewers:
    """What the service would look at: the last 72 h of some outlets, as it had arrived by `as_of`."""
    of = pl.col("site").is_in(sites)
    mine = {name: frame.filter(of) for name, frame in sent.items()}
    since = as_of - stacks.BACK
    came = pl.col("start") >= since, pl.col("start") < as_of, pl.col("received") <= as_of
    said = pl.col("at") >= since, pl.col("at") <= as_of
    outlets = paperwork.outlets(world).filter(of).cast(outlet_tables.OUTLETS)
    minutes = mine["minutes"].filter(*came).select(list(MINUTES)).cast(MINUTES)
    marks = mine["marks"].filter(pl.col("at") <= as_of, pl.col("until") > since).cast(outlet_tables.MARKS)
    return Sewers(
        as_of=as_of,
        outlets=outlets,
        minutes=minutes,
        hours=hours(minutes, outlets, marks, rules_on(as_of.date())),
        limits=paperwork.limits(world).filter(of).cast(LIMITS),
        spans=paperwork.spans(world, as_of).filter(of).cast(outlet_tables.SPANS),
        logged_hours=mine["logged_hours"].filter(*came).select(list(LOGGED)).cast(LOGGED),
        logged_days=mine["logged_days"].filter(*came).select(list(LOGGED)).cast(LOGGED),
        marks=marks,
        parameters=mine["parameters"].filter(*said).cast(outlet_tables.PARAMETERS),
        logs=mine["logs"].filter(*said).cast(outlet_tables.LOGS),
        arrivals=stacks.arrivals(minutes, outlets),
    )


def run_all(sewers: Sewers) -> pl.DataFrame:
    """Findings of moderate or worse severity of all checks."""
    found = [
        check.run(sewers).select("target", "item", "start", "until", "title", key=pl.lit(check.key))
        for check in CHECKS
        if check.severity in stacks.WORSE
    ]
    return pl.concat(found).with_columns(as_of=pl.lit(sewers.as_of))


def really_over(world: SewageWorld, site: str, item: str, start: datetime, until: datetime) -> bool:
    """Whether the true water of an honest day of the span is over its limit, weighted with the flow."""
    sewer = world.by_site[site]

    def mean(day: date) -> float:
        true = {k: v[DAY_MINUTES:] for k, v in water(sewer, day).values.items()}
        return float((true[item] * true["water_flow"]).sum() / true["water_flow"].sum())

    return item in sewer.limits and any(
        mean(day) > MEASURED * sewer.limits[item] for day in local_days(start, until)
    )


def false_ones(found: pl.DataFrame, world: SewageWorld) -> list[tuple[Any, ...]]:
    """Findings without a reason, each once: (key, site, item, start, until, title, kind of outlet)."""
    out: list[tuple[Any, ...]] = []
    columns = ("key", "target", "item", "start", "until", "title")
    for key, site, item, start, until, title in found.sort(*columns[:4], "as_of").select(columns).iter_rows():
        if any(d.site == site and start < d.until and until > d.start for d in world.deeds):
            continue
        if key == "sewage.limits.day_over" and really_over(world, site, item, start, until):
            continue
        if out and out[-1][:3] == (key, site, item) and start <= out[-1][4]:
            out[-1] = (*out[-1][:4], max(until, out[-1][4]), *out[-1][5:])
            continue
        out.append((key, site, item, start, until, title, world.by_site[site].kind.key))
    return out


def score(task: tuple[int, int]) -> stacks.Scored:
    """One world, day by day, and each deed once more 24 h after its beginning."""
    seed, plants = task
    start, until = stacks.START, stacks.START + stacks.DAYS * stacks.DAY
    world = make_sewage(seed, start, until, plants=plants, share=stacks.SHARE)
    pieces = defaultdict(list)
    for outlet in world.outlets:
        for name, make in MAKERS.items():
            pieces[name].append(make(world, outlet.site, start, until))
    sent = {name: pl.concat(parts) for name, parts in pieces.items()}
    sites = list(world.by_site)
    result, daily = stacks.Scored(), []
    for n in range(stacks.HISTORY + 1, stacks.DAYS + 1):
        sewers = known(world, sent, start + n * stacks.DAY, sites)
        began = time.perf_counter()
        daily.append(run_all(sewers))
        result.seconds += time.perf_counter() - began
        result.outlet_days += len(sites)
    every = pl.concat(daily)
    for deed in world.deeds:
        at_once = run_all(known(world, sent, deed.start + stacks.SOON, [deed.site]))
        soon = every.filter(pl.col("as_of") > deed.start, pl.col("as_of") <= deed.start + timedelta(days=1))
        hits = pl.concat([soon, at_once]).filter(
            pl.col("target") == deed.site, pl.col("start") < deed.until, pl.col("until") > deed.start
        )
        result.deeds.append((deed, set(hits["key"])))
    judged = every.filter(pl.col("until") > start + stacks.HISTORY * stacks.DAY)
    result.false = false_ones(judged, world)
    return result
