"""What a section's own logger sends is the section's: its hours and days, of surface water alone, the better field, as known then."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.archive.observations import Asked
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.scenarios.water_sections.models import Logger
from bihuan.scenarios.water_sections.tests.world import section
from bihuan.scenarios.water_sections.values import newest_of, values_of
from tests.feeds.hj212.packets import pack
from tests.people import City
from tests.web.world import NOW

CODE, MN = "山西省·甲", "W00000000000000000000001"


@pytest.fixture
def section_with_logger(place: City) -> City:
    """A section and the number of its logger."""
    Logger.objects.create(mn=MN, section=section(place, CODE))
    return place


def send(cn: str, hours_ago: int, content: str, *, st: str = "21", mn: str = MN, late: int = 0) -> datetime:
    """A record of so many hours before now; `late`: hours between it and its receipt. Returns its start."""
    at = NOW.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
    stamp = f"{at.astimezone(UTC) + timedelta(hours=8):%Y%m%d%H%M%S}"
    packet = pack(f"QN={stamp}000;ST={st};CN={cn};PW=123456;MN={mn};Flag=4;CP=&&DataTime={stamp};{content}&&")
    archive().devices.journal.append_many([(f"{ACCEPTED}test", packet, at + timedelta(hours=late))])
    store_all(archive())
    return at


def test_hours_and_days_of_surface_water_are_the_sections(section_with_logger: City) -> None:
    start = send("2061", 4, "w21003-Avg=0.34,w21003-Flag=N;w01001-Rtd=7.9,w01001-Avg=8.1,w01001-Flag=M")
    send("2031", 30, "w21003-Avg=0.3,w21003-Flag=N")
    send("2011", 3, "w21003-Rtd=9,w21003-Flag=N")  # a moment
    send("2061", 2, "w21003-Avg=9,w21003-Flag=N", st="32")  # sewage
    send("2061", 2, "w21003-Avg=9,w21003-Flag=N", mn="W2")  # nobody's
    send("2061", 2, "a21026-Avg=9,a21026-Flag=N")  # no item of water
    rows = values_of(Asked([CODE], None, None, None, None, NOW))
    assert rows.select("quantity", "period", "value", "flag").rows() == [
        ("w01001", "hour", 8.1, "M"),
        ("w21003", "day", 0.3, "N"),
        ("w21003", "hour", 0.34, "N"),
    ]
    hours = values_of(Asked([CODE], ["w21003"], ["hour"], start, start + timedelta(hours=1), NOW))
    assert hours.select("site", "start", "value").rows() == [(CODE, start, 0.34)]
    assert values_of(Asked([CODE], ["w21003"], ["hour"], None, start, NOW)).is_empty()


def test_the_version_received_last_counts_and_none_that_came_later(section_with_logger: City) -> None:
    send("2061", 6, "w21003-Avg=0.34,w21003-Flag=N", late=1)
    send("2061", 6, "w21003-Avg=0.5,w21003-Flag=N", late=3)
    early = Asked([CODE], as_of=NOW - timedelta(hours=4))
    assert values_of(early)["value"].to_list() == [0.34]
    assert newest_of(Asked([CODE], as_of=NOW))["value"].to_list() == [0.5]


def test_the_newest_of_a_silent_logger_is_its_last_hour(section_with_logger: City) -> None:
    send("2061", 300, "w21003-Avg=0.1,w21003-Flag=N")
    send("2061", 200, "w21003-Avg=0.2,w21003-Flag=N")
    send("2011", 199, "w01001-Rtd=8,w01001-Flag=N")
    assert newest_of(Asked([CODE], as_of=NOW)).select("quantity", "value").rows() == [("w21003", 0.2)]
