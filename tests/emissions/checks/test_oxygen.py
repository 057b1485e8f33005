"""Oxygen against the outlet's own relation to load."""

import polars as pl
import pytest

from bihuan.domain.emissions.checks import oxygen as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)
O2 = pl.col("o2")


def test_oxygen_pulled_down_by_three_points() -> None:
    low = world.change(CALM, at(12, 2), at(20, 2), o2=O2 - 3)
    found = rules.pulled_down(world.stacks(low))
    assert found.select("start", "until", "item").rows() == [(at(12, 2), at(20, 2), "o2")]
    assert found["magnitude"].item() == pytest.approx(3.0, abs=0.6)
    assert "比同负荷平常低" in found["title"].item()
    assert rules.pulled_down(world.stacks(world.change(CALM, at(12, 2), at(20, 2), o2=O2 - 1))).is_empty()


def test_it_is_found_when_it_lasts_for_half_of_the_time() -> None:
    low = world.change(CALM, at(6, 1), at(20, 2), o2=O2 - 3)
    assert rules.pulled_down(world.stacks(low))["start"].to_list() == [at(6, 1)]


def test_oxygen_that_falls_because_load_rises_is_normal() -> None:
    """Load from 60 to 100 % with 0.06 % O2 per %: 2.4 points lower, as the relation says."""
    up = world.change(CALM, at(12, 2), at(20, 2), load=100.0, o2=6.0 + (pl.col("start").dt.minute() % 7) / 20)
    night = world.change(up, at(0, 2), at(8, 2), load=60.0, o2=8.4 + (pl.col("start").dt.minute() % 7) / 20)
    assert rules.pulled_down(world.stacks(night)).is_empty()


def test_marked_hours_are_not_judged() -> None:
    low = world.change(CALM, at(12, 2), at(20, 2), o2=O2 - 3)
    assert rules.pulled_down(world.stacks(low, marks=world.mark(at(12, 2), at(20, 2)))).is_empty()


def test_frozen_oxygen() -> None:
    frozen = world.change(CALM, at(10, 1), at(14, 1), o2=7.2)
    found = rules.constant(world.stacks(frozen))
    assert found.select("start", "until", "item", "magnitude", "title").rows() == [
        (at(10, 1), at(14, 1), "o2", 4.0, "含氧量 7.2 % 连续 4 小时不变")
    ]
    air = world.change(CALM, at(10, 1), at(14, 1), o2=20.9)
    assert rules.constant(world.stacks(air)).is_empty()


def test_air_in_the_line_while_the_boiler_runs() -> None:
    air = world.change(CALM, at(12, 2), at(16, 2), o2=19.5, nox=3.0)
    found = rules.leak(world.stacks(air))
    assert found.select("start", "until", "item").rows() == [(at(12, 2), at(16, 2), "o2")]
    assert found["magnitude"].item() == pytest.approx(12.5, abs=1)
    assert found["title"].item().startswith("含氧量 19.5 %，比同负荷平常高 ")
    assert found["title"].item().endswith("流量均正常，持续 4 小时（疑似漏气或稀释）")


def test_air_in_the_duct_of_a_cold_boiler_is_normal() -> None:
    cold = world.change(CALM, at(12, 2), at(16, 2), o2=19.5, temp=25.0)
    assert rules.leak(world.stacks(cold)).is_empty()
    idle = world.change(CALM, at(12, 2), at(16, 2), o2=19.5, load=0.0)
    assert rules.leak(world.stacks(idle)).is_empty()


def test_diluted_nights() -> None:
    diluted = world.change(CALM, at(22, 0), at(6, 1), o2=O2 + 2.5)
    one = rules.night_dilution(world.stacks(diluted))
    assert one.is_empty()
    both = world.change(diluted, at(22, 1), at(6, 2), o2=O2 + 2.5)
    found = rules.night_dilution(world.stacks(both))
    assert found.select("start", "until", "item").rows() == [(at(22, 0), at(6, 2), "o2")]
    assert found["magnitude"].item() == pytest.approx(2.5, abs=0.6)
    assert found["title"].item().startswith("6月10日起 3 天内的夜间（22 时至 6 时）含氧量比白天同负荷高 ")


def test_the_time_before_an_odd_one_is_not_odd() -> None:
    """Low from the second day on: the day before is not judged by what comes after it."""
    low = world.change(CALM, at(6, 1), at(0, 3), o2=O2 - 4)
    assert rules.leak(world.stacks(low)).is_empty()
    assert rules.pulled_down(world.stacks(low))["start"].to_list()[0] == at(6, 1)


def test_gas_after_a_day_of_air_is_not_pulled_down() -> None:
    air = world.change(CALM, at(0, 0), at(12, 2), o2=20.0)
    assert rules.pulled_down(world.stacks(air)).is_empty()
