"""Stations in lists, searches, files and registers: each to whom the post shows it; the city's targets are the city's."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.kit.registers.declared import Registers
from bihuan.registry.models import AuditEntry, Site, Target
from bihuan.scenarios import resolved
from tests.in_english import Chrome, handed_over, in_english, left, names_of
from tests.kit.registers.world import SITES
from tests.people import COUNTIES, ROLES, City, person
from tests.taken import read, sheet
from tests.web.world import MINE, NOW, make_objects

OTHER, TOP = "140322", "140300"


@pytest.fixture
def stations(city: City, data_dir: Path) -> City:
    """One of everything in 平定县; the clock stands still."""
    clock.set_replay(NOW, 0)
    make_objects(city)
    return city


@pytest.fixture
def officer(client: Client, stations: City) -> Client:
    client.force_login(stations.person("dispatcher", TOP))
    return client


def taken(client: Client, form: str = "csv", **asked: str) -> bytes:
    answer = client.get(reverse("sites"), {"as": form, **asked})
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("role", ROLES)
def test_no_list_or_search_holds_a_station_of_another_county(
    client: Client, stations: City, role: str
) -> None:
    client.force_login(stations.person(role, OTHER))
    for name in ("sites", "search"):
        assert "测试站" not in client.get(reverse(name), {"q": "测试"}).content.decode(), name
    assert client.get(reverse("site", args=["X1"])).status_code == 404
    assert client.get(reverse("site_series", args=["X1"])).status_code == 404


def test_the_layer_of_stations_shows_those_of_the_own_county(client: Client, stations: City) -> None:
    shown = {}
    for region in (MINE, OTHER, TOP):
        client.force_login(stations.person("ranger", region))
        features = client.get("/map/layers/stations.json").json()["features"]
        shown[region] = [f["properties"]["url"] for f in features]
    assert shown == {MINE: ["/sites/X1/"], OTHER: [], TOP: ["/sites/X1/"]}


def test_a_search_leads_to_the_page_of_a_station(officer: Client) -> None:
    address = reverse("site", args=["X1"])
    assert f'href="{address}"' in officer.get(reverse("search"), {"q": "测试站"}).content.decode()
    assert officer.get(address).status_code == 200


@pytest.mark.parametrize("simulated", [False, True])
def test_the_list_is_taken_away_with_its_mark_of_what_is_simulated(officer: Client, simulated: bool) -> None:
    Site.objects.update(simulated=simulated)
    head, row = read(taken(officer))
    assert row[:4] == ["X1", "测试站", "国控", "平定县"]
    assert bool(row[head.index("模拟")]) is simulated


def test_a_county_takes_away_only_its_own(client: Client, stations: City) -> None:
    rows = {}
    for region in (MINE, OTHER):
        client.force_login(stations.person("dispatcher", region))
        rows[region] = read(taken(client))[1:]
    assert [len(rows[MINE]), len(rows[OTHER])] == [1, 0]


def test_a_name_that_is_a_formula_leaves_as_text(officer: Client) -> None:
    Site.objects.update(name="=1+1")
    assert read(taken(officer))[1][1] == "'=1+1"
    assert sheet(taken(officer, "xlsx"))["B2"].data_type == "s"


@pytest.mark.parametrize("form", ["pdf", "", "xls"])
def test_another_kind_of_file_gets_a_sentence(officer: Client, form: str) -> None:
    answer = officer.get(reverse("sites"), {"as": form})
    assert answer.status_code == 400
    assert "可选 csv 或 xlsx" in answer.content.decode()


def test_a_list_longer_than_a_page_is_taken_away_whole_and_turned_page_by_page(
    officer: Client, stations: City
) -> None:
    Site.objects.bulk_create(
        Site(code=f"T{n:03d}", name=f"乡镇{n:03d}", rank="township", region=stations.regions[MINE], lon=113.6, lat=37.8)
        for n in range(120)
    )  # fmt: skip
    assert len(read(taken(officer, page="2"))) == 1 + 121
    pages = [officer.get(reverse("sites"), {"page": n}).context for n in ("1", "2", "99", "x")]
    assert [len(p["rows"]) for p in pages] == [100, 21, 21, 100]
    assert {p["count"] for p in pages} == {121}


def test_a_station_that_is_ended_is_in_no_list_and_its_page_still_opens(officer: Client) -> None:
    today = NOW.date()
    Site.objects.update(until=today)
    assert len(read(taken(officer))) == 1
    assert officer.get(reverse("site", args=["X1"])).status_code == 200
    Site.objects.update(until=today + timedelta(days=1))
    assert len(read(taken(officer))) == 2


def test_a_station_leads_to_its_register_and_the_register_to_it(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Registers([replace(SITES, page="site")])
    monkeypatch.setattr(resolved, "every_register", lambda: known)
    entry = "/registers/stations/X1/"
    assert f'href="{entry}"' in officer.get(reverse("site", args=["X1"])).content.decode()
    assert 'href="/sites/X1/"' in officer.get(entry).content.decode()


@pytest.mark.parametrize("key", ["air.stuck", "cems.limits.hour_over", "patrol.report"])
def test_no_key_of_a_check_stands_where_its_title_belongs(officer: Client, key: str) -> None:
    Finding.objects.update(running=False)
    Finding.objects.update(check_key=key)
    page = officer.get(reverse("site", args=["X1"]), {"tab": "quality"}).content.decode()
    assert f">{key}" not in page
    assert f"· {key}" not in page


def test_what_was_found_about_something_else_of_the_same_code_is_not_the_stations(
    officer: Client, stations: City
) -> None:
    found = open_or_extend(
        check_key="k9", target_kind="emitter", target="X1", target_name="同码厂", title="别的", region=stations.regions[MINE],
        started_at=NOW, until=NOW, magnitude=1.0, unit="", severity="minor", evidence={},
    )[0]  # fmt: skip
    shown = officer.get(reverse("site", args=["X1"]), {"tab": "quality"}).context["findings"]
    assert len(shown) == 2
    assert found not in shown


@pytest.mark.parametrize("tab", ["series", "evaluation", "quality", "neighbours", "raw"])
def test_a_station_has_no_chinese_but_data_in_english(
    client: Client, city: City, data_dir: Path, tab: str
) -> None:
    handed_over(city)
    client.force_login(city.person("chief", TOP))
    page = in_english(client, reverse("site", args=["X1"]) + f"?tab={tab}")
    assert left(Chrome(page).texts, names_of(city)) == []


@pytest.mark.parametrize("role", ROLES)
def test_a_target_is_set_by_the_office_of_the_city_and_no_post_of_counties(
    client: Client, stations: City, role: str
) -> None:
    """Neither of one county nor of all of them."""
    unit = stations.governments[MINE] if role in ("handler", "enterprise") else None
    everywhere = person(f"all_{role}", *((role, stations.regions[code], unit) for code in COUNTIES))
    entries = AuditEntry.objects.count()
    sent = {"year": "2019", "item": "pm25", "value": "35"}
    for someone in (stations.person(role, MINE), everywhere):
        client.force_login(someone)
        assert client.post(reverse("target"), sent).status_code == 403
    assert (Target.objects.count(), AuditEntry.objects.count()) == (0, entries)
    client.force_login(stations.person(role, TOP))
    allowed = role in ("dispatcher", "chief")
    assert client.post(reverse("target"), sent).status_code == (302 if allowed else 403)
    assert Target.objects.count() == allowed
