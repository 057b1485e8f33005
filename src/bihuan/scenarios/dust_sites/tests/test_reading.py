"""What loggers of dust send (HJ 212) is theirs, in the unit that the register says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.domain.dust.means import means
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.scenarios.dust_sites.models import Monitor
from bihuan.scenarios.dust_sites.reading import arrivals_of, hours_of, rows_of
from bihuan.scenarios.dust_sites.tests.world import hours, measured, monitor, site
from tests.feeds.hj212.packets import pack
from tests.people import City
from tests.web.world import NOW

BEGIN = NOW - timedelta(hours=5)


def send(mn: str, st: str, at: datetime, content: str, cn: str) -> None:
    stamp = f"{at.astimezone(UTC) + timedelta(hours=8):%Y%m%d%H%M%S}"
    packet = pack(f"QN={stamp}000;ST={st};CN={cn};PW=123456;MN={mn};Flag=4;CP=&&DataTime={stamp};{content}&&")
    archive().devices.journal.append_many([(f"{ACCEPTED}test", packet, at + timedelta(minutes=1))])


@pytest.fixture
def sent(place: City) -> list[Monitor]:
    """Fifty minutes of the logger of G1-1 in µg/m³ and of that of G1-2 in mg/m³; others of stacks, and under a mark."""
    made = site(place)
    found = [monitor(place, made, mn="M1"), monitor(place, made, "G1-2", mn="M2", unit="mg")]
    for n in range(50):
        at = BEGIN + timedelta(minutes=n)
        send(
            "M1",
            "22",
            at,
            "a34002-Avg=120,a34002-Flag=N;a34001-Avg=260,a34001-Flag=N;a01002-Avg=40,a01002-Flag=N",
            "2051",
        )
        send("M2", "39", at, "a34002-Avg=0.080,a34002-Flag=N;a01002-Avg=40,a01002-Flag=N", "2051")
        send("M1", "31", at, "a34002-Avg=9,a34002-Flag=N", "2051")
    send("M1", "22", BEGIN + timedelta(minutes=50), "a34002-Avg=5000,a34002-Flag=C", "2051")
    store_all(archive())
    return found


def test_minutes_of_loggers_become_hours(sent: list[Monitor]) -> None:
    rows = rows_of(sent, BEGIN, NOW, NOW)
    told = means(rows, "1h").select("monitor", "pm10", "tsp", "humidity").rows()
    assert told == [("G1-1", 120.0, 260.0, 40.0), ("G1-2", 80.0, None, 40.0)]


def test_when_they_came_is_known(sent: list[Monitor]) -> None:
    found = arrivals_of({"M1": "G1-1"}, BEGIN, NOW)
    assert found.height == 51
    assert set((found["received"] - found["start"]).to_list()) == {timedelta(minutes=1)}


def test_nothing_is_known_before_it_came(sent: list[Monitor]) -> None:
    assert rows_of(sent, BEGIN, NOW, BEGIN).is_empty()


def test_a_file_counts_before_the_logger(sent: list[Monitor], tmp_path: Path) -> None:
    measured(tmp_path, ("G1-1", BEGIN, {"pm10": 7.0}), period="minute")
    first = rows_of(sent[:1], BEGIN, BEGIN + timedelta(minutes=1), NOW)
    assert first.filter(quantity="a34002")["value"].to_list() == [7.0]


def test_long_spans_take_hours_where_they_were_sent_and_minutes_where_not(
    sent: list[Monitor], tmp_path: Path
) -> None:
    (last,) = hours(1)
    measured(tmp_path, ("G1-1", last, {"pm10": 55.0}))
    told = hours_of(sent, BEGIN, NOW, NOW)
    assert set(told.filter(monitor="G1-1")["period"]) == {"hour"}
    assert set(told.filter(monitor="G1-2")["period"]) == {"minute"}
