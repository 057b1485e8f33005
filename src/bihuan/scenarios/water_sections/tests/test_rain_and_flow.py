"""Rain and flow on the page of a section: from where they are known, said as what they are, and unknown where nobody measures them."""

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Reach, River, Site
from bihuan.scenarios.water_sections.tests.test_month import deliver, page
from bihuan.scenarios.water_sections.tests.world import section
from tests.people import City
from tests.web.world import MINE, NOW

YESTERDAY = (NOW.astimezone(CST) - timedelta(days=1)).replace(
    hour=0, minute=0, second=0, microsecond=0, tzinfo=None
)


def station(city: City, code: str, lat: float) -> None:
    """A weather station of the county; a hundredth of a degree is 1.1 km."""
    Site.objects.create(
        code=code, name=f"{code}站", region=city.regions[MINE], lon=113.6, lat=lat, rank="township"
    )


def rained(folder: Path, code: str, mm: float | None) -> None:
    """An hour of rain (None: no gauge) yesterday, brought in as a table of ambient hours."""
    labels = [YESTERDAY + timedelta(hours=n + 1) for n in range(24)]
    rain = [mm if n == 5 else 0.0 for n in range(24)] if mm is not None else [None] * 24
    table = pl.DataFrame(
        {"site": code, "time": labels, "PM2.5": 30.0, "RAIN": pl.Series(rain, dtype=pl.Float64)}
    )
    path = folder / f"{code}.csv"
    table.with_columns(pl.col("time").dt.strftime("%Y-%m-%dT%H:%M")).write_csv(path)
    (report,) = import_files(archive(), [path], received=NOW - timedelta(hours=1), delay=None)
    assert report.new == 24


def panels(client: Client) -> dict[str, list[float | None]]:
    found = client.get(reverse("water_sections:series", args=["山西·甲"])).json()
    return {p["title"]: p["series"][0]["data"] for p in found["panels"]}


@pytest.fixture
def reach(place: City) -> Reach:
    given = {"region": place.regions[MINE], "lon": 113.6, "lat": 37.8}
    river = River.objects.create(code="R1", name="桃河", **given)
    return Reach.objects.create(code="R1-1", name="上段", river=river, length_km=9.0, flow=2.5, **given)


def test_measured_flow_and_the_nearest_rain_stand_beneath_the_readings(
    client: Client, place: City, reach: Reach, tmp_path: Path
) -> None:
    """Of three stations the nearest has no gauge, the second had 7.5 mm: 0.02 degrees of latitude are 2.2 km."""
    section(place, "山西·甲", reach=reach, km=3.0)
    for code, lat, mm in (("A", 37.81, None), ("B", 37.82, 7.5), ("C", 37.85, 3.0)):
        station(place, code, lat)
        rained(tmp_path, code, mm)
    deliver(
        tmp_path,
        [("山西·甲", YESTERDAY, "w00000", 1500.0, "4h"), ("山西·甲", YESTERDAY, "w21003", 0.3, "4h")],
    )
    shown = page(client, place, "section", "山西·甲")
    for part in ("1.50 m³/s", "实测日均值", "B站", "相距 2.2 km"):
        assert part in shown
    assert panels(client) == {"氨氮": [0.3], "流量": [1.5], "日雨量（B站，2.2 km）": [7.5]}
    found = client.get(reverse("water_sections:series", args=["山西·甲"])).json()
    day = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day, tzinfo=CST)
    assert found["from"] == day.timestamp() * 1000  # the first reading
    assert found["until"] == (day + timedelta(days=2)).timestamp() * 1000  # the end of today


def test_the_registered_flow_says_that_it_is_registered_and_is_no_curve(
    client: Client, place: City, reach: Reach
) -> None:
    section(place, "山西·甲", reach=reach, km=3.0)
    shown = page(client, place, "section", "山西·甲")
    assert "2.50 m³/s" in shown
    assert "河段登记的流量，不是实测" in shown
    assert "不详：50 km 内没有雨量资料" in shown
    assert panels(client) == {}


def test_what_a_works_wrote_down_is_rain_too(
    client: Client, place: City, reach: Reach, tmp_path: Path
) -> None:
    """A registered thing under whose name rain was written; here another section stands for a works."""
    section(place, "山西·甲")
    section(place, "W1", name="某厂", lat=37.81)
    day = datetime(YESTERDAY.year, YESTERDAY.month, YESTERDAY.day)  # noqa: DTZ001 - local time, as files write it
    deliver(tmp_path, [("某厂", day, "rainfall", 12.0, "day")])
    assert "某厂" in page(client, place, "section", "山西·甲")
    assert panels(client) == {"日雨量（某厂，1.1 km）": [12.0]}


def test_a_section_without_anything_says_unknown(client: Client, place: City) -> None:
    section(place, "山西·甲")
    shown = page(client, place, "section", "山西·甲")
    assert shown.count("不详") == 2
