"""Bodies of one county with points, what a laboratory sends of them, and the addresses of the folder."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.black_waters.models import Body, Point
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

TODAY = NOW.astimezone(CST).date()
GOOD, LIGHT, HEAVY = (40.0, 5.0, 100.0, 1.0), (20.0, 1.0, 0.0, 9.0), (5.0, 0.1, -250.0, 20.0)
"""Transparency, DO, ORP, NH3-N."""
CODES = ("sd", "w01009", "orp", "w21003")
Water = tuple[float | None, ...]


def body(people: City, code: str = "H1", points: int = 3, **more: Any) -> Body:
    """A ditch of 1,500 m in a county town with points each 300 m, for which the county's government is responsible."""
    given: dict[str, Any] = {
        "name": f"水体{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8,
        "kind": "ditch", "area": "county", "length_m": 1500.0, "state": "treating",
    }  # fmt: skip
    made = Body.objects.create(code=code, **given | more)
    for n in range(1, points + 1):
        Point.objects.create(
            code=f"{code}-{n}", name=f"{code}测点{n}", region=made.region, lon=113.6, lat=37.8 + n / 1000, body=made, position_m=300.0 * n, depth_cm=60.0,
        )  # fmt: skip
    return made


def accepted(people: City, code: str = "H1", days_ago: int = 100, **more: Any) -> Body:
    """A body that was accepted so long ago."""
    return body(people, code, state="effect", accepted=TODAY - timedelta(days=days_ago), **more)


Row = tuple[str, date, Water]


def a_round(code: str, begin: date, *waters: Water, days: Sequence[int] = (0, 3, 7)) -> list[Row]:
    """A round: the water at each point on three days."""
    return [
        (f"{code}-{n}", begin + timedelta(days=d), water) for d in days for n, water in enumerate(waters, 1)
    ]


def measured(folder: Path, *rows: Row, received: datetime | None = None) -> None:
    """Values of a laboratory as a long table, received yesterday where nothing else is said."""
    table = [
        {"site": site, "time": f"{day} 00:00", "code": code, "period": "day", "value": value}
        for site, day, water in rows
        for code, value in zip(CODES, water, strict=True)
        if value is not None
    ]
    path = folder / f"round{len(list(folder.iterdir()))}.csv"
    pl.DataFrame(table).write_csv(path)
    (report,) = import_files(archive(), [path], received=received or NOW - timedelta(days=1), delay=None)
    assert report.new == len(table), report


def days_ago(days: int) -> date:
    """A day of China."""
    return TODAY - timedelta(days=days)


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a body and its points are seen in its county and by who is responsible."""
    clock.set_replay(NOW, 0)
    body(people)
    return [
        *(Address(name, ALL) for name in ("index", "progress", "word", "book")),
        *(Address(name, IN_REGION_OR_UNIT, values={"code": "H1"}) for name in ("body", "sheet")),
        Address("point", IN_REGION_OR_UNIT, values={"code": "H1-1"}, there=(302,)),
    ]
