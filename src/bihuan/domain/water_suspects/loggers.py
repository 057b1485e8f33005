"""What the logger of a discharge said in the hours in which the release must have begun, and how often it says the like at other times."""

from collections.abc import Collection

import polars as pl

from bihuan.domain.water_events import MAD_TO_SIGMA
from bihuan.domain.water_suspects.fingerprint import ALIKE

FLOW = "w00000"
NARROWEST = 0.15
"""Spread of the logarithm below which no logger is taken to lie: analysers repeat within 10 to 15 % (HJ 355); ours."""
LEAST = 0.05
"""Values below this share of the median are taken as that: logarithms of nothing say nothing."""
RAREST = 0.02
"""Chance below which nothing is taken to be chance."""
LEAST_HOURS = 24
HOUR = pl.duration(hours=1)


def said_by(logged: pl.DataFrame, windows: pl.DataFrame, risen: Collection[str], high: float) -> pl.DataFrame:
    """For each discharge with a logger, what it said of the items of an event (`risen`, codes) and of its flow.

    logged: LOGGED; windows: code, released_from, released_until. Gives code, `hours_in` with values in the window, `hours_due`
    there, `highest` (z: spreads above the median), `item`, `value` and `usual` of that hour, `runs_out`: how often it was as high outside the window, `hours_out`
    there, `chance`: that a logger which does so is that high in such a window by chance.
    """
    hours = _spreads(logged, windows, risen)
    inside = hours.filter("inside").sort("z", descending=True, maintain_order=True)
    best = inside.group_by("code", maintain_order=True).agg(
        pl.col("z").first().alias("highest"), pl.col("item", "value", "usual").first()
    )
    counted = hours.group_by("code").agg(
        hours_in=pl.col("start").filter("inside").n_unique(),
        hours_out=pl.col("start").filter(~pl.col("inside")).n_unique(),
    )
    due = (pl.col("released_until") - pl.col("released_from")).dt.total_minutes() / 60
    said = windows.select("code", hours_due=due).join(counted, on="code").join(best, on="code", how="left")
    said = said.join(_runs(hours, best, high), on="code", how="left").with_columns(
        pl.col("runs_out").fill_null(0)
    )
    times = (pl.col("runs_out") + 0.5) * pl.col("hours_due") / pl.col("hours_out").clip(1)
    chance = pl.when(pl.col("hours_out") < LEAST_HOURS).then(1.0).otherwise(1 - (-times).exp())
    return said.with_columns(chance=chance.clip(RAREST, 1.0))


def _spreads(logged: pl.DataFrame, windows: pl.DataFrame, risen: Collection[str]) -> pl.DataFrame:
    """The hours that matter, each with z, the median `usual` of its item, and whether it lies `inside` the window of its discharge.

    Strings are joined once; all else goes by `series`, a number for each discharge and item.
    """
    wanted = [FLOW, *risen, *(code for code, (to, _) in ALIKE.items() if to in risen)]
    series = windows.select("code", "released_from", "released_until").join(
        pl.DataFrame({"item": wanted}).unique(), how="cross"
    ).with_row_index("series")  # fmt: skip
    kept = logged.filter(pl.col("value").is_finite()).join(series, on=["code", "item"])
    logs = kept.with_columns(usual=pl.col("value").median().over("series")).filter(pl.col("usual") > 0)
    logs = logs.with_columns(log=(pl.col("value") / pl.col("usual")).clip(LEAST).log())
    spread = (MAD_TO_SIGMA * pl.col("log").abs().median().over("series")).clip(NARROWEST)
    return logs.select(
        "code", "item", "start", "value", "usual",
        z=pl.col("log") / spread,
        inside=(pl.col("start") + HOUR > pl.col("released_from")) & (pl.col("start") < pl.col("released_until")),
    )  # fmt: skip


def _runs(hours: pl.DataFrame, best: pl.DataFrame, high: float) -> pl.DataFrame:
    """How often each logger was outside its window as high as inside, or at least `high` above usual: hours in a row count once."""
    asked = best.select("code", bound=(pl.col("highest") * 0.7).clip(high))
    outside = (
        hours.filter(~pl.col("inside"), pl.col("z") >= high)
        .join(asked, on="code")
        .filter(pl.col("z") >= pl.col("bound"))
        .select("code", "start")
        .unique()
        .sort("code", "start")
    )
    begins = (pl.col("start").diff().over("code") > HOUR * 2).fill_null(True)
    return outside.with_columns(begins=begins).group_by("code").agg(runs_out=pl.col("begins").sum())
