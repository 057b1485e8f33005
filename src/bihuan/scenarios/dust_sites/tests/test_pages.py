"""The pages: what stands where, what is not known, the lists and the file, and who sees which."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.registry.dust_periods import DustPeriod
from bihuan.registry.models import Emitter, Measure
from bihuan.scenarios.checking import check
from bihuan.scenarios.dust_sites.models import DustSite, NightPermit
from bihuan.scenarios.dust_sites.standing import lines_of
from bihuan.scenarios.dust_sites.tests.world import air, hours, measured, monitor, site, station
from tests.people import City
from tests.web.world import MINE, NOW


def page(
    client: Client,
    city: City,
    name: str,
    *args: str,
    role: str = "chief",
    region: str = "140321",
    **asked: str,
) -> str:
    client.force_login(city.person(role, region))
    return " ".join(client.get(reverse(f"dust_sites:{name}", args=args), asked).content.decode().split())


@pytest.fixture
def told(place: City, tmp_path: Path) -> City:
    """Ten hours up to now: the county at 80, G1 at 100 with one hour of 260, G2 at 90, G3 without a monitor."""
    station(place)
    air(tmp_path, "N1", [(at, 80.0) for at in hours(10)])
    for code in ("G1", "G2"):
        monitor(place, site(place, code), f"{code}-1")
    site(place, "G3")
    rows = [
        ("G1-1", at, {"pm10": 260.0 if n == 5 else 100.0, "wind": 2.0, "direction": 270.0})
        for n, at in enumerate(hours(10))
    ]
    measured(tmp_path, *rows, *[("G2-1", at, {"pm10": 90.0}) for at in hours(10)])
    return place


def lines(city: City) -> dict[str, object]:
    today = NOW.date()
    return {
        x.site.code: x
        for x in lines_of(
            list(DustSite.objects.order_by("code")), today - timedelta(days=6), today + timedelta(days=1), NOW
        )
    }


def test_a_site_stands_against_its_county(told: City) -> None:
    found = lines(told)
    g1 = found["G1"].measured  # type: ignore[attr-defined]
    assert (round(g1.pm10), round(g1.over), g1.over_days, g1.judged_days) == (
        116,
        38,
        1,
        1,
    )  # the county's last hour is not there yet
    assert (found["G1"].flag, found["G2"].flag, found["G3"].flag) == ("yellow", "", "")  # type: ignore[attr-defined]


def test_the_list_says_what_nobody_has_looked_at(client: Client, told: City) -> None:
    text = page(client, told, "index")
    assert "黄旗 1" in text
    assert "未定旗 2" in text
    assert "未检查" in text
    assert "无监测点" in text
    assert "工地G1" in text
    assert "工地G1" not in page(client, told, "index", region="140322")


def test_hours_of_sand_and_dust_count_in_nothing(told: City) -> None:
    DustPeriod.objects.create(
        region=told.regions["140300"], since=NOW - timedelta(hours=24), until=NOW, source="测试"
    )
    found = lines(told)["G1"]
    assert (found.measured.pm10, found.measured.judged_days, found.flag) == (None, 0, "")  # type: ignore[attr-defined]


def test_a_month_ranks_only_sites_with_enough_hours(client: Client, told: City, tmp_path: Path) -> None:
    """Of February 590 hours are over: G2 brings all of them, G1 ten."""
    air(tmp_path, "N1", [(at, 80.0) for at in hours(600)[:-10]])
    measured(tmp_path, *[("G2-1", at, {"pm10": 90.0}) for at in hours(590, NOW - timedelta(hours=10))])
    client.force_login(told.person("chief"))
    answer = client.get(reverse("dust_sites:ranking"), {"month": "2019-02", "as": "xlsx"})
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["排名", "红榜", "黑榜"]
    rows = [[c.value for c in row] for row in book["排名"].iter_rows(min_row=3)]
    assert [row[:3] for row in rows] == [[1, "工地G2", "G2"], [None, "工地G1", "G1"], [None, "工地G3", "G3"]]
    assert rows[0][7] == 10


def test_a_site_shows_its_limits_emission_and_measures(client: Client, told: City) -> None:
    emitter = Emitter.objects.create(
        code="S001",
        name="清单工地",
        kind="site",
        region=told.regions[MINE],
        industry="建筑施工",
        grade="C",
        lon=113.6,
        lat=37.8,
    )
    Measure.objects.create(
        emitter=emitter, level="orange", pollutant="pm", text="停止土方作业", kg_per_day=36.0, basis="清单"
    )
    DustSite.objects.filter(pk="G1").update(emitter="S001")
    NightPermit.objects.create(
        site_id="G1", since=NOW, until=NOW + timedelta(hours=8), number="夜许〔2019〕1号"
    )
    text = page(client, told, "site", "G1")
    for word in ("停工", "250 µg/m³", "GB 16297-1996", "89.7 kg/d", "停止土方作业", "夜许〔2019〕1号"):
        assert word in text, word
    assert "不估算" in page(client, told, "site", _idle())


def _idle() -> str:
    DustSite.objects.filter(pk="G2").update(phase="idle")
    return "G2"


def test_the_chart_has_the_monitor_the_county_and_the_limits(client: Client, told: City) -> None:
    client.force_login(told.person("chief"))
    panels = client.get(reverse("dust_sites:site_series", args=["G1"])).json()["panels"]
    assert [p["title"] for p in panels] == ["PM10", "风速"]
    assert [s["name"] for s in panels[0]["series"]] == ["PM10", "县区背景"]
    assert max(v for v in panels[0]["series"][0]["data"] if v is not None) == 260
    assert sorted(x["value"] for x in panels[0]["limits"]) == [150, 250]
    assert client.get(reverse("dust_sites:monitor_series", args=["G1-1"]), {"until": "x"}).status_code == 400


def test_a_stop_is_a_case_by_itself_with_wind_and_suspects_beside_it(client: Client, told: City) -> None:
    from bihuan.cases.models import Case, Finding

    check(NOW, lambda *_: None, looks_at="dust")
    (finding,) = Finding.objects.filter(check_key="dust.stop")
    assert Case.objects.get(findings=finding).region_id == MINE
    client.force_login(told.person("chief"))
    text = " ".join(client.get(reverse("finding", args=[finding.pk])).content.decode().split())
    assert "270° · 2.0 m/s" in text
    assert "工地G1" in text
    assert "县区背景 PM10" in text


def test_the_map_has_sites_in_the_colour_of_their_flag(client: Client, told: City) -> None:
    client.force_login(told.person("chief"))
    clock.set_replay(NOW, 0)
    text = client.get(reverse("map_layer", args=["dust-sites"])).content.decode()
    assert "工地G1" in text
    assert "warn" in text
    assert "90" in client.get(reverse("map_layer", args=["dust-monitors"])).content.decode()


def test_a_warning_is_no_day_above(told: City, tmp_path: Path) -> None:
    """160 at a county of 80: above the 150 of a warning, below the 250 at which work stops."""
    measured(tmp_path, *[("G2-1", at - timedelta(days=1), {"pm10": 160.0}) for at in hours(3)])
    found = lines(told)["G2"]
    assert (found.measured.over_days, found.measured.judged_days) == (0, 2)  # type: ignore[attr-defined]
