"""Samples to rounds to grades, worked by hand, and what is said of a round that is not whole."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.standards.surface_water.black_odorous import Grade
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.black_waters.judging import POINTS, Judged, judge
from bihuan.scenarios.black_waters.settings import in_force
from bihuan.scenarios.black_waters.tables import Value
from bihuan.scenarios.black_waters.tests.world import CODES, GOOD, HEAVY, LIGHT, Row, Water, a_round
from bihuan.scenarios.black_waters.words import lacking_at

BEGIN = date(2019, 1, 7)
VALUES = pl.Schema(
    {
        "site": pl.String(),
        "quantity": pl.String(),
        "start": INSTANT,
        "value": pl.Float64(),
        "flag": pl.String(),
    }
)
THREE, FOUR = ["sd", "do", "nh3n"], ["sd", "do", "orp", "nh3n"]


def sampled(rows: list[Row]) -> pl.DataFrame:
    """What a laboratory measured, as observations."""
    values = [
        (site, code, datetime(day.year, day.month, day.day, tzinfo=CST), value, None)
        for site, day, water in rows
        for code, value in zip(CODES, water, strict=True)
        if value is not None
    ]
    return pl.DataFrame(values, VALUES, orient="row")


def points_of(body: str, points: int = 3, items: list[str] = THREE) -> list[tuple[Any, ...]]:
    """Rows of POINTS, 300 m from each other."""
    return [(f"{body}-{n}", body, 300.0 * n, 60.0, None, None, items) for n in range(1, points + 1)]


def judge_at(values: pl.DataFrame, points: list[tuple[Any, ...]]) -> Judged:
    return judge(values, pl.DataFrame(points, POINTS, orient="row"), in_force())


def judged(rows: list[Row], *, points: int = 3, items: list[str] = THREE) -> Judged:
    """Judge samples of one body H with so many points."""
    return judge_at(sampled(rows), points_of("H", points, items))


def grades(found: Judged) -> list[int | None]:
    return found.points["grade"].to_list()


def test_a_whole_round_is_graded_by_hand() -> None:
    """Five points. 1: transparency 5 cm twice of three is 67 %: heavy. 2: transparency and ammonia heavy once of three each, 33 %: heavy.
    3: one item once of three: light. 4: all better than light. 5: exactly at the bounds of light: light. Two of five heavy are 40 %: light."""
    sd = {1: (5.0, 5.0, 20.0), 2: (5.0, 30.0, 30.0), 3: (5.0, 30.0, 30.0), 4: (26.0,) * 3, 5: (25.0,) * 3}
    ammonia = {2: (16.0, 1.0, 1.0)}
    rows: list[Row] = [
        (f"H-{n}", BEGIN + timedelta(days=3 * day), (sd[n][day], 5.0, None, ammonia.get(n, (1.0,) * 3)[day]))
        for n in sd
        for day in range(3)
    ]
    found = judged(rows, points=5)
    assert grades(found) == [Grade.HEAVY, Grade.HEAVY, Grade.LIGHT, Grade.NONE, Grade.LIGHT]
    (one,) = found.rounds.to_dicts()
    assert one == {
        "body": "H", "round": BEGIN, "points": 5, "judged": 5, "black": 4, "heavy": 2, "grade": Grade.LIGHT,
        "until": BEGIN + timedelta(days=6), "days": 3, "whole": True,
    }  # fmt: skip
    assert found.lacking.is_empty()
    assert found.reaches.is_empty()


def test_three_heavy_points_in_a_row_make_their_reach_heavy_and_sixty_percent_the_whole() -> None:
    found = judged(a_round("H", BEGIN, GOOD, HEAVY, HEAVY, HEAVY), points=4)
    assert found.reaches.select("first", "last").rows() == [("H-2", "H-4")]
    assert found.rounds["grade"].to_list() == [Grade.HEAVY]  # 75 %
    assert judged(a_round("H", BEGIN, GOOD, GOOD, HEAVY, HEAVY), points=4).rounds["grade"].to_list() == [
        Grade.LIGHT
    ]


def test_only_the_items_of_the_body_are_judged() -> None:
    """ORP alone is bad: it counts in a city and not in a county, where it is not missed either."""
    water: Water = (40.0, 5.0, -300.0, 1.0)
    assert grades(judged(a_round("H", BEGIN, water, water, water), items=FOUR)) == [Grade.HEAVY] * 3
    assert grades(judged(a_round("H", BEGIN, water, water, water))) == [Grade.NONE] * 3
    without: Water = (40.0, 5.0, None, 1.0)
    found = judged(a_round("H", BEGIN, without, without, without), items=FOUR)
    assert found.rounds["whole"].to_list() == [False]
    assert found.lacking.select("item", "times").unique().rows() == [("orp", 0)]


def test_what_was_not_measured_is_no_grade_and_the_round_is_not_whole() -> None:
    """The third point was not measured, ammonia of the second once: nothing of it counts as zero or as good."""
    rows = a_round("H", BEGIN, GOOD, (40.0, 5.0, None, None))
    rows[1] = ("H-2", BEGIN, (40.0, 5.0, None, 1.0))
    found = judged(rows)
    assert grades(found) == [Grade.NONE, Grade.NONE, None]
    (one,) = found.rounds.to_dicts()
    assert (one["points"], one["judged"], one["grade"], one["whole"]) == (3, 2, Grade.NONE, False)
    assert found.lacking.select("point", "item", "times").rows() == [
        ("H-2", "nh3n", 1), ("H-3", "sd", 0), ("H-3", "do", 0), ("H-3", "nh3n", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "days", "whole"),
    [(3, (0, 3, 7), True), (2, (0, 3, 7), False), (3, (0, 3), False), (3, (0, 7, 14), True)],
)
def test_too_few_points_or_times_make_no_whole_round(points: int, days: tuple[int, ...], whole: bool) -> None:
    found = judged(a_round("H", BEGIN, *[GOOD] * points, days=days), points=points)
    assert found.rounds["whole"].to_list() == [whole]


def test_a_pause_of_more_than_a_week_begins_a_new_round_and_a_round_ends_after_three_weeks() -> None:
    found = judged(a_round("H", BEGIN, GOOD, GOOD, GOOD, days=(0, 7, 15, 16, 17)))
    assert found.rounds["round"].to_list() == [BEGIN, BEGIN + timedelta(days=15)]
    weekly = judged(a_round("H", BEGIN, GOOD, GOOD, GOOD, days=range(0, 42, 7)))
    assert weekly.rounds["round"].to_list() == [BEGIN, BEGIN + timedelta(days=21)]
    assert weekly.rounds["whole"].to_list() == [True, True]


def test_the_phone_and_the_laboratory_of_one_day_are_one_sample() -> None:
    """Late in the evening of China is the same day; the mean of 30 and 10 cm is 20 cm: light. Ammonia was below its limit both times."""
    evening, midnight = datetime(2019, 1, 7, 23, 59, tzinfo=CST), datetime(2019, 1, 7, tzinfo=CST)
    rows = [
        ("H-1", "sd", evening, 30.0, None), ("H-1", "sd", midnight, 10.0, "N"), ("H-1", "water_depth", evening, 60.0, None),
        ("H-1", "w21003", evening, 0.025, "<"), ("H-1", "w21003", midnight, 0.0125, "<"), ("H-1", "w01009", evening, 0.1, "<"), ("H-1", "w01009", midnight, 3.0, None),
    ]  # fmt: skip
    (one,) = judge_at(pl.DataFrame(rows, VALUES, orient="row"), points_of("H", 1)).samples.to_dicts()
    assert (one["day"], one["sd"], one["depth"], one["grade_sd"]) == (BEGIN, 20.0, 60.0, Grade.LIGHT)
    assert (one["below_nh3n"], one["below_do"], one["below_sd"]) == (True, False, False)


def test_a_point_that_came_later_is_not_missed_in_older_rounds() -> None:
    late = ("H-4", "H", 1200.0, None, BEGIN + timedelta(days=30), None, THREE)
    found = judge_at(sampled(a_round("H", BEGIN, GOOD, GOOD, GOOD)), [*points_of("H"), late])
    assert found.rounds.select("points", "whole").rows() == [(3, True)]


def test_nothing_measured_is_no_round() -> None:
    assert judged([]).rounds.is_empty()


def test_what_is_lacking_is_said_by_point_and_item() -> None:
    assert [*lacking_at("1号点", {"sd": 0, "do": 0})] == ["1号点未测"]
    assert [*lacking_at("1号点", {"sd": 2, "do": 2})] == ["1号点只测 2 次"]
    assert [*lacking_at("1号点", {"orp": 0, "nh3n": 1})] == ["1号点氧化还原电位未测", "1号点氨氮只测 1 次"]


@settings(max_examples=15)
@given(
    st.lists(st.lists(st.sampled_from([GOOD, LIGHT, HEAVY]), min_size=3, max_size=3), min_size=1, max_size=5)
)
def test_all_bodies_at_once_are_graded_as_each_by_itself(waters: list[list[Water]]) -> None:
    def graded(chosen: list[tuple[int, list[Water]]]) -> list[tuple[Any, ...]]:
        rows = [row for n, water in chosen for row in a_round(f"B{n}", BEGIN, *water)]
        return judge_at(
            sampled(rows), [point for n, _ in chosen for point in points_of(f"B{n}")]
        ).rounds.rows()

    chosen = list(enumerate(waters))
    assert graded(chosen) == [row for one in chosen for row in graded([one])]


def test_a_value_below_its_limit_is_shown_as_the_laboratory_said_it() -> None:
    assert Value(BEGIN, 0.0125, Grade.NONE, below=True).shown == "<0.025"
    assert Value(BEGIN, 17.636, Grade.LIGHT).shown == "17.64"
