"""The practice city, cut down to a few plants and hours: registered, sent through the real decoder, judged."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter
from bihuan.scenarios.plant_emissions import demo
from bihuan.scenarios.plant_emissions.devices import DEVICES_FILE
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Logger, Mark, Outlet
from bihuan.scenarios.plant_emissions.tests.conftest import NOW
from tests.people import City

KNOWN = ("P005", "P011", "P013")


@pytest.fixture
def small(city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """Three plants are registered, and only the last six hours are sent."""
    clock.set_replay(NOW, 0)
    monkeypatch.setattr(demo, "SPAN", timedelta(hours=6))
    for code in KNOWN:
        Emitter.objects.create(
            code=code, name=f"模拟厂{code}", kind="plant", region=city.regions["140321"], industry="水泥", grade="C",
            lon=113.6, lat=37.8, simulated=True,
        )  # fmt: skip
    return city


def test_the_city_has_outlets_with_data_states_and_findings(small: City, data_dir: Path) -> None:
    assert "排放口" in demo.build(NOW)
    outlets = {o.code: o for o in Outlet.objects.all()}
    assert {code.partition("-")[0] for code in outlets} == set(KNOWN)
    assert all(o.simulated for o in outlets.values())
    assert {code: o.kind for code, o in outlets.items() if "-W" in code} == {"P005-W1": "sewage"}
    assert set(Logger.objects.values_list("interval", flat=True)) == {1, 10}
    stacks = [o for o in outlets.values() if o.kind == "gas"]
    states = {s.outlet.code: s.state for s in MEDIA[GAS].standings(stacks, NOW)}
    # The stories: a failing treatment, an analyser in calibration, a logger without power for four hours.
    assert (states["P005-1"], states["P011-1"], states["P013-1"]) == ("over", "marked", "offline")
    assert Finding.objects.filter(target="P005-1", check_key="cems.limits.hour_over", item="nox").exists()
    assert Finding.objects.filter(target="P013-1", check_key="cems.arrival.offline").exists()
    assert not Finding.objects.filter(simulated=False).exists()
    assert Mark.objects.filter(outlet="P011-1", code="校准").exists()
    kept = json.loads((data_dir / demo.LOGGERS_FILE).read_text())
    assert kept["intervals"]["P005-1"] == 1
    assert set(kept["intervals"]) == set(outlets)
    devices = json.loads((data_dir / DEVICES_FILE).read_text())
    assert set(devices) == set(Logger.objects.values_list("mn", flat=True))
    assert all("（模拟）" in about["name"] for about in devices.values())


def test_a_second_time_nothing_is_made(small: City) -> None:
    demo.build(NOW)
    before = archive().devices.journal.segments()[-1].stat().st_size
    assert demo.build(NOW) == "排放口已存在"
    assert archive().devices.journal.segments()[-1].stat().st_size == before
