"""Limits of the day, early notices, pH and completeness: the episode that fires and the near miss that does not."""

import polars as pl
import pytest

from bihuan.domain.outages import OUTAGES
from bihuan.domain.outlets.checks import arrival, history
from bihuan.domain.outlets.tables import ARRIVALS, CORRECTIONS, PARAMETERS
from bihuan.domain.sewage.checks import CHECKS, limits
from tests.sewage import world
from tests.sewage.world import at, change, found, honest, sewers

MORE = {"cod": pl.col("cod") * 2.2}


def test_a_day_over_is_serious_and_an_hour_is_not() -> None:
    over = sewers(change(honest(), at(0, 1), at(0, 2), **MORE))
    (row,) = found(limits.day_over(over))
    assert (row["item"], row["start"], row["until"]) == ("cod", at(0, 1), at(0, 2))
    assert row["magnitude"] == pytest.approx(20 * 2.2 / 40, rel=0.02)
    assert "mg/L" in row["title"]
    # The same for six hours: (6 x 44 + 18 x 20) / 24 = 26 of 40; only the hours are noticed.
    hours = sewers(change(honest(), at(8, 1), at(14, 1), **MORE))
    assert found(limits.day_over(hours)) == []
    (row,) = found(limits.hour_over(hours))
    assert (row["start"], row["until"]) == (at(8, 1), at(14, 1))


def test_a_day_that_is_cut_off_by_the_look_is_not_judged() -> None:
    cut = change(honest(), at(0), at(0, 1), **MORE).filter(pl.col("start") >= at(6))
    assert found(limits.day_over(sewers(cut))) == []


def test_the_running_day() -> None:
    running = honest().filter(pl.col("start") < at(9, 2))
    (row,) = found(limits.likely_day(sewers(change(running, at(0, 2), at(9, 2), **MORE))))
    assert (row["item"], row["start"], row["until"]) == ("cod", at(0, 2), at(9, 2))
    assert found(limits.likely_day(sewers(change(running, at(6, 2), at(9, 2), **MORE)))) == []  # 28 of 40


@pytest.mark.parametrize(("ph", "hours", "number"), [(9.3, 2, 1), (9.3, 1, 0), (5.5, 3, 1), (8.9, 5, 0)])
def test_ph_outside_for_two_hours(ph: float, hours: int, number: int) -> None:
    rows = found(limits.ph_outside(sewers(change(honest(), at(10, 1), at(10 + hours, 1), ph=ph))))
    assert len(rows) == number


@pytest.mark.parametrize(("until", "number"), [(6, 0), (7, 1)])
def test_a_day_needs_three_quarters_of_its_hours(until: int, number: int) -> None:
    # The hour of the standard (02:00) is lost anyway and lies in the gap.
    gone = honest().filter((pl.col("start") < at(0, 1)) | (pl.col("start") >= at(until, 1)))
    rows = found(limits.day_invalid(sewers(gone)))
    assert len(rows) == 4 * number
    assert all(r["start"] == at(0, 1) for r in rows)


def test_hours_without_discharge_are_not_missing() -> None:
    still = change(honest(), at(4, 1), at(22, 1), water_flow=0.0)
    assert found(limits.day_invalid(sewers(still))) == []


def test_what_came_and_when_is_judged_as_at_stacks() -> None:
    early = honest().filter(pl.col("start") < at(20, 2))
    (row,) = found(arrival.offline(sewers(early, as_of=at(22, 2))))
    assert row["magnitude"] == pytest.approx(
        119 / 60, abs=0.001
    )  # whole minutes; the last one came 20 s late
    assert found(arrival.offline(sewers(early))) == []
    slow = change(honest(), at(3, 1), at(5, 1), received=pl.col("received") + pl.duration(hours=3))
    (row,) = found(arrival.late(sewers(slow)))
    assert row["magnitude"] == pytest.approx(3.0, abs=0.02)
    (row,) = found(arrival.transmission(sewers(honest().filter((pl.col("start") < at(8, 1)) | (pl.col("start") >= at(10, 1))))))  # fmt: skip
    assert row["magnitude"] == pytest.approx(100 * 12 / 144, abs=0.01)


def test_what_changed_behind_the_values_is_judged_as_at_stacks() -> None:
    reports = [("A", at(8, d), "cod", "slope", 1.0 if d < 2 else 0.5) for d in range(3)]
    said = pl.DataFrame(reports, schema=PARAMETERS, orient="row")
    (row,) = found(history.parameter_changed(sewers(honest(), parameters=said)))
    assert row["title"].startswith("化学需氧量参数")
    again = pl.DataFrame(
        [("A", "hour", at(5), "cod", 48.0, 30.0, at(6), at(12))], schema=CORRECTIONS, orient="row"
    )
    (row,) = found(history.resent(sewers(honest(), corrections=again)))
    assert row["item"] == "cod"
    behind = pl.DataFrame([("A", at(h), 6, -300.0) for h in range(5)], schema=ARRIVALS, orient="row")
    (row,) = found(history.clock(sewers(honest(), arrivals=behind)))
    assert row["magnitude"] == 300.0


def test_honest_days_are_silent_with_every_check() -> None:
    for seed in range(4):
        stacks = sewers(honest(4, seed))
        assert {c.key: f["title"].to_list() for c in CHECKS if (f := c.run(stacks)).height} == {}
    pumped = honest()
    for hour in (3, 9, 15, 21):  # pumps stand still for two hours; no sample is taken meanwhile
        for day in range(3):
            held = {p: pumped.filter(pl.col("start") == at(hour, day))[p][0] for p in world.LEVELS}
            pumped = change(pumped, at(hour, day), at(hour + 2, day), water_flow=0.0, **held)
    assert {c.key for c in CHECKS if c.run(sewers(pumped)).height} == set()


def test_hours_that_could_not_be_received_here_are_not_missing() -> None:
    """From midnight to 11:00 nothing is there; of that 04:00 to 10:00 is ours, and 13 of 18 hours are too few."""
    gone = honest().filter((pl.col("start") < at(0, 1)) | (pl.col("start") >= at(11, 1)))
    ours = pl.DataFrame([(at(4, 1), at(9.7, 1))], schema=OUTAGES, orient="row")
    rows = found(limits.day_invalid(sewers(gone, outages=ours)))
    assert [r["title"] for r in rows if r["item"] == "cod"] == ["化学需氧量 1 天日均值无效：有效 13/18 小时"]
    all_of_it = pl.DataFrame([(at(0, 1), at(10.7, 1))], schema=OUTAGES, orient="row")
    assert found(limits.day_invalid(sewers(gone, outages=all_of_it))) == []
