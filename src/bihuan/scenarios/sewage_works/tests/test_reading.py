"""Days of works out of the archive: by code or name, the newest version, the logger where nobody wrote, rain from where it is known."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.scenarios.sewage_works.models import Works
from bihuan.scenarios.sewage_works.reading import Read, read_days
from bihuan.scenarios.sewage_works.tests.world import JANUARY, reported, works
from tests.feeds.hj212.packets import pack
from tests.people import City
from tests.web.world import NOW

MN = "W00000000000000000000001"


def read(place: City, *, known: datetime = NOW, until: date = date(2019, 2, 1)) -> Read:
    return read_days(list(Works.objects.order_by("code")), JANUARY, until, known)


def test_a_works_is_meant_by_its_code_or_name_and_the_newest_version_counts(
    place: City, tmp_path: Path
) -> None:
    works(place, "W1")
    reported(tmp_path, "W1", [{"inflow": 8640.0, "in_bod": 90.0, "out_cod": 30.0}], days_ago=3)
    reported(tmp_path, "污水厂W1", [{"inflow": 8000.0, "in_bod": None}], days_ago=1)
    (row,) = read(place).days.to_dicts()
    assert (row["works"], row["date"]) == ("W1", JANUARY)
    assert row["inflow"] == pytest.approx(8000.0)
    assert (row["in_bod"], row["out_cod"], row["made"], row["rain"]) == (90.0, 30.0, None, None)
    (before,) = read(place, known=NOW - timedelta(days=2)).days.to_dicts()
    assert before["inflow"] == pytest.approx(8640.0)


def test_a_value_that_was_emptied_again_is_gone(place: City, tmp_path: Path) -> None:
    works(place, "W1")
    reported(tmp_path, "W1", [{"inflow": 8640.0, "in_bod": 90.0}], days_ago=3)
    reported(tmp_path, "W1", [{"inflow": 8640.0, "in_bod": None}], days_ago=1)
    (row,) = read(place).days.to_dicts()
    assert row["in_bod"] is None


def test_a_name_that_two_works_share_means_neither(place: City, tmp_path: Path) -> None:
    works(place, "W1", name="污水厂")
    works(place, "W2", name="污水厂")
    reported(tmp_path, "污水厂", [{"inflow": 1.0}])
    assert read(place).days.is_empty()


def test_the_logger_stands_for_days_that_nobody_wrote_down(place: City, tmp_path: Path) -> None:
    """100 L/s are 8,640 m³/d; the 2nd was written down and is not asked of the logger."""
    works(place, "W1", logger=MN)
    for day, cod in ((1, 41.0), (2, 99.0)):
        stamp = f"201901{day:02d}000000"
        packet = pack(
            f"QN={stamp}000;ST=32;CN=2031;PW=123456;MN={MN};Flag=4;CP=&&DataTime={stamp};w01018-Avg={cod},w01018-Flag=N;w00000-Avg=100,w00000-Flag=N&&"
        )
        archive().devices.journal.append_many([(f"{ACCEPTED}test", packet, datetime(2019, 1, 5, tzinfo=CST))])
    store_all(archive())
    reported(tmp_path, "W1", [{"out_cod": 30.0, "date": date(2019, 1, 2)}])
    days = read(place).days
    assert days["out_cod"].to_list() == [41.0, 30.0]
    assert days["outflow"].to_list() == [pytest.approx(8640.0)] * 2


def hours(folder: Path, *days: tuple[date, int, float]) -> None:
    """Rain of a station: so many hours of a day with so many mm each."""
    rows = [
        {
            "site": "S1",
            "time": f"{datetime.combine(day, datetime.min.time()) + timedelta(hours=h + 1):%Y-%m-%d %H:%M}",
            "PM2.5": 10,
            "RAIN": mm,
        }
        for day, n, mm in days
        for h in range(n)
    ]
    pl.DataFrame(rows).write_csv(folder / "rain.csv")
    (report,) = import_files(archive(), [folder / "rain.csv"], received=NOW - timedelta(days=1), delay=None)
    assert report.new == len(rows), report


def test_rain_is_that_of_the_works_else_of_its_station_and_half_a_day_is_not_dry(
    place: City, tmp_path: Path
) -> None:
    """The station: 24 h of 0.5 on the 1st, 24 dry ones on the 2nd, 12 dry ones on the 3rd, 12 wet ones on the 4th."""
    works(place, "W1", rain_site="S1")
    works(place, "W2")
    first = JANUARY
    days = [first + timedelta(days=n) for n in range(4)]
    hours(tmp_path, (days[0], 24, 0.5), (days[1], 24, 0.0), (days[2], 12, 0.0), (days[3], 12, 1.0))
    reported(tmp_path, "W1", [{"inflow": 1.0, "rain": 7.0}, *[{"inflow": 1.0}] * 3])
    reported(tmp_path, "W2", [{"inflow": 1.0}])
    found = read(place)
    assert found.of("W1")["rain"].to_list() == [7.0, 0.0, None, 12.0]
    assert found.of("W2")["rain"].to_list() == [None]
    assert found.rain == {"W1": "both", "W2": "none"}
