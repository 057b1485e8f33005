"""The three systems of coordinates in use in China, and which numbers can be a place there.

WGS-84 is what satellite receivers give. GCJ-02 ("Mars coordinates") is what maps published in China must use: WGS-84 moved
by 100 m to 700 m by a function that is not published and has long been known. BD-09 moves that once more. None can be told
from another by looking at the numbers, so a conversion is made when somebody says the system, and never guessed.
"""

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, hypot, isfinite, pi, sin, sqrt

from bihuan.domain.places.faults import BadPlace, Why

Place = tuple[float, float]
"""Longitude, latitude [degrees]."""
AXIS = 6378245.0
"""Semi-major axis of the ellipsoid of Krassowsky [m], which GCJ-02 uses."""
ECCENTRICITY = 0.00669342162296594323
"""Its first eccentricity, squared."""
MOVED = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of where GCJ-02 moves anything at all [degrees]."""
CHINA = (73.33, 3.4, 135.09, 53.57)
"""West, south, east, north of China's territory, islands of the South China Sea included [degrees]."""
EXACT = 1e-9
"""An inverse is found to this [degrees], about 0.1 mm."""
TURNS = 30


class System(StrEnum):
    """Which system numbers are in."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(lon: float, lat: float, system: System) -> Place:
    """A place given in a system that somebody named, as WGS-84 [degrees]."""
    if system is System.BD09:
        lon, lat = bd09_to_gcj02(lon, lat)
    return (lon, lat) if system is System.WGS84 else gcj02_to_wgs84(lon, lat)


def wgs84_to_gcj02(lon: float, lat: float) -> Place:
    """The formula as it is known since 2009 ("eviltransform"); places far outside China stay where they are."""
    west, south, east, north = MOVED
    if not (west <= lon <= east and south <= lat <= north):
        return lon, lat
    x, y, parallel = lon - 105, lat - 35, lat / 180 * pi
    ripple = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    up = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    up += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    up += (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    right = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    right += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    right += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    bulge = 1 - ECCENTRICITY * sin(parallel) ** 2
    meridian = AXIS * (1 - ECCENTRICITY) / (bulge * sqrt(bulge))
    return (
        lon + right * 180 / (AXIS / sqrt(bulge) * cos(parallel) * pi),
        lat + up * 180 / (meridian * pi),
    )


def gcj02_to_bd09(lon: float, lat: float) -> Place:
    """What Baidu adds: a turn and a stretch by less than 1 km."""
    length = hypot(lon, lat) + 0.00002 * sin(lat * pi * 3000 / 180)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * pi * 3000 / 180)
    return length * cos(angle) + 0.0065, length * sin(angle) + 0.006


def gcj02_to_wgs84(lon: float, lat: float) -> Place:
    """The inverse of `wgs84_to_gcj02`, found by going back and forth."""
    return _inverse(wgs84_to_gcj02, (lon, lat))


def bd09_to_gcj02(lon: float, lat: float) -> Place:
    """The inverse of `gcj02_to_bd09`, found by going back and forth."""
    return _inverse(gcj02_to_bd09, (lon, lat))


def _inverse(forward: Callable[[float, float], Place], wanted: Place) -> Place:
    lon, lat = wanted
    for _ in range(TURNS):
        moved = forward(lon, lat)
        off = wanted[0] - moved[0], wanted[1] - moved[1]
        lon, lat = lon + off[0], lat + off[1]
        if max(abs(off[0]), abs(off[1])) < EXACT:
            break
    return lon, lat


def in_china(lon: float, lat: float) -> bool:
    """Does it lie in the rectangle around China?"""
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def checked(lon: float, lat: float) -> Place:
    """The place itself. Raises BadPlace for numbers that are none on earth, are swapped, or lie outside China."""
    said = {"lon": f"{lon:g}", "lat": f"{lat:g}"}
    if in_china(lon, lat):
        return lon, lat
    if isfinite(lon) and isfinite(lat) and in_china(lat, lon):
        raise BadPlace(Why.SWAPPED, **said)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise BadPlace(Why.NO_PLACE_ON_EARTH, **said)
    raise BadPlace(Why.OUTSIDE_CHINA, **said)
