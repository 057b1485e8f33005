"""The pages: ranking with score, one station, tests with filters and files, one test with its curves beside the other's; who sees which."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.scenarios.checking import check
from bihuan.scenarios.inspection_stations.models import Station
from bihuan.scenarios.inspection_stations.standing import lines_of
from bihuan.scenarios.inspection_stations.tests.world import one, some, station
from bihuan.simulate.vehicle_tests.curves import Made
from tests.people import City
from tests.web.world import NOW


@pytest.fixture
def copied(place: City, tmp_path: Path) -> Made:
    """Station 1 copies six curves, station 2 does nothing, station 3 has no tests."""
    for code in ("SIM-JC01", "SIM-JC02", "SIM-JC03"):
        station(place, code)
    return some(tmp_path, "copied_shifted")


def page(client: Client, city: City, name: str, *args: str, county: str = "140321", **asked: str) -> str:
    client.force_login(city.person("chief", county))
    answer = client.get(reverse(f"inspection_stations:{name}", args=args), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_stations_stand_by_score_and_without_tests_have_none(
    client: Client, place: City, copied: Made
) -> None:
    """6 of 300 tests are 2 %, beyond the full share of 1 %: 40 points are taken off."""
    shown = page(client, place, "index")
    lines = lines_of(station_rows(), NOW.date().replace(day=1))
    assert [(x.station.pk, x.score, x.rank) for x in lines] == [("SIM-JC02", 100.0, 1), ("SIM-JC01", 60.0, 2), ("SIM-JC03", None, None)]  # fmt: skip
    assert shown.index("检验站SIM-JC02") < shown.index("检验站SIM-JC01") < shown.index("检验站SIM-JC03")
    client.force_login(place.person("chief", "140321"))
    book = openpyxl.load_workbook(
        BytesIO(client.get(reverse("inspection_stations:index"), {"as": "xlsx"}).content)
    )
    rows = list(book["排名"].iter_rows(values_only=True))
    assert any(row[2:6:2] == ("SIM-JC01", 60) for row in rows)


def station_rows() -> list[Station]:
    return list(Station.objects.select_related("region"))


def test_a_station_shows_what_was_taken_off_and_found(client: Client, place: City, copied: Made) -> None:
    check(NOW, lambda *_: None, looks_at="inspections")
    shown = page(client, place, "station", "SIM-JC01")
    for part in (
        "逐秒曲线与另一次检验雷同",
        "−40.0",
        "6 次检验的逐秒曲线与另一次检验雷同",
        "全市第 2 名",
        "甲",
    ):
        assert part in shown
    assert "本月没有检验记录" in page(client, place, "station", "SIM-JC03")


def test_tests_are_filtered_and_go_out_as_files(client: Client, place: City, copied: Made) -> None:
    shown = page(client, place, "tests", kind="copied")
    assert all(test in shown for test in copied.truth["copied_shifted"])
    assert "6 次" in shown
    assert "没有这样的检验记录" in page(client, place, "tests", kind="copied", station="SIM-JC02")
    client.force_login(place.person("chief"))
    answer = client.get(reverse("inspection_stations:tests"), {"kind": "copied", "as": "csv"})
    assert len(answer.content.decode("utf-8-sig").strip().splitlines()) == 7
    assert client.get(reverse("inspection_stations:tests"), {"page": "99999999999999"}).status_code == 200


def test_a_copy_is_shown_beside_the_other_curve(client: Client, place: City, copied: Made) -> None:
    test = copied.truth["copied_shifted"][0]
    shown = page(client, place, "test", test)
    assert "虚线为对照的检验" in shown
    assert "检验当日没有适用的限值" in shown  # February 2019
    panels = client.get(reverse("inspection_stations:series", args=[test])).json()["panels"]
    own, other = panels[0]["series"]
    assert own["times"][:3] == other["times"][:3]
    assert (
        own["data"][5:30] == other["data"][:25] or own["data"][:25] == other["data"][5:30] or other["dashed"]
    )


def test_limits_stand_beside_values_from_may_2019(client: Client, place: City, tmp_path: Path) -> None:
    later = NOW + timedelta(days=120)
    clock.set_replay(later, 0)
    station(place)
    values = {"co_5025": 0.51, "hc_5025": 20, "no_5025": 100}
    one(tmp_path, {"test": "T1", "begin": "2019-05-02 09:00", "end": "2019-05-02 09:02", **values})
    shown = page(client, place, "test", "T1", month="2019-05")
    for part in ("≤ 0.50", "0.51", "按限值不合格", "超过限值而判为合格", "这次检验没有逐秒数据"):
        assert part in shown


def test_another_county_sees_neither_station_nor_test(client: Client, place: City, copied: Made) -> None:
    client.force_login(place.person("chief", "140322"))
    test = copied.truth["copied_shifted"][0]
    for name, key in (("station", "SIM-JC01"), ("test", test), ("series", test)):
        assert client.get(reverse(f"inspection_stations:{name}", args=[key])).status_code == 404
    assert test not in client.get(reverse("inspection_stations:tests")).content.decode()
