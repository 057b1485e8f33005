"""The most similar past days: found by what came before, known by the issue, told with what followed."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast import analogues
from bihuan.domain.forecast.areas import with_areas
from bihuan.domain.forecast.grid import Grid, to_grid
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import CST, INSTANT, parse_moment
from tests.forecast.real import AREAS, SITES, history, until

WHEN = "2019-02-22T06:00"
MOMENT = parse_moment(WHEN)
KEY = "city:140300"


@pytest.fixture(scope="module")
def grid() -> Grid:
    return with_areas(to_grid(until(WHEN), ITEM_NAMES, end=MOMENT), AREAS)


def made(values: list[float], last: datetime) -> pl.DataFrame:
    """Hours of one site, the last one ending at `last`."""
    first = last - timedelta(hours=len(values))
    starts = [first + timedelta(hours=k) for k in range(len(values))]
    return pl.DataFrame({"site": "A", "start": pl.Series(starts, dtype=INSTANT), "pm25": values})


def test_the_day_that_went_before_in_the_same_way_comes_first_with_what_followed() -> None:
    rng = np.random.default_rng(1)
    moment = datetime(2019, 3, 31, 16, tzinfo=UTC)
    values = rng.uniform(20, 150, 60 * 24)
    values[50 * 24 - 48 : 50 * 24] = values[-48:]  # 10 days before the issue, hour for hour the same
    found = analogues.find(to_grid(made(values.tolist(), moment), ["pm25"], end=moment), "A", moment)
    best = found.days.row(0, named=True)
    assert best["origin"] == moment - timedelta(days=10)
    # Only the season is apart: 10 days of 30, weighted 0.5 beside 1.0 -> sqrt(0.5 / 9 / 1.5).
    assert best["distance"] == pytest.approx(math.sqrt(0.5 / 9 / 1.5))
    after = found.followed.filter(pl.col("rank") == 1).sort("lead")
    assert after["lead"].to_list() == list(range(1, 169))
    assert after["pm25"].to_list() == values[50 * 24 : 57 * 24].tolist()


def test_the_distance_is_what_a_plain_loop_gives() -> None:
    rng = np.random.default_rng(2)
    moment = datetime(2019, 3, 31, 16, tzinfo=UTC)
    values = rng.uniform(20, 150, 20 * 24).tolist()
    found = analogues.find(to_grid(made(values, moment), ["pm25"], end=moment), "A", moment, count=99)
    roots = [math.sqrt(v) for v in values]
    mean = sum(roots) / len(roots)
    spread = math.sqrt(sum((r - mean) ** 2 for r in roots) / len(roots))
    for row in found.days.iter_rows(named=True):
        days = (moment - row["origin"]).days
        total = 0.0
        for part in range(16):
            now = sum(roots[len(roots) - 48 + 3 * part + k] for k in range(3)) / 3
            then = sum(roots[len(roots) - 24 * days - 48 + 3 * part + k] for k in range(3)) / 3
            total += ((then - now) / spread) ** 2 / 16
        assert row["distance"] == pytest.approx(math.sqrt((total + 0.5 * (days / 30) ** 2) / 1.5))
    assert found.days.height == 8  # 3, 5, ... 17 days before, or as many two days apart


def test_the_days_just_before_are_no_analogues_and_neighbouring_days_count_once(grid: Grid) -> None:
    found = analogues.find(grid, KEY, MOMENT, near=SITES, count=8)
    origins = sorted(found.days["origin"])
    assert max(origins) <= MOMENT - timedelta(hours=72)
    assert min(b - a for a, b in pairwise(origins)) >= timedelta(hours=48)
    assert {o.astimezone(CST).hour for o in origins} == {6}
    assert found.days["distance"].is_sorted()
    assert set(found.days["alike"]) <= {"very", "quite", "somewhat", "hardly"}


def test_what_followed_ends_with_the_issue(grid: Grid) -> None:
    found = analogues.find(grid, KEY, MOMENT, near=SITES, count=99)
    assert max(found.followed["start"]) < MOMENT


def test_later_rows_change_nothing(grid: Grid) -> None:
    ended = pl.col("start") + pl.duration(hours=1)
    later = history().filter(ended > MOMENT, pl.col("start") < MOMENT + timedelta(days=9))
    later = later.with_columns(pl.col(ITEM_NAMES).shuffle(5) * 4)
    longer = with_areas(to_grid(pl.concat([until(WHEN), later]), ITEM_NAMES), AREAS)
    assert longer.hours > grid.hours
    for site in (KEY, SITES[0]):
        then, now = (analogues.find(g, site, MOMENT, near=SITES) for g in (grid, longer))
        assert then.days.equals(now.days)
        assert then.followed.equals(now.followed)


def test_neighbours_and_weather_count() -> None:
    rng = np.random.default_rng(3)
    moment = datetime(2019, 3, 31, 16, tzinfo=UTC)
    rows = made(rng.uniform(20, 150, 40 * 24).tolist(), moment)
    near = rows.with_columns(site=pl.lit("B"), pm25=pl.Series(rng.uniform(20, 150, 40 * 24)))
    wind = rng.uniform(0, 6, 40 * 24)
    both = pl.concat([rows, near]).with_columns(wspm=pl.Series(np.tile(wind, 2)))

    def distances(table: pl.DataFrame, sites: list[str]) -> list[float]:
        grid = to_grid(table, ["pm25"], end=moment)
        return sorted(analogues.find(grid, "A", moment, near=sites, count=99).days["distance"])

    alone = distances(both.drop("wspm"), [])
    assert distances(both.drop("wspm"), ["B"]) != pytest.approx(alone)
    assert distances(both, []) != pytest.approx(alone)


def test_without_enough_to_compare_there_is_none(grid: Grid) -> None:
    moment = datetime(2019, 3, 31, 16, tzinfo=UTC)
    short = to_grid(made([50.0] * 90, moment), ["pm25"], end=moment)
    gaps = to_grid(
        made([float(k) if k < 690 else float("nan") for k in range(720)], moment), ["pm25"], end=moment
    )
    for where, site, at in ((grid, "nowhere", MOMENT), (short, "A", moment), (gaps, "A", moment)):
        found = analogues.find(where, site, at)
        assert found.days.is_empty()
        assert analogues.following_days(found).is_empty() if "o3" in where.values else True
        assert np.isnan(analogues.member_values(found, "pm25", np.arange(1, 73))).all()


def test_as_a_member_they_say_the_mean_of_what_followed(grid: Grid) -> None:
    found = analogues.find(grid, KEY, MOMENT, near=SITES)
    said = analogues.member_values(found, "pm25", np.arange(1, 73))
    for lead in (1, 24, 72):
        own = found.followed.filter(pl.col("lead") == lead)["pm25"].drop_nulls().to_list()
        assert said[lead - 1] == pytest.approx(sum(own) / len(own))


def test_days_that_followed_are_published_days(grid: Grid) -> None:
    found = analogues.find(grid, SITES[0], MOMENT, near=SITES)
    days = analogues.following_days(found).drop_nulls("pm25")
    hours = history().filter(pl.col("site") == SITES[0])
    for row in days.head(5).iter_rows(named=True):
        first = datetime(row["date"].year, row["date"].month, row["date"].day, tzinfo=CST)
        own = hours.filter(pl.col("start").is_between(first, first + timedelta(hours=23)))[
            "pm25"
        ].drop_nulls()
        assert row["pm25"] == pytest.approx(own.mean(), abs=0.5)
    origin = dict(found.days.select("rank", "date").iter_rows())
    assert all((r["date"] - origin[r["rank"]]).days == r["ahead"] for r in days.iter_rows(named=True))


def test_near_sites_by_distance() -> None:
    places = {"A": (113.0, 38.0), "B": (113.1, 38.0), "C": (113.0, 38.09), "D": (115.0, 38.0)}
    # 0.1 degrees east at 38 degrees north are 0.079 degrees of latitude: nearer than 0.09.
    assert analogues.near_sites(places, "A", 2) == ["B", "C"]
    assert analogues.near_sites(places, "X") == []
