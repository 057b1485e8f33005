"""The hourly board of a day under an order: what was let in though barred stands first, hour by hour."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from django.test import Client

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.vehicle_users.board import Row, board
from bihuan.scenarios.vehicle_users.tests import world as folder
from bihuan.scenarios.vehicle_users.tests.test_checks import BASE, DAY, D, changed, first, world
from tests.people import City

ORDERED = D + 3 * DAY
UNITS = [VehicleUser(code="V001", name="甲"), VehicleUser(code="V002", name="乙")]


def rows(told: pl.DataFrame, level: str = "orange") -> list[Row]:
    """The board of the day under the order, asked for in the evening of the next day."""
    day = told.filter(pl.col("start") >= ORDERED, pl.col("start") < ORDERED + DAY)
    return board(UNITS, world(day, level), ORDERED.astimezone(CST).date())


def test_barred_vehicles_that_went_in_by_the_side_gate_stand_in_their_hours_and_their_unit_first() -> None:
    twelve = first(12, day=ORDERED, direction="in")
    [one, other] = rows(changed(twelve, site=pl.lit("V001-G2"), stage=pl.lit("3")))
    assert (one.unit.pk, one.level, one.sums["barred"], one.sums["ins"]) == ("V001", "orange", 12, 30)
    assert [(c.hour, c.barred) for c in one.cells if c.barred] == [(8, 3), (9, 3), (10, 3), (11, 3)]
    assert other.sums["barred"] == 0
    assert not any(c.told for c in other.cells)


def test_the_turned_away_are_counted_and_let_nobody_in() -> None:
    turned = first(5, day=ORDERED, direction="in")
    one = rows(changed(turned, stage=pl.lit("3"), allowed=pl.lit(0)))[0]
    assert (one.sums["denied"], one.sums["barred"], one.sums["ins"]) == (5, 0, 25)


def test_vehicles_of_a_stage_that_nobody_knows_are_told_apart_and_electric_ones_are_none_of_them() -> None:
    three = first(3, day=ORDERED, direction="in")
    assert rows(changed(three, stage=pl.lit(None)))[0].sums["unknown"] == 3
    assert rows(changed(three, stage=pl.lit(None), fuel=pl.lit("electric")))[0].sums["unknown"] == 0


def test_without_an_order_nothing_is_barred_and_no_hour_is_ordered() -> None:
    three = first(3, day=ORDERED, direction="in")
    one = rows(changed(three, stage=pl.lit("0")), level="")[0]
    assert (one.level, one.sums["barred"]) == ("", 0)
    assert not any(c.ordered for c in one.cells)


def test_hours_that_have_not_begun_are_ahead() -> None:
    today = datetime(2019, 1, 8, tzinfo=CST).date()
    told = board(UNITS, world(BASE, ""), today)[0]
    assert [c.hour for c in told.cells if c.ahead] == [21, 22, 23]


@pytest.mark.django_db
def test_the_page_takes_a_day_refuses_what_is_none_and_gives_a_table(place: City) -> None:
    clock.set_replay(datetime(2019, 1, 8, 20, tzinfo=CST), 0)
    folder.unit(place)
    client = Client()
    client.force_login(place.person("dispatcher"))
    answer = client.get("/s/vehicle_users/hours/?day=2019-01-07")
    assert answer.status_code == 200
    assert answer.context["day"] == date(2019, 1, 7)
    assert answer.context["after"] == date(2019, 1, 7) + timedelta(days=1)
    assert client.get("/s/vehicle_users/hours/?day=2031-01-07").context["day"] == date(2019, 1, 8)
    assert client.get("/s/vehicle_users/hours/?day=x").status_code == 400
    assert "单位编码" in client.get("/s/vehicle_users/hours/?as=csv").content.decode("utf-8-sig")
