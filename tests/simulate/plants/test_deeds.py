"""Each fraud and fault does to the data what its name says, within its time and not before."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.simulate.plants import output, paperwork
from bihuan.simulate.plants.deeds.catalogue import KINDS
from bihuan.simulate.plants.deeds.planning import plan
from bihuan.simulate.plants.noise import MINUTES
from bihuan.simulate.plants.physics import gas
from bihuan.simulate.plants.register import Outlet, outlets_of
from bihuan.simulate.plants.world import World
from tests.simulate.plants.worlds import DAY, HONEST, MIDNIGHT, PLANTS, running, world_with

KILN: Outlet = running("cement_kiln", interval=1)
LIMIT = KILN.limits["nox"]


def day(world: World, outlet: Outlet = KILN) -> pl.DataFrame:
    return output.minutes(world, outlet.site, MIDNIGHT, MIDNIGHT + DAY)


def normal(frame: pl.DataFrame, *items: str) -> pl.DataFrame:
    return frame.filter(pl.col(f"{item}_flag") == "N" for item in items or ("nox", "o2"))


def mean(frame: pl.DataFrame, column: str) -> float:
    value = frame[column].mean()
    assert isinstance(value, float)
    return value


def hours(world: World) -> pl.DataFrame:
    return output.hours(world, KILN.site, MIDNIGHT, MIDNIGHT + DAY)


def before(world: World) -> pl.DataFrame:
    return output.minutes(world, KILN.site, MIDNIGHT - DAY, MIDNIGHT)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"twin"}))
def test_the_day_before_is_as_in_the_honest_world(kind: str) -> None:
    assert before(world_with(KILN, kind)).equals(before(HONEST))


def test_constant() -> None:
    assert normal(day(world_with(KILN, "constant")))["nox"].n_unique() == 1
    assert normal(day(world_with(KILN, "constant")))["so2"].n_unique() > 100


def test_low_variance() -> None:
    rows = normal(day(world_with(KILN, "low_variance")))
    assert rows["nox"].n_unique() > 5
    assert rows["nox"].std() / mean(rows, "nox") < 0.01  # type: ignore[operator]
    assert normal(day(HONEST))["nox"].std() / mean(normal(day(HONEST)), "nox") > 0.05  # type: ignore[operator]


def test_replay_repeats_the_day_before() -> None:
    kind = world_with(KILN, "replay")
    both = day(kind).join(before(HONEST).with_columns(pl.col("start") + DAY), on="start", suffix="_old")
    both = normal(both).filter(pl.col("nox_flag_old") == "N")
    assert both.height > 1200
    assert (both["nox"] == both["nox_old"]).mean() > 0.98  # type: ignore[operator]
    assert (both["velocity"] == both["velocity_old"]).mean() < 0.2  # type: ignore[operator]


def test_clipped_stays_under_the_limit_while_the_stack_exceeds_it() -> None:
    rows = normal(day(world_with(KILN, "clipped")))
    assert rows["nox_zs"].max() <= 0.96 * LIMIT
    assert rows.filter(pl.col("nox_zs") > 0.9 * LIMIT).height > 0.7 * rows.height
    honest = mean(normal(day(HONEST)), "nox_zs")
    true = gas(KILN, (MIDNIGHT + DAY).date(), {"nox": np.full(2 * MINUTES, KINDS["clipped"].stress)})
    converted = true.values["nox"] * 11 / (21 - true.values["o2"])
    assert converted[MINUTES:].mean() == pytest.approx(2 * honest, rel=0.05)
    assert converted[MINUTES:].mean() > LIMIT


def test_small_span_ends_the_values_and_is_reported_as_the_span() -> None:
    world = world_with(KILN, "small_span")
    rows = normal(day(world))
    top = paperwork.spans(world, MIDNIGHT).filter(pl.col("site") == KILN.site, pl.col("item") == "nox")[
        "high"
    ][0]
    assert top < KILN.span["nox"]
    assert (rows["nox"] == top).mean() > 0.3  # type: ignore[operator]
    assert rows["nox"].max() == top
    reported = paperwork.parameters(world, KILN.site, MIDNIGHT, MIDNIGHT + DAY)
    assert reported.filter(pl.col("item") == "nox", pl.col("name") == "span")["value"].to_list() == [top]


def test_low_oxygen_lowers_the_converted_value_only() -> None:
    rows, honest = normal(day(world_with(KILN, "oxygen_low"))), normal(day(HONEST))
    assert mean(rows, "o2") == pytest.approx(0.62 * mean(honest, "o2"), rel=0.02)
    stressed = KINDS["oxygen_low"].stress
    assert mean(rows, "nox") == pytest.approx(stressed * mean(honest, "nox"), rel=0.05)
    assert mean(rows, "nox_zs") < 0.8 * stressed * mean(honest, "nox_zs")


def test_dilution_brings_the_oxygen_to_air_while_the_process_runs() -> None:
    rows, honest = normal(day(world_with(KILN, "dilution"))), normal(day(HONEST))
    assert mean(rows, "o2") > 19.3
    assert mean(rows, "nox") == pytest.approx(0.1 * 1.6 * mean(honest, "nox"), rel=0.15)
    assert mean(rows, "temp") == pytest.approx(mean(honest, "temp"))
    assert mean(rows, "flow") == pytest.approx(mean(honest, "flow"))


def test_night_dilution_is_done_between_23_and_5() -> None:
    rows = normal(day(world_with(KILN, "night_dilution"))).with_columns(
        hour=(pl.col("start").dt.hour() + 8) % 24
    )
    night = rows.filter((pl.col("hour") >= 23) | (pl.col("hour").is_between(0, 4)))
    noon = rows.filter(pl.col("hour").is_between(6, 21))
    assert mean(night, "o2") > 18.5
    assert mean(noon, "o2") == pytest.approx(mean(normal(day(HONEST)), "o2"), abs=0.4)


def test_reagent_off_shows_little_though_nothing_is_fed() -> None:
    starved = gas(KILN, (MIDNIGHT + DAY).date(), starve={"nox": np.full(2 * MINUTES, 0.1)})
    fed = gas(KILN, (MIDNIGHT + DAY).date())
    assert starved.reagent["nox"].mean() == pytest.approx(0.1 * fed.reagent["nox"].mean())
    assert starved.values["nox"].mean() > 5 * fed.values["nox"].mean()
    assert mean(normal(day(world_with(KILN, "reagent_off"))), "nox_zs") < LIMIT


def test_zeros() -> None:
    rows = normal(day(world_with(KILN, "zeros")))
    assert set(rows["nox"]) == {0.0}
    assert mean(rows, "velocity") > 5


def test_marks_over_exceedances() -> None:
    nightly = day(world_with(KILN, "night_calibration")).with_columns(
        hour=(pl.col("start").dt.hour() + 8) % 24
    )
    assert set(nightly.filter(pl.col("hour").is_in([22, 23, 0]))["nox_flag"]) <= {"C", "M", "D"}
    assert nightly.filter(pl.col("hour").is_between(12, 20), pl.col("nox_flag") == "C").is_empty()
    assert mean(nightly.filter(pl.col("hour") == 23), "nox_zs") > LIMIT

    afternoon = MIDNIGHT + timedelta(hours=13)
    false = paperwork.marks(world_with(KILN, "false_maintenance"), KILN.site, MIDNIGHT, MIDNIGHT + DAY)
    mark = false.filter(pl.col("start") == afternoon).row(0, named=True)
    assert (mark["kind"], mark["code"], mark["until"]) == ("device", "维护", afternoon + timedelta(hours=6))
    rows = day(world_with(KILN, "false_maintenance"))
    covered = rows.filter(pl.col("start").is_between(mark["start"], mark["until"], closed="left"))
    assert mean(covered, "nox_zs") > LIMIT > mean(rows.filter(pl.col("start") < afternoon), "nox_zs")

    start = paperwork.marks(world_with(KILN, "false_start"), KILN.site, MIDNIGHT, MIDNIGHT + DAY)
    assert start.select("code", "start", "until").row(0) == ("启炉", MIDNIGHT, MIDNIGHT + DAY)


def test_wrong_conversion() -> None:
    rows = normal(day(world_with(KILN, "wrong_conversion")))
    # with a reference of 14 % in place of 10 %: 7/11 of the right value
    right = rows["nox"] * 11 / (21 - rows["o2"])
    assert (rows["nox_zs"] / right).mean() == pytest.approx(7 / 11, rel=0.001)


def test_amounts_and_flow() -> None:
    honest = hours(HONEST)
    assert (hours(world_with(KILN, "amount_low"))["nox_kg"] / honest["nox_kg"]).mean() == pytest.approx(
        0.6, abs=0.001
    )
    low, usual = day(world_with(KILN, "flow_low")), day(HONEST)
    assert (low["flow"] / usual["flow"]).mean() == pytest.approx(0.5, abs=0.001)
    assert low["velocity"].equals(usual["velocity"])
    days = output.days(world_with(KILN, "day_low"), KILN.site, MIDNIGHT, MIDNIGHT + DAY)
    assert days["nox_kg"][0] == pytest.approx(0.7 * honest["nox_kg"].sum(), abs=0.001)


def test_slope_is_changed_in_the_parameters_and_not_in_the_log() -> None:
    world = world_with(KILN, "slope")
    assert mean(normal(day(world)), "nox") == pytest.approx(
        0.55 * 1.5 * mean(normal(day(HONEST)), "nox"), rel=0.05
    )
    slopes = paperwork.parameters(world, KILN.site, MIDNIGHT - DAY, MIDNIGHT + DAY).filter(
        pl.col("item") == "nox", pl.col("name") == "slope"
    )
    assert slopes["value"].to_list() == [1.0, 0.55]
    assert paperwork.logs(world, KILN.site, MIDNIGHT, MIDNIGHT + DAY).equals(
        paperwork.logs(HONEST, KILN.site, MIDNIGHT, MIDNIGHT + DAY)
    )


def likeness(world: World, other: Outlet) -> float:
    """Correlation of NOx with another outlet's, in minutes in which both are normal."""
    both = day(world).join(day(HONEST, other), on="start", suffix="_other")
    both = normal(both).filter(pl.col("nox_flag_other") == "N")
    return float(np.corrcoef(both["nox"], both["nox_other"])[0, 1])


def test_twin() -> None:
    kilns = [o for o in outlets_of(PLANTS) if o.process.key == "cement_kiln" and o.device.interval == 1]
    other = next(o for o in kilns if o is not KILN)
    assert likeness(world_with(KILN, "twin", other=other.site), other) > 0.99
    assert abs(likeness(HONEST, other)) < 0.6


def test_hours_below_their_minutes() -> None:
    world = world_with(KILN, "hour_low")
    minutes = normal(day(world)).group_by(pl.col("start").dt.truncate("1h")).agg(pl.col("nox").mean())
    both = hours(world).filter(pl.col("nox_flag") == "N").join(minutes, on="start", suffix="_mean")
    assert (both["nox"] / both["nox_mean"]).mean() == pytest.approx(0.75, abs=0.01)


def test_hours_above_the_limit_are_sent_again_lower() -> None:
    world = world_with(KILN, "resend")
    corrected = paperwork.corrections(world, KILN.site, MIDNIGHT, MIDNIGHT + DAY).filter(
        pl.col("item") == "nox"
    )
    assert corrected.height >= 3
    assert (corrected["last"] / corrected["first"]).to_list() == pytest.approx(
        [0.6] * corrected.height, abs=0.01
    )
    assert set(corrected["last_received"] - corrected["first_received"]) == {timedelta(hours=6)}
    stands = hours(world).join(corrected, on="start")
    assert stands["nox"].to_list() == stands["last"].to_list()
    assert paperwork.corrections(HONEST, KILN.site, MIDNIGHT, MIDNIGHT + DAY).is_empty()


def test_faults_of_instruments() -> None:
    assert set(day(world_with(KILN, "impossible_temperature"))["temp"]) == {-12.6}
    assert set(day(world_with(KILN, "impossible_humidity"))["humidity"]) == {0.0}
    stuck = normal(day(world_with(KILN, "stuck")))
    assert (stuck["nox"].n_unique(), stuck["o2"].n_unique()) == (1, 1)
    leak = normal(day(world_with(KILN, "sample_leak")))
    assert mean(leak.tail(60), "o2") - mean(leak.head(60), "o2") > 4


def test_faults_of_the_way() -> None:
    assert day(world_with(KILN, "offline")).is_empty()
    assert 0.65 < day(world_with(KILN, "missing")).height / 1440 < 0.75
    behind = day(world_with(KILN, "late"))
    assert (behind["received"] - behind["start"] > timedelta(hours=4)).all()
    drift = output.minutes(world_with(KILN, "clock_drift"), KILN.site, MIDNIGHT, MIDNIGHT + 2 * DAY)
    assert drift["start"].n_unique() == drift.height
    ahead = (drift["start"] + timedelta(minutes=1) - drift["received"]).head(600)
    assert timedelta(minutes=15) < ahead.median() < timedelta(minutes=17)  # type: ignore[operator]


def test_honest_failure_of_the_cleaning_exceeds_the_limit_unmarked() -> None:
    world = world_with(KILN, "treatment_failure")
    assert mean(normal(day(world)), "nox_zs") > 1.1 * LIMIT
    assert not KINDS["treatment_failure"].fraud


def test_the_plan_uses_every_kind_once_before_any_twice_and_says_the_truth() -> None:
    outlets = outlets_of(PLANTS)
    deeds = plan(outlets, MIDNIGHT, MIDNIGHT + 10 * DAY, seed=1, share=0.5)
    kinds = [deed.kind for deed in deeds]
    assert len(deeds) == round(0.5 * len(outlets))
    assert set(kinds) == set(KINDS)
    assert max(kinds.count(kind) for kind in KINDS) <= 5
    by_site = {outlet.site: outlet for outlet in outlets}
    assert all(KINDS[deed.kind].can(by_site[deed.site]) for deed in deeds)
    assert all(MIDNIGHT + 2 * DAY <= deed.start < deed.until <= MIDNIGHT + 10 * DAY for deed in deeds)
    first_days = [
        output.minutes(World(PLANTS), deed.site, deed.start, min(deed.start + DAY, deed.until))
        for deed in deeds
    ]
    assert sum((rows["flow_flag"] == "N").mean() > 0.2 for rows in first_days) > 0.95 * len(deeds)  # type: ignore[operator, misc]
    told = output.truth(World(PLANTS, deeds))
    assert told.columns == ["site", "kind", "start", "until", "fraud"]
    assert told.filter(pl.col("kind") == "clipped")["fraud"].to_list() == [True] * kinds.count("clipped")
    assert told.filter(pl.col("kind") == "offline")["fraud"].to_list() == [False] * kinds.count("offline")


def test_a_twin_copies_what_the_other_really_sends() -> None:
    kilns = [o for o in outlets_of(PLANTS) if o.process.key == "cement_kiln" and o.device.interval == 1]
    other = next(o for o in kilns if o is not KILN)
    copied = world_with(KILN, "twin", other=other.site)
    world = World(copied.plants, (*copied.deeds, *world_with(other, "constant").deeds))
    sent = normal(day(world, other))
    assert sent["nox"].n_unique() == 1
    rows = normal(day(world)).join(sent, on="start", suffix="_other")
    assert rows.height > 1000
    assert (rows["nox"] / rows["nox_other"]).std() < 0.01  # type: ignore[operator]


def test_replay_at_a_furnace_without_oxygen() -> None:
    plain = next(o for o in outlets_of(PLANTS) if o.process.ref_o2 is None and o.device.interval == 1)
    item = plain.items[0]
    old = output.minutes(HONEST, plain.site, MIDNIGHT - DAY, MIDNIGHT).with_columns(pl.col("start") + DAY)
    both = day(world_with(plain, "replay"), plain).join(old, on="start", suffix="_old")
    both = normal(both, item).filter(pl.col(f"{item}_flag_old") == "N")
    assert both.height > 600
    assert (both[item] == both[f"{item}_old"]).mean() > 0.98  # type: ignore[operator]
