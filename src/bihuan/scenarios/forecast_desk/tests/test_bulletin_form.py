"""What a form may say: the last value that is taken and the first that is not, field by field, and what becomes of it."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from bihuan.archive.forecasts import Run
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.forecast_desk.bulletin_form import BadContent, read
from bihuan.scenarios.forecast_desk.machine import adjusted_hours, machine_days
from bihuan.scenarios.forecast_desk.tests.world import KEY, World

CLEAN = {"pm25": "35", "pm10": "50", "so2": "50", "no2": "40", "co": "2", "o3_8h": "100"}
PERIOD = {"item_1": "pm25", "factor_1": "1", "shift_1": "0"}


def said(world: World, form: dict[str, str], run: Run | None = None) -> dict[str, Any]:
    """The content of a form."""
    return read(form, run or world.run(), KEY)


def first_day(world: World, **fields: str) -> dict[str, Any]:
    """The first day of a form whose fields are written without the date."""
    (day, *_rest) = said(world, {f"{k}_{world.day()}": v for k, v in fields.items()})["days"]
    return dict(day)


def refusal(world: World, form: dict[str, str]) -> str:
    """Why a form is refused."""
    with pytest.raises(BadContent) as found:
        said(world, form)
    return str(found.value)


@pytest.mark.parametrize("value", ["0", "500"])
def test_an_index_from_0_to_500_is_taken(world: World, value: str) -> None:
    assert first_day(world, v_aqi=value)["aqi"] == {"low": None, "value": float(value), "high": None}


@pytest.mark.parametrize("value", ["-1", "500.1", "nan", "inf", "-inf", "1e400"])
def test_an_index_outside_is_refused_with_its_day(world: World, value: str) -> None:
    why = refusal(world, {f"v_aqi_{world.day()}": value})
    assert f"{world.day()} AQI：{value} 应在 0 与 500 之间" in why


@pytest.mark.parametrize(("value", "taken"), [("2000", True), ("2000.5", False)])
def test_concentrations_reach_to_2000(world: World, value: str, taken: bool) -> None:
    form = {f"v_aqi_{world.day()}": "400", f"v_pm10_{world.day()}": value}
    if taken:
        assert first_day(world, v_aqi="400", v_pm10=value)["items"]["pm10"]["value"] == 2000
    else:
        assert "PM10：2000.5 应在 0 与 2000 之间" in refusal(world, form)


@pytest.mark.parametrize("mark", ["-", "—", "–", "～", "~", "至", " - "])
def test_a_range_may_be_written_as_people_write_it(world: World, mark: str) -> None:
    assert first_day(world, r_aqi=f"110{mark}150")["aqi"] == {"low": 110, "value": 130, "high": 150}


@pytest.mark.parametrize("span", ["110", "110-", "-150", "110-130-150", "110-高"])
def test_half_a_range_is_refused(world: World, span: str) -> None:
    why = refusal(world, {f"r_aqi_{world.day()}": span})
    assert f"{world.day()} AQI" in why
    assert "应写成 90-120" in why or "不是数字" in why


@pytest.mark.parametrize(
    ("span", "levels"),
    [
        # HJ 633-2012 table 2: levels end at 50, 100, 150, 200 and 300.
        ("40-50", [1]),
        ("50-51", [1, 2]),
        ("51-100", [2]),
        ("101-200", [3, 4]),
        ("151-300", [4, 5]),
        ("301-500", [6]),
    ],
)
def test_levels_of_a_range(world: World, span: str, levels: list[int]) -> None:
    assert first_day(world, r_aqi=span, primary="PM2.5")["levels"] == levels


@pytest.mark.parametrize("span", ["50-101", "100-151", "150-201", "200-301"])
def test_a_range_over_three_levels_is_too_wide_to_publish(world: World, span: str) -> None:
    assert "跨了 3 级" in refusal(world, {f"r_aqi_{world.day()}": span})


def test_the_value_may_stand_at_the_end_of_its_range(world: World) -> None:
    for value in ("110", "150"):
        assert first_day(world, v_aqi=value, r_aqi="110-150")["aqi"]["value"] == float(value)
    for value in ("109", "151"):
        form = {f"v_aqi_{world.day()}": value, f"r_aqi_{world.day()}": "110-150"}
        assert f"值 {value} 不在范围 110-150 之内" in refusal(world, form)


@pytest.mark.parametrize(
    ("given", "index", "primary"),
    [
        # HJ 633-2012 table 1: every one of these six stands at IAQI 50; no primary item up to 50.
        ({}, 50, ""),
        ({"pm25": "36"}, 52, "PM2.5"),  # 50 + 1.25, rounded up
        ({"o3_8h": "160"}, 100, "O3_8h"),
        ({"pm25": "75", "pm10": "150"}, 100, "PM2.5,PM10"),
        ({"co": "4"}, 100, "CO"),
    ],
)
def test_six_items_give_the_index_and_its_primary(
    world: World, given: dict[str, str], index: int, primary: str
) -> None:
    day = first_day(world, **{f"v_{k}": v for k, v in (CLEAN | given).items()})
    assert (day["aqi"]["value"], set(day["primary"].split(","))) == (index, set(primary.split(",")))


def test_an_index_that_is_given_stands_over_what_six_items_would_make(world: World) -> None:
    day = first_day(world, v_aqi="120", **{f"v_{k}": v for k, v in CLEAN.items()}, primary="PM10")
    assert (day["aqi"]["value"], day["primary"]) == (120, "PM10")


@pytest.mark.parametrize("chosen", ["", "烟尘", "PM2.5,烟尘"])
def test_above_50_a_primary_item_must_be_named(world: World, chosen: str) -> None:
    form = {f"v_aqi_{world.day()}": "51", f"primary_{world.day()}": chosen}
    assert "须写明首要污染物" in refusal(world, form)
    assert first_day(world, v_aqi="50", primary=chosen)["primary"] == ""


def test_left_to_the_machine_the_primary_is_that_of_most_paths(world: World) -> None:
    # Two of the three paths of the run have PM2.5.
    assert first_day(world, v_aqi="120", primary="auto")["primary"] == "PM2.5"


def test_a_day_of_which_nothing_is_said_is_left_out(world: World) -> None:
    content = said(
        world, {f"v_aqi_{world.day(0)}": "90", f"v_aqi_{world.day(2)}": "110", f"r_aqi_{world.day(1)}": "  "}
    )
    assert [d["date"] for d in content["days"]] == [world.day(0), world.day(2)]


def test_days_beyond_the_run_cannot_be_said(world: World) -> None:
    """The run reaches three days; a fourth alone is nothing at all."""
    assert "没有填写任何一天" in refusal(world, {f"v_aqi_{world.day(3)}": "90"})


def period(world: World, first: str, until: str, **more: str) -> dict[str, str]:
    """A form with one adjusted period."""
    return {f"v_aqi_{world.day()}": "180", **PERIOD, "first_1": first, "until_1": until, **more}


def moved(world: World, form: dict[str, str]) -> dict[str, float]:
    """Hour of its beginning in China -> what a person says, where that is not the machine's 100."""
    run = world.run()
    rows = adjusted_hours(run, KEY, said(world, form, run)["hours"]).filter(pl.col("person") != 100)
    return {f"{r['start'].astimezone(CST):%d %H}": r["person"] for r in rows.iter_rows(named=True)}


def test_a_period_is_of_the_hours_that_begin_in_it(world: World) -> None:
    day = world.day(1)
    assert moved(world, period(world, f"{day}T05:00", f"{day}T07:00", shift_1="10")) == {
        "26 05": 110,
        "26 06": 110,
    }
    # Nothing that is filled in is without effect: an hour that begins in the period is moved, however short the period.
    assert moved(world, period(world, f"{day}T05:00", f"{day}T05:30", shift_1="10")) == {"26 05": 110}
    assert moved(world, period(world, f"{day}T05:30", f"{day}T07:00", shift_1="10")) == {"26 06": 110}


def test_a_concentration_is_never_moved_below_zero(world: World) -> None:
    day = world.day(1)
    assert moved(world, period(world, f"{day}T05:00", f"{day}T06:00", shift_1="-300")) == {"26 05": 0}


def test_periods_that_overlap_follow_each_other(world: World) -> None:
    day = world.day(1)
    second = {
        "item_2": "pm25",
        "first_2": f"{day}T06:00",
        "until_2": f"{day}T08:00",
        "factor_2": "2",
        "shift_2": "",
    }
    form = period(world, f"{day}T05:00", f"{day}T07:00", shift_1="10") | second
    # 100 + 10; then (100 + 10) x 2; then 100 x 2.
    assert moved(world, form) == {"26 05": 110, "26 06": 220, "26 07": 200}


@pytest.mark.parametrize("shift", ["nan", "inf", "-inf", "1e308", "2000.1", "-2000.1"])
def test_a_shift_that_no_concentration_has_is_refused(world: World, shift: str) -> None:
    day = world.day(1)
    assert "增减量应在 -2000 与 2000 之间" in refusal(
        world, period(world, f"{day}T05:00", f"{day}T06:00", shift_1=shift)
    )


@pytest.mark.parametrize(
    ("factor", "taken"), [("0.1", True), ("10", True), ("0.09", False), ("10.1", False), ("nan", False)]
)
def test_factors_from_a_tenth_to_ten(world: World, factor: str, taken: bool) -> None:
    day = world.day(1)
    form = period(world, f"{day}T05:00", f"{day}T06:00", factor_1=factor)
    if taken:
        assert said(world, form)["hours"][0]["factor"] == float(factor)
    else:
        assert "时段 1：系数应在 0.1 与 10 之间" in refusal(world, form)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"item_1": "aqi"}, "请选择因子"),
        ({"item_1": ""}, "请选择因子"),
        ({"first_1": ""}, "没有填对"),
        ({"until_1": "明天"}, "没有填对"),
        ({"shift_1": "多一点"}, "没有填对"),
        ({"item_1": "so2"}, "不在这次预报的 72 小时之内"),  # the run has no hours of it
        ({"first_1": "2019-03-10T00:00", "until_1": "2019-03-11T00:00"}, "不在这次预报的 72 小时之内"),
    ],
)
def test_a_period_that_cannot_be_says_what_to_mend(world: World, changes: dict[str, str], says: str) -> None:
    day = world.day(1)
    why = refusal(world, period(world, f"{day}T05:00", f"{day}T06:00", shift_1="5") | changes)
    assert "时段 1" in why
    assert says in why


def test_times_of_a_period_are_of_china(world: World) -> None:
    day = world.day(1)
    (kept,) = said(world, period(world, f"{day}T05:00", f"{day}T06:00", shift_1="5"))["hours"]
    assert datetime.fromisoformat(kept["first"]) == datetime(2019, 2, 26, 5, tzinfo=CST)


def test_what_the_machine_says_is_as_the_run_has_it(world: World) -> None:
    days = {(r["date"], r["item"]): r for r in machine_days(world.run(), KEY)}
    assert len(days) == 3 * 7
    row = days[world.day(1), "aqi"]
    # The run: median 160 on the first day and 10 less on each after; 30 to either side are its 90 %.
    assert (row["q05"], row["q50"], row["q95"], row["p4"], row["primary"]) == (120, 150, 180, 1, "PM2.5")


@pytest.mark.parametrize("field", ["first", "until"])
def test_a_span_without_factor_or_shift_is_not_left_out_silently(world: World, field: str) -> None:
    form = {f"v_aqi_{world.day()}": "180", "item_1": "pm25", f"{field}_1": f"{world.day()}T18:00"}
    assert refusal(world, form) == "时段 1：只有起止时间，请填写系数或增减量，或清空起止时间。"


def test_a_line_of_which_only_the_item_stands_says_nothing(world: World) -> None:
    form = {f"v_aqi_{world.day()}": "180", **{f"item_{k}": "pm25" for k in (1, 2, 3)}}
    assert said(world, form)["hours"] == []
