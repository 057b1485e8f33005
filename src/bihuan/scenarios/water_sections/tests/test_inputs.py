"""What the checks take: readings as known then, and which section lies below which, over reaches and past their ends."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.cases.models import Finding
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Reach, River
from bihuan.scenarios.checking import check
from bihuan.scenarios.water_sections.inputs import inputs
from bihuan.scenarios.water_sections.network import pairs_below
from bihuan.scenarios.water_sections.tests.world import section
from tests.people import City
from tests.web.world import MINE, NOW


@pytest.fixture
def river(place: City) -> City:
    """R1 flows into R2, 10 km and 20 km long; 1 and 2 at 2 and 8 km of R1, 3 at 5 km of R2, 4 on no reach."""
    about = {"name": "河", "region": place.regions[MINE], "lon": 113.6, "lat": 37.8}
    one = River.objects.create(code="R", **about)
    lower = Reach.objects.create(code="R2", river=one, length_km=20.0, speed=0.5, **about)
    upper = Reach.objects.create(code="R1", river=one, length_km=10.0, speed=1.0, below=lower, **about)
    for code, reach, km in (("1", upper, 2.0), ("2", upper, 8.0), ("3", lower, 5.0), ("4", None, None)):
        section(place, code, reach=reach, km=km)
    return place


def test_each_section_has_the_next_one_down_the_river_and_the_hours_between(river: City) -> None:
    """6 km at 1 m/s are 1.67 h; 2 km at 1 m/s and 5 km at 0.5 m/s are 0.56 + 2.78 h."""
    found = {site: (below, hours) for site, below, hours in pairs_below(["1", "2", "3", "4"]).iter_rows()}
    assert found["1"] == ("2", pytest.approx(6 / 3.6))
    assert found["2"] == ("3", pytest.approx(2 / 3.6 + 5 / 1.8))
    assert found["3"] == found["4"] == (None, None)


def test_a_section_that_is_not_asked_for_is_passed_and_a_reach_without_speed_has_no_time(river: City) -> None:
    Reach.objects.filter(pk="R1").update(speed=None)
    found = {site: (below, hours) for site, below, hours in pairs_below(["1", "3"]).iter_rows()}
    assert found == {"1": ("3", None), "3": (None, None)}


def test_what_had_been_received_is_filed_about_the_section_and_once(place: City, tmp_path: Path) -> None:
    section(place, "山西省·甲")
    start = NOW.replace(hour=0, minute=0, second=0) - timedelta(days=1)
    table = [
        {"site": "山西省·甲", "time": f"{start + timedelta(hours=8):%Y-%m-%d %H:%M}", "code": code, "period": "4h", "value": value}
        for code, value in (("w21003", 2.0), ("w21001", 0.5))
    ]  # fmt: skip
    pl.DataFrame(table).write_csv(tmp_path / "water.csv")
    import_files(archive(), [tmp_path / "water.csv"], received=NOW - timedelta(hours=1), delay=None)
    readings, _ = inputs(NOW - timedelta(hours=2), timedelta(days=5))
    assert readings.is_empty()
    for _ in range(2):
        check(NOW, lambda *_: None, looks_at="readings")
    finding = Finding.objects.get()
    assert (finding.check_key, finding.target, finding.region_id) == ("water.nitrogen", "山西省·甲", MINE)
    assert finding.title == "氨氮 2 mg/L 高于总氮 0.5 mg/L，不合常理"
