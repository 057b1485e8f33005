"""Two plants with one outlet each, their loggers' packets in the journal, the clock just after them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.pipeline.packets import ACCEPTED, store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter
from bihuan.scenarios.plant_emissions.models import Channel, Limit, Logger, Outlet, Span
from bihuan.scenarios.plant_emissions.received import minutes_of
from tests.feeds.hj212.packets import pack
from tests.people import City

FIXTURES = Path(__file__).parent / "fixtures"
START = datetime(2019, 2, 24, 16, tzinfo=UTC)  # 00:00 of 25 February in China
NOW = START + timedelta(hours=6, minutes=10)
MN = {"E1-1": "010000A8900016F000169DC0", "E2-1": "010000A8900016F000169DC1"}
INTERVAL = 10


def lines(name: str) -> list[bytes]:
    """The packets of a fixture: one segment a line, framed with length and check value here."""
    return [pack(line) for line in (FIXTURES / f"{name}.txt").read_text("utf-8").splitlines() if line]


def receive(packets: list[bytes], *, late: timedelta = timedelta(minutes=1)) -> None:
    """Journal packets as if each had come `late` after the end of its record, and store them."""
    entries = []
    for packet in packets:
        text = packet.decode().partition("DataTime=")[2][:14]
        at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC) - timedelta(hours=8)
        entries.append((f"{ACCEPTED}test", packet, at + timedelta(minutes=INTERVAL) + late))
    archive().devices.journal.append_many(entries)
    store_all(archive())


@pytest.fixture(autouse=True)
def nothing_read_yet() -> None:
    """Tests store at a clock that stands still."""
    minutes_of.cache_clear()


def outlet(code: str, emitter: Emitter) -> Outlet:
    """An outlet of a coal boiler: reference oxygen 9 %, NOx limit 100 (and 50 ultra-low), one logger."""
    made = Outlet.objects.create(
        code=code, name="1号锅炉", emitter=emitter, process="coal_boiler", ref_o2=9.0, rated_flow=100_000, duct_area=4,
        since=START, simulated=True,
    )  # fmt: skip
    logger = Logger.objects.create(mn=MN[code], edition=2017, interval=INTERVAL, emitter=emitter)
    Channel.objects.create(logger=logger, outlet=made)
    for limit, ultra_low in ((100.0, False), (50.0, True)):
        Limit.objects.create(
            outlet=made, item="nox", limit=limit, ultra_low=ultra_low, valid_from=date(2018, 1, 1), basis="GB 13271-2014"
        )  # fmt: skip
    Span.objects.create(outlet=made, item="nox", high=300)
    return made


def make_plants(city: City) -> City:
    """E1 in 平定县 and E2 in 盂县; E1's contact is the county's enterprise account. The clock stands at NOW."""
    clock.set_replay(NOW, 0)
    for code, county in (("E1", "140321"), ("E2", "140322")):
        emitter = Emitter.objects.create(
            code=code, name=f"测试厂{code}", kind="plant", region=city.regions[county], industry="供热", grade="C",
            organisation=city.governments[county], lon=113.6, lat=37.8, simulated=True,
        )  # fmt: skip
        outlet(f"{code}-1", emitter)
    return city


@pytest.fixture
def plants(city: City, data_dir: Path) -> City:
    """Both plants."""
    return make_plants(city)
