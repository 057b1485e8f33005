"""车载远程终端 (GB 17691-2018): seconds -> minutes -> days, whole columns at once."""

import polars as pl

from bihuan.domain.timeaxis import local_date
from bihuan.domain.vehicles.roadside.tables import MINUTES

DRIVING = 5.0
"""From this speed on a vehicle drives [km/h]."""
WARM = 200.0
"""From this temperature on the catalyst works [°C]; own assumption."""


def minutes(seconds: pl.DataFrame) -> pl.DataFrame:
    """SECONDS (of seconds or minutes, in any order) -> MINUTES. A quantity that no second of a minute has stays null."""
    mean, most, least = ("speed", "nox", "dpf", "scr"), ("mil", "odometer"), ("reagent",)
    return (
        seconds.group_by("site", pl.col("start").dt.truncate("1m"))
        .agg(
            *(pl.col(c).mean() for c in mean), *(pl.col(c).max() for c in most), *(pl.col(c).min() for c in least),
            rows=pl.len().cast(pl.Int64),
        )
        .select(list(MINUTES))
        .sort("site", "start")
    )  # fmt: skip


def days(rows: pl.DataFrame, *, empty: float = 2.0) -> pl.DataFrame:
    """MINUTES -> one row for each VIN and day of China: site, day, first, last (instants), minutes, driving (minutes), km, nox (mean of warm driving, ppm),
    warm (minutes), used (reagent, points of %), empty (minutes driven at `empty` % or less), mil (minutes lit), known_mil, nox_values, dpf_values
    (how many different ones while driving), speed_spread [km/h].
    """
    drives = pl.col("speed") >= DRIVING
    warm = drives & (pl.col("scr") >= WARM)
    fall = (pl.col("reagent").shift() - pl.col("reagent")).clip(lower_bound=0)
    by = ["site", "day"]
    return (
        rows.sort("site", "start")
        .with_columns(day=local_date())
        .group_by(by, maintain_order=True)
        .agg(
            first=pl.col("start").first(), last=pl.col("start").last(), minutes=pl.len().cast(pl.Int64), driving=drives.sum().cast(pl.Int64),
            km=pl.col("odometer").max() - pl.col("odometer").min(), nox=pl.col("nox").filter(warm).mean(),
            warm=pl.col("nox").filter(warm).count().cast(pl.Int64), used=fall.sum(), reagents=pl.col("reagent").count().cast(pl.Int64),
            empty=(drives & (pl.col("reagent") <= empty)).sum().cast(pl.Int64), mil=(pl.col("mil") >= 1).sum().cast(pl.Int64),
            known_mil=pl.col("mil").count().cast(pl.Int64), nox_values=pl.col("nox").filter(drives).drop_nulls().n_unique().cast(pl.Int64),
            dpf_values=pl.col("dpf").filter(drives).drop_nulls().n_unique().cast(pl.Int64),
            nox_known=pl.col("nox").filter(drives).count().cast(pl.Int64), dpf_known=pl.col("dpf").filter(drives).count().cast(pl.Int64),
            speed_spread=pl.col("speed").filter(drives).std(),
        )
        .sort(by)
    )  # fmt: skip
