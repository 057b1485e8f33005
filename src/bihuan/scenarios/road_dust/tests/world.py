"""Segments of one county side by side, what is driven and done on them, and the addresses of the folder."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.pipeline.reports import FileReport
from bihuan.registry.hours import archive
from bihuan.scenarios import resolved_sites
from bihuan.scenarios.road_dust.models import Segment
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

LON, LAT, APART = 113.6, 37.8, 0.01
STATION = "WX"
BEGIN = datetime(2019, 1, 1, 9, tzinfo=CST)


def segment(people: City, code: str = "R1", nth: int = 0, **more: Any) -> Segment:
    """A street of 0.5 km that the county's government cleans; the n-th lies 1.1 km farther north."""
    lat = LAT + nth * APART
    given: dict[str, Any] = {
        "name": f"路{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": LON, "lat": lat, "kind": "main",
        "geometry": {"type": "LineString", "coordinates": [[LON, lat], [LON + 0.006, lat]]}, "km": 0.5, "width": 20.0, "weather_site": STATION,
    }  # fmt: skip
    return Segment.objects.create(code=code, **given | more)


def sent(
    folder: Path, text: str, name: str = "roads.csv", encoding: str = "utf-8", days_ago: int = 1
) -> FileReport:
    """A file that came some days ago."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    (report,) = import_files(
        archive(), [path], received=NOW - timedelta(days=days_ago), delay=None, sites=resolved_sites.known()
    )
    return report


def runs(
    folder: Path, values: Iterable[tuple[int, float]], days: Iterable[int], name: str = "runs.csv"
) -> FileReport:
    """One drive on each of some days of January 2019 past the n-th street with a PM10, a minute each."""
    lines = ["时间,车辆,经度,纬度,车速,PM10"]
    for day in days:
        for i, (nth, value) in enumerate(values):
            moment = BEGIN + timedelta(days=day - 1, minutes=i)
            lines.append(f"{moment:%Y-%m-%d %H:%M:%S},T1,{LON + 0.003},{LAT + nth * APART},35,{value}")
    return sent(folder, "\n".join(lines), name)


def weather(folder: Path, days: int = 33, humid: Iterable[int] = (), name: str = "weather.csv") -> FileReport:
    """Dry calm hours from 30 December on, 5 °C; on some days of January it is humid."""
    lines = ["点位,时间,因子编码,时段,值"]
    wet = set(humid)
    for n in range(days * 24):
        moment = BEGIN.replace(hour=0) + timedelta(hours=n - 48)
        moist = 90 if moment.month == 1 and moment.day in wet else 40
        figures = {"a01001": 5, "a01002": moist, "a01007": 2, "rainfall": 0}
        lines += [f"{STATION},{moment:%Y-%m-%d %H:%M},{c},hour,{v}" for c, v in figures.items()]
    return sent(folder, "\n".join(lines), name)


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a segment is seen in its county and by who cleans it."""
    clock.set_replay(NOW, 0)
    segment(people)
    return [
        *(Address(name, ALL) for name in ("index", "coverage")),
        Address("segment", IN_REGION_OR_UNIT, values={"code": "R1"}),
    ]
