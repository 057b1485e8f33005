"""A track counts what can be believed: nothing over a gap, nothing of a phone that lies still, nothing of a bad fix, each point once."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.patrol.effective import counts, ground, judge
from bihuan.domain.patrol.track import DRIVE, GAP, JUMP, STILL, WALK, conflicts, steps, totals
from tests.patrol.made import LAT, LON, NORTH, RULES, START, honest, points, straight, to_and_fro


def test_a_straight_walk_is_as_long_as_it_is() -> None:
    made = steps(points(straight(3600, 1.2)), RULES)
    assert set(made["kind"]) == {WALK}
    assert made["metres"].sum() == pytest.approx(
        3600, abs=60
    )  # the first and the last window end at their middles
    assert made["kmh"].median() == pytest.approx(1.2 * 3.6, rel=0.01)


def test_a_gap_is_a_gap_and_no_way_is_drawn_over_it() -> None:
    one, two = straight(1200, 1.2), np.add(straight(1200, 1.2), [5000, 0])
    first, second = points(one), points(two, start=START + timedelta(hours=1), device="second phone")
    made = steps(pl.concat([first, second]), RULES)
    gap = made.filter(pl.col("kind") == GAP)
    assert gap.height == 1
    assert gap["start"][0] == first["at"][-1]
    assert gap["until"][0] == second["at"][0]
    summed = totals(pl.concat([first, second]), made, RULES)
    assert summed.metres == pytest.approx(2400, abs=150)
    assert summed.gap_seconds == (second["at"][0] - first["at"][-1]).total_seconds()


def test_a_phone_that_lies_on_the_table_for_a_day_walks_nowhere() -> None:
    rng = np.random.default_rng(1)
    lying = points(rng.normal(0, 4, (2880, 2)), accuracy=8)
    made = steps(lying, RULES)
    assert set(made["kind"]) == {STILL}
    assert totals(lying, made, RULES).metres == 0


def test_points_that_are_too_inexact_are_kept_and_counted_apart() -> None:
    walk = points(straight(1200, 1.2))
    thrown = walk.with_columns(
        lat=pl.when(pl.col("seq") % 10 == 5).then(LAT + 2000 / NORTH).otherwise("lat"),
        accuracy_m=pl.when(pl.col("seq") % 10 == 5).then(900.0).otherwise("accuracy_m"),
    )
    made = steps(thrown, RULES)
    summed = totals(thrown, made, RULES)
    assert summed.metres == pytest.approx(1200, abs=60)
    assert (summed.points, summed.doubtful) == (walk.height, 10)


def test_a_leap_that_nothing_can_make_is_not_walked() -> None:
    made = steps(points(np.concatenate([straight(600, 1.2), np.add(straight(600, 1.2), [20000, 0])])), RULES)
    assert JUMP in set(made["kind"])
    assert made.filter(pl.col("kind") == WALK)["metres"].sum() < 1300


def test_a_car_drives() -> None:
    assert set(steps(points(straight(20000, 60 / 3.6)), RULES)["kind"]) == {DRIVE}


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_order_and_doubles_change_nothing(seed: int, random: object) -> None:
    track = honest(seed, hours=0.5)
    mixed = track.sample(fraction=1, shuffle=True, seed=seed)
    twice = pl.concat([mixed, track.sample(fraction=0.5, seed=seed)])
    assert steps(twice, RULES).equals(steps(track, RULES))
    assert totals(twice, steps(twice, RULES), RULES) == totals(track, steps(track, RULES), RULES)


def test_of_a_point_that_came_twice_with_different_places_the_first_counts_and_it_is_said() -> None:
    track = points(straight(600, 1.2))
    later = track.with_columns(lat=pl.col("lat") + 1, received=pl.col("received") + timedelta(days=1))
    both = pl.concat([later, track])
    assert steps(both, RULES).equals(steps(track, RULES))
    assert conflicts(both) == track.height


def test_an_honest_walk_of_three_hours_is_an_effective_day() -> None:
    made = steps(honest(3), RULES)
    conditions = judge(made, RULES, None)
    assert counts(conditions), conditions
    assert [c.met for c in conditions] == [True, True, True, None]


def test_each_condition_says_by_how_much_it_fails() -> None:
    made = steps(points(straight(2000, 1.0)), RULES)
    found = {c.name: c for c in judge(made, RULES, None)}
    assert found["ground_m"].lacking == pytest.approx(1000, abs=80)
    assert found["minutes"].lacking == pytest.approx(120 - 2000 / 60, abs=2)
    assert not counts(tuple(found.values()))


def test_the_share_inside_the_grid_is_that_of_the_time() -> None:
    made = steps(points(straight(3600, 1.2)), RULES)
    half = shapely.box(LON - 1, LAT - 1, float(made["lon"].median()), LAT + 1)  # type: ignore[arg-type]
    share = {c.name: c for c in judge(made, RULES, half)}["inside_share"]
    assert share.value == pytest.approx(50, abs=2)
    assert share.lacking == pytest.approx(30, abs=2)


def test_the_same_hundred_metres_walked_all_day_are_a_few_hundred() -> None:
    made = steps(points(to_and_fro(100, 200)), RULES)
    assert ground(made) < 350
    assert not counts(judge(made, RULES, None))


def test_a_straight_walk_loses_no_ground() -> None:
    for turn in np.linspace(0, np.pi, 13):
        way = straight(4000, 1.2)[:, :1] * [np.cos(turn), np.sin(turn)]
        made = steps(points(way), RULES)
        assert ground(made) == pytest.approx(made["metres"].sum(), rel=0.02)


def test_a_car_covers_no_ground_and_makes_no_effective_day() -> None:
    made = steps(points(straight(160_000, 60 / 3.6)), RULES)
    assert ground(made) == 0
    assert {c.name for c in judge(made, RULES, None) if c.met is False} == {"ground_m", "typical_kmh"}


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_no_track_is_longer_for_having_lost_points(seed: int) -> None:
    track = honest(seed, hours=1, gaps=0)
    less = track.filter((pl.col("seq") < 100) | (pl.col("seq") > 200))
    whole, part = (totals(t, steps(t, RULES), RULES) for t in (track, less))
    assert part.metres <= whole.metres + 30
    assert part.gaps == whole.gaps + 1


def test_a_track_of_nothing_or_one_point_is_judged_too() -> None:
    for track in (points([]), points([[0, 0]])):
        made = steps(track, RULES)
        assert made.is_empty()
        assert not counts(judge(made, RULES, None))
