"""How one kept file is to be read: found out once, then kept in the journal."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

from bihuan.feeds.mapping import ColumnMapping, mapping_from
from bihuan.feeds.weather.rows import Point

WEATHER_DELAY = timedelta(hours=6)
"""From a global model's time of issue until its files are here; our assumption (GFS about 5 h, ECMWF about 7 h)."""


@dataclass(frozen=True)
class Order:
    """How one kept file is to be read: what its journal entry says.

    format: empty where it could not be found out. delay: seconds. points: for which places, of forecast weather.
    sites: the only names of sites that may stand in it, each with the site that it means; none: any.
    """

    file: str
    blob: str
    format: str
    delay: float | None
    mapping: ColumnMapping | None = None
    points: tuple[Point, ...] = ()
    sites: tuple[tuple[str, str], ...] = ()

    @property
    def source(self) -> str:
        """Source of the rows: the format, or the mapping's name."""
        return f"mapped:{self.mapping.name}" if self.mapping else self.format

    def to_bytes(self) -> bytes:
        """As the journal keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Order":
        """As the journal gives it."""
        plain = json.loads(data)
        mapping = plain.pop("mapping")
        points = tuple(Point(**point) for point in plain.pop("points", ()))
        sites = tuple((name, site) for name, site in plain.pop("sites", ()))
        name = mapping.get("name", "") if mapping else ""
        read_by = mapping_from(mapping, name) if mapping else None
        return cls(**plain, mapping=read_by, points=points, sites=sites)
