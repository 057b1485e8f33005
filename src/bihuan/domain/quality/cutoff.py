"""Cut off: values pile up just under a threshold, or at one maximum, while the neighbours go beyond it."""

import polars as pl

from bihuan.domain.quality.frames import KEY, LABEL, UNIT, as_findings, figure, with_neighbours

THRESHOLDS = {
    "pm25": (60.0, 75.0, 115.0, 150.0, 250.0),
    "pm10": (120.0, 150.0, 250.0, 350.0),
    "so2": (150.0, 500.0),
    "no2": (80.0, 200.0),
    "co": (4.0, 10.0),
    "o3": (160.0, 200.0),
}
"""Limits and level borders of GB 3095 and HJ 633, 2012 and 2026 [µg/m³; CO mg/m³]: where a value would be noticed."""


def _threshold(top: pl.Expr) -> pl.Expr:
    """The lowest threshold that the largest value does not exceed (null above all)."""
    found: pl.Expr = pl.lit(None, pl.Float64)
    for item, limits in THRESHOLDS.items():
        for limit in sorted(limits, reverse=True):
            found = pl.when((pl.col("item") == item) & (top <= limit)).then(limit).otherwise(found)
    return found


def _piles(
    around: pl.DataFrame, cap: pl.Expr, *, band: float, beyond: float, least_hours: int, kind: str
) -> pl.DataFrame:
    """Sites and items with `least_hours` hours in the `band` under `cap` while the neighbours exceed `beyond` caps."""
    inside = pl.col("value") >= (1 - band) * pl.col("cap")
    pile = around.with_columns(cap=cap).filter(inside, pl.col("near") > beyond * pl.col("cap"))
    return (
        pile.group_by(KEY)
        .agg(
            pl.col("start").min(),
            until=pl.col("start").max() + pl.duration(hours=1),
            hours=pl.len().cast(pl.Int64),
            cap=pl.col("cap").first(),
            values=pl.col("value"),
            near=pl.col("near"),
            near_most=pl.col("near").max(),
        )
        .filter(pl.col("hours") >= least_hours)
        .with_columns(kind=pl.lit(kind))
    )


def cut_off(
    hours: pl.DataFrame,
    sites: pl.DataFrame,
    *,
    band: float = 0.06,
    least_hours: int = 6,
    same_hours: int = 5,
    beyond: float = 1.2,
    radius_km: float = 40.0,
) -> pl.DataFrame:
    """A distribution that ends like a wall.

    (a) no value above a threshold, `least_hours` hours in the `band` (share of it) below while the neighbours' median
    is above; or (b) the largest value comes `same_hours` times while the neighbours' median is
    above it by the factor `beyond`.
    Source: own method (histogram cliff), as for stack monitors. A sign, no proof.
    Returns FINDINGS; magnitude = hours in the pile [h].
    """
    around = with_neighbours(hours, sites, radius_km=radius_km)
    around = around.with_columns(top=pl.col("value").max().over(KEY))
    limit = _threshold(pl.col("top"))
    under = _piles(around, limit, band=band, beyond=1.0, least_hours=least_hours, kind="阈值下堆积")
    same = _piles(
        around, pl.col("top"), band=0.0, beyond=beyond, least_hours=same_hours, kind="同一最大值反复出现"
    )
    runs = pl.concat([under, same.join(under, on=KEY, how="anti")])
    title = pl.format(
        "{} [hours] 小时压在 {} {} 以下不再升高，同时周边最高 {}（疑似削顶）",
        LABEL,
        figure("cap"),
        UNIT,
        figure("near_most"),
    )
    return as_findings(
        runs, title=title, magnitude=pl.col("hours"), unit=pl.lit("h"),
        evidence={"形态": "kind", "上限": "cap", "小时数": "hours", "本站各小时": "values", "周边中位值": "near"},
    )  # fmt: skip
