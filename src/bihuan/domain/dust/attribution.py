"""From which site a peak of PM10 came (own method): wind, distance, hour, what the monitors of the sites showed, and what was already in the air upwind.

Each site gets a weight, and so does "nobody known"; together they are 1. Where no wind is known, or it is calm, direction says nothing: the circle is drawn
wider, everybody keeps a share, and the answer says so. It is a hint for whom to look at first, no proof.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

METRES = 111_195.0
"""Of a degree of latitude on the sphere."""
CALM = 0.8
"""Below this wind [m/s] its direction says nothing."""
REACH, WIDE = 4000.0, 5000.0
"""How far a site is looked for [m]: with wind, and without (it may have been any hour of those before)."""
NEAR = 120.0
"""A monitor within this distance [m] stands at the site: every wind brings its dust."""
SPREAD, SPREAD_SLOW = 24.0, 20.0
"""Of the wind direction within an hour [°]: at any wind, and what a wind of 1 m/s adds (less at more wind)."""
NOBODY = 0.10
"""What "nobody known" weighs beside sites whose direction, distance and activity fit wholly (1 each)."""
DUSTY = {
    "demolition": 1.0,
    "earthwork": 1.0,
    "piling": 0.8,
    "foundation": 0.6,
    "structure": 0.4,
    "finish": 0.25,
    "yard": 0.7,
    "idle": 0.08,
}
"""How much a phase raises, against earthwork (own choice)."""
SHOWN, QUIET, MORE = 4.0, 0.15, 4.0
"""How much more, or less, likely a site is whose own monitor rose by as much as the peak, or stood still; it counts up to `MORE` times the peak, as dust thins on its way."""


@dataclass(frozen=True)
class Wind:
    """Mean wind: from where [°], how fast [m/s]."""

    direction: float
    speed: float

    @property
    def tells(self) -> bool:
        """Does it say from where anything came?"""
        return self.speed >= CALM


@dataclass(frozen=True)
class Suspect:
    """A site. phase: a key of DUSTY. area: m², None where not known. risen: what its own monitor showed above the background [µg/m³]; None without one."""

    code: str
    lon: float
    lat: float
    phase: str
    area: float | None = None
    risen: float | None = None


@dataclass(frozen=True)
class Neighbour:
    """Another place that is measured, and how much it rose in the same hour [µg/m³]."""

    lon: float
    lat: float
    risen: float


@dataclass(frozen=True)
class Peak:
    """Where PM10 rose, by how much above the background [µg/m³]; wind None where nobody measured it."""

    lon: float
    lat: float
    risen: float
    wind: Wind | None = None
    neighbours: Sequence[Neighbour] = field(default=())


@dataclass(frozen=True)
class Share:
    """How much speaks for one; `code` is empty for nobody known. off: degrees beside the wind, None where that says nothing."""

    code: str
    share: float
    metres: float | None = None
    off: float | None = None


@dataclass(frozen=True)
class Answer:
    """Shares that add up to 1, the largest first. lacks: what was not known (`wind`, `calm`, `monitors`, `sites`), in codes."""

    shares: tuple[Share, ...]
    lacks: tuple[str, ...]

    def first(self, number: int) -> list[str]:
        """The codes of the first ones that are sites."""
        return [s.code for s in self.shares if s.code][:number]


def attribute(peak: Peak, suspects: Iterable[Suspect]) -> Answer:
    """Who may have raised it."""
    wind = peak.wind if peak.wind and peak.wind.tells else None
    reach = REACH if wind else WIDE
    near = [(s, *_from(peak, s)) for s in suspects]
    near = [row for row in near if row[1] <= reach]
    weights = [_weight(peak, wind, *row) for row in near]
    nobody = NOBODY * (1.0 + 4.0 * _came_along(peak, wind))
    total = sum(weights) + nobody
    shares = [
        Share(s.code, weight / total, metres, _off(bearing, wind) if wind and metres > NEAR else None)
        for (s, metres, bearing), weight in zip(near, weights, strict=True)
    ]
    shares.append(Share("", nobody / total))
    return Answer(tuple(sorted(shares, key=lambda s: -s.share)), _lacks(peak, wind, near))


def _lacks(peak: Peak, wind: Wind | None, near: Sequence[tuple[Suspect, float, float]]) -> tuple[str, ...]:
    found = [] if wind else ["wind" if peak.wind is None else "calm"]
    if not near:
        return (*found, "sites")
    return (*found, "monitors") if all(s.risen is None for s, _metres, _bearing in near) else tuple(found)


def bearing_and_metres(lon: float, lat: float, to_lon: float, to_lat: float) -> tuple[float, float]:
    """In which direction [°, clockwise from north] and how far [m] the second place lies from the first, over a few kilometres."""
    east = (to_lon - lon) * METRES * cos(radians((lat + to_lat) / 2))
    north = (to_lat - lat) * METRES
    return degrees(atan2(east, north)) % 360, hypot(east, north)


def apart(one: float, other: float) -> float:
    """Degrees between two directions, 0 to 180."""
    return abs((one - other + 180) % 360 - 180)


def mean_wind(rows: Iterable[tuple[float | None, float | None]]) -> Wind | None:
    """The mean vector of winds (from where [°], speed [m/s]); None where none is whole."""
    known = [(d, s) for d, s in rows if d is not None and s is not None]
    if not known:
        return None
    east = sum(s * sin(radians(d)) for d, s in known) / len(known)
    north = sum(s * cos(radians(d)) for d, s in known) / len(known)
    return Wind(degrees(atan2(east, north)) % 360, hypot(east, north))


def _from(peak: Peak, suspect: Suspect) -> tuple[float, float]:
    bearing, metres = bearing_and_metres(peak.lon, peak.lat, suspect.lon, suspect.lat)
    return metres, bearing


def _off(bearing: float, wind: Wind) -> float:
    """Degrees between where a place lies and from where the wind comes."""
    return apart(bearing, wind.direction)


def _weight(peak: Peak, wind: Wind | None, suspect: Suspect, metres: float, bearing: float) -> float:
    """Direction x distance x activity x what its own monitor says; 1 for a site of earthwork of 10,000 m² within reach right upwind."""
    size = min(max((suspect.area or 10_000.0) / 10_000.0, 0.1), 10.0)
    return (
        _along(wind, metres, bearing)
        * _distance(metres)
        * DUSTY.get(suspect.phase, 0.4)
        * sqrt(size)
        * _own(peak, suspect)
    )


def _along(wind: Wind | None, metres: float, bearing: float) -> float:
    if wind is None:
        return 0.35
    if metres <= NEAR:
        return 1.0
    spread = SPREAD + SPREAD_SLOW / wind.speed
    return exp(-0.5 * (_off(bearing, wind) / spread) ** 2)


def _distance(metres: float) -> float:
    """Thinned as a plume near the ground is, about with the distance to the power of 1.3; all the same below 300 m."""
    thinned: float = pow(300.0 / max(metres, 300.0), 1.3)
    return thinned


def _own(peak: Peak, suspect: Suspect) -> float:
    """What the site's own monitor says; one that has none says nothing."""
    if suspect.risen is None:
        return 1.0
    share = min(max(suspect.risen, 0.0) / max(peak.risen, 1.0), MORE)
    return QUIET + (SHOWN - QUIET) * share


def _came_along(peak: Peak, wind: Wind | None) -> float:
    """How much of the rise was there upwind already, 0 to 1: dust that came from farther off. Without wind: at the median of all around."""
    if wind is None:
        risen = sorted(n.risen for n in peak.neighbours)
        found = risen[len(risen) // 2] if len(risen) >= 2 else 0.0
    else:
        upwind = [n.risen for n in peak.neighbours if _is_upwind(peak, n, wind)]
        found = max(upwind, default=0.0)
    return min(max(found / max(peak.risen, 1.0), 0.0), 1.0)


def _is_upwind(peak: Peak, neighbour: Neighbour, wind: Wind) -> bool:
    bearing, metres = bearing_and_metres(peak.lon, peak.lat, neighbour.lon, neighbour.lat)
    return metres > NEAR and apart(bearing, wind.direction) <= 60.0
