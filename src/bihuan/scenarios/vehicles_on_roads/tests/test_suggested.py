"""A road that was put into the reduction list stands among what a warning suggests, ranked by kilograms and distance with all others."""

from datetime import UTC, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.standards import level_of
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Emitter, Measure, Site
from bihuan.scenarios.resolved import every_scenario
from bihuan.scenarios.vehicles_on_roads.tests.world import FOUR, LAT, LON, passed, road, unit
from tests.people import City
from tests.web.world import MINE, NOW

SUGGESTIONS = "heavy_pollution"
"""The folder of whoever suggests measures at a warning."""


def severe(folder: Path) -> None:
    """A frozen run whose ten paths all say an AQI of 450 on six days."""
    first = NOW.astimezone(CST).date() + timedelta(days=1)
    members = pl.DataFrame([
        {"site": "city:140300", "member": m, "date": first + timedelta(days=n), "aqi": 450, "level": level_of(450).level, "primary": "PM2.5", "pm25": 450.0, "pm10": 600.0, "o3_8h": 60.0}
        for m in range(10) for n in range(6)
    ])  # fmt: skip
    one = {f"q{q:02d}": pl.lit(450.0) for q in (5, 10, 25, 50, 75, 90, 95)} | {f"p{k}": pl.lit(float(k == 6)) for k in range(1, 7)}  # fmt: skip
    days = members.filter(pl.col("member") == 0).select(
        "site", "date", item=pl.lit("aqi"), mean=pl.lit(450.0), **one
    )
    ForecastStore(folder).freeze(
        pl.DataFrame({"site": ["X"]}), days, members, {"issued": NOW.astimezone(UTC)}
    )


@pytest.mark.skipif(
    not apps.is_installed(f"bihuan.scenarios.{SUGGESTIONS}"), reason="nobody suggests measures"
)
def test_a_pressed_road_stands_among_the_suggestions_of_a_warning(
    place: City, data_dir: Path, client: Client
) -> None:
    """300 x 30 km x 5.554 g = 49.986 kg of NOx a day at the worst station; another unit saves 40 kg and lies 20 km off."""
    top = place.regions["140300"]
    Site.objects.create(
        code="S1", name="站", rank="national", region=top, city=top, lon=LON, lat=LAT, evaluated=True
    )
    other = Emitter.objects.create(
        code="V1",
        name="用车大户",
        kind="vehicles",
        region=place.regions[MINE],
        industry="试验",
        grade="未评级",
        lon=LON,
        lat=LAT + 0.18,
    )
    for level in Measure.Level.values:
        Measure.objects.create(
            emitter=other, level=level, pollutant="nox", text="停运", kg_per_day=40.0, basis="清单"
        )
    road(km=30.0)
    unit(place, share=100.0)
    passed(*[FOUR] * 300)
    client.force_login(place.person("chief", "140300"))
    client.post(reverse("vehicles_on_roads:list", args=["R1"]))
    severe(data_dir)
    conclude = every_scenario()[SUGGESTIONS].after_forecast
    assert conclude is not None
    conclude(clock.now())
    found = {s.emitter_id: s for s in apps.get_model(SUGGESTIONS, "Suggestion").objects.all()}
    assert set(found) == {"LD-R1", "V1"}
    mine = found["LD-R1"]
    assert (mine.level, mine.kg["nox"], mine.rank, found["V1"].rank) == ("red", 49.986, 1, 2)
    assert mine.text == "路R1 5:00—8:00 禁止国四及以下重型柴油、燃气车通行"
    assert "每日减排颗粒物1.4千克" in mine.why, "300 x 30 km x 0.153 g"
