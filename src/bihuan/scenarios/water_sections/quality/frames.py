"""Shared by the checks of readings: which may be judged, runs of readings, findings.

readings: wide, a row for each section and start, as the stations measure: `site`, `start` (UTC), `hours` (how long the reading
stands for: 4 on the national grid, 1 of a logger), `state` (flag of HJ 212: N normal, M maintenance, F stopped), and the
items, null = missing. sections: `site`, `below` (the next section down the river, null = none), `travel` (hours that the water
takes there, null = not known).
"""

from collections.abc import Mapping

import polars as pl

from bihuan.domain.checks import FINDINGS, with_titles
from bihuan.domain.flags import NORMAL, measured
from bihuan.domain.quantities import LONG
from bihuan.domain.timeaxis import INSTANT

ITEMS = {
    "temp": "w01010",
    "ph": "w01001",
    "do": "w01009",
    "conductivity": "w01014",
    "turbidity": "w01003",
    "codmn": "w01019",
    "nh3n": "w21003",
    "tp": "w21011",
    "tn": "w21001",
}
"""The nine items of an automatic station, by their codes."""
READINGS = pl.Schema(
    {
        "site": pl.String(),
        "start": INSTANT,
        "hours": pl.Int64(),
        "state": pl.String(),
        **dict.fromkeys(ITEMS, pl.Float64()),
    }
)
SECTIONS = pl.Schema({"site": pl.String(), "below": pl.String(), "travel": pl.Float64()})
KEY = ["site", "item"]
BRIDGED = 2
"""Readings that are so many times their own length apart still follow each other: one between them may be missing."""
LABEL = pl.col("item").replace_strict({i: LONG[c].chinese for i, c in ITEMS.items()}, default="")
UNIT = pl.col("item").replace_strict({i: LONG[c].unit for i, c in ITEMS.items()}, default="")


HOURS = {"4h": 4, "realtime": 4, "hour": 1}
"""For how long a reading of each period stands; a moment off the grid is one of the four-hourly ones that came late."""


def readings_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Observations (site, quantity, period, start, value, flag) -> READINGS. A section on the national grid is judged by that grid alone."""
    mine = rows.filter(pl.col("quantity").is_in(list(ITEMS.values())), pl.col("period").is_in(list(HOURS)))
    on_grid = (pl.col("period") == "4h").any().over("site")
    mine = mine.filter(~on_grid | (pl.col("period") != "hour"))
    state = pl.col("flag").filter(~measured()).min().fill_null(NORMAL)
    about = mine.group_by("site", "start").agg(
        pl.col("period").first().replace_strict(HOURS, return_dtype=pl.Int64).alias("hours"),
        state.alias("state"),
    )
    names = {code: item for item, code in ITEMS.items()}
    wide = mine.with_columns(pl.col("quantity").replace_strict(names)).pivot(
        "quantity", on_columns=list(ITEMS), index=["site", "start"], values="value", aggregate_function="last"
    )
    return about.join(wide, on=["site", "start"]).select(list(READINGS)).cast(READINGS).sort("site", "start")


def normal(readings: pl.DataFrame) -> pl.DataFrame:
    """The readings of stations in order, by section and time."""
    return readings.filter(pl.col("state").fill_null(NORMAL) == NORMAL).sort("site", "start")


def long_readings(readings: pl.DataFrame) -> pl.DataFrame:
    """site, start, hours, item, value of normal readings that have one, sorted by site, item, start."""
    long = normal(readings).unpivot(
        list(ITEMS), index=["site", "start", "hours"], variable_name="item", value_name="value"
    )
    return long.drop_nulls("value").sort("site", "item", "start")


def with_runs(rows: pl.DataFrame, *also: str, key: tuple[str, ...] = ("site", "item")) -> pl.DataFrame:
    """Adds `run`: readings that follow each other share one; a change in one of `also` ends it. Rows must be sorted by key and start."""
    same = [pl.col(c).eq_missing(pl.col(c).shift()) for c in (*key, *also)]
    near = pl.col("start").diff() <= pl.duration(hours=BRIDGED * pl.col("hours"))
    return rows.with_columns(run=(~pl.all_horizontal(*same, near).fill_null(value=False)).cum_sum())


def span() -> list[pl.Expr]:
    """Aggregations of a run: target, start, end (exclusive), how many readings."""
    return [
        pl.col("site").first(),
        pl.col("start").first(),
        (pl.col("start") + pl.duration(hours=pl.col("hours"))).last().alias("until"),
        pl.len().cast(pl.Int64).alias("readings"),
    ]


def as_findings(
    runs: pl.DataFrame, *, title: pl.Expr, magnitude: pl.Expr, unit: pl.Expr, evidence: Mapping[str, str]
) -> pl.DataFrame:
    """Runs -> FINDINGS about water sections; `item` as its code where a run is of one. Lengths are left open in `title`."""
    item = pl.col("item") if "item" in runs.columns else pl.lit("")
    found = runs.select(
        target_kind=pl.lit("water_section"),
        target="site",
        start="start",
        until="until",
        item=item.replace(ITEMS),
        magnitude=magnitude.cast(pl.Float64),
        unit=unit,
        title=title,
        evidence=pl.struct(pl.col(c).alias(name) for name, c in evidence.items()).struct.json_encode(),
    )
    return with_titles(found).cast(FINDINGS).select(list(FINDINGS)).sort("target", "start", "item")


def figure(column: str) -> pl.Expr:
    """A number as text of a title, with at most three decimals and no zeros behind."""
    return pl.col(column).round(3).cast(pl.String).str.replace(r"\.0$", "")


def amount(column: str) -> pl.Expr:
    """The same with the unit of its item, where it has one."""
    return pl.concat_str(figure(column), pl.when(UNIT != "").then(pl.lit(" ") + UNIT).otherwise(pl.lit("")))
