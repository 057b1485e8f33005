"""Cities and counties (区域): what is said of an area is the mean of what is said of its stations, so that all agree.

An area's concentration of an hour is the mean over its stations (HJ 663-2013, 4.1.3). So its forecast mean is the mean of
their means, each of its joint paths the mean of theirs, and its quantiles are those of its paths.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bihuan.domain.forecast.grid import Array, Grid

Areas = Mapping[str, Sequence[str]]
"""Place key (`city:140300`, `county:140302`) -> its stations."""


def areas_of(cities: Areas | None, counties: Areas | None = None) -> dict[str, tuple[str, ...]]:
    """Areas by place key, from the stations of each region code."""
    kinds = (("city", cities), ("county", counties))
    return {f"{kind}:{code}": tuple(s) for kind, regions in kinds for code, s in (regions or {}).items()}


def is_area(place: str) -> bool:
    """Whether a place of a forecast is a city or a county, not a station."""
    return place.startswith(("city:", "county:"))


def columns_of(areas: Areas, sites: Sequence[str]) -> dict[str, list[int]]:
    """Columns of each area's stations among `sites`; an area without any is left out."""
    found = {key: [sites.index(s) for s in stations if s in sites] for key, stations in areas.items()}
    return {key: columns for key, columns in found.items() if columns}


def places_at(places: Sequence[str], areas: Areas, sites: Sequence[str]) -> dict[str, list[int]]:
    """Columns of each place's stations among `sites`: of an area its stations, of a station itself; places without any are left out."""
    return columns_of({p: areas.get(p, (p,)) for p in places}, sites)


def mean_over(values: Array, areas: Iterable[list[int]]) -> Array:
    """[..., site] -> [..., area]: the mean over an area's stations that have a value; NaN where none has."""
    parts = []
    for columns in areas:
        mine = values[..., columns]
        count = np.isfinite(mine).sum(axis=-1)
        parts.append(np.where(count > 0, np.nansum(mine, axis=-1) / np.maximum(count, 1), np.nan))
    return np.stack(parts, axis=-1) if parts else values[..., :0]


def quantiles(paths: Array, levels: Array) -> Array:
    """Quantiles [..., area, level] of joint paths [member, ..., area]; each of n paths stands for one n-th."""
    return np.asarray(np.moveaxis(np.quantile(paths, levels, axis=0, method="hazen"), 0, -1))


def with_areas(grid: Grid, areas: Areas) -> Grid:
    """Add for each area its measured hourly mean as one more column; an hour needs half of its stations."""
    members = columns_of(areas, grid.sites)

    def extended(block: Array) -> Array:
        means = mean_over(block, members.values())
        count = [np.isfinite(block[:, c]).sum(axis=1) >= max(1.0, len(c) / 2) for c in members.values()]
        return np.hstack([block, np.where(np.column_stack(count), means, np.nan)]) if members else block

    return replace(
        grid,
        sites=(*grid.sites, *members),
        values={k: extended(v) for k, v in grid.values.items()},
        weather={k: extended(v) for k, v in grid.weather.items()},
    )
