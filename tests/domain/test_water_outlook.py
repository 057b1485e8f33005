"""The outlook of a section: courses come of its own past, begin at its last days, and say nothing that they cannot know."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.water_outlook import (
    COURSES,
    Past,
    class_chances,
    courses,
    days_ahead,
    month_means,
    past_of,
)

NAMES = ("ph", "do", "nh3n")


def past(*rows: tuple[float, float, float]) -> Past:
    return Past(NAMES, np.array(rows, float))


def test_a_river_that_never_changes_does_not_change() -> None:
    coming = courses(past(*[(7.8, 9.0, 0.4)] * 80), [], 7)
    assert coming is not None
    assert coming.shape == (COURSES, 7, 3)
    assert np.allclose(coming, [7.8, 9.0, 0.4])
    assert class_chances(coming[:, 0], NAMES, "river") == pytest.approx({1: 0, 2: 1, 3: 0, 4: 0, 5: 0, 6: 0})


def test_items_move_together_as_they_did() -> None:
    """Ammonia doubles on the day on which oxygen halves, every tenth day: never one without the other."""
    rows = [(7.8, 4.0, 0.8) if n % 10 == 0 else (7.8, 8.0, 0.4) for n in range(91)][:-5]
    coming = courses(past(*rows), [], 1)
    assert coming is not None
    spikes = coming[:, 0, 2] > 0.6
    assert 0.03 < spikes.mean() < 0.25
    assert ((coming[:, 0, 1] < 5) == spikes).all()


def test_courses_begin_at_the_level_of_the_last_days_not_at_one_odd_reading() -> None:
    rows = [(7.8, 9.0, 0.4)] * 79 + [(7.8, 9.0, 4.0)]
    coming = courses(past(*rows), [], 1)
    assert coming is not None
    assert np.median(coming[:, 0, 2]) == pytest.approx(0.4)


def test_a_short_past_draws_from_others_and_none_at_all_says_nothing() -> None:
    short, long = past(*[(7.8, 9.0, 0.4)] * 5), past(*[(7.5, 8.0, 0.3 + 0.1 * (n % 2)) for n in range(100)])
    assert courses(short, [], 7) is None
    coming = courses(short, [long], 7)
    assert coming is not None
    assert coming[:, :, 2].std() > 0
    assert courses(past(*[(np.nan,) * 3] * 80), [long], 7) is None


def test_the_same_question_has_the_same_answer() -> None:
    rng = np.random.default_rng(1)
    known = past(*(tuple(row) for row in 7 + rng.random((90, 3))))
    one, two, other = (courses(known, [], 3, seed=s) for s in (5, 5, 6))
    assert np.array_equal(one, two)  # type: ignore[arg-type]
    assert not np.array_equal(one, other)  # type: ignore[arg-type]


def test_a_month_is_what_is_known_and_what_comes() -> None:
    known, coming = np.full((10, 1), 0.4), np.full((COURSES, 20, 1), 1.0)
    assert month_means(known, coming)[0, 0] == pytest.approx((10 * 0.4 + 20 * 1.0) / 30)
    assert month_means(known, None)[0, 0] == pytest.approx(0.4)
    gaps = np.array([[0.4], [np.nan]])
    assert month_means(gaps, None)[0, 0] == pytest.approx(0.4)


def test_gaps_of_days_stay_gaps() -> None:
    days = pl.DataFrame({"day": [date(2021, 1, 1), date(2021, 1, 4)], "nh3n": [0.1, 0.2]})
    found = past_of(days, ("nh3n", "tp"))
    assert found.values.shape == (4, 2)
    assert found.known == 2
    assert np.isnan(found.values[1:3]).all()
    assert past_of(days.clear(), ("nh3n",)).known == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(6, 9), st.floats(2, 12), st.floats(0.02, 5)), min_size=70, max_size=80),
    st.integers(1, 7),
)
def test_chances_add_up_and_quantiles_do_not_cross(rows: list[tuple[float, float, float]], days: int) -> None:
    coming = courses(past(*rows), [], days)
    assert coming is not None
    for day in days_ahead(coming, NAMES, "river"):
        assert sum(day.chances.values()) == pytest.approx(1)
        assert all(list(q) == sorted(q) for q in day.quantiles.values())


def test_days_of_the_calendar_count_not_rows() -> None:
    """The day behind a gap is not the next day."""
    start = date(2021, 1, 1)
    days = pl.DataFrame(
        {
            "day": [start + timedelta(days=2 * n) for n in range(10)],
            "nh3n": [0.1 * (n + 1) for n in range(10)],
        }
    )
    assert past_of(days, ("nh3n",)).values.shape == (19, 1)
