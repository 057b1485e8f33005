"""Shared by the checks of one value's believability: long frames, neighbours, runs of hours, findings.

hours: wide ambient hours (site, start UTC, items [µg/m³; CO mg/m³]), each (site, start) once.
sites: site, lon, lat [degrees], and city (region code or null) where a check says so.
Long frame: site, item, start, value; sorted by site, item, start.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.domain.checks import FINDINGS, with_titles
from bihuan.domain.quantities import BY_NAME, ITEM_NAMES
from bihuan.domain.timeaxis import INSTANT

Floats = NDArray[np.float64]
KEY = ["site", "item"]
EARTH_KM = 6371.0
MAD_TO_SIGMA = 1.4826
"""Scale of the median absolute deviation that equals the standard deviation of a normal distribution."""

HOUR_US = 3_600_000_000
KEPT_VALUES = 72
LABEL = pl.col("item").replace_strict({n: q.label for n, q in BY_NAME.items()}, default="")
UNIT = pl.col("item").replace_strict({n: q.unit for n, q in BY_NAME.items()}, default="")


def items_in(hours: pl.DataFrame) -> list[str]:
    """The ambient items that a frame carries."""
    return [i for i in ITEM_NAMES if i in hours.columns]


def long_hours(hours: pl.DataFrame) -> pl.DataFrame:
    """Wide hours -> long frame without missing values."""
    items = items_in(hours)
    wide = hours.select("site", pl.col("start").cast(INSTANT), *(pl.col(i).cast(pl.Float64) for i in items))
    long = wide.unpivot(items, index=["site", "start"], variable_name="item", value_name="value")
    return long.filter(pl.col("value").is_not_null()).sort("site", "item", "start")


def run_ids(long: pl.DataFrame, *, bridge: int = 0, also: Sequence[str] = ()) -> pl.DataFrame:
    """Adds `run`: consecutive hours of a site and item share one; up to `bridge` hours between are bridged.

    A change in one of the columns `also` ends a run too. `long` must be sorted by site, item, start.
    """
    same = [pl.col(c).eq_missing(pl.col(c).shift()) for c in (*KEY, *also)]
    near = pl.col("start").diff() <= pl.duration(hours=1 + bridge)
    goes_on = pl.all_horizontal(*same, near).fill_null(False)
    return long.with_columns(run=(~goes_on).cum_sum())


def span() -> list[pl.Expr]:
    """Aggregations of one run: its target, start, end (exclusive), number of hours and values."""
    return [
        pl.col("site").first(),
        pl.col("item").first(),
        pl.col("start").first(),
        (pl.col("start").last() + pl.duration(hours=1)).alias("until"),
        pl.len().cast(pl.Int64).alias("hours"),
        pl.col("value").head(KEPT_VALUES).alias("values"),
    ]


def as_findings(
    runs: pl.DataFrame, *, title: pl.Expr, magnitude: pl.Expr, unit: pl.Expr, evidence: Mapping[str, str]
) -> pl.DataFrame:
    """Runs -> FINDINGS; `evidence` maps the name that people read to the column with the number.

    What tells the length of a run is left open in `title` (domain.checks.worded).
    """
    kind = pl.col("target_kind") if "target_kind" in runs.columns else pl.lit("site")
    found = runs.select(
        target_kind=kind,
        target="site",
        start="start",
        until="until",
        item="item",
        magnitude=magnitude.cast(pl.Float64),
        unit=unit,
        title=title,
        evidence=pl.struct(pl.col(c).alias(name) for name, c in evidence.items()).struct.json_encode(),
    )
    return with_titles(found).cast(FINDINGS).select(list(FINDINGS)).sort("target", "start", "item")


def figure(column: str, decimals: int = 0) -> pl.Expr:
    """A number as text of a title: CO with one decimal more than the other items."""
    return (
        pl.when(pl.col("item") == "co")
        .then(pl.col(column).round(decimals + 1).cast(pl.String))
        .otherwise(pl.col(column).round(decimals).cast(pl.Int64).cast(pl.String))
    )


def _distances(lon: Floats, lat: Floats) -> Floats:
    """Great-circle distances [km] between all pairs."""
    x, y = np.radians(lon), np.radians(lat)
    half = (
        np.sin((y[:, None] - y) / 2) ** 2 + np.cos(y)[:, None] * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
    )
    result: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return result


def nearest(sites: pl.DataFrame, *, radius_km: float, most: int) -> NDArray[np.int64]:
    """Row numbers of the nearest other sites within a radius, nearest first; -1 where there are fewer than `most`."""
    lon, lat = sites["lon"].cast(pl.Float64).to_numpy(), sites["lat"].cast(pl.Float64).to_numpy()
    far = _distances(lon, lat)
    np.fill_diagonal(far, np.inf)
    order = np.argsort(far, axis=1, kind="stable")[:, :most]
    result: NDArray[np.int64] = np.where(np.take_along_axis(far, order, axis=1) <= radius_km, order, -1)
    return result


def _median(cube: Floats) -> Floats:
    """Median along the last axis, leaving NaN out (NaN when all are)."""
    ordered = np.sort(cube, axis=-1)
    count = (~np.isnan(ordered)).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, cube.shape[-1] - 1), axis=-1)
    result: Floats = ((low + high) / 2)[..., 0]
    return result


def _around(grid: Floats, near: NDArray[np.int64]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """For a grid of sites x hours: median, robust sigma and number of the neighbours' values."""
    padded = np.vstack([grid, np.full((1, grid.shape[1]), np.nan)])
    cube = np.moveaxis(padded[near], 1, -1)
    middle = _median(cube)
    spread = MAD_TO_SIGMA * _median(np.abs(cube - middle[..., None]))
    return middle, spread, (~np.isnan(cube)).sum(axis=-1)


def with_neighbours(
    hours: pl.DataFrame, sites: pl.DataFrame, *, radius_km: float = 40.0, most: int = 8, least: int = 3
) -> pl.DataFrame:
    """Long frame with `near` (median of the neighbours), `spread` (robust sigma) and `neighbours` (how many).

    Only hours in which at least `least` of the `most` nearest sites within `radius_km` have a value. [unit of item]
    """
    places = sites.select("site", "lon", "lat").unique("site", keep="first", maintain_order=True)
    places = places.join(hours.select("site").unique(), on="site", how="semi", maintain_order="left")
    placed = hours.join(places.select("site").with_row_index("_row"), on="site").with_columns(
        _hour=pl.col("start").cast(INSTANT).dt.epoch("us") // HOUR_US
    )
    if placed.is_empty() or places.height <= least:
        return pl.DataFrame(schema=_NEAR_SCHEMA)
    near = nearest(places, radius_km=radius_km, most=most)
    pieces = [_item_around(placed, places["site"], item, near) for item in items_in(hours)]
    return pl.concat(pieces).filter(pl.col("neighbours") >= least).sort("site", "item", "start")


_NEAR_SCHEMA: dict[str, pl.DataType] = {
    "site": pl.String(), "item": pl.String(), "start": INSTANT, "value": pl.Float64(),
    "near": pl.Float64(), "spread": pl.Float64(), "neighbours": pl.Int64(),
}  # fmt: skip


def _item_around(placed: pl.DataFrame, names: pl.Series, item: str, near: NDArray[np.int64]) -> pl.DataFrame:
    row, hour = placed["_row"].to_numpy(), placed["_hour"].to_numpy()
    first = int(hour.min())
    grid = np.full((len(names), int(hour.max()) - first + 1), np.nan)
    grid[row, hour - first] = placed[item].cast(pl.Float64).fill_null(np.nan).to_numpy()
    middle, spread, count = _around(grid, near)
    r, c = np.nonzero(~np.isnan(grid) & (count > 0))
    return pl.DataFrame(
        {
            "site": names.gather(r), "item": pl.Series([item]).new_from_index(0, len(r)),
            "start": pl.Series((c + first) * HOUR_US).cast(INSTANT), "value": grid[r, c],
            "near": middle[r, c], "spread": spread[r, c], "neighbours": count[r, c],
        },
        schema=_NEAR_SCHEMA,
    )  # fmt: skip
