"""The reduction list (应急减排清单): what a unit can do at each level, and whether the list reaches its shares."""

from collections.abc import Mapping

import polars as pl

LIST_COLUMNS = {
    "unit": pl.String,
    "name": pl.String,
    "kind": pl.String,  # plant, site, vehicles
    "county": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "industry": pl.String,
    "grade": pl.String,  # A, 引领性, B, B-, C, D, 非引领性, 未评级
    "guaranteed": pl.Boolean,
    "level": pl.String,  # yellow, orange, red
    "measure": pl.String,
    "pollutant": pl.String,  # pm, nox, so2, voc
    "kg_per_day": pl.Float64,
    "basis": pl.String,
}
POLLUTANTS = ("pm", "nox", "so2", "voc")
LEAST_SHARE = {"yellow": 0.10, "orange": 0.20, "red": 0.30}
GRADES = ("D", "非引领性", "未评级", "C", "B-", "B", "A", "引领性")  # who is asked first


def check_list(units: pl.DataFrame) -> None:
    """Raises ValueError naming what is missing or unknown in a reduction list."""
    absent = [c for c in LIST_COLUMNS if c not in units.columns]
    if absent:
        raise ValueError(f"the reduction list lacks the columns {', '.join(absent)}")
    for column, known in (("level", tuple(LEAST_SHARE)), ("pollutant", POLLUTANTS), ("grade", GRADES)):
        strange = units.filter(~pl.col(column).is_in(known))
        if strange.height:
            row = strange.row(0, named=True)
            raise ValueError(f"unit {row['unit']}: {column} {row[column]} is not one of {', '.join(known)}")


def shares(units: pl.DataFrame, base: Mapping[str, float]) -> pl.DataFrame:
    """Reduction of each level and pollutant against the whole society's emission, and whether it suffices.

    base: kg per normal working day by pollutant. Gives level, pollutant, kg_per_day, share, needed, enough; the
    shares of SO2 and NOx, and of PM and VOC, may stand in for each other within their sum (2018 guide), which
    `enough_with_exchange` says. Ratios: at least 10, 20, 30 % for yellow, orange, red.
    """
    check_list(units)
    sums = units.group_by("level", "pollutant").agg(pl.col("kg_per_day").sum())
    everything = pl.DataFrame({"level": list(LEAST_SHARE)}).join(
        pl.DataFrame({"pollutant": list(base)}), how="cross"
    )
    known = everything.join(sums, on=["level", "pollutant"], how="left").with_columns(
        pl.col("kg_per_day").fill_null(0.0)
    )
    judged = known.with_columns(
        share=pl.col("kg_per_day") / pl.col("pollutant").replace_strict(base, return_dtype=pl.Float64),
        needed=pl.col("level").replace_strict(LEAST_SHARE, return_dtype=pl.Float64),
    ).with_columns(enough=pl.col("share") >= pl.col("needed"))
    pair = pl.when(pl.col("pollutant").is_in(["so2", "nox"])).then(1).otherwise(2)
    together = pl.col("share").sum().over("level", pair) >= pl.col("needed").sum().over("level", pair)
    order = pl.col("level").replace_strict({k: i for i, k in enumerate(LEAST_SHARE)})
    return judged.with_columns(enough_with_exchange=pl.col("enough") | together).sort(order, "pollutant")
