"""The hours of a month's amounts and the cells of its calendar, from tables written by hand: days, sums, words, links."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.plant_emissions.amounts import Amount, as_rows, counts, days_of
from bihuan.scenarios.plant_emissions.hour_tables import minute_table, of_item
from bihuan.scenarios.plant_emissions.items import GAS, SEWAGE
from bihuan.scenarios.plant_emissions.ledger_table import table
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.validity import TITLES, Cell, _cell
from bihuan.scenarios.plant_emissions.validity import counts as states_of

FEBRUARY = date(2020, 2, 1)  # of 29 days
Hour = tuple[datetime, float | None, str]


def at(day: int, hour: int, month: int = 2) -> datetime:
    return datetime(2020, month, day, hour, tzinfo=CST)


def amounts(*hours: Hour) -> pl.DataFrame:
    """Hours with the amount of NOx [kg] and where it comes from."""
    schema: dict[str, Any] = {"start": INSTANT, "nox_kg": pl.Float64, "nox_kg_basis": pl.String}
    return pl.DataFrame(hours, schema=schema, orient="row")


# Days


def test_every_day_of_the_month_has_its_hours_and_their_sum() -> None:
    days = days_of(
        amounts((at(1, 0), 1.0, "measured"), (at(1, 23), 2.0, "measured"), (at(29, 23), 4.0, "measured")),
        "nox", FEBRUARY,
    )  # fmt: skip
    assert (len(days), {len(d.hours) for d in days}) == (29, {24})
    assert (days[0].kg, days[28].kg) == (3.0, 4.0)
    assert [n for n, h in enumerate(days[0].hours) if h is not None] == [0, 23]


def test_what_lies_outside_the_month_is_not_in_it() -> None:
    days = days_of(amounts((at(31, 23, 1), 1.0, "measured"), (at(1, 0, 3), 1.0, "measured")), "nox", FEBRUARY)
    assert all(h is None for d in days for h in d.hours)


def test_a_day_of_which_nothing_is_known_has_no_sum_and_one_of_zeros_has() -> None:
    first, second, *_rest = days_of(
        amounts((at(1, 5), None, "missing"), (at(2, 5), 0.0, "stopped")), "nox", FEBRUARY
    )
    assert first.kg is None
    assert second.kg == 0.0


def test_hours_are_counted_and_weighed_by_where_they_come_from() -> None:
    days = days_of(
        amounts(
            (at(1, 0), 1.5, "measured"), (at(1, 1), 2.5, "measured"), (at(1, 2), 3.0, "substituted:24"),
            (at(2, 0), None, "missing"), (at(2, 1), 0.0, "stopped"),
        ),
        "nox", FEBRUARY,
    )  # fmt: skip
    assert counts(days) == [
        ("measured", "实测", 2, 4.0), ("substituted", "替代", 1, 3.0), ("missing", "无法计量", 1, 0),
        ("stopped", "停运", 1, 0.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("basis", "state", "said"),
    [
        ("measured", "measured", "实测"),
        ("missing", "missing", "无法计量"),
        ("stopped", "stopped", "停运"),
        ("substituted:180", "substituted", "替代 (此前 180 个有效小时的最大值)"),
        ("substituted:c24", "substituted", "替代 (浓度取此前 24 个有效小时的均值)"),
        ("substituted:q720", "substituted", "替代 (流量取此前 720 个有效小时的均值)"),
        (
            "substituted:c24q720",
            "substituted",
            "替代 (浓度取此前 24 个有效小时的均值，流量取此前 720 个有效小时的均值)",
        ),
    ],
)
def test_a_substitute_says_what_it_was_taken_from(basis: str, state: str, said: str) -> None:
    found = Amount(at(1, 0), 1.0, basis)
    assert (found.state, found.said) == (state, said)


@pytest.mark.parametrize(
    ("medium", "flow", "more", "head"),
    [
        (GAS, "flow", {}, "颗粒物实测 mg/m³"),
        (SEWAGE, "water_flow", {"volume": 120.5}, "化学需氧量实测 mg/L"),
    ],
)
def test_a_row_of_the_hours_has_value_amount_and_basis_with_units(
    medium: str, flow: str, more: dict[str, float], head: str
) -> None:
    kind = MEDIA[medium]
    item = kind.pollutants[0]
    row = {
        "start": at(29, 23), "mark": None, item: 60.0, f"{item}_kg": 4.32, f"{item}_kg_basis": "measured", f"n_{item}": 55,
        flow: 20.0, **more,
    }  # fmt: skip
    [found] = as_rows(pl.DataFrame([row]), [item], kind)
    assert (found["小时"], found["标记"], found[head]) == ("2020-02-29 23:00", "", 60.0)
    assert [v for k, v in found.items() if k.endswith("来源")] == ["实测"]
    assert found.get("水量 m³") == more.get("volume")


# The calendar


def cell(flag: str = "N", *, mark: str = "", value: float | None = 1.0, other: str = "N") -> Cell:
    """An hour of two pollutants: the first with this flag and value, the second with the other flag."""
    row: dict[str, object] = {
        "start": at(1, 0), "mark": mark or None, "nox": value, "nox_flag": flag, "valid_nox": flag == "N",
        "pm": None if other == "B" else 1.0, "pm_flag": other, "valid_pm": other == "N",
    }  # fmt: skip
    return _cell(row, ["nox", "pm"])


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (cell(), "valid", "有效"),
        (cell("D"), "invalid", "无效 (故障)"),
        (cell("T"), "invalid", "无效 (超量程)"),
        (cell("B", value=None, other="B"), "missing", "缺失"),
        (cell("B", value=None), "invalid", "无效 (缺数)"),  # one of two
        (cell("F"), "stopped", "停运"),
        (cell("D", mark="维护"), "marked", "标记 (维护)"),
        (cell(mark="维护"), "marked", "标记 (维护)"),
        (cell("D", mark="停运"), "stopped", "停运 (停运)"),
        (cell("D", mark="维护,停运"), "stopped", "停运 (维护、停运)"),
    ],
)
def test_what_an_hour_of_the_calendar_is(found: Cell, state: str, said: str) -> None:
    assert (found.state, found.said) == (state, said)


def test_an_hour_that_is_not_over_says_nothing_and_is_not_counted() -> None:
    days = [(date(2020, 2, 1), [Cell(at(1, 0), "valid"), Cell(at(1, 1), "future"), Cell(at(1, 2), "valid")])]
    assert days[0][1][1].said == ""
    found = {state: n for state, _title, n in states_of(days)}
    assert found == dict.fromkeys(TITLES, 0) | {"valid": 2}


# The ledger's table


def test_the_table_of_the_ledger_escapes_links_and_says_what_is_missing() -> None:
    line: dict[str, Any] = {
        "企业": "甲<b>&乙", "编码": "E1-1", "污染物": "氮氧化物", "排放量 kg": 9.36, "超低达标率 %": None, "有效月": "否", "模拟": "是",
    }  # fmt: skip
    html = table([line, line | {"模拟": "", "排放量 kg": 0.0}], FEBRUARY)
    assert "<b>" not in html
    assert html.count("<td>甲&lt;b&gt;&amp;乙</td>") == 2
    assert html.count('<a href="/s/plant_emissions/E1-1/">E1-1</a>') == 2
    assert '<a href="/s/plant_emissions/E1-1/amounts/?month=2020-02&amp;item=nox">9.36</a>' in html
    assert ">0.0</a>" in html
    assert html.count('<td class="num">—</td>') == 2
    assert html.count('<span class="tag sim">模拟</span>') == 1


def test_the_sums_of_an_enterprise_lead_nowhere() -> None:
    html = table([{"企业": "甲", "排放口数": 2, "污染物": "氮氧化物", "排放量 kg": 9.4}], FEBRUARY)
    assert "<a " not in html
    assert '<td class="num">9.4</td>' in html


# An hour and its minutes


def test_a_quantity_has_what_its_hour_has_of_it() -> None:
    row = {"o2": 9.0, "n_o2": 60, "valid_o2": True}
    found = of_item(row, "o2")
    assert (found["label"], found["unit"], found["value"], found["n"]) == ("含氧量", "%", 9.0, 60)
    assert (found["zs"], found["flag"], found["kg"]) == (None, None, None)


def test_minutes_have_a_column_for_what_occurs_and_for_nothing_else() -> None:
    start, received = at(1, 0), at(1, 0) + timedelta(minutes=2)
    frame = pl.DataFrame(
        {
            "start": [start, start + timedelta(minutes=1)], "received": [received] * 2, "nox": [60.0, None],
            "nox_flag": ["N", "D"], "nox_zs": [55.0, None], "so2": pl.Series([None, None], dtype=pl.Float64), "flow": [20.0, 21.0],
        }
    )  # fmt: skip
    found = minute_table(frame)
    assert [(h["label"], h["unit"]) for h in found["heads"]] == [
        ("氮氧化物", "mg/m³"), ("氮氧化物 自算折算", "mg/m³"), ("标干流量", "m³/h"),
    ]  # fmt: skip
    assert found["minutes"][1] == (
        start + timedelta(minutes=1), [(None, "D", 2), (None, None, 2), (21.0, None, 0)], received,
    )  # fmt: skip
