"""The pages: the ranking of a month, a segment, coverage; files; what is missing is said."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.domain.timeaxis import day_start
from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.plan import Fate
from bihuan.registry.dust_periods import DustPeriod
from bihuan.scenarios.road_dust.models import Sample, Segment
from bihuan.scenarios.road_dust.registers import SAMPLES, SEGMENTS
from bihuan.scenarios.road_dust.tests.world import runs, segment, sent, weather
from tests.people import City
from tests.web.world import MINE


@pytest.fixture
def driven(place: City, tmp_path: Path) -> City:
    """Three streets: 160, 100 and 100 µg/m³ on six days; the net is 120. A fourth was never driven on."""
    for n in range(4):
        segment(place, f"R{n}", nth=n, vehicles=10_000, tonnes=10.0, sweeps=1)
    weather(tmp_path)
    runs(tmp_path, [(0, 160.0), (1, 100.0), (2, 100.0)], range(3, 9))
    Sample.objects.create(segment_id="R0", day="2019-01-15", mass=3.6, area=6.0, dirt=16.0)
    return place


def page(client: Client, city: City, name: str, *args: str, **asked: str) -> str:
    client.force_login(city.person("chief"))
    return " ".join(
        client.get(reverse(f"road_dust:{name}", args=args), {"month": "2019-01", **asked})
        .content.decode()
        .split()
    )


def test_the_ranking_names_the_dirtiest_shares_ties_and_counts_who_has_too_few(
    client: Client, driven: City
) -> None:
    shown = page(client, driven, "index")
    assert "参评 3 条路段，最脏的是路R0，比全网同时段高 40.0 µg/m³。" in shown
    assert "1 条通过次数太少，不排名。" in shown
    assert shown.index(">路R0</a>") < shown.index(">路R1</a>") < shown.index(">路R2</a>")
    assert shown.count('data-head="倒数名次">2<') == 2
    assert "平定县人民政府" in shown


def test_files_have_every_segment_with_units_in_the_heads(client: Client, driven: City) -> None:
    client.force_login(driven.person("chief"))
    answer = client.get(reverse("road_dust:index"), {"month": "2019-01", "as": "csv"})
    head, first, *others = answer.content.decode("utf-8-sig").splitlines()
    assert "比全网高（µg/m³）" in head
    assert first.split(",")[:2] == ["R0", "路R0"]
    assert "次数太少" in others[-1]
    assert client.get(reverse("road_dust:index"), {"as": "xlsx"}).content[:2] == b"PK"
    assert client.get(reverse("road_dust:coverage"), {"as": "csv"}).status_code == 200


def test_a_segment_tells_its_emission_by_hand_and_its_passes(client: Client, driven: City) -> None:
    """3.6 g on 6 m² are 0.6 g/m²; with 10 t 4.08 g/km of PM10; 0.5 km and 10,000 vehicles: 20.4 kg a day."""
    shown = page(client, driven, "segment", "R0")
    for part in (
        ">4.08<",
        ">20.39<",
        "0.60",
        "较清洁",
        "6 天",
        "计入",
        "本月没有作业记录",
    ):
        assert part in shown
    other = page(client, driven, "segment", "R3")
    for part in ("次数太少，不排名", "没有近一年的积尘采样或平均车重，不能估算", "本月没有走航通过"):
        assert part in other


def test_days_of_sand_and_of_moist_air_do_not_count(client: Client, driven: City, tmp_path: Path) -> None:
    since, until = (day_start(date(2019, 1, day)) for day in (3, 5))
    DustPeriod.objects.create(region=driven.regions["140300"], since=since, until=until, source="通报")
    assert "4 条通过次数太少，不排名。" in page(client, driven, "index")  # four passes of six are left
    assert "沙尘天气" in page(client, driven, "segment", "R0")
    DustPeriod.objects.update(region=driven.regions["140322"])
    assert "参评 3 条路段" in page(client, driven, "index")  # of another county
    weather(tmp_path, humid=[3, 4], name="again.csv")
    assert "湿度高" in page(client, driven, "segment", "R0")


def test_without_a_station_nothing_is_known_of_the_weather(client: Client, driven: City) -> None:
    Segment.objects.update(weather_site="")
    assert "本月没有路段可以排名" in page(client, driven, "index")
    assert "天气不明" in page(client, driven, "segment", "R0")


def test_coverage_is_of_what_was_logged_and_names_what_has_no_log(
    client: Client, driven: City, tmp_path: Path
) -> None:
    """31 days x 500 m x 20 m = 310,000 m² planned; 155,000 m² done is half."""
    report = sent(
        tmp_path,
        "路段,时间,方式,面积,车速\nR0,2019-01-05 06:00,机扫,155000,12\n路R1,2019-01-05 06:00,机扫,310000,30\n无名路,2019-01-05 06:00,机扫,1,1\n",
        "work.csv",
        "gb18030",
    )
    assert report.quarantined == 1
    shown = page(client, driven, "coverage")
    assert "有记录的作业计划 62.0 万m²，完成 15.5 万m²（25%）。" in shown
    assert "2 项没有任何作业记录" in shown
    assert 'data-head="完成率">50%' in shown


def test_another_county_is_not_shown(client: Client, driven: City) -> None:
    client.force_login(driven.person("chief", "140322"))
    assert client.get(reverse("road_dust:segment", args=["R0"])).status_code == 404


def refused(
    register: object, tmp_path: Path, text: str, encoding: str = "gb18030"
) -> list[tuple[int, list[str]]]:
    path = tmp_path / "in.csv"
    path.write_bytes(text.encode(encoding))
    plan = plan_of(register, keep(path), None)  # type: ignore[arg-type]
    return [(row.number, sorted(p.name for p in row.problems)) for row in plan.of(Fate.REFUSED)]


def test_samples_and_segments_are_refused_by_row_and_cell(place: City, tmp_path: Path) -> None:
    segment(place)
    samples = "segment,day,mass,area,dirt\nR1,2019-01-05,3.6,6,\nR1,2019-01-06,3.6,,\nR9,2019-01-07,1,1,\nR1,2019-01-08,-1,6,\nR1,2019-01-09,,,\n"
    found = refused(SAMPLES, tmp_path, samples)
    assert [n for n, _columns in found] == [3, 4, 5, 6]
    segments = f"code,name,region,lon,lat,kind,km\nR5,甲路,{MINE},113.6,37.8,main,1\n"
    assert [n for n, _columns in refused(SEGMENTS, tmp_path, segments, "utf-8")] == [2]


def test_a_year_leaves_out_the_days_of_rain_that_the_station_knows(
    client: Client, driven: City, tmp_path: Path
) -> None:
    hours = "".join(
        f"WX,2019-01-{d:02d} 0{h}:00,rainfall,hour,{v}\n"
        for d, h, v in ((20, 1, 0.2), (20, 2, 0.1), (21, 1, 0.2))
    )
    assert "0 个降水日" in page(client, driven, "segment", "R0")
    sent(tmp_path, "点位,时间,因子编码,时段,值\n" + hours, "rain.csv")
    assert "1 个降水日" in page(client, driven, "segment", "R0")  # 0.3 mm on the 20th, 0.2 mm on the 21st
