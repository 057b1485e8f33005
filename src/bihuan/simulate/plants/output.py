"""Tables of the simulated outlets without any network, with the columns that an emissions platform keeps.

Concentrations mg/m³ dry at standard state, flow m³/h, times UTC instants of the START of a period; `site` is the outlet.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import numpy as np
import polars as pl

from bihuan.simulate.plants.calendar import epoch_us
from bihuan.simulate.plants.deeds.catalogue import KINDS
from bihuan.simulate.plants.delivery import delivery
from bihuan.simulate.plants.logger import Logged, Table, letters
from bihuan.simulate.plants.register import Outlet
from bihuan.simulate.plants.world import World, local_days, logged

INSTANT = pl.Datetime("us", "UTC")
POLLUTANTS = ("pm", "so2", "nox")
VALUES = (
    *POLLUTANTS, *(f"{p}_zs" for p in POLLUTANTS),
    "o2", "flow", "velocity", "temp", "pressure", "humidity", "load",
)  # fmt: skip
FLAGGED = (*POLLUTANTS, "o2", "flow")
AMOUNTS = (*(f"{p}_kg" for p in POLLUTANTS), "volume")


def minutes(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Minute records that start in [start, until): site, start, values, flags, received. `start` is the logger's label."""
    return _periods(world, site, start, until, "minute", VALUES, lambda day: day.minutes)


def hours(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """The logger's own hours, as first sent, or as sent again where it sends again (see `corrections`): also kg and m³."""
    first = _periods(world, site, start, until, "hour", (*VALUES, *AMOUNTS), lambda day: day.hours)
    again = _periods(world, site, start, until, "hour", (*VALUES, *AMOUNTS), lambda day: day.resent).drop(
        "received"
    )
    return first.update(again, on=["site", "start"]) if again.height else first


def days(world: World, site: str, start: datetime, until: datetime) -> pl.DataFrame:
    """The logger's own days."""
    return _periods(world, site, start, until, "day", (*VALUES, *AMOUNTS), lambda day: day.days)


def _periods(
    world: World,
    site: str,
    start: datetime,
    until: datetime,
    period: str,
    columns: Sequence[str],
    of: Callable[[Logged], Table | None],
) -> pl.DataFrame:
    outlet = world.by_site[site]
    parts: list[dict[str, np.ndarray]] = []
    for day in local_days(start, until):
        table = of(logged(world, site, day))
        if table is not None:
            parts.append(_arrived(world, outlet, day, period, table, columns))
    frame = _frame(site, parts, columns)
    return frame.filter(pl.col("start") >= start, pl.col("start") < until)


def _arrived(
    world: World, outlet: Outlet, day: date, period: str, table: Table, columns: Sequence[str]
) -> dict[str, np.ndarray]:
    sent = delivery(outlet, day, period, table.start, world.deeds_at(outlet.site, day))
    kept = sent.kept
    nothing = np.full(int(kept.sum()), np.nan)
    return {
        "start": np.asarray(epoch_us(sent.label[kept])),
        **{c: table.values[c][kept] if c in table.values else nothing for c in columns},
        **{f"{i}_flag": f[kept] for i, f in table.flags.items()},
        "received": sent.received[kept],
    }


def _frame(site: str, parts: list[dict[str, np.ndarray]], columns: Sequence[str]) -> pl.DataFrame:
    flags = [f"{i}_flag" for i in FLAGGED]
    amounts = [c for c in columns if c in AMOUNTS]
    names = ["start", *VALUES, *flags, *amounts, "received"]
    made: dict[str, pl.Series] = {}
    for name in names:
        there = [part[name] for part in parts if name in part]
        if name in flags:
            text = letters(np.concatenate(there)) if there else None
            size = sum(len(p["start"]) for p in parts)
            made[name] = pl.Series(name, [None] * size if text is None else text, pl.String)
        elif name in ("start", "received"):
            whole = np.concatenate(there) if there else np.array([], np.int64)
            made[name] = pl.Series(name, whole).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        else:
            whole = np.concatenate(there) if there else np.array([], np.float64)
            made[name] = pl.Series(name, whole).fill_nan(None)
    frame = pl.DataFrame(made)
    return frame.select(pl.lit(site).alias("site"), pl.all()).sort("start")


def truth(world: World) -> pl.DataFrame:
    """What is really done: site, kind, start, until, fraud."""
    rows = [(d.site, d.kind, d.start, d.until, KINDS[d.kind].fraud) for d in world.deeds]
    schema = {
        "site": pl.String(),
        "kind": pl.String(),
        "start": INSTANT,
        "until": INSTANT,
        "fraud": pl.Boolean(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
