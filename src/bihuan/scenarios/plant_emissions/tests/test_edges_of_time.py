"""Hours carry the time of their beginning in China, as in HJ 212; days, months and years end at its midnight."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.scenarios.plant_emissions.models import Mark, Outlet, Permit
from bihuan.scenarios.plant_emissions.month import quarter_of
from bihuan.scenarios.plant_emissions.permits import year_amounts
from bihuan.scenarios.plant_emissions.tests.asking import (
    KG,
    as_,
    at,
    book,
    of_month,
    page,
    sheet,
    six,
    text,
)
from bihuan.scenarios.plant_emissions.tests.conftest import receive
from bihuan.scenarios.plant_emissions.validity import following, month_of
from tests.people import City

FEBRUARY, MARCH = date(2019, 2, 1), date(2019, 3, 1)


def lived(first: datetime, *nox: float) -> datetime:
    """E1-1 is connected from `first` on and sends hours of these; the clock stands ten minutes after them."""
    Outlet.objects.update(since=first)
    hours = [first + timedelta(hours=n) for n in range(len(nox))]
    receive([p for start, value in zip(hours, nox, strict=True) for p in six("E1-1", start, value)])
    now = first + timedelta(hours=len(nox), minutes=10)
    clock.set_replay(now, 0)
    return now


def test_the_hour_of_midnight_is_the_first_of_its_day(client: Client, plants: City) -> None:
    lived(at(2, 26, 0), 60)
    as_(client, plants)
    days = dict(page(client, "calendar", "E1-1").context["days"])
    assert days[date(2019, 2, 26)][0].state == "valid"
    assert {c.state for c in days[date(2019, 2, 25)]} == {"future"}  # before it was connected
    assert "2019-02-26 00:00–01:00" in text(client, "hour", "E1-1", "2019022600")
    assert "这一小时没有收到数据" in text(client, "hour", "E1-1", "2019022523")
    (shown,) = sheet(book(client, "amounts", "E1-1", month="2019-02"), "逐小时排放量")
    assert shown["小时"] == "2019-02-26 00:00"


def test_a_month_ends_at_midnight_of_china(client: Client, plants: City) -> None:
    now = lived(at(2, 28, 22), 50, 100, 20, 30)
    for month, kg in ((FEBRUARY, 150 * KG), (MARCH, 50 * KG)):
        row = of_month("E1-1", month, now)
        assert (row["hours"], row["kg"]) == (2, pytest.approx(kg))
    as_(client, plants)
    january, april = page(client, "ledger", month="2019-01"), page(client, "ledger", month="2019-04")
    assert "这个月没有数据" in january.content.decode()
    assert "这个月没有数据" in april.content.decode()
    for said, stamps in (
        ("2019-02", ("2019022822", "2019022823")),
        ("2019-03", ("2019030100", "2019030101")),
    ):
        shown = text(client, "amounts", "E1-1", month=said)
        hours = re.findall(r"/hours/(\d{10})/", shown)
        assert tuple(hours) == stamps


def test_a_month_is_known_to_the_hour_that_has_ended(plants: City) -> None:
    lived(at(2, 25, 0), 50, 60, 70)
    # At 02:59 the hour of 02:00 runs: it is neither owed nor counted.
    early = of_month("E1-1", FEBRUARY, at(2, 25, 2, 59))
    assert (early["hours"], early["kg"]) == (2, pytest.approx(110 * KG))
    assert of_month("E1-1", FEBRUARY, at(2, 25, 3, 1))["hours"] == 3


def test_a_permits_year_begins_at_midnight_of_china(plants: City) -> None:
    now = lived(at(12, 31, 22, year=2018), 100, 100, 20, 30)
    assert year_amounts("E1", now)["nox"] == pytest.approx(50 * KG / 1000)
    assert year_amounts("E1", at(12, 31, 23, 59, year=2018))["nox"] == pytest.approx(100 * KG / 1000)


@pytest.mark.parametrize(
    ("now", "valid"),
    [
        (at(2, 24, 23, 59), False),
        (at(2, 25, 0, 0), True),
        (at(3, 10, 23, 59), True),
        (at(3, 11, 0, 0), False),
    ],
)
def test_a_permit_holds_on_both_its_days(client: Client, plants: City, now: datetime, valid: bool) -> None:
    Permit.objects.create(
        emitter_id="E1", number="P-1", valid_from=date(2019, 2, 25), valid_until=date(2019, 3, 10), nox=2.0
    )
    clock.set_replay(now, 0)
    shown = text(as_(client, plants), "permits", "E1-1")
    assert ("P-1" in shown) == valid
    assert ("没有有效的排污许可证" in shown) == (not valid)


def test_a_permit_shows_what_is_used_of_what_it_permits(client: Client, plants: City) -> None:
    Permit.objects.create(
        emitter_id="E1", number="P-1", valid_from=date(2019, 1, 1), valid_until=date(2023, 12, 31), nox=0.01, so2=3.0
    )  # fmt: skip
    lived(at(2, 25, 0), 60, 70)
    shown = text(as_(client, plants), "permits", "E1-1")
    # 130 x 0.072 kg = 9.36 kg of 10: above 90 %, a warning.
    assert '氮氧化物 <b class="warn">0.01</b> / 0.010 t (93.6%)' in shown
    assert '二氧化硫 <b class="">0.00</b> / 3 t (0.0%)' in shown
    assert "颗粒物" not in shown  # not limited by the permit


def test_a_mark_that_ends_at_midnight_is_in_the_report_of_its_month_alone(
    client: Client, plants: City
) -> None:
    for number, (start, until) in enumerate(
        ((at(2, 28, 20), at(3, 1, 0)), (at(2, 28, 23), at(3, 1, 1)), (at(3, 1, 0), at(3, 1, 2)))
    ):
        Mark.objects.create(
            outlet_id="E1-1", kind="device", code="维护", start=start, until=until, reason=f"第{number}次",
            who=plants.person("dispatcher"), at=at(2, 28, 12),
        )  # fmt: skip
    lived(at(2, 28, 22), 50, 50, 50)
    as_(client, plants)

    def listed(month: str) -> set[str]:
        return {row["理由"] for row in sheet(book(client, "ledger", month=month), "标记")}

    assert listed("2019-02") == {"第0次", "第1次"}
    assert listed("2019-03") == {"第1次", "第2次"}


def test_months_of_every_length(client: Client, plants: City) -> None:
    as_(client, plants)
    for month, days in (("2019-02", 28), ("2020-02", 29), ("2019-12", 31), ("2019-04", 30)):
        assert len(page(client, "calendar", "E1-1", month=month).context["days"]) == days
        assert len(page(client, "amounts", "E1-1", month=month).context["days"]) == days
    assert following(date(2019, 12, 1)) == date(2020, 1, 1)
    assert [quarter_of(date(2019, m, 1)).month for m in (1, 3, 4, 12)] == [1, 1, 4, 10]


@pytest.mark.parametrize("said", ["", "2019-13", "去年", "2019", "0000-01"])
def test_a_month_that_cannot_be_read_is_the_running_one_of_china(said: str) -> None:
    # 00:30 of 1 March in China is still February in Greenwich.
    assert month_of(said, at(3, 1, 0, 30)) == MARCH


def test_pages_lead_to_the_months_and_hours_beside(client: Client, plants: City) -> None:
    as_(client, plants)
    ledger = text(client, "ledger", month="2019-01")
    assert "month=2018-12" in ledger
    assert "month=2019-02" in ledger
    evidence = text(client, "hour", "E1-1", "2019010100")
    assert reverse("plant_emissions:hour", args=["E1-1", "2018123123"]) in evidence
    assert reverse("plant_emissions:hour", args=["E1-1", "2019010101"]) in evidence


def test_curves_stand_at_the_beginnings_of_the_last_72_hours(client: Client, plants: City) -> None:
    lived(at(2, 25, 0), 50, 60)
    told = page(as_(client, plants), "series", "E1-1").json()
    begin = at(2, 22, 2).timestamp() * 1000
    assert (told["times"][0], len(told["times"]), told["times"][1] - told["times"][0]) == (
        begin,
        72,
        3_600_000,
    )
    nox = told["panels"][0]
    assert (nox["title"], nox["unit"]) == ("氮氧化物", "mg/m³")
    assert nox["series"][0]["data"][-3:] == [None, 50.0, 60.0]
    assert [(p["title"], p["unit"]) for p in told["panels"][1:]] == [("含氧量", "%"), ("标干流量", "m³/h")]
    assert told["now"] == at(2, 25, 2, 10).timestamp() * 1000
