"""Two stations, tests of the simulator through the importer, and the addresses of the folder."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.inspection_stations.models import Inspector, Line, Station
from bihuan.simulate.vehicle_tests.curves import Made
from bihuan.simulate.vehicle_tests.files import written
from bihuan.simulate.vehicle_tests.records import make
from bihuan.simulate.vehicle_tests.wanted import Wanted
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, Address
from tests.web.world import MINE, NOW

BEGIN = (NOW - timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)


def station(people: City, code: str = "SIM-JC01", **more: Any) -> Station:
    """A station of the county with one line and one inspector."""
    given = {
        "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": 113.6, "lat": 37.8, "name": f"检验站{code}",
        "licence": "201404000001",
    } | more  # fmt: skip
    made = Station.objects.create(code=code, **given)
    Line.objects.create(station=made, number="1", kind="petrol", software="V3.2.1")
    Inspector.objects.create(station=made, number="J0001", name="甲")
    return made


def sent(folder: Path, made: Made, received: datetime = NOW) -> None:
    """The tables of the simulator as a station's network hands them over."""
    paths = written(made, folder)
    for report in import_files(archive(), paths, received=received):
        assert not report.error, report.error
        assert not report.quarantined, report.refused[:3]


def some(folder: Path, *deeds: str, tests: int = 600, seed: int = 7) -> Made:
    """Tests of two stations with deeds."""
    made = make(Wanted(tests, 2, BEGIN, seed, share=0.01, deeds=deeds))
    sent(folder, made)
    return made


def one(folder: Path, *rows: dict[str, Any]) -> None:
    """Tests of one's own, as a table."""
    given = {"line": "1", "method": "asm", "result": "合格", "station": "SIM-JC01", "plate": "晋C12345"}
    table = pl.DataFrame([given | row for row in rows])
    path = folder / f"own{len(list(folder.iterdir()))}.csv"
    table.write_csv(path)
    (report,) = import_files(archive(), [path], received=NOW)
    assert report.new == len(rows), (report.error, report.refused)


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; a station and its tests are seen in its county and by who runs it."""
    clock.set_replay(NOW, 0)
    station(people)
    one(folder, {"test": "T1", "begin": f"{BEGIN:%Y-%m-%d} 09:00", "end": f"{BEGIN:%Y-%m-%d} 09:02"})
    return [
        Address("index", ALL),
        Address("tests", ALL),
        Address("station", IN_REGION_OR_UNIT, values={"code": "SIM-JC01"}),
        Address("test", IN_REGION_OR_UNIT, values={"name": "T1"}),
        Address("series", IN_REGION_OR_UNIT, values={"name": "T1"}),
    ]
