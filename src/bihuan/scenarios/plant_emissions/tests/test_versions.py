"""Limits and permits are followed and never changed: what a day was judged by stays, and the last version can be taken back."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.errors import NotAllowed
from bihuan.kit.registers.actions import change, create, end
from bihuan.kit.registers.export import csv_of
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.undo import undo
from bihuan.kit.registers.writing import Act, Refused
from bihuan.registry.changes import Batch, changes_of
from bihuan.scenarios.plant_emissions.media.gas.standings import limits_on
from bihuan.scenarios.plant_emissions.models import Limit, Outlet, Permit
from bihuan.scenarios.plant_emissions.permits import permits_in_force
from bihuan.scenarios.plant_emissions.register import limits_table
from bihuan.scenarios.plant_emissions.registers import LIMITS, PERMITS
from bihuan.scenarios.plant_emissions.tests.asking import as_
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START
from tests.kit.registers.world import csv_file, imported, planned, problems
from tests.pages import flat
from tests.people import City

pytestmark = pytest.mark.django_db
LIMIT = {
    "outlet": "E1-1", "item": "氮氧化物", "period": "小时均值", "ultra_low": "否", "limit": "80", "valid_from": "2019-02-20",
    "basis": "DB 14/1929-2019",
}  # fmt: skip
HEADS = ("排放口", "污染物", "判定", "超低", "限值（mg/m³、mg/L）", "自", "至", "依据")
PERMIT = {
    "number": "91-1",
    "emitter": "E1",
    "valid_from": "2019-01-01",
    "valid_until": "2023-12-31",
    "nox": "12.5",
}


def told(city: City, county: str = "140321") -> Act:
    return Act(city.person("chief", county), "换证")


def cells(*texts: str) -> dict[str, str]:
    return dict(zip(HEADS, texts, strict=True))


def days(**of: object) -> list[tuple[float, str, str | None]]:
    """Limit, from, until of the versions, in their order."""
    rows = Limit.objects.filter(outlet="E1-1", item="nox", ultra_low=False, **of).order_by("valid_from")
    return [(r.limit, str(r.valid_from), str(r.valid_until) if r.valid_until else None) for r in rows]


def test_a_new_limit_ends_the_one_before_and_each_day_has_its_own(plants: City) -> None:
    create(LIMITS, LIMIT, told(plants))

    def in_force(day: int) -> float:
        return limits_on(limits_table(["E1-1"]), START + timedelta(days=day - 25))["E1-1", "nox", False]

    assert (in_force(19), in_force(20)) == (100.0, 80.0)
    assert ("E1-1", "nox", True) in limits_on(limits_table(["E1-1"]), NOW)  # of another kind: untouched
    assert days() == [(100.0, "2018-01-01", "2019-02-20"), (80.0, "2019-02-20", None)]
    before = Limit.objects.get(limit=100, outlet="E1-1")
    (turned,) = changes_of(Limit, before.pk)
    assert (turned.before, turned.after) == ({"valid_until": None}, {"valid_until": "2019-02-20"})


@pytest.mark.parametrize("day", ["2018-01-01", "2017-06-01"])
def test_a_version_that_begins_no_later_than_another_is_refused(plants: City, day: str) -> None:
    with pytest.raises(Refused, match=r"已有自 2018-01-01 起的一版|已经登记过"):
        create(LIMITS, LIMIT | {"valid_from": day}, told(plants))
    assert days() == [(100.0, "2018-01-01", None)]


def test_what_is_registered_is_not_changed(plants: City) -> None:
    limit = Limit.objects.get(outlet="E1-1", limit=100)
    for texts in ({"limit": "90"}, {"basis": "别的"}, {"valid_from": "2018-02-01"}):
        with pytest.raises(Refused, match="登记过的一版不再修改"):
            change(LIMITS, limit, texts, told(plants))
    assert days() == [(100.0, "2018-01-01", None)]


def test_taking_the_last_version_back_puts_the_one_before_in_force_again(plants: City) -> None:
    create(LIMITS, LIMIT, told(plants))
    second = Batch.objects.latest("pk")
    create(LIMITS, LIMIT | {"limit": "60", "valid_from": "2019-07-01"}, told(plants))
    refused = undo(LIMITS, second, told(plants))
    assert not refused.effective  # neither half of it: the third stands on the second
    assert [v[0] for v in days()] == [100.0, 80.0, 60.0]
    assert undo(LIMITS, Batch.objects.latest("pk"), told(plants)).effective
    assert days() == [(100.0, "2018-01-01", "2019-02-20"), (80.0, "2019-02-20", None)]
    assert undo(LIMITS, second, told(plants)).effective
    assert days() == [(100.0, "2018-01-01", None)]


def test_a_whole_history_comes_in_as_one_file_in_any_order(plants: City, data_dir: Path) -> None:
    Limit.objects.filter(outlet="E1-1").delete()
    common = ("E1-1", "氮氧化物", "小时均值", "否")
    rows = [
        cells(*common, "50", "2022-01-01", "", "c"),
        cells(*common, "200", "2014-07-01", "", "a"),
        cells(*common, "100", "2018-01-01", "2021-06-01", "b"),
    ]
    path = csv_file(data_dir, rows)
    assert imported(LIMITS, path, plants.person("chief", "140321")).counts == {Fate.NEW: 3}
    assert days() == [
        (200.0, "2014-07-01", "2018-01-01"),
        (100.0, "2018-01-01", "2021-06-01"),
        (50.0, "2022-01-01", None),
    ]
    again = data_dir / "again.csv"
    again.write_bytes(csv_of(LIMITS, Limit.objects.filter(outlet="E1-1")))
    assert planned(LIMITS, again).counts == {Fate.SAME: 3}


def test_versions_that_overlap_in_a_file_or_end_before_they_begin_are_refused_by_cell(
    plants: City, data_dir: Path
) -> None:
    common = ("E1-1", "二氧化硫", "小时均值", "否")
    rows = [
        cells(*common, "200", "2014-07-01", "2019-01-01", "a"),
        cells(*common, "100", "2018-01-01", "", "b"),
        cells("E1-1", "颗粒物", "小时均值", "否", "30", "2018-01-01", "2018-01-01", "b"),
    ]
    assert problems(planned(LIMITS, csv_file(data_dir, rows))) == [
        (3, "自", "2018-01-01", "与第 2 行的有效期重叠"),
        (4, "至", "2018-01-01", "有效期的结束早于开始"),
    ]


def test_a_limit_ends_by_hand_and_not_into_the_time_of_the_next(plants: City) -> None:
    create(LIMITS, LIMIT, told(plants))
    second = Limit.objects.get(limit=80)
    end(LIMITS, second, date(2020, 1, 1), told(plants))
    assert days()[-1] == (80.0, "2019-02-20", "2020-01-01")
    first = Limit.objects.get(limit=100, outlet="E1-1")
    with pytest.raises(Refused, match="已有自 2019-02-20 起的一版"):
        change(LIMITS, first, {"valid_until": "2019-06-01"}, told(plants))


def test_an_altered_permit_keeps_its_number_and_the_old_one_holds_up_to_the_day_before(plants: City) -> None:
    create(PERMITS, PERMIT, told(plants))
    create(
        PERMITS, PERMIT | {"valid_from": "2019-02-25", "valid_until": "2024-02-24", "nox": "10"}, told(plants)
    )
    rows = Permit.objects.order_by("valid_from").values_list("valid_from", "valid_until", "nox")
    assert list(rows) == [
        (date(2019, 1, 1), date(2019, 2, 24), 12.5),
        (date(2019, 2, 25), date(2024, 2, 24), 10.0),
    ]
    outlet = Limit.objects.filter(outlet="E1-1").first().outlet  # type: ignore[union-attr]
    assert [p.nox for p, _used in permits_in_force(outlet, NOW)] == [10.0]
    assert [p.nox for p, _used in permits_in_force(outlet, NOW - timedelta(days=1))] == [12.5]


def test_nobody_ends_what_lies_in_another_county_by_following_it(plants: City) -> None:
    create(PERMITS, PERMIT, told(plants))
    theirs = PERMIT | {"emitter": "E2", "valid_from": "2020-01-01"}
    with pytest.raises(NotAllowed):
        create(PERMITS, theirs, told(plants, "140322"))
    assert Permit.objects.get().valid_until == date(2023, 12, 31)


def test_the_page_offers_the_next_version_and_shows_all_of_them(client: Client, plants: City) -> None:
    as_(client, plants, "chief", "140321")
    first = Limit.objects.get(outlet="E1-1", limit=100)
    form = client.get(reverse("register_edit", args=["limits", first.pk])).content.decode()
    assert "新的一版" in form
    assert 'name="valid_from" value=""' in form
    sent = LIMIT | {"reason": "地方标准实施"}
    shown = client.post(
        reverse("register_edit", args=["limits", first.pk]), sent, follow=True
    ).content.decode()
    assert "已登记新的一版" in shown
    for part in ("2018-01-01", "2019-02-20", "各版本", "现行", "<del>100</del> → <ins>80</ins>"):
        assert part in shown


def test_a_limit_is_listed_with_the_enterprise_of_its_outlet_and_as_simulated_where_that_is(
    client: Client, plants: City
) -> None:
    outlet = Outlet.objects.get(pk="E1-1")
    as_(client, plants, "chief", "140321")

    def row() -> str:
        page = flat(client.get(reverse("register", args=["limits"])).content.decode())
        return next(part for part in page.split("<tr data-row")[1:] if outlet.name in part)

    assert f"{outlet.emitter.name} {outlet.name}" in row()
    assert (
        "geojson" not in client.get(reverse("register", args=["limits"])).content.decode()
    )  # it lies nowhere
    assert client.get(reverse("register", args=["limits"]), {"whole": "geojson"}).status_code == 400
    for simulated in (True, False):
        Outlet.objects.filter(pk="E1-1").update(simulated=simulated)
        assert ("模拟" in row()) is simulated


def listed(client: Client, kind: str, tab: str = "") -> list[tuple[str, str]]:
    """From when on each line of a tab holds, and its tag."""
    shown = client.get(reverse("register", args=[kind]), {"state": tab}).context["list"]
    return [(str(line.values["valid_from"]), line.lapsed) for line in shown.lines]


@pytest.fixture
def three_versions(plants: City) -> City:
    """On 25 February 2019: a limit and a permit that ended, one in force, one to come."""
    Limit.objects.exclude(outlet="E1-1", item="nox", ultra_low=False).delete()
    create(LIMITS, LIMIT, told(plants))
    create(LIMITS, LIMIT | {"limit": "60", "valid_from": "2019-07-01"}, told(plants))
    for day in ("2018-01-01", "2019-02-20", "2019-07-01"):
        create(PERMITS, PERMIT | {"valid_from": day}, told(plants))
    return plants


@pytest.mark.parametrize("kind", ["limits", "permits"])
def test_a_list_of_versions_shows_what_is_in_force_and_apart_what_comes_and_what_has_ended(
    client: Client, three_versions: City, kind: str
) -> None:
    as_(client, three_versions, "chief")
    assert listed(client, kind) == [("2019-02-20", "")]
    assert listed(client, kind, "coming") == [("2019-07-01", "未生效")]
    assert listed(client, kind, "ended") == [("2018-01-01", "已失效")]
    assert {day for day, _tag in listed(client, kind, "all")} == {"2018-01-01", "2019-02-20", "2019-07-01"}


def test_a_permit_holds_on_its_last_day_and_a_limit_does_not(plants: City, client: Client) -> None:
    today = "2019-02-25"
    create(PERMITS, PERMIT | {"valid_until": today}, told(plants))
    Limit.objects.filter(outlet="E1-1").update(valid_until=today)
    Limit.objects.exclude(outlet="E1-1").delete()
    as_(client, plants, "chief")
    assert listed(client, "permits") == [("2019-01-01", "")]
    assert listed(client, "limits") == []
    assert {tag for _day, tag in listed(client, "limits", "ended")} == {"已失效"}


def test_a_version_that_begins_today_is_in_force(plants: City, client: Client) -> None:
    create(PERMITS, PERMIT | {"valid_from": "2019-02-25"}, told(plants))
    as_(client, plants, "chief")
    assert listed(client, "permits") == [("2019-02-25", "")]
    assert listed(client, "permits", "coming") == []
