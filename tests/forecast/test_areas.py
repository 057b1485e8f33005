"""Stations, counties and the city say the same: an area is the mean of its stations, in every number that is issued."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import rolling
from bihuan.domain.forecast.issuing import issue, issue_simplest
from bihuan.domain.forecast.run_tables import Issue
from bihuan.domain.timeaxis import CST, parse_moment
from tests.forecast.real import AREAS, SITES, history, until
from tests.forecast.test_why import SMALL

WHEN = "2019-02-22T06:00"
MOMENT = parse_moment(WHEN)
CITY = "city:140300"


@pytest.fixture(scope="module")
def issued() -> Issue:
    fitted = models.fit(until(WHEN, days=40), items=("pm25", "o3"), size=SMALL)
    return issue(fitted, until(WHEN), MOMENT, areas=AREAS)


def mean_of(rows: pl.DataFrame, sites: tuple[str, ...], value: str, *keys: str) -> pl.DataFrame:
    return rows.filter(pl.col("site").is_in(sites)).group_by(keys).agg(pl.col(value).mean().alias("stations"))


@pytest.mark.parametrize("area", AREAS)
def test_the_mean_of_an_area_is_the_mean_of_its_stations_at_every_hour(issued: Issue, area: str) -> None:
    hours = issued.hours.filter(pl.col("item").is_in(["pm25", "o3"]))
    stations = mean_of(hours, AREAS[area], "mean", "item", "lead")
    both = hours.filter(pl.col("site") == area).join(stations, on=["item", "lead"])
    assert both.height == 2 * 72
    np.testing.assert_allclose(both["mean"], both["stations"], rtol=1e-9)


@pytest.mark.parametrize("area", AREAS)
def test_every_joint_path_of_an_area_is_the_mean_of_its_stations_paths(issued: Issue, area: str) -> None:
    # Of whole days ahead: of the running day the measured hours count, which have gaps.
    days = issued.members.filter(pl.col("date") > MOMENT.astimezone(CST).date())
    stations = mean_of(days, AREAS[area], "pm25", "member", "date")
    both = days.filter(pl.col("site") == area).join(stations, on=["member", "date"])
    assert both.height == 100 * 6
    np.testing.assert_allclose(both["pm25"], both["stations"], rtol=1e-9)


def test_the_city_is_less_certain_than_independent_stations_would_be_and_surer_than_one(
    issued: Issue,
) -> None:
    hours = issued.hours.filter(pl.col("item") == "pm25", pl.col("lead") == 24)
    width = {r["site"]: r["q95"] - r["q05"] for r in hours.iter_rows(named=True)}
    each = np.array([width[s] for s in SITES])
    assert width[CITY] < each.mean()
    assert width[CITY] > 1.2 * np.sqrt((each**2).sum()) / len(each)


def test_a_city_is_said_though_only_one_station_was_asked_for(issued: Issue) -> None:
    fitted = models.fit(until(WHEN, days=40), items=("pm25",), size=SMALL)
    made = issue(fitted, until(WHEN), MOMENT, sites=[SITES[0]], areas=AREAS)
    assert set(made.hours["site"]) == {SITES[0], *AREAS}
    whole = issued.hours.filter(pl.col("site") == CITY, pl.col("item") == "pm25")
    assert made.hours.filter(pl.col("site") == CITY, pl.col("item") == "pm25").equals(whole)


def test_a_station_that_never_measured_leaves_its_county_to_the_others() -> None:
    known = until(WHEN, days=40).filter(pl.col("site") != SITES[0])
    made = issue(models.fit(known, items=("pm25",), size=SMALL), known, MOMENT, areas=AREAS)
    county = made.hours.filter(pl.col("site") == "county:140302", pl.col("item") == "pm25").sort("lead")
    alone = made.hours.filter(pl.col("site") == SITES[1], pl.col("item") == "pm25").sort("lead")
    np.testing.assert_allclose(county["mean"], alone["mean"], rtol=1e-9)


def test_the_simplest_member_agrees_too() -> None:
    made = issue_simplest(until(WHEN, days=3), MOMENT, areas=AREAS)
    stations = mean_of(made.hours, SITES, "mean", "item", "lead").filter(pl.col("item") == "pm25")
    both = made.hours.filter(pl.col("site") == CITY).join(stations, on=["item", "lead"])
    np.testing.assert_allclose(both["mean"], both["stations"], rtol=1e-9)


def test_a_backtest_says_of_the_city_what_an_issue_says() -> None:
    plan = rolling.Plan(MOMENT, MOMENT, timedelta(hours=6), 48, ("pm25",))
    segment = rolling.one(history(), plan, 0, areas=AREAS)
    made = issue(segment.model, until(WHEN), MOMENT, areas=AREAS)
    keys = ["site", "item", "lead"]
    both = segment.rows.join(made.hours, on=keys, suffix="_issued").filter(pl.col("site") == CITY)
    assert both.height == 48
    np.testing.assert_allclose(both["mean"], both["mean_issued"], rtol=1e-3)  # their look-backs differ
    np.testing.assert_allclose(both["q95"], both["q95_issued"], rtol=0.02)
