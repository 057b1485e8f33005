"""States of rivers by shares, changes between periods, trends, trophic levels, targets and black-odorous grades."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.domain.standards.surface_water import with_classes
from bihuan.domain.standards.surface_water.black_odorous import Grade, heavy_reaches, points, waters
from bihuan.domain.standards.surface_water.states import (
    CHANGES,
    Shares,
    State,
    change_of_class,
    change_of_shares,
    shares,
    state_by_shares,
    state_of,
)
from bihuan.domain.standards.surface_water.targets import class_so_far, room
from bihuan.domain.standards.surface_water.trend import spearman, trend
from bihuan.domain.standards.surface_water.trophic import level_of, trophic


@pytest.mark.parametrize(
    ("sections", "good", "worse", "expected"),
    [
        (10, 9, 0, State.GOOD), (10, 9, 1, State.GOOD), (100, 89, 0, State.FAIR), (100, 75, 25, State.FAIR),
        (100, 74, 19, State.LIGHT), (100, 74, 20, State.MIDDLE), (100, 30, 39, State.MIDDLE), (10, 6, 4, State.MIDDLE),
        (100, 59, 40, State.HEAVY), (10, 0, 10, State.HEAVY), (7, 4, 1, State.LIGHT),
    ],
)  # fmt: skip
def test_the_table_of_shares(sections: int, good: int, worse: int, expected: State) -> None:
    assert state_by_shares(Shares(sections, good, worse)) == expected


@given(st.integers(1, 60), st.data())
def test_more_good_sections_never_make_a_river_worse(sections: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, sections))
    worse = data.draw(st.integers(0, sections - good))
    here = state_by_shares(Shares(sections, good, worse))
    assert here is not None
    if worse:
        better = state_by_shares(Shares(sections, good + 1, worse - 1))
        assert better is not None
        assert better <= here


def test_sections_without_a_class_are_not_counted() -> None:
    assert shares([1, 3, None, 6]) == Shares(3, 2, 1)
    assert state_by_shares(Shares(0, 0, 0)) is None
    assert Shares(3, 2, 1).good_share == pytest.approx(66.67, abs=0.01)


def test_a_river_of_five_sections_names_what_exceeds_at_most_of_them() -> None:
    frame = with_classes(
        pl.DataFrame({"nh3n": [1.2, 1.6, 0.1, 0.1, 2.2], "tp": [0.1, 0.1, 0.1, 0.1, 0.25], "cod": [10.0] * 5})
    )
    assert state_of(frame) == (State.MIDDLE, "NH3-N (60.0%), TP (20.0%)")


def test_a_river_of_few_sections_is_judged_by_the_means_of_its_items() -> None:
    frame = with_classes(pl.DataFrame({"nh3n": [0.2, 2.0], "codmn": [3.0, 4.0]}))
    assert state_of(frame) == (State.LIGHT, "NH3-N (0.1)")
    assert state_of(with_classes(pl.DataFrame({"nh3n": [0.2]}))) == (State.GOOD, "")
    assert state_of(with_classes(pl.DataFrame({"nh3n": [None]}, schema={"nh3n": pl.Float64}))) == (None, "")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((10, 5, 0), (10, 6, 0), 0), ((10, 5, 1), (10, 6, 0), 1), ((10, 5, 0), (10, 8, 0), 2), ((10, 8, 0), (10, 6, 0), -1),
        ((10, 8, 0), (10, 7, 2), -2), ((3, 2, 0), (6, 4, 0), 0),
    ],
)  # fmt: skip
def test_the_change_of_a_river(before: tuple[int, ...], after: tuple[int, ...], expected: int) -> None:
    assert change_of_shares(Shares(*before), Shares(*after)) == expected
    assert change_of_shares(Shares(*after), Shares(*before)) == -expected


def test_the_change_of_a_section() -> None:
    said = [CHANGES[change_of_class(*pair) or 0] for pair in ((4, 3), (3, 3), (3, 6), (6, 2))]
    assert said == ["有所好转", "无明显变化", "明显变差", "明显好转"]
    assert change_of_class(None, 3) is None


def test_a_trend_of_years() -> None:
    assert spearman([1, 2, 3, 4, 5]) == 1
    assert [
        trend(v) for v in ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [1, 2, 3, 5, 4], [3, 3, 3, 3, 3], [1, 2, 3, 4])
    ] == [1, -1, 1, 0, None]
    assert trend([2, 1, 3, 5, 4]) == 0  # rs = 0.8 < 0.900


def test_equal_years_are_no_trend() -> None:
    """Ranks 1, 2.5, 2.5, 4, 5 of five correlate by 9.5 / sqrt(9.5 * 10); nine equal years and a higher one by 22.5 / sqrt(22.5 * 82.5), below 0.564."""
    assert spearman([10, 20, 20, 30, 40]) == pytest.approx(math.sqrt(0.95))
    assert spearman([0.5] * 16) == 0
    assert spearman([0.5] * 9 + [0.6]) == pytest.approx(math.sqrt(22.5 / 82.5))
    assert trend([0.5] * 9 + [0.6]) == 0


def test_the_trophic_level() -> None:
    """All five at a value that gives 50 exactly give 50; each weight is the square of its correlation."""
    at_50 = {
        "chla": math.exp(2.5 / 1.086),
        "tp": math.exp(-4.436 / 1.624),
        "tn": math.exp(-0.453 / 1.694),
        "sd": math.exp(0.118 / 1.94),
        "codmn": math.exp(4.891 / 2.661),
    }
    found = trophic(at_50)
    assert found is not None
    assert found.index == pytest.approx(50)
    assert found.whole
    more = trophic(at_50 | {"chla": at_50["chla"] * math.e})
    assert more is not None
    assert more.index - 50 == pytest.approx(0.2663 * 10.86, abs=0.01)
    assert not (trophic({"chla": 10.0, "tp": 0.05}) or found).whole
    assert trophic({"tp": 0.05}) is None
    assert [level_of(n) for n in (29.9, 30, 50, 50.1, 60, 60.1, 70, 70.1)] == [
        "贫营养", "中营养", "中营养", "轻度富营养", "轻度富营养", "中度富营养", "中度富营养", "重度富营养"
    ]  # fmt: skip


def test_what_the_rest_of_the_year_may_average() -> None:
    """NH3-N 1.2 mg/L over nine months leaves 0.4 for three months of class III; 1.4 leaves nothing."""
    (nh3n,) = room({"nh3n": 1.2}, {"nh3n": 9}, 3)
    assert nh3n.bound == pytest.approx((1.0 * 12 - 1.2 * 9) / 3)
    assert nh3n.reachable
    (lost,) = room({"nh3n": 1.4}, {"nh3n": 9}, 3)
    assert (lost.bound, lost.reachable) == (0, False)
    (oxygen,) = room({"do": 4.0}, {"do": 6}, 3)
    assert oxygen.bound == pytest.approx(6.0)
    (done,) = room({"tp": 0.21}, {"tp": 12}, 3)
    assert (done.bound, done.reachable) == (None, False)
    assert class_so_far({"nh3n": 1.2, "tp": 0.06}) == 4
    assert class_so_far({"tp": 0.06}, "lake") == 4
    assert class_so_far({}) is None


def test_black_and_odorous_points_and_water() -> None:
    """A point is heavy with one item heavy in 60 % of its data, or with two in 30 %."""
    one = {"sd": [9.0, 9.0, 9.0, 20.0, 30.0], "nh3n": [5.0] * 5}
    two = {"sd": [9.0, 9.0, 20.0, 20.0, 30.0], "nh3n": [16.0, 16.0, 9.0, 9.0, 9.0]}
    light = {"sd": [9.0, 20.0, 20.0, 20.0, 30.0], "nh3n": [5.0] * 5}
    clean = {"sd": [26.0] * 5, "nh3n": [7.9] * 5}
    samples = pl.concat(
        pl.DataFrame({"point": [name] * 5, **values})
        for name, values in zip("abcd", (one, two, light, clean), strict=True)
    )
    found = points(samples)
    assert found["grade"].to_list() == [Grade.HEAVY, Grade.HEAVY, Grade.LIGHT, Grade.NONE]
    (whole,) = waters(found.with_columns(water=pl.lit("W"))).to_dicts()
    assert whole == {"water": "W", "points": 4, "judged": 4, "black": 3, "heavy": 2, "grade": Grade.LIGHT}


def test_shallow_water_is_judged_by_its_depth() -> None:
    """40 % of 20 cm are 8 cm; of 25 cm, where the rule ends, 10 cm."""
    shallow = points(pl.DataFrame({"point": ["x", "y"], "sd": [11.0, 11.0], "depth": [20.0, 60.0]}))
    assert dict(shallow.iter_rows()) == {"x": Grade.NONE, "y": Grade.LIGHT}
    depths = {
        "point": list("abcdef"),
        "sd": [9.0, 8.0, 7.9, 10.0, 9.9, 9.9],
        "depth": [20.0, 20.0, 20.0, 24.9, 25.0, None],
    }
    found = points(pl.DataFrame(depths))["grade"].to_list()
    assert found == [Grade.NONE, Grade.LIGHT, Grade.HEAVY, Grade.NONE, Grade.HEAVY, Grade.HEAVY]


def test_many_waters_are_graded_at_once_and_what_was_not_measured_counts_for_nothing() -> None:
    """Three of five points are 60 %; of the second water two of the three that were measured; of the third nothing was."""
    grades = {"A": [2, 2, 2, 0, 0], "B": [2, None, 2, 0], "C": [None, None], "D": [0, 0], "E": [2, 2, 0, 0]}
    rows = [(w, f"{w}{n}", g) for w, some in grades.items() for n, g in enumerate(some)]
    found = pl.DataFrame(rows, schema=["water", "point", "grade"], orient="row")
    assert dict(waters(found).select("water", "grade").iter_rows()) == {
        "A": Grade.HEAVY, "B": Grade.HEAVY, "C": None, "D": Grade.NONE, "E": Grade.LIGHT,
    }  # fmt: skip
    assert waters(found).filter(water="B").select("points", "judged").row(0) == (4, 3)


def test_a_reach_is_heavy_from_three_heavy_points_in_a_row_and_ends_at_one_that_was_not_measured() -> None:
    some = {"A": [0, 2, 2, 2, 2, 0, 2, 2], "B": [2, 2, None, 2, 2], "C": [2, 2]}
    rows = [(w, f"{w}{n}", g) for w, grades in some.items() for n, g in enumerate(grades)]
    found = pl.DataFrame(rows, schema=["water", "point", "grade"], orient="row")
    assert heavy_reaches(found).rows() == [("A", "A1", "A4", 4)]
