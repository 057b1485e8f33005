"""A small plane in metres around a place, true to 0.5 % within a county, and distances between the points of a frame."""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from bihuan.domain.places.geodesy import E2, A

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """Metres east and north, scaled by the radii of the ellipsoid at `lat` [degrees]."""

    lat: float

    @property
    def scale(self) -> tuple[float, float]:
        """Metres of a degree of longitude, and of latitude."""
        bulge = 1 - E2 * sin(radians(self.lat)) ** 2
        east = radians(1) * A / sqrt(bulge) * cos(radians(self.lat))
        return east, radians(1) * A * (1 - E2) / bulge**1.5

    def flat(self, shape: BaseGeometry) -> BaseGeometry:
        """A geometry in degrees, in metres."""
        return shapely.transform(shape, lambda pairs: pairs * self.scale)

    def xy(self, lon: Numbers, lat: Numbers) -> Numbers:
        """Places as rows of (east, north)."""
        east, north = self.scale
        return np.column_stack((np.asarray(lon) * east, np.asarray(lat) * north))


def metres(lon: str, lat: str, other_lon: str, other_lat: str) -> pl.Expr:
    """Metres between two places of a row: Bowring's formula, as `places.geodesy.distance`."""
    middle = ((pl.col(lat) + pl.col(other_lat)) / 2).radians()
    bulge = 1 - E2 * middle.sin() ** 2
    east = (pl.col(other_lon) - pl.col(lon)).radians() * A / bulge.sqrt() * middle.cos()
    north = (pl.col(other_lat) - pl.col(lat)).radians() * A * (1 - E2) / bulge.pow(1.5)
    return (east**2 + north**2).sqrt()
