"""Who did it: suspects of invented spills in random river networks, and how long it takes.

    python benchmarks/water_suspects.py [--spills 200]

Score: is the guilty outfall among the first three (goal: at least 80 % of the spills), as known eight hours after the first reading that shows it?
Each spill has a network, flows and outfalls of its own; the water runs up to 30 % slower or quicker than registered, speeds of a third of the reaches are
not registered, loggers of others rise at other times too, one guilty logger in six shows nothing, and what is registered of an outfall's water is rough or
missing. Goal of time: below 1 s for a section below 5,000 reaches and 2,000 outfalls. The plain reference walks down the river from every outfall and joins the
same hours of loggers with Polars; both must find the same ways.
"""

import argparse
import math
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from bihuan.domain.river_network import REACHES, Network, Travel, network
from bihuan.domain.water_suspects import LOGGED, WATCHED, Discharge, Event, suspects

GOAL, FIRST = 1.0, 0.8
BEGAN = datetime(2026, 6, 1, tzinfo=UTC)
DAYS, EVERY, LATER = 12, 4, 8
ITEMS = ("w01019", "w21003", "w21011", "w21001")
USUAL = dict(zip(ITEMS, (4.0, 0.3, 0.1, 3.0), strict=True))
CLASS3 = dict(zip(ITEMS, (6.0, 1.0, 0.2, 1.0), strict=True))
WATERS = {
    "生活污水": (25, 20, 2.5, 30), "城镇污水处理厂": (12, 3, 0.4, 13), "化工": (40, 30, 0.3, 45), "食品": (90, 8, 4.0, 15),
    "养殖": (120, 60, 15.0, 90), "煤矿": (10, 0.5, 0.05, 2), "磷肥": (10, 4, 12.0, 6), "焦化": (60, 45, 0.2, 60), "雨水口": (15, 2, 0.3, 4),
}  # fmt: skip
"""Concentrations of ITEMS [mg/L] of kinds of waste water: rough figures, ours."""
SECTION_EVERY, LOGGED_SHARE, PAST_LOGGER, CHANCE_RISES = 40, 0.35, 1 / 6, 1 / 4
"""A section for so many reaches; share of outfalls with a logger; guilty ones that go past it; rises of others a day."""


@dataclass
class World:
    """One invented basin: the true pace [h/km] beside the registered network, outfalls with their true water, sections by reach."""

    net: Network
    pace: np.ndarray
    flow: np.ndarray
    outfalls: list[Discharge]
    water: np.ndarray
    strength: np.ndarray
    logger: np.ndarray
    sections: np.ndarray


def make_world(rng: np.random.Generator, reaches: int, outfalls: int) -> World:
    """A basin in which every reach has at most two above it."""
    below, free = np.full(reaches, reaches), [0, 0]
    for n in range(1, reaches):
        slot = int(rng.integers(len(free)))
        below[n] = free[slot]
        free[slot] = free[-1]
        free[-1] = n
        free.append(n)
    length = rng.lognormal(math.log(3), 0.5, reaches)
    speed = rng.uniform(0.2, 0.7, reaches)
    told = np.where(rng.random(reaches) < 1 / 3, np.nan, speed)
    wrong = math.exp(rng.uniform(-math.log(1.3), math.log(1.3)))
    flow = rng.uniform(0.05, 0.4, reaches)
    for n in range(reaches - 1, 0, -1):
        flow[below[n]] += flow[n]
    names = [f"R{n}" for n in range(reaches)]
    rows = zip(names, [names[b] if b < reaches else None for b in below], length, told, flow, strict=True)
    net = network(pl.DataFrame(list(rows), schema=REACHES, orient="row").fill_nan(None))
    at, kinds = rng.integers(0, reaches, outfalls), rng.choice(list(WATERS), outfalls)
    water = np.array([WATERS[k] for k in kinds]) * rng.lognormal(0, 0.35, (outfalls, len(ITEMS)))
    strength = rng.lognormal(math.log(0.02), 1.0, outfalls)
    made = [
        Discharge(f"P{n}", f"排污口{n}", kinds[n], names[at[n]], float(rng.uniform(0, length[at[n]])), _told(rng, water[n]), float(strength[n] * rng.lognormal(0, 0.3)))
        for n in range(outfalls)
    ]  # fmt: skip
    sections = rng.permutation(reaches)[: max(2, reaches // SECTION_EVERY)]
    return World(
        net, wrong / 3.6 / speed, flow, made, water, strength, rng.random(outfalls) < LOGGED_SHARE, sections
    )


def _told(rng: np.random.Generator, water: np.ndarray) -> dict[str, float | None]:
    """What is registered of an outfall's water: rough, as names alone, or nothing."""
    luck = rng.random()
    if luck < 0.15:
        return {}
    said = [w * rng.lognormal(0, 0.4) if luck < 0.7 else None for w in water]
    strong = [w / CLASS3[c] > 3 for c, w in zip(ITEMS, water, strict=True)]
    named = {c: s for c, s, known in zip(ITEMS, said, strong, strict=True) if known}
    return named if luck >= 0.7 else dict(zip(ITEMS, said, strict=True))


def way_down(world: World, outfall: int) -> dict[int, float]:
    """True hours from an outfall to the lower end of every reach on its way."""
    place = world.outfalls[outfall]
    at = int(place.reach[1:])
    hours = (world.net.length_km[at] - (place.km or 0)) * world.pace[at]
    found = {}
    while at < len(world.flow):
        found[at] = hours
        at = int(world.net.below[at])
        if at < len(world.flow):
            hours += world.net.length_km[at] * world.pace[at]
    return found


@dataclass
class Spill:
    """A release: by which outfall, since when [h after BEGAN], how long, and its load over what is usual [g/s by item]."""

    guilty: int
    start: float
    hours: float
    load: np.ndarray

    def at(self, times: np.ndarray, travel: float, flow: float) -> np.ndarray:
        """Excess [mg/L] of each item at a place: spread on the way (front of 0.11 of the travel time), decayed by 1 % an hour, diluted."""
        spread = max(0.055 * travel, 0.25)
        phase = np.vectorize(lambda t: 0.5 * math.erfc(-t / spread / math.sqrt(2)))
        shape = phase(times - self.start - travel) - phase(times - self.start - travel - self.hours)
        result: np.ndarray = shape[:, None] * self.load / flow * math.exp(-0.01 * travel)
        return result


def readings(
    rng: np.random.Generator, times: np.ndarray, excess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Excess as it is measured, with noise of a tenth of what is usual, and whether it is beyond that noise."""
    usual = np.array(list(USUAL.values()))
    seen = excess + rng.normal(0, 0.1, excess.shape) * (usual + excess)
    return seen, (seen > 0.5 * np.array(list(CLASS3.values()))).any(axis=1) & (seen / usual > 0.5).any(axis=1)


def invent(rng: np.random.Generator, world: World) -> tuple[Event, int, pl.DataFrame, pl.DataFrame] | None:
    """A spill that the first section below shows: the event, who did it, what loggers and other sections said; None when nobody sees it."""
    guilty = int(rng.integers(len(world.outfalls)))
    release = world.water[guilty] * rng.lognormal(0, 0.2, len(ITEMS)) * rng.lognormal(math.log(10), 0.8)
    spill = Spill(guilty, 24.0 * 8 + rng.uniform(0, 24), rng.uniform(2, 12), release * world.strength[guilty])
    way = way_down(world, guilty)
    sections = [s for s in way if s in set(world.sections)]
    if not sections:
        return None
    at, times = sections[0], np.arange(0, DAYS * 24, EVERY) + rng.uniform(0, EVERY)
    seen, risen = readings(rng, times, spill.at(times, way[at], world.flow[at]))
    shown = np.flatnonzero(risen & (times > spill.start))
    if not len(shown) or way[at] > 100:
        return None
    first = shown[0]
    until = first + LATER // EVERY + 1
    peak = first + int(np.argmax((seen[first:until] / np.array(list(CLASS3.values()))).max(axis=1)))
    excess = dict(zip(ITEMS, np.maximum(seen[peak], 0).tolist(), strict=True))
    moments = [BEGAN + timedelta(hours=float(times[n])) for n in (first - 1, first, peak)]
    event = Event(f"R{at}", float(world.net.length_km[at]), *moments, excess, float(world.flow[at] * rng.lognormal(0, 0.2)))  # fmt: skip
    now = float(times[min(until - 1, len(times) - 1)])
    return event, guilty, loggers(rng, world, spill, now), others(rng, world, spill, way, at, now)


def loggers(rng: np.random.Generator, world: World, spill: Spill, now: float) -> pl.DataFrame:
    """LOGGED of all that have a logger up to `now`: noise, rises of their own, holes."""
    who, hours = np.flatnonzero(world.logger), np.arange(int(now))
    size = (len(who), len(hours))
    level = np.zeros(size)
    for n, h in zip(*np.nonzero(rng.random(size) < CHANCE_RISES / 24), strict=True):
        level[n, h : h + int(rng.integers(1, 10))] += rng.lognormal(math.log(4), 0.6)
    mine = np.flatnonzero(who == spill.guilty)
    if len(mine) and rng.random() > PAST_LOGGER:
        inside = (hours + 1 > spill.start) & (hours < spill.start + spill.hours)
        level[mine[0], inside] += spill.load[0] / world.strength[spill.guilty] / world.water[spill.guilty, 0]
    drift = np.cumsum(rng.normal(0, 0.05, size), axis=1)
    frames = []
    for column, item in enumerate(("w01018", "w21003")):
        value = world.water[who, column][:, None] * (3 if not column else 1) * (1 + level)
        value = value * np.exp(rng.normal(0, 0.15, size) + drift - drift.mean(axis=1, keepdims=True))
        n, h = np.nonzero(rng.random(size) > 0.03)
        codes = np.array([world.outfalls[w].code for w in who])
        starts = np.datetime64(BEGAN.replace(tzinfo=None), "us") + h.astype("timedelta64[h]")
        frame = pl.DataFrame(
            {"code": codes[n], "item": [item] * len(n), "start": starts, "value": value[n, h]}
        )
        frames.append(frame.with_columns(pl.col("start").dt.replace_time_zone("UTC")))
    return pl.concat(frames).cast(LOGGED)


def others(
    rng: np.random.Generator, world: World, spill: Spill, way: dict[int, float], at: int, now: float
) -> pl.DataFrame:
    """WATCHED: what all other sections saw up to `now`; one reading in three hundred is called risen by mistake."""
    times = np.arange(0, now, EVERY)
    rows = []
    for s in world.sections:
        excess = spill.at(times, way[s], world.flow[s]) if s in way else np.zeros((len(times), len(ITEMS)))
        _, risen = readings(rng, times, excess)
        risen |= rng.random(len(times)) < 1 / 300
        km = float(world.net.length_km[s])
        rows += [(f"断面{s}", f"R{s}", km, BEGAN + timedelta(hours=float(t)), bool(r)) for t, r in zip(times, risen, strict=True) if s != at]  # fmt: skip
    return pl.DataFrame(rows, schema=WATCHED, orient="row")


def score(spills: int, seed: int) -> None:
    """The share of spills whose outfall is the first, among the first three and five; with and without loggers and other sections."""
    kinds = ("all", "no loggers", "no loggers, no other sections", "loggers, no other sections")
    places: dict[str, list[int]] = {k: [] for k in kinds}
    candidates, rng = [], np.random.default_rng(seed)
    while len(candidates) < spills:
        world = make_world(rng, 300, 120)
        found = invent(rng, world)
        if found is None:
            continue
        event, guilty, logged, watched = found
        for kind, ears, eyes in zip(
            kinds, (logged, None, None, logged), (watched, watched, None, None), strict=True
        ):
            ranked = suspects(event, world.outfalls, world.net, logged=ears, watched=eyes)
            at = ranked["code"].index_of(f"P{guilty}")
            places[kind].append(9999 if at is None else at + 1)
        candidates.append(ranked.height)
    many = np.array(candidates)
    sys.stdout.write(
        f"{spills} spills; suspects: median {np.median(many):.0f}, nine in ten at most {np.quantile(many, 0.9):.0f}\n"
    )
    for kind, got in places.items():
        place = np.array(got)
        for name, chosen in (("", many > 0), (" (more than 10 suspects)", many > 10)):
            first, three, five = ((place[chosen] <= n).mean() for n in (1, 3, 5))
            mark = "" if three >= FIRST else "  BELOW 80 %"
            sys.stdout.write(
                f"{kind}{name}: first {first:.0%}, first three {three:.0%}, first five {five:.0%}{mark}\n"
            )


def plain(world: World, event: Event, logged: pl.DataFrame) -> dict[str, float]:
    """The same ways, one outfall after another, and the same hours of loggers by a join: what a direct script does."""
    net, pace, index = world.net, world.net.pace(Travel()), {r: n for n, r in enumerate(world.net.reaches)}
    target, found = index[event.reach], {}
    for place in world.outfalls:
        at, km = index[place.reach], place.km or 0.0
        hours = 0.0
        while at < len(index) and at != target:
            hours += (net.length_km[at] - km) * pace[at]
            at, km = int(net.below[at]), 0.0
        if at == target and km <= event.km and hours + (event.km - km) * pace[at] <= 156:
            found[place.code] = hours + (event.km - km) * pace[at]
    ways = pl.DataFrame({"code": list(found), "hours": list(found.values())})
    joined = logged.filter(pl.col("item").is_in(["w01018", "w21003"])).join(ways, on="code")
    middle = joined.with_columns(log=pl.col("value").log()).with_columns(
        off=pl.col("log") - pl.col("log").median().over("code", "item")
    )
    z = middle.with_columns(z=pl.col("off") / pl.col("off").abs().median().over("code", "item"))
    arrives = pl.col("start") + pl.duration(minutes=(pl.col("hours") * 60).cast(pl.Int64))
    z.filter(arrives.is_between(event.before, event.peak)).group_by("code").agg(pl.col("z").max())
    return found


def timed(seed: int) -> None:
    """One event at the mouth of 5,000 reaches with 2,000 outfalls, a logger on every one."""
    rng = np.random.default_rng(seed)
    world = replace(make_world(rng, 5_000, 2_000), logger=np.ones(2_000, dtype=bool))
    spill = Spill(0, 200.0, 6.0, np.ones(len(ITEMS)))
    logged, watched = loggers(rng, world, spill, 260), others(rng, world, spill, way_down(world, 0), 0, 260)
    moments = [BEGAN + timedelta(hours=h) for h in (248, 252, 256)]
    event = Event("R0", float(world.net.length_km[0]), *moments, dict.fromkeys(ITEMS, 1.0), 500.0)
    ours, theirs = [], []
    for _ in range(5):
        began = time.perf_counter()
        ranked = suspects(event, world.outfalls, world.net, logged=logged, watched=watched)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        found = plain(world, event, logged)
        theirs.append(time.perf_counter() - began)
    same = dict(zip(ranked["code"], ranked["hours"], strict=True))
    assert same.keys() == found.keys()
    assert all(math.isclose(same[c], found[c], rel_tol=1e-9) for c in found)
    took, mark = min(ours), "" if min(ours) < GOAL else "  OVER 1 s"
    sys.stdout.write(
        f"{ranked.height} suspects of 2,000 outfalls on 5,000 reaches, {logged.height:,} hours of loggers, {watched['section'].n_unique()} sections: "
        f"{took:.3f} s, ratio to the plain reference {took / min(theirs):.2f}{mark}\n"
    )


def main() -> None:
    """Time, then score."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--spills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    timed(args.seed)
    score(args.spills, args.seed)


if __name__ == "__main__":
    main()
