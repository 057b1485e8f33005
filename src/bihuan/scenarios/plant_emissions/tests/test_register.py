"""What follows from permits and quality checks."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.registry.models import AuditEntry, Organisation
from bihuan.scenarios.plant_emissions.checks import CHECKS
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Logger, Outlet, Permit, QualityCheck
from bihuan.scenarios.plant_emissions.month import month_ledger
from bihuan.scenarios.plant_emissions.permits import permits_in_force
from bihuan.scenarios.plant_emissions.register import targets
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, lines, receive
from tests.people import City

FEBRUARY = date(2019, 2, 1)


def as_(client: Client, city: City, role: str, region: str = "140321") -> Client:
    """The client, signed in as somebody."""
    client.force_login(city.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, code: str, data: dict[str, Any]) -> str:
    """POST to the register of an outlet; the page that comes of it."""
    return client.post(reverse("plant_emissions:register", args=[code]), data, follow=True).content.decode()


def every_finding(key: str) -> list[dict[str, Any]]:
    """What a check finds now."""
    (check,) = (c for c in CHECKS if c.key == f"cems.{key}")
    return check.run(*inputs(clock.now(), timedelta(days=1))).to_dicts()


def test_another_countys_outlet_is_not_there(client: Client, plants: City) -> None:
    as_(client, plants, "chief")
    assert client.get(reverse("plant_emissions:register", args=["E2-1"])).status_code == 404


def test_a_failed_quality_check_puts_amounts_in_place_of_what_was_measured(
    client: Client, plants: City
) -> None:
    receive(lines("episode"))
    outlets = [Outlet.objects.get(pk="E1-1")]
    before = month_ledger(MEDIA[GAS], outlets, FEBRUARY, NOW).row(0, named=True)
    assert (before["hours_measured"], before["hours_substituted"]) == (6, 0)
    as_(client, plants, "enterprise")
    for clock_time, passed in (("04:00", True), ("04:30", False), ("05:00", True)):
        said = {
            "item": "nox",
            "what": "span",
            "at": f"2019-02-25T{clock_time}",
            "result": "漂移 6.1 %",
        }
        assert "已保存" in send(client, "E1-1", said | {"passed": "yes" if passed else "no"})
    after = month_ledger(MEDIA[GAS], outlets, FEBRUARY, NOW).row(0, named=True)
    # From the passed check at 04:00 to the one at 05:00: one hour of six; 5 / 6 of the hours are valid.
    assert (after["hours_measured"], after["hours_substituted"], after["hours_missing"]) == (5, 1, 0)
    assert after["kg_measured"] < before["kg_measured"]
    assert (before["valid_hours"], after["valid_hours"], after["capture"]) == (6, 5, pytest.approx(5 / 6))
    month = client.get(reverse("plant_emissions:calendar", args=["E1-1"])).content.decode()
    assert [f"02-25 0{h}:00 失控" in month for h in range(6)] == [False] * 4 + [True, False]
    # As it was known before the checks were entered, nothing was out of control.
    earlier = month_ledger(MEDIA[GAS], outlets, FEBRUARY, NOW - timedelta(minutes=1)).row(0, named=True)
    assert earlier["hours_substituted"] == 0
    assert QualityCheck.objects.filter(passed=False).get().who == plants.person("enterprise")


def test_with_less_than_75_percent_valid_what_is_out_of_control_is_not_substituted(
    client: Client, plants: City
) -> None:
    receive(lines("episode"))
    as_(client, plants, "enterprise")
    for hour, passed in ((2, True), (4, False), (5, True)):
        said = {
            "item": "nox", "what": "span", "at": f"2019-02-25T0{hour}:00", "result": "漂移 6.1 %",
        }  # fmt: skip
        assert "已保存" in send(client, "E1-1", said | {"passed": "yes" if passed else "no"})
    row = month_ledger(MEDIA[GAS], [Outlet.objects.get(pk="E1-1")], FEBRUARY, NOW).row(0, named=True)
    # From 02:00 to 05:00 three of six hours: the rate is 50 %, those hours are accounted by hand.
    assert (row["hours_measured"], row["hours_substituted"], row["hours_missing"]) == (3, 0, 3)


def test_a_quality_check_of_the_future_is_refused(client: Client, plants: City) -> None:
    as_(client, plants, "enterprise")
    said = {
        "item": "nox",
        "what": "span",
        "at": "2019-02-26T00:00",
        "result": "x",
        "passed": "no",
    }
    assert "晚于现在" in send(client, "E1-1", said)
    assert not QualityCheck.objects.exists()


def test_a_permit_says_how_much_of_it_the_year_has_used(client: Client, plants: City) -> None:
    receive(lines("episode"))
    as_(client, plants, "chief")
    Permit.objects.create(
        emitter_id="E1", number="91140300TEST001V", valid_from=date(2019, 1, 1), valid_until=date(2023, 12, 31), nox=0.1
    )  # fmt: skip
    outlet = Outlet.objects.get(pk="E1-1")
    ((permit, (used,)),) = permits_in_force(outlet, NOW)
    kg = month_ledger(MEDIA[GAS], [outlet], FEBRUARY, NOW).row(0, named=True)["kg"]
    assert (permit.number, used.item, used.permitted) == ("91140300TEST001V", "nox", 0.1)
    assert used.emitted == pytest.approx(kg / 1000)
    url = reverse("plant_emissions:permits", args=["E1-1"])
    assert url in client.get(reverse("plant_emissions:outlet", args=["E1-1"])).content.decode()
    assert "91140300TEST001V" in client.get(url).content.decode()
    Permit.objects.update(valid_until=date(2019, 2, 24))
    assert permits_in_force(outlet, clock.now()) == []
    assert "没有有效的排污许可证" in client.get(url).content.decode()


def test_an_hour_over_the_limit_is_none_while_the_analyser_is_out_of_control(
    client: Client, plants: City
) -> None:
    receive(lines("episode"))
    outlet = Outlet.objects.get(pk="E1-1")
    ledger = month_ledger(MEDIA[GAS], [outlet], FEBRUARY, NOW).row(0, named=True)
    findings = {f["start"] for f in every_finding("limits.hour_over")}
    assert (ledger["over_hours"], len(findings)) == (1, 1)
    as_(client, plants, "enterprise")
    said = {
        "item": "nox",
        "what": "span",
        "at": "2019-02-25T00:00",
        "result": "漂移 6.1 %",
    }
    send(client, "E1-1", said)
    assert not QualityCheck.objects.exists()  # neither passed nor failed
    assert "已保存" in send(client, "E1-1", said | {"passed": "no"})
    ledger = month_ledger(MEDIA[GAS], [outlet], FEBRUARY, NOW).row(0, named=True)
    assert (ledger["over_hours"], ledger["valid_hours"], ledger["ultra_low_share"]) == (0, 0, None)
    assert every_finding("limits.hour_over") == []
    assert {f["start"] for f in every_finding("limits.out_of_control_over")} == findings
    (standing,) = MEDIA[GAS].standings([outlet], NOW)
    assert standing.state == "lost"
    assert "失控" in client.get(reverse("plant_emissions:outlet", args=["E1-1"])).content.decode()


def test_a_quality_check_entered_by_mistake_is_withdrawn_and_stays(client: Client, plants: City) -> None:
    receive(lines("episode"))
    outlet = Outlet.objects.get(pk="E1-1")
    as_(client, plants, "enterprise")
    said = {
        "item": "nox",
        "what": "span",
        "at": "2019-02-25T00:00",
        "result": "x",
        "passed": "no",
    }
    send(client, "E1-1", said)
    (made,) = QualityCheck.objects.all()
    url = reverse("plant_emissions:withdraw_quality", args=["E1-1", made.pk])
    as_(client, plants, "handler")
    client.post(url, {"reason": "录错分析仪"})
    as_(client, plants, "enterprise")
    client.post(url, {"reason": " "})
    assert QualityCheck.objects.filter(withdrawn_at=None).exists()  # not by others, not without a reason
    clock.set_replay(NOW + timedelta(minutes=5), 0)
    shown = client.post(url, {"reason": "录错分析仪"}, follow=True).content.decode()
    assert "已撤销" in shown
    assert "录错分析仪" in shown
    after = month_ledger(MEDIA[GAS], [outlet], FEBRUARY, NOW + timedelta(minutes=5)).row(0, named=True)
    assert (after["valid_hours"], after["over_hours"]) == (6, 1)
    # As it was known before, it counted.
    before = month_ledger(MEDIA[GAS], [outlet], FEBRUARY, NOW).row(0, named=True)
    assert (before["valid_hours"], before["over_hours"]) == (0, 0)
    assert "这条质控记录已撤销" in client.post(url, {"reason": "再撤一次"}, follow=True).content.decode()
    assert AuditEntry.objects.filter(action="quality.withdraw", target="E1-1").count() == 1


def test_a_finding_knows_the_vendor_of_its_logger_where_there_is_more_than_one(plants: City) -> None:
    """Where one company runs all loggers, its platform cannot be told from the network."""
    one, other = (
        Organisation.objects.create(name=name, kind="vendor", region=plants.regions["140300"])
        for name in "甲乙"
    )
    Logger.objects.update(vendor=one)
    assert [t.vendor for t in targets(["E1-1", "E2-1"]).values()] == [None, None]
    Logger.objects.filter(outlets="E2-1").update(vendor=other)
    assert {code: t.vendor for code, t in targets(["E1-1", "E2-1"]).items()} == {"E1-1": one, "E2-1": other}
    Logger.objects.filter(outlets="E2-1").update(vendor=None)
    assert {code: t.vendor for code, t in targets(["E1-1", "E2-1"]).items()} == {"E1-1": one, "E2-1": None}
