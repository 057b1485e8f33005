"""What a plan says before anything is done: the fate of a row, what the history calls it, the report of a file."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bihuan.kit.registers.plan import Action, Fate, Plan, Problem, Row
from bihuan.kit.registers.writing import MASK, Refused, alone, kept, together
from bihuan.reasons import as_told
from bihuan.registry.models import Site
from tests.kit.registers.world import MEASURES, SITES

WRONG = Problem("lon", "1136", "不在地球上", "核对小数点")


def row(number: int = 2, **given: Any) -> Row:
    return Row(number, ("S1",), given.pop("values", {"code": "S1", "name": "桃北中学"}), **given)


@pytest.mark.parametrize(
    ("given", "fate"),
    [
        ({}, Fate.SAME), ({"after": {"name": "新"}}, Fate.CHANGED), ({"secrets": {"key": "x"}}, Fate.CHANGED), ({"new": True}, Fate.NEW),
        ({"gone": True}, Fate.CHANGED), ({"new": True, "problems": [WRONG]}, Fate.REFUSED),
        ({"after": {"name": "新"}, "problems": [WRONG]}, Fate.REFUSED), ({"warnings": ["近"]}, Fate.SAME),
    ],
)  # fmt: skip
def test_the_fate_of_a_row_follows_from_what_it_changes_and_whether_it_may(
    given: dict[str, Any], fate: Fate
) -> None:
    assert row(**given).fate is fate


@pytest.mark.parametrize(
    ("given", "action"),
    [
        ({"new": True, "after": {"until": None}}, Action.NEW), ({"gone": True}, Action.REMOVED),
        ({"after": {"until": date(2024, 1, 1)}}, Action.ENDED), ({"after": {"until": None}}, Action.RESTORED),
        ({"after": {"until": None, "name": "新"}}, Action.CHANGED), ({"after": {"name": "新"}}, Action.CHANGED),
        ({"after": {"until": None}, "secrets": {"key": "x"}}, Action.CHANGED),
    ],
)  # fmt: skip
def test_the_history_calls_an_end_an_end_and_a_change_a_change(given: dict[str, Any], action: Action) -> None:
    assert row(**given).action == action


def test_an_object_is_called_as_the_file_calls_it_else_as_it_is() -> None:
    there = Site(code="S1", name="旧名")
    assert row(target=there).name == "桃北中学"
    assert row(target=there, values={"code": "S1"}).name == "旧名"
    assert row(target=there, values={"code": "S1", "name": ""}).name == "旧名"
    assert row(values={}).name == ""


def plan(*rows: Row, **given: Any) -> Plan:
    return Plan(SITES, "表.csv", rows, **given)


def test_a_plan_counts_its_rows_and_does_only_what_changes_something() -> None:
    rows = [
        row(2, new=True),
        row(3),
        row(4, after={"name": "新"}),
        row(5, problems=[WRONG]),
        row(6, new=True),
    ]
    made = plan(*rows)
    assert dict(made.counts) == {Fate.NEW: 2, Fate.SAME: 1, Fate.CHANGED: 1, Fate.REFUSED: 1}
    assert [r.number for r in made.effective] == [2, 4, 6]
    assert [r.number for r in made.of(Fate.REFUSED)] == [5]
    assert plan().effective == []


def test_a_refusal_is_looked_for_under_the_head_that_the_file_has() -> None:
    made = plan(heads={"lon": "经度坐标"})
    assert (made.head_of("lon"), made.head_of("lat"), made.head_of("")) == ("经度坐标", "纬度", "")


def test_the_report_names_row_column_value_and_why_and_keeps_the_warnings() -> None:
    rows = [
        row(2, new=True, warnings=["可能重复"]),
        row(3, problems=[WRONG, Problem("", "S1", "重复", "删去")]),
        row(4),
    ]
    made = plan(*rows, heads={"lon": "经度"}, ignored=("备注",), notes=("按 GBK 读取",)).report()
    assert (made.rows, made.new, made.same, made.corrected, made.quarantined) == (3, 1, 1, 0, 1)
    assert [(r.row, r.column, r.value) for r in made.refused] == [(3, "经度", "1136"), (3, "", "S1")]
    assert (made.refused[0].reason, made.refused[0].why) == (
        "不在地球上",
        as_told("不在地球上", "核对小数点"),
    )
    assert made.ignored_columns == ["备注"]
    assert len(made.notes) == 2
    assert "2: 可能重复" in str(made.notes[1])


def test_one_object_that_is_outdated_is_refused_and_one_of_many_stays_in_the_plan() -> None:
    lost = row(problems=[WRONG])
    with pytest.raises(Refused, match="不在地球上（核对小数点）") as caught:
        alone(lost)
    assert caught.value.problems == (WRONG,)
    together(lost)
    assert str(Refused([WRONG, WRONG])) == "不在地球上（核对小数点）；不在地球上（核对小数点）"


def test_the_history_keeps_days_as_texts_and_secrets_not_at_all() -> None:
    values = {
        "day": date(2024, 1, 31), "at": datetime(2024, 1, 31, 8, tzinfo=UTC), "price": Decimal("1.50"), "n": 3, "none": None,
        "shape": {"type": "Point"},
    }  # fmt: skip
    found = kept(values)
    assert (found["day"], found["price"], found["n"], found["none"]) == ("2024-01-31", "1.50", 3, None)
    assert found["at"].startswith("2024-01-31T08:00")
    assert found["shape"] == {"type": "Point"}
    assert MASK.strip("*") == ""


def test_a_register_without_names_calls_an_object_by_what_it_is() -> None:
    made = Plan(MEASURES, "", [])
    assert made.head_of("kg_per_day") == MEASURES.title_of("kg_per_day")
    assert MEASURES.head_of("kg_per_day").endswith("（kg/d）")
