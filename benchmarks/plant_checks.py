"""What the checks of plant emissions find of the simulator's frauds and faults, and how often they are wrong.

    python benchmarks/plant_checks.py [--sewage] [--seeds N] [--plants N] [--only tune|score] [--show]

--sewage: sewage outlets instead of stacks (sewage_checks.py), with their own checks and frauds.

Goals: >= 95 % of the frauds found within 24 h of their beginning, <= 1 false serious finding per outlet-month.

Thresholds may be tuned on the TUNE seeds; the SCORE seeds are for the figures only. All checks run at the end of each
local day, and for each deed once more 24 h after its beginning, over the 72 h before, with what had arrived by then.
Found: a finding of moderate or worse severity of that outlet whose span overlaps the deed's; the deeds are read by the
scoring alone. False: a serious finding that overlaps no deed of its outlet, and no hour that really was over the limit
where it speaks of limits; one that goes on is one. A fraud that the rules cannot see stays in the figures.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any

import numpy as np
import polars as pl

from bihuan.domain.emissions import hours as platform
from bihuan.domain.emissions import tables
from bihuan.domain.emissions.checks import CHECKS
from bihuan.domain.emissions.conversion import to_reference_oxygen
from bihuan.domain.emissions.rules import rules_on
from bihuan.domain.outlets import tables as outlet_tables
from bihuan.simulate.plants import output, paperwork
from bihuan.simulate.plants.deeds.catalogue import KINDS, Deed, Kind
from bihuan.simulate.plants.physics import gas
from bihuan.simulate.plants.world import World, local_days, make_world

SEEDS = {"tune": (11, 12, 13, 14, 15, 16), "score": (9001, 9002, 9003, 9004, 9005, 9006)}
START = datetime(2024, 11, 17, 16, tzinfo=UTC)
"""Midnight of Monday, 18 November 2024, local time: the heating season."""
DAYS, HISTORY = 9, 2
"""Days of a world; in the first ones nothing is wrong yet and nothing is judged."""
SHARE = 0.8
"""Of the outlets with a deed."""
BACK, SOON, DAY = timedelta(hours=72), timedelta(hours=24), timedelta(days=1)
MEASURED = 0.97
"""An hour of true gas above this share of the limit is an exceedance: analysers may be 3 % off."""
WORSE = ("moderate", "serious", "critical")
SEVERITY = {check.key: check.severity for check in CHECKS}


@dataclass(frozen=True)
class City:
    """Everything that the outlets of a world sent and declared."""

    world: World
    sent: dict[str, pl.DataFrame]


@dataclass
class Scored:
    """Of one world: the deeds with the checks that found them in time, false findings, outlet-days, seconds of checks."""

    deeds: list[tuple[Deed, set[str]]] = field(default_factory=list)
    false: list[tuple[Any, ...]] = field(default_factory=list)
    outlet_days: int = 0
    seconds: float = 0.0


def city(seed: int, plants: int) -> City:
    """A world of a seed with all its tables."""
    until = START + DAYS * DAY
    world = make_world(seed, START, until, plants=plants, share=SHARE)
    made = {
        "minutes": output.minutes,
        "logged_hours": output.hours,
        "logged_days": output.days,
        "marks": paperwork.marks,
        "logs": paperwork.logs,
        "parameters": paperwork.parameters,
        "corrections": paperwork.corrections,
    }
    pieces = defaultdict(list)
    for outlet in world.outlets:
        for name, make in made.items():
            pieces[name].append(make(world, outlet.site, START, until))
    sent = {name: pl.concat(parts) for name, parts in pieces.items()}
    return City(world, sent)


def arrivals(minutes: pl.DataFrame, outlets: pl.DataFrame) -> pl.DataFrame:
    """ARRIVALS of the minute records alone: how far their labels are behind their receipt."""
    rows = minutes.join(outlets.select("site", "interval"), on="site")
    behind = pl.col("received") - pl.col("start") - pl.duration(minutes=pl.col("interval"))
    made = rows.group_by("site", start=pl.col("received").dt.truncate("1h")).agg(
        packets=pl.len(), behind=(behind.dt.total_milliseconds() / 1000).median()
    )
    return made.select(list(outlet_tables.ARRIVALS)).cast(outlet_tables.ARRIVALS).sort("site", "start")


def known(made: City, as_of: datetime, sites: Sequence[str]) -> tables.Stacks:
    """What the service would look at: the last 72 h of some outlets, as it had arrived by `as_of`."""
    since = as_of - BACK
    of_sites = pl.col("site").is_in(sites)
    sent = {name: frame.filter(of_sites) for name, frame in made.sent.items()}
    recent = pl.col("start") >= since, pl.col("start") < as_of
    came = pl.col("received") <= as_of
    outlets = paperwork.outlets(made.world).filter(of_sites).cast(outlet_tables.OUTLETS)
    minutes = sent["minutes"].filter(*recent, came).cast(tables.MINUTES)
    marks = sent["marks"].filter(pl.col("at") <= as_of, pl.col("until") > since).cast(outlet_tables.MARKS)
    later = sent["corrections"].filter(pl.col("last_received") > as_of)
    hours = sent["logged_hours"].filter(*recent, came).join(later, on=["site", "start"], how="anti")
    said = pl.col("at") >= since, pl.col("at") <= as_of
    return tables.Stacks(
        as_of=as_of,
        outlets=outlets,
        minutes=minutes,
        hours=platform.hours(minutes, outlets, marks, rules_on(as_of.date())),
        limits=paperwork.limits(made.world).filter(of_sites).cast(outlet_tables.LIMITS),
        spans=paperwork.spans(made.world, as_of).filter(of_sites).cast(outlet_tables.SPANS),
        logged_hours=hours.cast(tables.LOGGED),
        logged_days=sent["logged_days"].filter(*recent, came).cast(tables.LOGGED),
        marks=marks,
        parameters=sent["parameters"].filter(*said).cast(outlet_tables.PARAMETERS),
        logs=sent["logs"].filter(*said).cast(outlet_tables.LOGS),
        corrections=sent["corrections"].filter(*recent, pl.col("last_received") <= as_of).cast(outlet_tables.CORRECTIONS),
        arrivals=arrivals(minutes, outlets),
    )  # fmt: skip


def run_all(stacks: tables.Stacks) -> pl.DataFrame:
    """Findings of moderate or worse severity of all checks: key, target, item, start, until, as_of, title."""
    found = []
    for check in CHECKS:
        made = check.run(stacks)
        if SEVERITY[check.key] in WORSE:
            found.append(made.select("target", "item", "start", "until", "title", key=pl.lit(check.key)))
    return pl.concat(found).with_columns(as_of=pl.lit(stacks.as_of))


def _about(deed: Deed) -> pl.Expr:
    """Findings at the deed's outlet; that two outlets send the same is one finding, at either of them."""
    same = pl.col("target").eq_missing(pl.lit(deed.other)) & (pl.col("key") == "cems.copies.twins")
    return (pl.col("target") == deed.site) | same


def overlapping(found: pl.DataFrame, deed: Deed) -> pl.DataFrame:
    """Findings of the deed's outlet, or of the one that it copies, whose span overlaps the deed's."""
    return found.filter(_about(deed), pl.col("start") < deed.until, pl.col("until") > deed.start)


def really_over(world: World, site: str, item: str, start: datetime, until: datetime) -> bool:
    """Whether the true gas of an honest outlet is over its limit in an hour of the span."""
    outlet = world.by_site[site]
    for day in local_days(start, until):
        true = gas(outlet, day)
        n = len(true.time) // 2
        frame = pl.DataFrame({"c": true.values[item][n:], "o2": true.values["o2"][n:]})
        converted = to_reference_oxygen(pl.col("c"), pl.col("o2"), pl.lit(outlet.process.ref_o2, pl.Float64))
        judged = pl.col("c") if outlet.process.ref_o2 is None else converted
        value = frame.select(judged).to_series().to_numpy().reshape(24, 60)
        seen = value[(~np.isnan(value)).sum(axis=1) >= 1]
        if (np.nanmean(seen, axis=1) > MEASURED * outlet.limits[item]).any():
            return True
    return False


def false_ones(found: pl.DataFrame, world: World) -> list[tuple[Any, ...]]:
    """Findings without a reason, each once: (key, site, item, start, until, title, process)."""
    out: list[tuple[Any, ...]] = []
    rows = found.sort("key", "target", "item", "start", "as_of")
    for key, site, item, start, until, title in rows.select(
        "key", "target", "item", "start", "until", "title"
    ).iter_rows():
        here = [d for d in world.deeds if site == d.site or (site == d.other and key == "cems.copies.twins")]
        if any(start < d.until and until > d.start for d in here):
            continue
        if key.startswith("cems.limits.") and really_over(world, site, item, start, until):
            continue
        if out and out[-1][:3] == (key, site, item) and start <= out[-1][4]:
            out[-1] = (*out[-1][:4], max(until, out[-1][4]), *out[-1][5:])
            continue
        out.append((key, site, item, start, until, title, world.by_site[site].process.key))
    return out


def score(task: tuple[int, int]) -> Scored:
    """One world, day by day."""
    made = city(*task)
    sites = [o.site for o in made.world.outlets]
    result = Scored()
    daily = []
    for n in range(HISTORY + 1, DAYS + 1):
        stacks = known(made, START + n * DAY, sites)
        began = time.perf_counter()
        daily.append(run_all(stacks))
        result.seconds += time.perf_counter() - began
        result.outlet_days += len(sites)
    every = pl.concat(daily)
    for deed in made.world.deeds:
        copied = (
            [deed.other] if deed.other else []
        )  # in a service all outlets of the city are looked at together
        at_once = run_all(known(made, deed.start + SOON, [deed.site, *copied]))
        soon = every.filter(pl.col("as_of") > deed.start, pl.col("as_of") <= deed.start + SOON)
        hits = overlapping(pl.concat([soon, at_once]), deed)
        result.deeds.append((deed, set(hits["key"])))
    judged = every.filter(pl.col("until") > START + HISTORY * DAY)
    result.false = false_ones(judged, made.world)
    return result


def report(
    name: str,
    seeds: Sequence[int],
    results: Sequence[Scored],
    *,
    show: bool,
    kinds: Mapping[str, Kind] = KINDS,
    severity_of: Mapping[str, str] = SEVERITY,
) -> None:
    """Print what was found of one set of seeds."""
    write = sys.stdout.write
    months = sum(r.outlet_days for r in results) / 30
    seconds = sum(r.seconds for r in results)
    write(f"\n{name.upper()} seeds {', '.join(map(str, seeds))}: {months:.1f} outlet-months\n")
    write("kind                     deeds  found  by serious   found by\n")
    totals: dict[bool, list[int]] = {True: [0, 0, 0], False: [0, 0, 0]}
    for kind, of in kinds.items():
        deeds = [keys for r in results for deed, keys in r.deeds if deed.kind == kind]
        serious = sum(any(severity_of[k] != "moderate" for k in keys) for keys in deeds)
        found = sum(bool(keys) for keys in deeds)
        by = Counter(k.partition(".")[2] for keys in deeds for k in keys)
        names = ", ".join(f"{k} {n}" for k, n in by.most_common(5))
        write(
            f"{kind:<24} {len(deeds):5} {found:6} {serious:8}       {'' if of.fraud else '(fault) '}{names}\n"
        )
        for place, n in enumerate((len(deeds), found, serious)):
            totals[of.fraud][place] += n
    for fraud, (n, found, serious) in totals.items():
        goal = "   goal 95 %" if fraud else ""
        write(
            f"{'frauds' if fraud else 'faults'}: {found} of {n} = {100 * found / max(n, 1):.1f} % within 24 h,"
            f" {100 * serious / max(n, 1):.1f} % by a serious finding{goal}\n"
        )
    false = [row for r in results for row in r.false]
    for severity in ("serious", "moderate"):
        chosen = [row for row in false if (severity_of[row[0]] == "moderate") == (severity == "moderate")]
        by = Counter(row[0].partition(".")[2] for row in chosen)
        goal = "   goal 1" if severity == "serious" else ""
        write(
            f"false {severity}: {len(chosen)} = {len(chosen) / months:.2f} per outlet-month{goal}; {dict(by.most_common())}\n"
        )
    write(f"checks: {1000 * seconds / max(30 * months, 1):.1f} ms per outlet and run over 72 h\n")
    if show:
        for r in results:
            for deed, keys in r.deeds:
                if not keys:
                    write(f"  unfound {deed.kind} {deed.site} {deed.item} {deed.start:%m-%d %H}\n")
        for row in false:
            write(
                f"  {severity_of[row[0]]} {row[0]} {row[1]} {row[6]} {row[3]:%m-%d %H:%M} {row[4]:%m-%d %H:%M} {row[5]}\n"
            )


def main() -> None:
    """Score both sets and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="of each set (at most 6)")
    parser.add_argument("--plants", type=int, help="default: 24, with --sewage 80")
    parser.add_argument("--sewage", action="store_true", help="sewage outlets instead of stacks")
    parser.add_argument("--only", choices=tuple(SEEDS))
    parser.add_argument("--show", action="store_true", help="every unfound deed and every false finding")
    args = parser.parse_args()
    sets = [args.only] if args.only else list(SEEDS)
    chosen = {name: SEEDS[name][: args.seeds] for name in sets}
    began = time.perf_counter()
    of, kinds, severity_of = score, KINDS, SEVERITY
    if args.sewage:
        import sewage_checks as sewage

        of, kinds, severity_of = sewage.score, sewage.KINDS, sewage.SEVERITY
    plants = args.plants or (80 if args.sewage else 24)
    with get_context("spawn").Pool(2) as pool:
        tasks = [(seed, plants) for seeds in chosen.values() for seed in seeds]
        results = pool.map(of, tasks, chunksize=1)
    for name, seeds in chosen.items():
        report(name, seeds, results[: len(seeds)], show=args.show, kinds=kinds, severity_of=severity_of)
        results = results[len(seeds) :]
    sys.stdout.write(f"\n{time.perf_counter() - began:.0f} s in all\n")


if __name__ == "__main__":
    main()
