"""A park of one county with its outlets, stations and enterprises, what is measured there, and the addresses of the folder."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Organisation
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.industrial_parks.models import Member, Park, ParkOutlet, ParkStation
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

LON, LAT = 113.6, 37.8
RING = [[113.59, 37.79], [113.61, 37.79], [113.61, 37.81], [113.59, 37.81], [113.59, 37.79]]


def reach(people: City) -> Reach:
    """One reach of 8 km of one river."""
    given: dict[str, Any] = {"region": people.regions["140300"], "lon": LON, "lat": LAT}
    river, _new = River.objects.get_or_create(code="R", defaults={"name": "桃河", **given})
    made, _new = Reach.objects.get_or_create(
        code="R-1", defaults={"name": "桃河一段", "river": river, "length_km": 8.0, **given}
    )
    return made


def _where(people: City) -> dict[str, Any]:
    return {"region": people.regions[MINE], "organisation": people.governments[MINE], "lon": LON, "lat": LAT}


def park(people: City, code: str = "K1", **more: Any) -> Park:
    """A park that treats its own water, run by the county's government."""
    given = _where(people) | {
        "name": f"园区{code}", "geometry": {"type": "Polygon", "coordinates": [RING]}, "level": "county", "way": "own", "design": 10000.0,
        "linked": "yes",
    }  # fmt: skip
    return Park.objects.create(code=code, **given | more)


def outlet(people: City, of: Park, code: str = "K1-P", **more: Any) -> ParkOutlet:
    """The main outlet of a park, with a limit of 50 mg/L of COD."""
    given = _where(people) | {
        "name": f"排口{code}",
        "park": of,
        "kind": "main",
        "cod": 50.0,
        "basis": "GB 18918-2002 一级A",
    }
    return ParkOutlet.objects.create(code=code, **given | more)


def station(people: City, of: Park, code: str, kind: str, **more: Any) -> ParkStation:
    """A station of a park."""
    return ParkStation.objects.create(
        code=code, **_where(people) | {"name": f"点位{code}", "park": of, "kind": kind} | more
    )


def member(of: Park, name: str, water: float | None = 1000.0, **more: Any) -> Member:
    """An enterprise whose waste water goes to the works of the park."""
    unit = Organisation.objects.create(name=name, kind="enterprise", region=of.region)
    return Member.objects.create(park=of, organisation=unit, water=water, **{"way": "works"} | more)


def measured(
    folder: Path, *rows: tuple[str, str, str, float], period: str = "day", days_ago: int = 1
) -> None:
    """Values (site, day, code, value) that were received some days ago."""
    table = pl.DataFrame(
        [
            {"site": s, "time": f"{day} 00:00", "code": c, "period": period, "value": v}
            for s, day, c, v in rows
        ]
    )
    path = folder / f"parks{len(list(folder.iterdir()))}.csv"
    table.write_csv(path)
    (report,) = import_files(archive(), [path], received=NOW - timedelta(days=days_ago), delay=None)
    assert report.new == len(rows), report


def whole_park(people: City) -> Park:
    """A park with everything: an outlet, a rain outlet, an enterprise, stations above and below on one river, and the flow into the works."""
    made, on = park(people), reach(people)
    main = outlet(people, made, reach=on, km=3.0)
    outlet(people, made, "K1-R", kind="rain", cod=None)
    station(people, made, "K1-U", "up", reach=on, km=1.0)
    station(people, made, "K1-D", "down", reach=on, km=5.0)
    station(people, made, "K1-I", "inflow")
    member(made, "焦化厂", outlet=main)
    return made


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a park and its places are seen in its county and by its committee."""
    clock.set_replay(NOW, 0)
    whole_park(people)
    return [
        *(Address(name, ALL) for name in ("index", "word", "book")),
        Address("park", IN_REGION_OR_UNIT, values={"code": "K1"}),
        Address("site", IN_REGION_OR_UNIT, values={"code": "K1-P"}),
    ]
