"""What comes out against what the process does."""

import polars as pl
import pytest

from bihuan.domain.emissions.checks import process as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)
MINUTE = pl.col("start").dt.minute()


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "item").rows()


def test_a_made_up_flow_does_not_follow_the_load() -> None:
    """On the second day the flow goes the other way than the load."""
    made_up = world.change(CALM, at(0, 1), at(0, 2), flow=600_000 - 3000 * pl.col("load"))
    found = rules.flow_without_load(world.stacks(made_up))
    assert _run(found) == [(at(0, 1), at(0, 2), "flow")]
    assert found["magnitude"].item() == pytest.approx(2, abs=0.05)
    assert found["title"].item().startswith("负荷变化 ")
    assert found["title"].item().endswith("而流量不随之变化（相关系数 -1），1 天")


def test_at_a_steady_load_nothing_can_be_said_of_the_flow() -> None:
    steady = CALM.with_columns(load=80.0 + MINUTE % 3, flow=400_000.0 - MINUTE % 3)
    assert rules.flow_without_load(world.stacks(steady)).is_empty()


def test_half_the_flow_at_the_same_load() -> None:
    half = world.change(CALM, at(10, 2), at(16, 2), flow=pl.col("flow") * 0.5)
    found = rules.flow_low(world.stacks(half))
    assert _run(found) == [(at(10, 2), at(16, 2), "flow")]
    assert found["magnitude"].item() == pytest.approx(50, abs=4)
    assert found["title"].item().startswith("标干流量 ")
    less = world.change(CALM, at(10, 2), at(16, 2), flow=pl.col("flow") * 0.8)
    assert rules.flow_low(world.stacks(less)).is_empty()
    slower = world.change(half, at(10, 2), at(16, 2), load=pl.col("load") * 0.55)
    assert rules.flow_low(world.stacks(slower)).is_empty()


def test_a_concentration_that_leaves_the_load() -> None:
    """NOx = 0.4 x load on days 1, 2 and 4, and against the load on day 3."""
    bound = world.converted(world.honest(days=4).with_columns(nox=0.4 * pl.col("load")))
    free = world.change(bound, at(0, 2), at(0, 3), nox=60 - 0.4 * pl.col("load"))
    found = rules.relation_lost(world.stacks(free))
    assert _run(found) == [(at(0, 2), at(0, 3), "nox")]
    assert found["title"].item() == "氮氧化物不再随负荷变化：相关系数 -1，平常 1，1 天"
    assert rules.relation_lost(world.stacks(bound)).is_empty()


def test_hidden_production() -> None:
    hidden = world.change(CALM, at(12, 1), at(16, 1), load=0.0)
    found = rules.emission_without_load(world.stacks(hidden))
    assert _run(found) == [(at(12, 1), at(16, 1), "")]
    assert found["magnitude"].item() == 4
    assert found["title"].item().startswith("负荷 0 % 而流量 ")
    cold = world.change(hidden, at(12, 1), at(16, 1), temp=25.0)
    assert rules.emission_without_load(world.stacks(cold)).is_empty()
    still = world.change(hidden, at(12, 1), at(16, 1), flow=10_000.0)
    assert rules.emission_without_load(world.stacks(still)).is_empty()
    unknown = world.change(CALM, at(12, 1), at(16, 1), load=pl.lit(None, pl.Float64))
    assert rules.emission_without_load(world.stacks(unknown)).is_empty()


def test_flow_of_cold_air() -> None:
    cold = world.change(CALM, at(12, 1), at(15, 1), temp=24.0)
    found = rules.cold_flow(world.stacks(cold))
    assert _run(found) == [(at(12, 1), at(15, 1), "temp")]
    assert found["magnitude"].item() == pytest.approx(28, abs=1)
    assert "而烟温仅 24 °C，平常 52" in found["title"].item()
    assert rules.cold_flow(world.stacks(world.change(CALM, at(12, 1), at(15, 1), temp=38.0))).is_empty()
    stopped = world.change(cold, at(12, 1), at(15, 1), flow=30_000.0)
    assert rules.cold_flow(world.stacks(stopped)).is_empty()


def test_a_concentration_cut_in_three_while_the_load_stays() -> None:
    cut = world.change(CALM, at(10, 2), at(16, 2), nox=pl.col("nox") * 0.35)
    found = rules.sudden_low(world.stacks(cut))
    assert _run(found) == [(at(10, 2), at(16, 2), "nox")]
    assert found["magnitude"].item() == pytest.approx(65, abs=7)
    assert found["title"].item().endswith("未降，持续 6 小时")
    mild = world.change(CALM, at(10, 2), at(16, 2), nox=pl.col("nox") * 0.75)
    assert rules.sudden_low(world.stacks(mild)).is_empty()


@pytest.mark.parametrize(("hours", "found"), [(0, 1), (1, 1), (12, 0)])
def test_only_what_falls_at_once_has_fallen(hours: int, found: int) -> None:
    """NOx is 30 mg/m³, up to 4 % more or less from hour to hour, and goes down to 40 %: at once, in one hour, or evenly in twelve."""
    gone = ((pl.col("start") - at(10, 2)).dt.total_minutes() / 60 / max(hours, 0.01)).clip(0, 1)
    wandering = 1 + (pl.col("start").dt.hour().cast(pl.Int64) * 7 % 5 - 2) / 50
    falling = world.change(CALM, at(0), at(24, 2), nox=30 * wandering * 0.4**gone, load=77.0)
    assert rules.sudden_low(world.stacks(falling)).height == found


def test_a_lower_load_explains_a_lower_concentration() -> None:
    cut = world.change(CALM, at(10, 2), at(16, 2), nox=pl.col("nox") * 0.35, load=40.0)
    assert rules.sudden_low(world.stacks(cut)).is_empty()
