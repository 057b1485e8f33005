"""建城清单: each step says what is there, what is missing and what looks wrong, from the data alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive import Archive
from bihuan.jobs import Job
from bihuan.pipeline.files import import_files
from bihuan.registry.founding import City as Founded
from bihuan.registry.founding import found
from bihuan.registry.installation import number_prefix
from bihuan.registry.models import AuditEntry, JobRun, Organisation, Person, Post, Region, Site
from bihuan.scenarios.contract import Scenario
from bihuan.web.setup import checklist, data_steps
from bihuan.web.setup.step import Step
from tests.people import City, person

NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
SQUARE = {"type": "Polygon", "coordinates": [[[113, 37], [114, 37], [114, 38], [113, 38], [113, 37]]]}


@pytest.fixture
def admin(city: City, data_dir: Path) -> Person:
    """The city's administrator, with the clock standing still."""
    clock.set_replay(NOW, 0)
    return city.person("admin", "140300")


def step(key: str) -> Step:
    """One step of the list as it is now."""
    return next(s for s in checklist.checklist() if s.key == key)


def station(code: str = "X1", lon: float = 113.5, **more: object) -> Site:
    """An evaluated station of 平定县."""
    region, city = Region.objects.get(pk="140321"), Region.objects.get(pk="140300")
    fields = {"rank": "national", "city": city, "evaluated": True, "lat": 37.5} | more
    return Site.objects.create(code=code, name=f"测试站{code}", region=region, lon=lon, **fields)


def deliver(folder: Path, code: str, last: datetime) -> None:
    """Six hours of a station, the newest of which ends at `last`."""
    labels = [(last - timedelta(hours=n) + timedelta(hours=8)).replace(tzinfo=None) for n in range(6)]
    path = folder / "hours.parquet"
    pl.DataFrame({"site": [code] * 6, "time": labels, "PM2.5": [35.0] * 6}).write_parquet(path)
    [report] = import_files(Archive(folder / "archive"), [path], received=last)
    assert report.new == 6


@pytest.mark.django_db
def test_nothing_is_done_in_a_city_that_was_just_made(data_dir: Path) -> None:
    found(Founded("太原市", "140100", "太原市生态环境局", "admin", "张三"), "wo-de-cheng-shi")
    assert [(s.key, s.done) for s in checklist.checklist()] == [
        (key, False) for key in ("regions", "stations", "people", "sources", "rules", "papers")
    ]


def test_regions_are_done_with_a_boundary_and_counties_without_one_are_named(admin: Person) -> None:
    assert step("regions").missing == ("还没有任何县区的边界",)
    Region.objects.filter(code__in=["140302", "140303", "140311", "140321"]).update(geometry=SQUARE)
    assert step("regions").done
    assert step("regions").doubts == ("没有边界的县区：盂县",)
    Region.objects.filter(pk="140322").update(geometry=SQUARE)
    assert step("regions").doubts == ()


def test_counties_of_another_city_do_not_count(admin: Person) -> None:
    Region.objects.create(code="140105", name="小店区", geometry=SQUARE)
    assert step("regions").missing == ("还没有任何县区的边界",)


def test_stations_are_done_with_one_that_is_evaluated(admin: Person) -> None:
    station("X1", evaluated=False)
    assert step("stations").missing == ("还没有参与城市评价的点位",)
    station("X2")
    assert step("stations").done
    assert step("stations").doubts == ()


def test_a_station_that_was_closed_does_not_count(admin: Person) -> None:
    station(until=datetime(2019, 2, 1, tzinfo=UTC).date())
    assert not step("stations").done


def test_stations_outside_of_their_boundary_are_named(admin: Person) -> None:
    Region.objects.filter(pk="140321").update(geometry=SQUARE)
    station("X1")
    station("X2", lon=115.0)
    assert step("stations").doubts == ("在所属区划边界以外：测试站X2",)


def test_an_evaluated_station_of_no_city_looks_wrong(admin: Person) -> None:
    station(city=None)
    assert step("stations").doubts == ("参与评价、但没有写明所属城市：测试站X1",)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (("verifier",), "没有人核查：还没有核查岗"),
        (("handler",), "没有人承办：还没有承办岗"),
        (("dispatcher", "chief"), "没有人交办：还没有调度岗或负责人"),
    ],
)
def test_a_duty_that_nobody_has_is_missing(admin: Person, roles: tuple[str, ...], said: str) -> None:
    assert step("people").done
    Post.objects.filter(role__in=roles).update(until=NOW)
    assert step("people").missing == (said,)


def test_a_closed_account_has_no_duty(admin: Person) -> None:
    Person.objects.filter(posts__role="verifier").update(is_active=False)
    assert step("people").missing == ("没有人核查：还没有核查岗",)


def test_posts_and_units_that_lead_nowhere_look_wrong(admin: Person, city: City) -> None:
    region = city.regions["140321"]
    person("lost", ("handler", region, None))
    Organisation.objects.create(name="空壳局", kind="department", region=region)
    assert {"职务没有写明单位：lost", "没有承办人的单位：空壳局"} <= set(step("people").doubts)


def test_a_single_administrator_looks_wrong(admin: Person) -> None:
    said = "只有一位系统管理员：离岗时没有人能办理账号"
    assert said not in step("people").doubts
    Post.objects.filter(role="admin").exclude(person=admin).update(until=NOW)
    assert said in step("people").doubts


def test_data_of_an_unregistered_station_do_not_make_the_city_deliver(admin: Person, data_dir: Path) -> None:
    station("X1")
    deliver(data_dir, "Z9", NOW)
    assert step("sources").missing == ("近 7 天没有任何评价点位的数据",)
    deliver(data_dir, "X1", NOW)
    assert step("sources").done
    assert step("sources").doubts == ()


def test_stations_that_were_silent_for_a_day_look_wrong(admin: Person, data_dir: Path) -> None:
    for code, age in (("X1", 2), ("X2", 30), ("X3", 24)):
        station(code)
        deliver(data_dir, code, NOW - timedelta(hours=age))
    station("X4")
    assert step("sources").doubts == ("近 24 小时没有数据：测试站X2、测试站X4",)


def test_rules_are_done_after_a_round_that_went_well(admin: Person) -> None:
    JobRun.objects.create(job="check", as_of=NOW, ok=False)
    assert not step("rules").done
    JobRun.objects.create(job="check", as_of=NOW, ok=True)
    assert step("rules").done


def test_a_job_of_a_line_of_business_that_never_ran_well_looks_wrong(
    admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = tuple(
        Job(name, title, timedelta(hours=1), lambda *_: "") for name, title in (("a", "甲"), ("b", "乙"))
    )
    monkeypatch.setattr(data_steps, "every_scenario", lambda: {"x": Scenario("x", "试", "1", jobs=jobs)})
    JobRun.objects.create(job="a", as_of=NOW, ok=True)
    assert step("rules").doubts == ("还没有运行过的任务：乙",)
    JobRun.objects.create(job="b", as_of=NOW, ok=False)
    assert step("rules").doubts == ("还没有运行过的任务：乙",)
    JobRun.objects.create(job="b", as_of=NOW, ok=True)
    assert step("rules").doubts == ()


def test_the_prefix_of_numbers_is_set_on_the_page_and_a_wrong_one_stays_in_the_field(
    client: Client, admin: Person
) -> None:
    client.force_login(admin)
    refused = client.post(reverse("checklist"), {"number_prefix": "并/交"})
    assert refused.status_code == 400
    assert 'value="并/交"' in refused.content.decode()
    assert "汉字、字母或数字" in refused.content.decode()
    assert not step("papers").done
    client.post(reverse("checklist"), {"number_prefix": "并环交"})
    assert step("papers").done
    assert number_prefix() == "并环交"
    assert AuditEntry.objects.get(action="installation.number_prefix").person == admin


@pytest.mark.parametrize(
    ("role", "region"), [("admin", "140321"), ("chief", "140300"), ("dispatcher", "140300")]
)
def test_the_list_is_for_the_citys_administrators(client: Client, admin: Person, city: City, role: str, region: str) -> None:  # fmt: skip
    client.force_login(city.person(role, region))
    for answer in (
        client.get(reverse("checklist")),
        client.post(reverse("checklist"), {"number_prefix": "甲"}),
    ):
        assert answer.status_code == 403
    assert number_prefix() == "环交"


def test_the_menu_leads_to_the_list_until_all_is_done_and_the_system_page_always(
    client: Client, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(admin)
    entry = f'href="{reverse("checklist")}"'
    assert client.get(reverse("inbox")).content.decode().count(entry)
    monkeypatch.setattr(checklist, "STEPS", ())
    checklist._finished._known.clear()
    assert not client.get(reverse("inbox")).content.decode().count(entry)
    assert client.get(reverse("system")).content.decode().count(entry)
    assert "本市已建成" in client.get(reverse("checklist")).content.decode()
