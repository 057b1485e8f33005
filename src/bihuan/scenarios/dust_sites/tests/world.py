"""A site of one county with its monitor, a station beside it, what they measured, and the addresses of the folder."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Site
from bihuan.scenarios.dust_sites.models import DustSite, Exit, Monitor
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, NO_ONE, SIGNED_IN, Address
from tests.web.world import MINE, NOW

LON, LAT = 113.6, 37.8
CODES = {
    "tsp": "a34001",
    "pm10": "a34002",
    "pm25": "a34004",
    "humidity": "a01002",
    "wind": "a01007",
    "direction": "a01008",
}
HOUR = timedelta(hours=1)


def _where(people: City) -> dict[str, Any]:
    return {"region": people.regions[MINE], "organisation": people.governments[MINE], "lon": LON, "lat": LAT}


def site(people: City, code: str = "G1", **more: Any) -> DustSite:
    """A building site at earthwork of 10,000 m²."""
    given = _where(people) | {
        "name": f"工地{code}",
        "kind": "building",
        "phase": "earthwork",
        "area": 10_000.0,
    }
    return DustSite.objects.create(code=code, **given | more)


def monitor(people: City, of: DustSite | None, code: str = "G1-1", **more: Any) -> Monitor:
    """A monitor at a site, or around sites."""
    return Monitor.objects.create(code=code, **_where(people) | {"name": f"监测点{code}", "site": of} | more)


def station(people: City, code: str = "N1", **more: Any) -> Site:
    """A national station of the county, 2 km east."""
    given = {
        "name": f"站{code}",
        "rank": "national",
        "region": people.regions[MINE],
        "city": people.regions["140300"],
        "lon": LON + 0.0227,
        "lat": LAT,
    }
    return Site.objects.create(code=code, **given | more)


def measured(
    folder: Path,
    *rows: tuple[str, datetime, Mapping[str, float | None]],
    period: str = "hour",
    received: datetime = NOW,
) -> None:
    """Values of monitors (code, start, value by name) through the importer."""
    table = pl.DataFrame(
        [
            {
                "site": s,
                "time": f"{at.astimezone(CST):%Y-%m-%d %H:%M}",
                "code": CODES[name],
                "period": period,
                "value": value,
            }
            for s, at, values in rows
            for name, value in values.items()
        ]
    )
    path = folder / f"dust{len(list(folder.iterdir()))}.csv"
    table.write_csv(path)
    (report,) = import_files(archive(), [path], received=received, delay=None)
    assert report.new == table.height, report


def air(folder: Path, code: str, rows: Iterable[tuple[datetime, float]]) -> None:
    """Hours of PM10 of a station (start, value)."""
    table = pl.DataFrame(
        [
            {"site": code, "time": (at + HOUR).astimezone(CST).replace(tzinfo=None), "PM10": value}
            for at, value in rows
        ]
    )
    path = folder / f"air{len(list(folder.iterdir()))}.parquet"
    table.write_parquet(path)
    (report,) = import_files(archive(), [path], received=NOW)
    assert report.new == table.height, report


def hours(count: int, until: datetime = NOW) -> list[datetime]:
    """The starts of so many whole hours up to a moment."""
    last = until.replace(minute=0, second=0, microsecond=0)
    return [last - n * HOUR for n in range(count, 0, -1)]


def whole_site(people: City) -> DustSite:
    """A site with everything."""
    made = site(people, emitter="E1")
    monitor(people, made, mn="DUST00000000000000000001")
    Exit.objects.create(site=made, name="东门", wash="no")
    return made


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a site and its monitors are seen in its county and by its unit."""
    clock.set_replay(NOW, 0)
    whole_site(people)
    return [
        *(Address(name, ALL) for name in ("index", "ranking")),
        Address("receive", SIGNED_IN, NO_ONE, open=True),
        *(Address(name, IN_REGION_OR_UNIT, values={"code": "G1"}) for name in ("site", "site_series")),
        *(
            Address(name, IN_REGION_OR_UNIT, values={"code": "G1-1"})
            for name in ("monitor", "monitor_series")
        ),
    ]
