"""覆盖: points, lines and areas in cells, and which of them were seen from a track.

A cell of a line is a stretch, one of an area a square, one of a point the point. A cell was seen when its middle lay within
the buffer of a step at which one can look around, or where the patrol stood. Nothing is seen in a gap or from a fast car.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from bihuan.domain.patrol.plane import Plane
from bihuan.domain.patrol.track import STILL, WALK
from bihuan.domain.timeaxis import INSTANT

CELLS = pl.Schema(
    {
        "object": pl.String(),
        "cell": pl.Int64(),
        "lon": pl.Float64(),
        "lat": pl.Float64(),
        "weight": pl.Float64(),  # in cells: 1 is a whole stretch or square
    }
)
VISITS = pl.Schema({"object": pl.String(), "cell": pl.Int64(), "patrol": pl.String(), "at": INSTANT})
MOST_CELLS = 20_000
"""Cells of one object; of a larger one the cells grow, and it says so by their size."""


def cells(shapes: Mapping[str, BaseGeometry], size: float) -> pl.DataFrame:
    """CELLS of some objects by their key; shapes in degrees, size [m]."""
    frames = [_cells(key, shape, size) for key, shape in shapes.items() if not shape.is_empty]
    return pl.concat(frames) if frames else pl.DataFrame(schema=CELLS)


def _cells(key: str, shape: BaseGeometry, size: float) -> pl.DataFrame:
    plane = Plane(float(shape.centroid.y))
    flat = plane.flat(shape)
    kind = shapely.get_dimensions(flat)
    xy, weight = (
        _of_area(flat, size) if kind == 2 else _of_line(flat, size) if kind == 1 else _of_points(flat)
    )
    lonlat = xy / plane.scale
    return pl.DataFrame(
        {
            "object": [key] * len(xy), "cell": np.arange(len(xy)), "lon": lonlat[:, 0], "lat": lonlat[:, 1],
            "weight": weight,
        },
        schema=CELLS,
    )  # fmt: skip


def _of_points(flat: BaseGeometry) -> tuple[np.ndarray, np.ndarray]:
    xy = shapely.get_coordinates(flat)
    return xy, np.ones(len(xy))


def _of_line(flat: BaseGeometry, size: float) -> tuple[np.ndarray, np.ndarray]:
    size = max(size, flat.length / MOST_CELLS)
    middles, weights = [], []
    for part in shapely.get_parts(flat):
        many = max(1, round(part.length / size))
        middles.append(
            shapely.get_coordinates(
                shapely.line_interpolate_point(part, (np.arange(many) + 0.5) * part.length / many)
            )
        )
        weights.append(np.full(many, part.length / many / size))
    return np.concatenate(middles), np.concatenate(weights)


def _of_area(flat: BaseGeometry, size: float) -> tuple[np.ndarray, np.ndarray]:
    size = max(size, (flat.area / MOST_CELLS) ** 0.5)
    west, south, east, north = flat.bounds
    x, y = np.meshgrid(np.arange(west + size / 2, east, size), np.arange(south + size / 2, north, size))
    xy = np.column_stack((x.ravel(), y.ravel()))
    shapely.prepare(flat)
    xy = xy[shapely.contains_xy(flat, xy[:, 0], xy[:, 1])] if len(xy) else xy
    if not len(xy):  # smaller than a square, or a sliver between the middles
        xy = shapely.get_coordinates(flat.representative_point())
    return xy, np.full(len(xy), flat.area / len(xy) / size**2)


def visits(found: pl.DataFrame, made: pl.DataFrame, buffer_m: float) -> pl.DataFrame:
    """VISITS: the cells that were seen on each patrol, with the last moment. made: STEPS with a column `patrol`."""
    looked = made.filter(pl.col("kind").is_in([WALK, STILL]))
    if looked.is_empty() or found.is_empty():
        return pl.DataFrame(schema=VISITS)
    plane = Plane(float(found["lat"].mean()))  # type: ignore[arg-type]  # a mean of numbers
    ends = (
        plane.xy(looked[x].to_numpy(), looked[y].to_numpy())
        for x, y in (("lon", "lat"), ("to_lon", "to_lat"))
    )
    lines = shapely.linestrings(np.stack(tuple(ends), axis=1))
    tree = shapely.STRtree(shapely.points(plane.xy(found["lon"].to_numpy(), found["lat"].to_numpy())))
    step, cell = tree.query(lines, predicate="dwithin", distance=buffer_m)
    seen: pl.DataFrame = pl.concat(
        [found[cell].select("object", "cell"), looked[step].select("patrol", at="until")], how="horizontal"
    )
    return (
        seen.group_by("object", "cell", "patrol")
        .agg(pl.col("at").max())
        .cast(VISITS)
        .sort("at", "patrol", "cell")
    )


def by_object(found: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """object, cells, seen (share of the weight, 0 to 1), last: of every object, also of those that nobody saw."""
    each = _last(found, seen)
    weight = pl.col("weight")
    return (
        each.group_by("object", maintain_order=True)
        .agg(
            cells=pl.len(),
            seen=weight.filter(pl.col("at").is_not_null()).sum() / weight.sum(),
            last=pl.col("at").max(),
        )
        .sort("seen", "object")
    )


def unvisited(found: pl.DataFrame, seen: pl.DataFrame, now: datetime, days: float) -> pl.DataFrame:
    """CELLS that nobody saw in the last `days`, with `at`: when somebody did last, null where nobody is known to have."""
    return _last(found, seen).filter(pl.col("at").is_null() | (pl.col("at") < now - timedelta(days=days)))


def _last(found: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    newest = seen.group_by("object", "cell").agg(pl.col("at").max())
    return found.join(newest, ["object", "cell"], "left", maintain_order="left")


def fresh(found: pl.DataFrame, seen: pl.DataFrame, days: float) -> pl.DataFrame:
    """patrol, fresh: the weight of the cells that each patrol saw after nobody had for `days`."""
    order = seen.sort("at", "patrol")
    before = pl.col("at").shift(1).over("object", "cell")
    new = order.with_columns(before=before).filter(
        pl.col("before").is_null() | (pl.col("at") - pl.col("before") > timedelta(days=days))
    )
    weighed = new.join(found.select("object", "cell", "weight"), ["object", "cell"])
    return weighed.group_by("patrol").agg(fresh=pl.col("weight").sum()).sort("patrol")
