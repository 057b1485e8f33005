"""A simulated bar: away from the centre it decides by its file as the centre would; a unit that cheats goes round by the side gate."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bihuan.domain.vehicles.decisions import Order, Rules, Unit
from bihuan.domain.vehicles.rule_files import RuleFile, as_file
from bihuan.simulate.gates.bars import DETOUR, Bar

AT = datetime(2019, 1, 12, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Away:
    """The network is cut."""

    def decision(self, _vehicle: dict[str, Any]) -> Any:
        raise ConnectionError

    rules = decision


def bar(**more: Any) -> Bar:
    """With the file of an orange warning."""
    made = Bar(Away(), "", **more)  # type: ignore[arg-type]  # it is asked for no more
    content = as_file(Unit("V001"), Order("orange", AT - HOUR), Rules(), (), AT - HOUR, AT + 24 * HOUR)
    made.file = RuleFile(content)
    return made


def record(plate: str = "晋C10001", direction: str = "in", **more: Any) -> dict[str, Any]:
    said = {
        "gate": "V001-G1",
        "number": "1",
        "plate": plate,
        "colour": "yellow",
        "fuel": "diesel",
        "direction": direction,
    }
    return said | {"stage": "4", "stage_source": "list", "permitted_kg": 49000.0, **more}


@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        ({}, False),
        ({"stage": "5"}, True),
        ({"permitted_kg": 3000.0}, True),
        ({"stage": None, "registered": "2012-03-01"}, False),
        ({"stage": None, "registered": "2018-03-01"}, True),
    ],
)
def test_away_from_the_centre_it_goes_by_all_that_it_would_tell_the_centre(
    told: dict[str, Any], allowed: bool
) -> None:
    [decided] = bar().passed(record(**told), AT, cut=False)
    assert (decided["allowed"], decided["decided_by"]) == (allowed, "file")


def test_who_was_turned_away_does_not_come_out() -> None:
    one = bar()
    one.passed(record(), AT, cut=True)
    assert one.passed(record(direction="out"), AT + HOUR, cut=True) == []
    assert one.passed(record("晋C10002", "out"), AT + HOUR, cut=True) != []


def test_a_unit_that_cheats_opens_its_side_gate_so_often_and_no_oftener() -> None:
    one = bar(side="V001-G2", lets_in=1)
    one.passed(record(), AT, cut=True)
    one.passed(record("晋C10002"), AT, cut=True)
    assert one.round_the_back(AT + DETOUR) == [], "they are still on the way"
    [inside] = one.round_the_back(AT + 2 * DETOUR)
    assert (inside["gate"], inside["plate"], inside["allowed"], inside["opened"]) == (
        "V001-G2",
        "晋C10001",
        True,
        "manual",
    )
    assert "rule" not in inside
    assert one.passed(record(direction="out"), AT + HOUR, cut=True) != [], "it was inside"
    assert one.passed(record("晋C10002", "out"), AT + HOUR, cut=True) == []
