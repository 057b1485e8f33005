"""A course of values that no instrument gives."""

import polars as pl
import pytest

from bihuan.domain.emissions.checks import shape as rules
from tests.emissions.checks import world
from tests.emissions.checks.world import at

CALM = world.honest(days=3)
NOX = pl.col("nox")


def _run(found: pl.DataFrame) -> list[tuple[object, ...]]:
    return found.select("start", "until", "item", "magnitude").rows()


def test_a_frozen_value() -> None:
    frozen = world.change(CALM, at(10, 1), at(14.5, 1), nox=31.5)
    found = rules.constant(world.stacks(frozen))
    assert found.height == 1
    assert found["title"].item() == "氮氧化物 31.5 mg/m³ 连续 4.5 小时不变"
    assert _run(found) == [(at(10, 1), at(14.5, 1), "nox", 4.5)]
    assert rules.constant(world.stacks(world.change(CALM, at(10, 1), at(12.5, 1), nox=31.5))).is_empty()


def test_near_the_detection_limit_a_still_value_is_normal() -> None:
    assert rules.constant(world.stacks(world.change(CALM, at(10, 1), at(20, 1), so2=2.9))).is_empty()


def test_a_coarse_instrument_may_stand_still() -> None:
    """A value in steps of 5 that turns every four hours is at its own pace."""
    coarse = CALM.with_columns(so2=pl.col("start").dt.hour() // 4 % 2 * 5.0 + 15)
    assert rules.constant(world.stacks(world.converted(coarse))).is_empty()


def test_a_low_value_of_an_instrument_without_decimals() -> None:
    """Whole numbers: 18 changes often, 6 stands for five hours; 6 is below twenty steps of 1."""
    whole = CALM.with_columns(pl.col("so2").round(0))
    low = world.change(whole, at(10, 1), at(15, 1), so2=6.0)
    assert rules.constant(world.stacks(low)).is_empty()
    assert rules.constant(world.stacks(world.change(whole, at(10, 1), at(15, 1), so2=25.0))).height == 1


def test_a_calibration_does_not_end_a_frozen_value() -> None:
    """Calibration 9:00 to 9:30 is left out; the value stands before and after it."""
    frozen = world.change(CALM, at(7, 1), at(11, 1), pm=4.2)
    assert _run(rules.constant(world.stacks(frozen))) == [(at(7, 1), at(11, 1), "pm", 4.0)]


def test_a_frozen_flow_of_ten_minute_records() -> None:
    slow = world.change(world.honest(interval=10), at(10, 1), at(16, 1), flow=410_000.0)
    assert _run(rules.constant(world.stacks(slow, interval=10))) == [(at(10, 1), at(16, 1), "flow", 6.0)]


def test_a_value_that_hardly_moves() -> None:
    """A tenth of the usual change: about 32 with steps of 0.1 every second minute."""
    quiet = world.change(CALM, at(12, 1), at(18, 1), nox=32 + (pl.col("start").dt.minute() // 2 % 2) * 0.1)
    found = rules.low_variance(world.stacks(quiet))
    assert found.select("start", "until", "item").rows() == [(at(12, 1), at(18, 1), "nox")]
    assert found["title"].item().startswith("氮氧化物连续 6 小时几无波动：逐分钟变化为平常的 ")
    assert 90 < found["magnitude"].item() < 100
    half = world.change(CALM, at(12, 1), at(18, 1), nox=32 + (NOX - 32) * 0.5)
    assert rules.low_variance(world.stacks(half)).is_empty()


def test_three_quiet_hours_are_too_few() -> None:
    quiet = world.change(CALM, at(12, 1), at(15, 1), nox=32 + (pl.col("start").dt.minute() // 2 % 2) * 0.1)
    assert rules.low_variance(world.stacks(quiet)).is_empty()


def _quiet_of_ten_minutes(hours: int) -> pl.DataFrame:
    wave = 32 + (pl.col("start").dt.minute() // 10 % 2) * 0.1
    return world.change(world.honest(interval=10), at(6, 1), at(6 + hours, 1), nox=wave)


def test_five_quiet_hours_of_ten_minute_records_are_a_calm_spell_ten_are_not() -> None:
    """Five hours hold 30 records, in which a real gas may stand; eleven hold 66."""
    assert rules.low_variance(world.stacks(_quiet_of_ten_minutes(5), interval=10)).is_empty()
    found = rules.low_variance(world.stacks(_quiet_of_ten_minutes(11), interval=10))
    assert found.select("start", "until", "item").rows() == [(at(6, 1), at(17, 1), "nox")]


def _raised() -> pl.DataFrame:
    """NOx 40 % higher on the second day: about half of the minutes above the limit of 50."""
    return world.change(CALM, at(0, 1), at(0, 2), nox=NOX * 1.5)


def test_a_cap_on_the_converted_value() -> None:
    capped = _raised().with_columns(
        nox_zs=pl.when(pl.col("start").is_between(at(0, 1), at(0, 2), closed="left"))
        .then(pl.min_horizontal(pl.col("nox_zs"), pl.lit(49.2)))
        .otherwise("nox_zs")
    )
    found = rules.clipped(world.stacks(capped))
    share = (
        capped.filter(
            pl.col("nox_flag") == "N", pl.col("start").is_between(at(0, 1), at(0, 2), closed="left")
        )["nox_zs"]
        >= 48.7
    ).mean()
    assert found.select("start", "until", "item").rows() == [(at(0, 1), at(0, 2), "nox")]
    assert isinstance(share, float)
    assert found["magnitude"].item() >= 100 * share - 0.1
    assert "mg/m³，恰在限值 50 之下，1 天（疑似设上限）" in found["title"].item()


def test_a_dithered_cap_on_the_measured_value() -> None:
    dither = (pl.col("start").dt.epoch("s") // 60 * 37 % 17) / 17 * 0.8
    capped = world.change(_raised(), at(0, 1), at(0, 2), nox=pl.min_horizontal(NOX, 39.5 - dither).round(1))
    assert _run(rules.clipped(world.stacks(capped)))[0][:3] == (at(0, 1), at(0, 2), "nox")


def test_a_plant_that_runs_close_to_its_limit_is_no_wall() -> None:
    for seed in range(5):
        close = world.honest(seed).with_columns(nox=(NOX * 1.25).round(1))
        assert rules.clipped(world.stacks(world.converted(close))).is_empty()


def test_zero_while_the_boiler_works() -> None:
    gone = world.change(CALM, at(12, 1), at(16, 1), so2=0.0)
    found = rules.zero(world.stacks(gone))
    assert _run(found) == [(at(12, 1), at(16, 1), "so2", 4.0)]
    assert found["title"].item().startswith("二氧化硫连续 4 小时为零，生产负荷 ")
    stopped = world.change(gone, at(12, 1), at(16, 1), load=0.0)
    assert rules.zero(world.stacks(stopped)).is_empty()


def test_without_a_load_signal_the_flow_says_that_it_works() -> None:
    gone = world.change(CALM.with_columns(load=pl.lit(None, pl.Float64)), at(12, 1), at(16, 1), so2=0.0)
    assert _run(rules.zero(world.stacks(gone))) == [(at(12, 1), at(16, 1), "so2", 4.0)]
    standing = world.change(gone, at(12, 1), at(16, 1), flow=20_000.0)
    assert rules.zero(world.stacks(standing)).is_empty()


def test_a_gas_boiler_without_sulphur_is_always_at_zero() -> None:
    clean = world.converted(CALM.with_columns(so2=pl.lit(0.0)))
    assert rules.zero(world.stacks(clean)).is_empty()


def test_negative_values() -> None:
    drifted = world.change(CALM, at(12, 1), at(13, 1), so2=-4.5)
    found = rules.negative(world.stacks(drifted))
    assert _run(found) == [(at(12, 1), at(13, 1), "so2", 4.5)]
    assert found["title"].item() == "二氧化硫为负值，最低 -4.5 mg/m³，持续 1 小时"
    assert rules.negative(world.stacks(world.change(CALM, at(12, 1), at(13, 1), so2=-2.0))).is_empty()


def test_hourly_means_that_stand_still_under_noise() -> None:
    """NOx is 25 mg/m³ with ±1 from minute to minute for 14 hours: each hour's mean is the same to 0.1."""
    minute = pl.col("start").dt.minute().cast(pl.Int64)
    made_up = 25 + (minute * 7 % 11 - 5) / 5 + pl.col("start").dt.hour().cast(pl.Int64) % 3 / 50
    found = rules.steady_means(world.stacks(world.change(CALM, at(6, 2), at(20, 2), nox=made_up)))
    assert found["item"].to_list() == ["nox"]
    assert at(6, 2) <= found["start"].item() <= at(7, 2)
    assert at(19, 2) <= found["until"].item() <= at(20, 2)
    assert found["title"].item().startswith("氮氧化物小时均值连续 ")
    assert rules.steady_means(world.stacks(world.change(CALM, at(6, 2), at(12, 2), nox=made_up))).is_empty()


@pytest.mark.parametrize(("drift", "found"), [(0.0, 1), (0.2, 1), (1.0, 0)])
def test_a_quiet_night_drifts_on_while_what_software_makes_stands(drift: float, found: int) -> None:
    """Every hour's mean is higher by the same small step: alone each change is small, together they lead away.

    The usual change of this outlet from hour to hour is 4 %; in twelve hours 0.2 % an hour make 2 %, 1 % make 12 %.
    """
    hour = (pl.col("start") - at(6, 2)).dt.total_hours()
    minute = pl.col("start").dt.minute().cast(pl.Int64)
    level = 25 * (1 + drift / 100) ** hour + (minute * 7 % 11 - 5) / 5
    quiet = world.change(CALM, at(6, 2), at(20, 2), nox=level)
    assert rules.steady_means(world.stacks(quiet)).height == found
