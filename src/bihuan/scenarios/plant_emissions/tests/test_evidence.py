"""The evidence of an hour: what was sent again, what came late, whose packets they are, and what stands beside numbers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.scenarios.plant_emissions.models import Channel, Outlet
from bihuan.scenarios.plant_emissions.tests.asking import TEN, as_, at, of_month, page, six, text
from bihuan.scenarios.plant_emissions.tests.conftest import lines, receive
from tests.people import City

HOUR = "2019022503"


def test_of_what_was_sent_again_the_last_counts_and_all_are_shown(client: Client, plants: City) -> None:
    receive(six("E1-1", at(2, 25, 3), 60))
    receive(six("E1-1", at(2, 25, 3), 90), late=timedelta(hours=2))
    clock.set_replay(at(2, 25, 6, 10), 0)
    answer = page(as_(client, plants), "hour", "E1-1", HOUR)
    found = answer.context["evidence"]
    assert (len(found.packets), found.hour["nox"], found.hour["n_nox"]) == (12, pytest.approx(90), 60)
    assert [p.received for p in found.packets] == sorted(p.received for p in found.packets)
    # As it was known before they were sent again, the first ones count.
    clock.set_replay(at(2, 25, 4, 5), 0)
    found = page(client, "hour", "E1-1", HOUR).context["evidence"]
    assert (len(found.packets), found.hour["nox"]) == (6, pytest.approx(60))


def test_what_came_late_counts_from_when_it_came(plants: City) -> None:
    receive(six("E1-1", at(2, 25, 3), 60), late=timedelta(hours=5))
    month = at(2, 1).date()
    assert of_month("E1-1", month, at(2, 25, 6, 10))["hours_missing"] == 7 - 1
    late = of_month("E1-1", month, at(2, 25, 9, 10))
    assert (late["hours"], late["valid_hours"], late["arrived_hours"]) == (9, 1, 1)


def test_packets_of_the_hours_beside_and_of_other_outlets_are_not_there(client: Client, plants: City) -> None:
    for hour in (2, 3, 4):
        receive([*six("E1-1", at(2, 25, hour), 60), *six("E2-1", at(2, 25, hour), 40)])
    clock.set_replay(at(2, 25, 6), 0)
    packets = page(as_(client, plants), "hour", "E1-1", HOUR).context["evidence"].packets
    assert [p.start for p in packets] == [at(2, 25, 3) + n * TEN for n in range(6)]
    assert {p.piece.header["MN"] for p in packets} == {"010000A8900016F000169DC0"}


def test_a_logger_of_two_outlets_gives_each_its_own_factors(client: Client, plants: City) -> None:
    second = Outlet.objects.create(
        code="E1-2", name="2号锅炉", emitter_id="E1", process="coal_boiler", ref_o2=9, since=at(2, 25)
    )
    Channel.objects.create(logger_id="010000A8900016F000169DC0", outlet=second, factors="a19001=o2")
    receive(six("E1-1", at(2, 25, 3), 60))
    clock.set_replay(at(2, 25, 5), 0)
    as_(client, plants)
    other = page(client, "hour", "E1-2", HOUR).context["evidence"].hour
    assert (other["nox"], other["o2"]) == (None, pytest.approx(9))
    assert page(client, "hour", "E1-1", HOUR).context["evidence"].hour["nox"] == pytest.approx(60)


@pytest.mark.parametrize("stamp", ["2019022524", "2019023000", "2019", "x", "1900010100", "2200010100"])
def test_an_hour_that_cannot_be_is_not_there(client: Client, plants: City, stamp: str) -> None:
    assert page(as_(client, plants), "hour", "E1-1", stamp).status_code == 404


def test_every_number_of_the_hour_has_its_unit(client: Client, plants: City) -> None:
    receive(lines("episode"))
    shown = text(as_(client, plants), "hour", "E1-1", HOUR)
    for part in (
        "折算 <small>mg/m³</small>",
        "实测 <small>mg/m³</small>",
        "排放量 <small>kg</small>",
        "含氧量 9.00 %",
        "m³/h",
    ):
        assert part in shown
    detail = text(client, "outlet", "E1-1")
    for part in ("限值 <small>mg/m³</small>", "流量 <small>m³/h</small>", "含氧量 <small>%</small>", "m²"):
        assert part in detail
    assert "氮氧化物 mg/m³" in text(client, "index")


def test_the_running_hour_is_said_to_run(client: Client, plants: City) -> None:
    receive(lines("near_miss"))
    clock.set_replay(at(2, 25, 3, 35), 0)
    shown = text(as_(client, plants), "outlet", "E1-1")
    row = shown.split("最近小时")[1].split("<tr data-row>")[1]
    assert "02-25 03:00" in row
    assert "进行中" in row
    assert shown.count("进行中") == 1


def test_the_list_leads_to_the_evidence_of_its_numbers(client: Client, plants: City) -> None:
    receive(lines("episode"))
    clock.set_replay(at(2, 25, 4, 3), 0)
    shown = text(as_(client, plants), "index")
    assert reverse("plant_emissions:hour", args=["E1-1", HOUR]) in shown
    # E2-1 fell silent after 02:50: its last whole hour is that of 02:00.
    assert reverse("plant_emissions:hour", args=["E2-1", "2019022502"]) in shown
