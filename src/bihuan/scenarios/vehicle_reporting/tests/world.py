"""Tests of stations through the importer, settings, and the addresses of the folder."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.vehicle_reporting import settings
from bihuan.scenarios.vehicle_reporting.models import ComparedDay, Message
from tests.people import City
from tests.rights.address import RUN, WATCH, Address, city
from tests.web.world import NOW

KEY = "ab" * 32
DAY = timedelta(days=1)
TODAY = NOW.astimezone(CST).date()
YESTERDAY = TODAY - DAY
VIN = "LSVAA4187E2184847"


def settle(url: str = "https://province.example", **more: Any) -> settings.Upward:
    """Reporting is on."""
    given = {"url": url, "city": "140300", "key": KEY, "enabled": True, "kinds": ["tests", "sensed", "passages"], "since": TODAY - 30 * DAY}  # fmt: skip
    return settings.keep(given | more)


def imported(
    folder: Path, numbers: Iterable[str], day: date = YESTERDAY, received: datetime = NOW, **more: Any
) -> None:
    """Tests of a station on a day, one a minute, as a table that is imported."""
    rows = [
        {"test": number, "begin": f"{day} 09:{n:02d}", "end": f"{day} 09:{n:02d}:50", "line": "1", "method": "asm", "result": "合格", "station": "SIM-JC01", "plate": "晋C12345",
         "colour": "黄", "vin": VIN, "co_5025": 0.41} | more for n, number in enumerate(numbers)
    ]  # fmt: skip
    path = folder / f"tests{len(list(folder.iterdir()))}.csv"
    pl.DataFrame(rows).write_csv(path)
    (report,) = import_files(archive(), [path], received=received)
    assert not report.error, report.error
    assert not report.refused, report.refused


def message(number: str = "n1", **more: Any) -> Message:
    """A message that came back."""
    given = {"kind": "tests", "key": "T1", "revision": 1, "site": "SIM-JC01", "day": YESTERDAY, "state": "parked", "code": "204", "due": NOW, "made_at": NOW}  # fmt: skip
    return Message.objects.create(number=number, **given | more)


def addresses(people: City, folder: Path) -> list[Address]:
    """All of it is for posts of the whole city."""
    clock.set_replay(NOW, 0)
    settle(enabled=False)
    imported(folder, ["T1"])
    message()
    counts = {"ours": 1, "taken": 0, "waiting": 0, "refused": 0, "theirs": 0}
    ComparedDay.objects.create(kind="tests", day=YESTERDAY, site="SIM-JC01", lost=["T1"], at=NOW, **counts)
    form = {"url": "https://province.example/", "city": "140300", "since": f"{TODAY}", "kinds": ["tests"]}
    return [
        *(Address(name, WATCH) for name in ("index", "mending", "days")),
        Address("again", writes=RUN, works="city:dispatcher", data={"kind": "tests", "day": f"{YESTERDAY}"}),
        Address("settings", writes=city("admin"), works="city:admin", data=form),
    ]
