"""Statistical peers on a sample: chosen without regard to the hour, fitted on what had ended, absent where they know nothing."""

import subprocess
import sys
from datetime import timedelta
from importlib.util import find_spec

import polars as pl
import pytest

from bihuan.domain.forecast import statistical
from bihuan.domain.forecast.statistical import Sample
from bihuan.domain.timeaxis import parse_moment
from tests.forecast.real import SITES, history

ORIGIN = parse_moment("2019-03-01T08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_sample_is_spread_and_meets_all_hours_of_the_day() -> None:
    origins = [ORIGIN + k * 6 * HOUR for k in range(240)]
    found = statistical.sample([f"s{k}" for k in range(50)], origins, most_sites=5, most_origins=24)
    assert found == statistical.sample(
        [f"s{k}" for k in range(50)], origins[::-1], most_sites=5, most_origins=24
    )
    # One of each ten origins, and of each ten sites by their code.
    assert [origins.index(o) // 10 for o in found.origins] == list(range(24))
    assert len({o.hour for o in found.origins}) == 4
    assert len(set(found.sites)) == 5
    few = statistical.sample(["b", "a"], origins[:1])
    assert few == Sample(("a", "b"), (ORIGIN,))


def recent() -> pl.DataFrame:
    """Three weeks before the origin, and after it: fits are quick."""
    return history().filter(pl.col("start") >= ORIGIN - 21 * DAY)


@pytest.fixture(scope="module")
def said() -> pl.DataFrame:
    if find_spec("statsforecast") is None:
        pytest.skip("statsforecast is not installed")
    return statistical.rows(recent(), "pm25", ORIGIN, 24, Sample(SITES[:2], (ORIGIN,)))


def test_each_model_speaks_of_each_site_and_lead(said: pl.DataFrame) -> None:
    assert said.group_by("model").len().sort("model").rows() == [
        ("AutoETS", 48),
        ("AutoTheta", 48),
        ("MSTL", 48),
    ]
    assert said["lead"].min() == 1
    assert said.filter(pl.col("lead") == 1)["start"].unique().to_list() == [ORIGIN]
    assert said["mean"].min() >= 0  # type: ignore[operator]  # a number
    assert said["q50"].null_count() == said.height


def test_the_future_and_other_sites_change_nothing(said: pl.DataFrame) -> None:
    spoiled = recent().with_columns(
        pm25=pl.when((pl.col("start") < ORIGIN) & pl.col("site").is_in(SITES[:1]))
        .then("pm25")
        .otherwise(999.0)
    )
    again = statistical.rows(spoiled, "pm25", ORIGIN, 24, Sample(SITES[:1], (ORIGIN,)))
    assert again.equals(said.filter(pl.col("site") == SITES[0]))


def test_a_pure_daily_course_goes_on() -> None:
    if find_spec("statsforecast") is None:
        pytest.skip("statsforecast is not installed")
    hours = [ORIGIN - k * HOUR for k in range(1, 21 * 24 + 1)]
    course = pl.DataFrame({"site": "a", "start": hours, "pm25": [50.0 + t.hour for t in hours]})
    gappy = course.filter(pl.col("start").dt.day() != 20)  # a day without values is filled
    found = statistical.rows(gappy, "pm25", ORIGIN, 24, Sample(("a",), (ORIGIN,)))
    error = found.filter(pl.col("model") == "MSTL").select(
        (pl.col("mean") - 50 - pl.col("start").dt.hour()).abs().max()
    )
    assert error.item() < 3


@pytest.mark.parametrize(
    "kept",
    [
        pl.col("start") >= ORIGIN - 13 * DAY,  # less than two weeks
        pl.col("start") < ORIGIN - 25 * HOUR,  # silent for a day
        pl.col("start") >= ORIGIN,  # nothing before the origin
    ],
)
def test_where_little_is_known_nothing_is_said(kept: pl.Expr) -> None:
    rows = statistical.rows(history().filter(kept), "pm25", ORIGIN, 24, Sample(SITES[:1], (ORIGIN,)))
    assert rows.is_empty()
    assert rows.columns[0] == "site"


def test_the_optional_libraries_are_not_loaded_at_the_start() -> None:
    heavy = ("pandas", "pyarrow", "statsforecast", "statsmodels")
    code = f"import sys, bihuan.commands.backtest; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
