"""From the coordinate system that a file states to WGS-84, or a reason why not.

CGCS2000 (the national system since 2008) differs from WGS-84 by less than a decimetre and is taken as it; its projections,
Gauss-Krueger zones above all, are turned into degrees. The parameters from Beijing 1954 and Xian 1980 are secret or local:
what PROJ knows for a region is used and its accuracy told; where it knows nothing the file is refused, because an unconverted
place would lie some hundred metres off.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.enums import WktVersion
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from bihuan.domain.places.coordinates import CHINA
from bihuan.feeds.geometry.features import BadFile, Note, Told, WhyFile

Pairs = npt.NDArray[np.float64]
SAME = (
    "wgs84",
    "wgs_1984",
    "wgs1984",
    "worldgeodeticsystem1984",
    "china2000",
    "china_2000",
    "cgcs2000",
    "chinageodeticcoordinatesystem2000",
)
"""Datums that are WGS-84 for what a bureau maps, without blanks and in small letters."""
ROUGH = 30.0
"""A conversion that is not better than this [m] is none."""
WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class Way:
    """How pairs of a file (east, north) become longitude and latitude."""

    forward: Callable[[Pairs], Pairs]
    notes: list[Told] = field(default_factory=list)


def way_from(stated: str | None, pairs: Pairs) -> Way:
    """The way from a stated system (WKT, or `EPSG:…`) to WGS-84 for these coordinates. Raises BadFile."""
    if not stated:
        if _degrees_in_china(pairs):
            return Way(_same, [Told(Note.TAKEN_AS_WGS84)])
        raise BadFile(WhyFile.NO_SYSTEM)
    try:
        return _way(CRS.from_user_input(stated), pairs)
    except ProjError as error:
        raise BadFile(WhyFile.SYSTEM_NOT_UNDERSTOOD, system=stated[:80]) from error


def _way(system: CRS, pairs: Pairs) -> Way:
    """Raises ProjError for a system that PROJ cannot use."""
    geodetic = system.geodetic_crs
    if system.is_geographic and _same_datum(system):
        return Way(_same)
    if geodetic is not None and _same_datum(geodetic):
        degrees = CRS.from_wkt(geodetic.to_wkt(WktVersion.WKT2_2019))
        return _through(
            Transformer.from_crs(system, degrees, always_xy=True), [_told(Note.CONVERTED, system)]
        )
    return _over_datums(system, pairs)


def _same_datum(system: CRS) -> bool:
    datum = system.datum
    ensemble = system.to_json_dict().get("datum_ensemble", {}).get("name", "")
    names = (datum.name if datum else "", ensemble, system.name)
    return any(same in name.lower().replace(" ", "") for name in names for same in SAME)


def _over_datums(system: CRS, pairs: Pairs) -> Way:
    """By the best that PROJ knows for the region of these coordinates."""
    known = TransformerGroup(system, WGS84, always_xy=True, area_of_interest=_region(system, pairs))
    good = [t for t in known.transformers if 0 <= t.accuracy <= ROUGH]
    if not good:
        raise BadFile(WhyFile.SYSTEM_NOT_CONVERTED, system=system.name[:80])
    best = min(good, key=lambda t: t.accuracy)
    return _through(best, [_told(Note.CONVERTED_ROUGHLY, system, metres=f"{best.accuracy:g}")])


def _region(system: CRS, pairs: Pairs) -> AreaOfInterest:
    """Where the coordinates lie, to some hundred metres, which is enough to choose a conversion."""
    geodetic = system.geodetic_crs
    assert (
        geodetic is not None
    )  # a system without one has no way to degrees, and `way_from` would have raised
    rough = Transformer.from_crs(system, geodetic, always_xy=True)
    lon, lat = rough.transform(pairs[:, 0], pairs[:, 1])
    return AreaOfInterest(*(float(side) for side in (np.min(lon), np.min(lat), np.max(lon), np.max(lat))))


def _through(transformer: Transformer, notes: list[Told]) -> Way:
    def forward(pairs: Pairs) -> Pairs:
        lon, lat = transformer.transform(pairs[:, 0], pairs[:, 1])
        return np.stack([lon, lat], axis=1)

    return Way(forward, notes)


def _same(pairs: Pairs) -> Pairs:
    return pairs


def _told(what: Note, system: CRS, **values: str) -> Told:
    return Told(what, {"system": system.name[:80], **values})


def _degrees_in_china(pairs: Pairs) -> bool:
    west, south, east, north = CHINA
    x, y = pairs[:, 0], pairs[:, 1]
    return bool(np.all((x >= west) & (x <= east) & (y >= south) & (y <= north)))
