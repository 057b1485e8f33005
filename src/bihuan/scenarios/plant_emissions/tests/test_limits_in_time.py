"""Which limit judges which hour: that of the hour's own day, on the value that the outlet's limit is meant for."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.domain.timeaxis import HOUR
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Limit, Outlet
from bihuan.scenarios.plant_emissions.standings import Standing
from bihuan.scenarios.plant_emissions.tests.asking import KG, as_, at, of_month, page, six, text
from bihuan.scenarios.plant_emissions.tests.conftest import receive
from tests.people import City

FEBRUARY = date(2019, 2, 1)


def stricter_from(day: date, limit: float) -> None:
    """The NOx limit of 100 ends on a day, from which on another holds."""
    Limit.objects.filter(outlet="E1-1", ultra_low=False).update(valid_until=day)
    Limit.objects.create(outlet_id="E1-1", item="nox", limit=limit, valid_from=day, basis="DB14/1929-2019")


def standing() -> Standing:
    """How E1-1 stands now."""
    (found,) = MEDIA[GAS].standings([Outlet.objects.get(pk="E1-1")], clock.now())
    return found


def test_each_hour_of_a_month_is_judged_by_the_limit_of_its_day(plants: City) -> None:
    stricter_from(date(2019, 2, 26), 40.0)
    values = {at(2, 25, 22): 60, at(2, 25, 23): 60, at(2, 26, 0): 60, at(2, 26, 1): 40, at(2, 26, 2): 41}
    receive([p for start, nox in values.items() for p in six("E1-1", start, nox)])
    # 60 is below the 100 of the 25th; of the 26th 60 and 41 are above 40, and 40 itself is not.
    assert of_month("E1-1", FEBRUARY, at(2, 26, 3, 10))["over_hours"] == 2


def test_just_after_midnight_the_last_hour_stands_beside_the_limit_of_yesterday(plants: City) -> None:
    stricter_from(date(2019, 2, 26), 40.0)
    receive([*six("E1-1", at(2, 25, 23), 60), *six("E1-1", at(2, 26, 0), 60)])
    clock.set_replay(at(2, 26, 0, 5), 0)
    (shown,) = standing().values
    assert (standing().state, shown.limit) == ("normal", 100.0)
    assert shown.value == pytest.approx(60)
    assert shown.tone == "warn"  # above the ultra-low 50 only
    clock.set_replay(at(2, 26, 1, 5), 0)
    (shown,) = standing().values
    assert (standing().state, shown.limit, shown.tone) == ("over", 40.0, "bad")


def test_a_limit_that_begins_later_is_shown_with_its_day_and_judges_nothing_yet(
    client: Client, plants: City
) -> None:
    stricter_from(date(2019, 4, 1), 40.0)
    receive(six("E1-1", at(2, 25, 3), 60))
    clock.set_replay(at(2, 25, 4, 5), 0)
    assert standing().state == "normal"
    shown = text(as_(client, plants), "outlet", "E1-1")
    assert "2019-04-01 起" in shown
    assert "2019-04-01 止" in shown
    nox = page(client, "series", "E1-1").json()["panels"][0]
    assert [limit["value"] for limit in nox["limits"]] == [100.0, 50.0]


def test_a_limit_that_changed_is_drawn_as_the_step_that_it_was(client: Client, plants: City) -> None:
    stricter_from(date(2019, 2, 25), 40.0)
    receive([*six("E1-1", at(2, 24, 23), 60), *six("E1-1", at(2, 25, 0), 60)])
    clock.set_replay(at(2, 25, 4, 5), 0)
    nox = page(as_(client, plants), "series", "E1-1").json()["panels"][0]
    assert [limit["value"] for limit in nox["limits"]] == [
        50.0
    ]  # over the whole panel: the ultra-low one alone
    (line,) = [s for s in nox["series"] if s["name"].startswith("限值")]
    assert (line["name"], line["step"]) == ("限值 100 → 40", True)
    midnight = at(2, 25, 0).timestamp() * 1000
    assert {t >= midnight: v for t, v in zip(line["times"], line["data"], strict=True)} == {
        False: 100.0,
        True: 40.0,
    }
    assert sum(t >= midnight for t in line["times"]) == 4


def test_a_limit_that_began_today_is_not_drawn_over_yesterday(client: Client, plants: City) -> None:
    Limit.objects.filter(outlet="E1-1").update(valid_from=date(2019, 2, 25))
    receive([*six("E1-1", at(2, 24, 23), 60), *six("E1-1", at(2, 25, 0), 60)])
    clock.set_replay(at(2, 25, 4, 5), 0)
    nox = page(as_(client, plants), "series", "E1-1").json()["panels"][0]
    assert nox["limits"] == []
    for line in (s for s in nox["series"] if "限值" in s["name"]):
        assert [v is not None for v in line["data"]] == [False] * 68 + [True] * 4


def test_of_two_limits_of_a_day_the_stricter_one_judges(plants: City) -> None:
    Limit.objects.create(
        outlet_id="E1-1", item="nox", limit=80, valid_from=date(2018, 6, 1), basis="排污许可证"
    )
    receive([*six("E1-1", at(2, 25, 2), 80), *six("E1-1", at(2, 25, 3), 81)])
    clock.set_replay(at(2, 25, 4, 5), 0)
    (shown,) = standing().values
    assert (standing().state, shown.limit) == ("over", 80.0)
    assert of_month("E1-1", FEBRUARY, at(2, 25, 4, 5))["over_hours"] == 1


def test_the_converted_value_is_judged_and_the_measured_one_is_weighed(client: Client, plants: City) -> None:
    """At 13 % oxygen and a reference of 9 %, 80 mg/m³ are 80 x (21 - 9) / (21 - 13) = 120 (GB 13271-2014, 4.2)."""
    receive(six("E1-1", at(2, 25, 3), 80, o2=13))
    clock.set_replay(at(2, 25, 4, 5), 0)
    row = of_month("E1-1", FEBRUARY, at(2, 25, 4, 5))
    assert (row["over_hours"], row["kg"]) == (1, pytest.approx(80 * KG))
    assert (row["mean"], row["mean_zs"]) == (None, None)  # of no valid day
    (shown,) = standing().values
    assert shown.value == pytest.approx(120)
    assert shown.measured == pytest.approx(80)
    evidence = text(as_(client, plants), "hour", "E1-1", "2019022503")
    for part in (
        "<b>120.00</b>",
        ">80.00<",
        ">5.760<",
        "含氧量 13.00 %",
        "标干流量 72000 m³/h",
        "<small>kg</small>",
    ):
        assert part in evidence  # fmt: skip


def test_an_outlet_without_reference_oxygen_is_judged_as_measured(client: Client, plants: City) -> None:
    Outlet.objects.filter(pk="E1-1").update(ref_o2=None)
    receive(six("E1-1", at(2, 25, 3), 80, o2=13))
    clock.set_replay(at(2, 25, 4, 5), 0)
    assert of_month("E1-1", FEBRUARY, at(2, 25, 4, 5))["over_hours"] == 0
    (shown,) = standing().values
    assert shown.value == pytest.approx(80)
    as_(client, plants)
    assert "折算 <small>" not in text(client, "hour", "E1-1", "2019022503")
    assert "不折算" in text(client, "outlet", "E1-1")
    names = [s["name"] for s in page(client, "series", "E1-1").json()["panels"][0]["series"]]
    assert names == ["实测", "超低限值 50"]


def test_an_outlet_without_any_limit_is_measured_and_not_judged(client: Client, plants: City) -> None:
    Limit.objects.filter(outlet="E1-1").delete()
    receive(six("E1-1", at(2, 25, 3), 900))
    clock.set_replay(at(2, 25, 4, 5), 0)
    assert (standing().state, standing().values) == ("normal", ())
    as_(client, plants)
    assert "900.00" in text(client, "hour", "E1-1", "2019022503")
    assert "测试厂E1" not in text(client, "ledger")  # nothing obliges it to account
    answer = page(client, "amounts", "E1-1", month="2019-02", item="nox")
    assert answer.context["total"] == pytest.approx(900 * KG)
    for name in ("outlet", "calendar", "permits"):
        assert page(client, name, "E1-1").status_code == 200


@pytest.mark.parametrize(("nox", "state"), [(100.0, "normal"), (100.1, "over")])
def test_the_limit_itself_is_kept(plants: City, nox: float, state: str) -> None:
    receive(six("E1-1", at(2, 25, 3), nox))
    clock.set_replay(at(2, 25, 4, 5), 0)
    assert standing().state == state


@pytest.mark.parametrize(
    ("flags", "valid", "said"),
    [
        ("NNNNN", True, "有效"),
        ("NNNN", False, "缺数"),
        ("NNNNDD", False, "故障"),
        ("NNNNCC", False, "校准"),
        ("FFFFFF", False, "停运"),
    ],
)
def test_an_hour_needs_45_valid_minutes_and_says_what_it_lacks(
    client: Client, plants: City, flags: str, valid: bool, said: str
) -> None:
    """HJ 75-2017: five records of ten minutes are enough, four are not, whatever the others say."""
    receive(six("E1-1", at(2, 25, 3), 900, flags=flags))
    clock.set_replay(at(2, 25, 4, 5), 0)
    row = of_month("E1-1", FEBRUARY, at(2, 25, 4, 5))
    assert (row["valid_hours"], row["over_hours"]) == (int(valid), int(valid))
    as_(client, plants)
    days = dict(page(client, "calendar", "E1-1").context["days"])
    cell = days[date(2019, 2, 25)][3]
    assert said in cell.said
    address = reverse("plant_emissions:hour", args=["E1-1", "2019022503"])
    assert f'href="{address}"' in text(client, "calendar", "E1-1")
    assert ("&lt; 45" in text(client, "hour", "E1-1", "2019022503")) == (not valid and said != "停运")


def test_an_outlet_that_stood_still_owes_nothing_and_emits_nothing(plants: City) -> None:
    receive([*six("E1-1", at(2, 25, 0), 60), *six("E1-1", at(2, 25, 1), 0, flags="FFFFFF", flow=0.0)])
    clock.set_replay(at(2, 25, 2, 5), 0)
    row = of_month("E1-1", FEBRUARY, at(2, 25, 2, 5))
    assert (row["hours"], row["hours_stopped"], row["valid_hours"]) == (2, 1, 1)
    assert (row["kg"], row["capture"], row["hours_missing"]) == (pytest.approx(60 * KG), 1.0, 0)
    assert (standing().state, standing().valid, standing().owed) == ("stopped", 1, 1)


def test_silence_is_offline_after_an_hour_and_not_before(plants: City) -> None:
    receive(six("E1-1", at(2, 25, 0), 60))  # the last record came at 01:01
    for minutes, state in ((60, "normal"), (61, "offline")):
        clock.set_replay(at(2, 25, 1, 1) + timedelta(minutes=minutes), 0)
        assert standing().state == state
    assert standing().heard == at(2, 25, 1, 1)
    assert clock.now() - HOUR > at(2, 25, 1, 1)
