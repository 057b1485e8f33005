"""Values against the instrument's range, physics and the rated flow."""

import polars as pl
import pytest

from bihuan.domain.emissions.checks import ranges as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=2)


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "item", "magnitude").rows()


def test_values_at_the_top_of_the_range() -> None:
    high = world.change(CALM, at(12, 1), at(12.5, 1), so2=100.0)
    found = rules.over_range(world.stacks(high))
    assert _run(found) == [(at(12, 1), at(12.5, 1), "so2", 30.0)]
    assert found["title"].item() == "二氧化硫达到量程上限 100 mg/m³，持续 30 分钟"
    assert rules.over_range(world.stacks(world.change(CALM, at(12, 1), at(12.5, 1), so2=99.9))).is_empty()
    five = world.change(CALM, at(12, 1), at(12 + 5 / 60, 1), so2=100.0)
    assert rules.over_range(world.stacks(five)).is_empty()


def test_the_flag_t_counts_without_a_known_range() -> None:
    flagged = world.change(CALM, at(12, 1), at(13, 1), pm_flag="T")
    found = rules.over_range(world.stacks(flagged, spans=world.spans().clear()))
    assert found["title"].to_list() == ["颗粒物达到T 标识，持续 60 分钟"]
    marked = world.stacks(flagged, marks=world.mark(at(12, 1), at(13, 1)))
    assert rules.over_range(marked).is_empty()


def test_a_range_below_the_limit() -> None:
    found = rules.span_too_small(world.stacks(CALM, spans=world.spans(nox=40.0)))
    assert found.select("item", "magnitude", "title").rows() == [
        ("nox", 1.25, "氮氧化物量程上限 40 mg/m³，只有限值 50 的 0.8 倍，超标测不出")
    ]
    assert rules.span_too_small(world.stacks(CALM, spans=world.spans(nox=50.0))).is_empty()


def test_a_range_far_above_limit_and_values() -> None:
    """1000 is 20 times 50, and 99 % of about 32 lie under 100; 400 is 8 times."""
    found = rules.span_too_wide(world.stacks(CALM, spans=world.spans(nox=1000.0)))
    assert found.select("item", "magnitude").rows() == [("nox", 20.0)]
    assert rules.span_too_wide(world.stacks(CALM, spans=world.spans(nox=400.0))).is_empty()
    busy = CALM.with_columns(nox=pl.lit(150.0))
    assert rules.span_too_wide(world.stacks(busy, spans=world.spans(nox=1000.0))).is_empty()


@pytest.mark.parametrize(
    ("item", "value", "off", "fine", "text"),
    [
        ("temp", 850.0, 250.0, 590.0, "烟气温度 850 °C，超出可能范围 -20～600，持续 1 小时"),
        ("humidity", 0.0, 0.1, 0.5, "烟气湿度 0 %，超出可能范围 0.1～50，持续 1 小时"),
        ("o2", 24.0, 2.5, 21.2, "含氧量 24 %，超出可能范围 0～21.5，持续 1 小时"),
        ("pressure", 40.0, 25.0, 3.0, "烟气静压 40 kPa，超出可能范围 -15～15，持续 1 小时"),
    ],
)
def test_impossible_states(item: str, value: float, off: float, fine: float, text: str) -> None:
    odd = world.stacks(world.change(CALM, at(12, 1), at(13, 1), **{item: value}))
    found = rules.impossible(odd)
    assert _run(found) == [(at(12, 1), at(13, 1), item, off)]
    assert found["title"].item() == text
    assert rules.impossible(world.stacks(world.change(CALM, at(12, 1), at(13, 1), **{item: fine}))).is_empty()


def test_more_water_than_the_gas_can_hold() -> None:
    """At 50 °C saturation is 12.3 kPa of 101.3: 12.2 %; 20 % is 1.64 times."""
    wet = world.change(CALM, at(12, 1), at(16, 1), temp=50.0, humidity=20.0)
    found = rules.oversaturated(world.stacks(wet))
    assert found.select("start", "until", "item").rows() == [(at(12, 1), at(16, 1), "humidity")]
    assert found["magnitude"].item() == pytest.approx(1.64, abs=0.01)
    assert found["title"].item() == "烟气湿度 20 %，高于 50 °C 时的饱和湿度 12.2 %，持续 4 小时"
    assert rules.oversaturated(
        world.stacks(world.change(wet, at(12, 1), at(16, 1), humidity=14.0))
    ).is_empty()
    assert rules.oversaturated(world.stacks(world.change(wet, at(12, 1), at(16, 1), temp=105.0))).is_empty()


@pytest.mark.parametrize(
    ("temp", "humidity", "found"),
    # Steam tables: 43 °C holds 8.53 %, 53 °C 14.1 %, 23 °C 2.77 % at 101.325 kPa; a quarter or 1.5 points more may be shown.
    [(40.0, 10.5, 0), (40.0, 10.9, 1), (50.0, 17.5, 0), (50.0, 17.9, 1), (20.0, 4.2, 0), (20.0, 4.4, 1)],
)
def test_gas_is_oversaturated_beyond_what_both_instruments_may_be_wrong_by(
    temp: float, humidity: float, found: int
) -> None:
    wet = world.change(CALM, at(12, 1), at(16, 1), temp=temp, humidity=humidity)
    assert rules.oversaturated(world.stacks(wet)).height == found


def test_flow_beyond_the_rated() -> None:
    fast = world.change(CALM, at(12, 1), at(14, 1), flow=700_000.0)
    found = rules.flow_beyond_rated(world.stacks(fast))
    assert _run(found) == [(at(12, 1), at(14, 1), "flow", 1.4)]
    assert found["title"].item() == "标干流量 700000 m³/h，为额定 500000 的 1.4 倍，持续 2 小时"
    assert rules.flow_beyond_rated(
        world.stacks(world.change(CALM, at(12, 1), at(14, 1), flow=640_000.0))
    ).is_empty()


def test_a_stopped_stack_may_have_no_humidity() -> None:
    flags = {f"{i}_flag": "F" for i in ("pm", "so2", "nox", "o2", "flow")}
    assert rules.impossible(
        world.stacks(world.change(CALM, at(12, 1), at(13, 1), humidity=0.0, **flags))
    ).is_empty()
