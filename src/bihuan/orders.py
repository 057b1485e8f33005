"""How one kept file is to be read: found out once, then kept in the journal."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bihuan.feeds.detect import batches_of, detect
from bihuan.feeds.mapping import ColumnMapping, mapped_batches, mapping_from
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.weather import detect as weather
from bihuan.feeds.weather.rows import Point

WEATHER = "weather"
WEATHER_DELAY = timedelta(hours=6)
"""From a global model's time of issue until its files are here; our assumption (GFS about 5 h, ECMWF about 7 h)."""


@dataclass(frozen=True)
class Order:
    """How one kept file is to be read: what its journal entry says. `points`: for which places, of forecast weather."""

    file: str
    blob: str
    format: str
    delay: float | None
    mapping: ColumnMapping | None = None
    points: tuple[Point, ...] = ()

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
        name = mapping.get("name", "") if mapping else ""
        return cls(**plain, mapping=mapping_from(mapping, name) if mapping else None, points=points)

    def weather(
        self, path: Path, received: datetime, told: Callable[[int, int], None] | None = None
    ) -> Reading:
        """The file as forecast weather that came at `received`, under its own name. Raises Unreadable."""
        try:
            reading = weather.read(path, self.points, received=received, told=told)
        except Unreadable as error:
            raise Unreadable(
                str(error).replace(str(path), self.file).replace(path.name, self.file)
            ) from error
        return replace(reading, refused=tuple(replace(r, file=self.file) for r in reading.refused))

    def batches(self, path: Path) -> Iterator[Reading]:
        """The file's batches, refusals under the file's own name."""
        read = mapped_batches(path, self.mapping) if self.mapping else batches_of(self.format)(path)
        for reading in read:
            yield replace(reading, refused=tuple(replace(r, file=self.file) for r in reading.refused))


def order_for(
    path: Path,
    format_name: str | None,
    mapping: ColumnMapping | None,
    delay: timedelta | None,
    points: Sequence[Point] | None = None,
) -> Order:
    """How to read this file; as forecast weather only where `points` are given. Raises Unreadable when it cannot be."""
    if format_name == WEATHER or (
        points is not None and not (format_name or mapping) and weather.is_weather(path)
    ):
        late = WEATHER_DELAY.total_seconds() if delay is not None else None
        return Order(path.name, "", WEATHER, late, None, tuple(points or ()))
    chosen = "mapped" if mapping else format_name or detect(path)
    order = Order(path.name, "", chosen, delay.total_seconds() if delay is not None else None, mapping)
    if not any(reading.rows_in_file for reading in order.batches(path)):
        raise Unreadable(f"{path.name} is empty: there is a header and no row below it")
    return order
