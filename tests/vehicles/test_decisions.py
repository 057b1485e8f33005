"""Each rule decides what it is for, and a gate with the file decides as the centre does."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bihuan.domain.vehicles.decisions import (
    USUAL,
    Barred,
    Decision,
    Order,
    Pass,
    Rules,
    Settings,
    Unit,
    Vehicle,
    better,
    decide,
)
from bihuan.domain.vehicles.rule_files import RuleFile, as_file

AT = datetime(2026, 12, 5, 4, tzinfo=UTC)
ORANGE, YELLOW = Order("orange", AT - timedelta(hours=2)), Order("yellow")
TRUCK = Vehicle("晋C12345", "yellow", "diesel", "4", "list", date(2014, 5, 1), 25_000.0)
MILL = Unit("V001", "B")


def truck(**other: object) -> Vehicle:
    return Vehicle(**{**TRUCK.__dict__, **other})  # type: ignore[arg-type]


PASSES = (
    Pass("晋C00001", "emergency", AT - timedelta(days=1), AT + timedelta(days=1)),
    Pass("晋C00002", "livelihood", AT - timedelta(days=1), AT + timedelta(days=1), "V009"),
    Pass("晋C00003", "emergency", AT - timedelta(days=9), AT - timedelta(days=8)),
)
CASES = [
    (TRUCK, MILL, None, True, "no_order"),
    (TRUCK, MILL, ORANGE, False, "orange_stage_4"),
    (truck(stage="5"), MILL, ORANGE, True, "stage_met"),
    (TRUCK, MILL, YELLOW, True, "stage_met"),
    (truck(stage="3"), MILL, YELLOW, False, "yellow_stage_3"),
    (truck(stage="2"), MILL, Order("red"), False, "red_stage_4"),
    (truck(fuel="petrol"), MILL, ORANGE, True, "fuel"),
    (truck(fuel="natural_gas"), MILL, ORANGE, False, "orange_stage_4"),
    (truck(permitted_kg=3_400.0), MILL, ORANGE, True, "light"),
    (truck(permitted_kg=None, colour="blue"), MILL, ORANGE, True, "light"),
    (truck(permitted_kg=None, colour=None), MILL, ORANGE, False, "orange_stage_4"),
    (truck(fuel="electric", stage=None), MILL, ORANGE, True, "new_energy"),
    (truck(fuel="hybrid", stage=None, registered=None), MILL, ORANGE, True, "fuel"),
    (truck(fuel=None), MILL, ORANGE, False, "fuel_unknown"),
    (truck(fuel=None, stage="6"), MILL, ORANGE, True, "stage_met"),
    (truck(stage=None, registered=None), MILL, ORANGE, False, "stage_unknown"),
    (truck(stage=None), MILL, ORANGE, False, "orange_stage_4"),
    (truck(stage=None, registered=date(2018, 1, 1)), MILL, ORANGE, True, "stage_met"),
    (truck(plate=""), MILL, ORANGE, False, "no_plate"),
    (TRUCK, Unit("V002", "A"), ORANGE, True, "grade"),
    (TRUCK, Unit("V003", "C", guaranteed=True), ORANGE, True, "guaranteed"),
    (truck(plate="晋C00001"), MILL, ORANGE, True, "exception"),
    (truck(plate="晋C00002"), MILL, ORANGE, False, "orange_stage_4"),
    (truck(plate="晋C00003"), MILL, ORANGE, False, "orange_stage_4"),
]


@pytest.mark.parametrize(("vehicle", "unit", "order", "allow", "rule"), CASES)
def test_each_rule_decides_and_the_file_decides_alike(
    vehicle: Vehicle, unit: Unit, order: Order | None, allow: bool, rule: str
) -> None:
    rules = Rules(passes=PASSES)
    found = decide(vehicle, unit, order, rules, AT)
    assert (found.allow, found.rule) == (allow, rule)
    assert ("准予" in found.text) == allow
    content = json.loads(json.dumps(as_file(unit, order, rules, [], AT, AT + timedelta(hours=24))))
    assert RuleFile(content).decide(vehicle, AT) == found


def test_the_list_of_the_vehicle_counts_before_all_other_sources() -> None:
    seen = truck(stage="6", stage_source="manual")
    assert better(seen, TRUCK).stage == "4"
    assert better(seen, truck(stage=None)).stage == "6"
    assert (
        better(truck(stage="5", stage_source="list"), truck(stage="4", stage_source="national")).stage == "5"
    )
    assert decide(truck(stage=None), MILL, ORANGE, Rules(), AT).stage_source == "date"


def test_a_city_settles_unknown_stages_grades_and_its_own_rows() -> None:
    unknown = truck(stage=None, registered=None)
    assert decide(unknown, MILL, ORANGE, Rules(settings=Settings(stage_unknown=True)), AT).allow
    assert not decide(TRUCK, Unit("V002", "A"), ORANGE, Rules(settings=Settings(grades=())), AT).allow
    orange = next(row for row in USUAL if row.level == "orange")
    stricter = Barred.of({**orange.row, "since": "2026-12-01", "stage": "5"})
    rules = Rules((*USUAL, stricter))
    assert not decide(truck(stage="5"), MILL, ORANGE, rules, AT).allow
    assert decide(truck(stage="5"), MILL, ORANGE, rules, AT - timedelta(days=9)).allow, "not before its date"


def test_the_plan_of_the_winter_of_2018_bars_at_orange_and_nothing_before_it() -> None:
    """京津冀及周边地区 2018-2019 年秋冬季攻坚行动方案: from orange on; the rows with yellow came with the guide of 2020."""
    winter = datetime(2019, 1, 11, 8, tzinfo=UTC)
    assert not decide(TRUCK, MILL, ORANGE, Rules(), winter).allow
    assert decide(truck(stage="5"), MILL, ORANGE, Rules(), winter).allow
    assert decide(truck(stage="3"), MILL, YELLOW, Rules(), winter).rule == "not_barred"
    assert decide(TRUCK, MILL, ORANGE, Rules(), datetime(2018, 9, 1, tzinfo=UTC)).rule == "not_barred"


def test_a_file_knows_the_vehicles_that_the_unit_saw_and_says_when_it_is_too_old() -> None:
    content = as_file(MILL, ORANGE, Rules(), [TRUCK], AT, AT + timedelta(hours=24))
    file = RuleFile(json.loads(json.dumps(content)))
    bare = Vehicle(TRUCK.plate)
    assert file.decide(bare, AT).rule == "orange_stage_4"
    late = file.decide(bare, AT + timedelta(hours=25))
    assert isinstance(late, Decision)
    assert (late.allow, late.rule) == (True, "file_expired")
