"""What an issued forecast promises, whatever the history looks like."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.issuing import issue
from bihuan.domain.forecast.model import Model, NoHistory
from bihuan.domain.forecast.run_tables import QUANTILE_NAMES, Issue
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import parse_moment
from tests.forecast.real import AREAS, SITES, history, until

WHEN = "2019-02-22T06:00"
MOMENT = parse_moment(WHEN)


@pytest.fixture(scope="module")
def fitted() -> Model:
    return models.fit(until(WHEN, days=40))


@pytest.fixture(scope="module")
def issued(fitted: Model) -> Issue:
    return issue(fitted, until(WHEN), MOMENT, areas=AREAS)


def test_hours_1_to_72_of_six_items_and_aqi_at_each_site_and_area(issued: Issue) -> None:
    counts = issued.hours.group_by("site", "item").len()
    assert set(counts["site"]) == {*SITES, *AREAS}
    assert set(counts["item"]) == {*ITEM_NAMES, "aqi"}
    assert set(counts["len"]) == {72}


def test_lead_1_is_the_first_hour_that_ends_after_the_issue(issued: Issue) -> None:
    first = issued.hours.filter(pl.col("lead") == 1)
    assert first["start"].unique().to_list() == [MOMENT]


def test_quantiles_never_cross_and_are_never_negative(issued: Issue) -> None:
    for frame in (issued.hours, issued.days):
        values = frame.select(QUANTILE_NAMES).to_numpy()
        assert (np.diff(values, axis=1) >= 0).all()
        assert (values >= 0).all()


def test_days_reach_seven_and_the_chances_of_the_levels_sum_to_one(issued: Issue) -> None:
    aqi = issued.days.filter(pl.col("site") == "city:140300", pl.col("item") == "aqi").sort("date")
    assert aqi.height == 7
    assert aqi.select(pl.sum_horizontal(f"p{k}" for k in range(1, 7))).to_series().to_list() == pytest.approx(
        [1.0] * 7
    )


def test_hours_already_measured_stand_in_the_first_day_of_every_path(fitted: Model) -> None:
    late = parse_moment("2019-02-22T22:00")
    made = issue(fitted, until("2019-02-22T22:00"), late, sites=[SITES[0]])
    measured = until("2019-02-22T22:00").filter(
        pl.col("site") == SITES[0], pl.col("start") >= parse_moment("2019-02-22T00:00")
    )
    today = made.members.filter(pl.col("site") == SITES[0], pl.col("date") == late.date())
    assert today["pm25"].std() < 5  # 22 of 24 hours are the same in every path
    assert abs(today["pm25"].mean() - measured["pm25"].mean()) < 10


def test_paths_keep_the_dependence_of_neighbouring_days_and_stations(issued: Issue) -> None:
    city = issued.members.filter(pl.col("site") == "city:140300").pivot("date", index="member", values="pm25")
    days = city.drop("member").to_numpy()
    assert np.corrcoef(days[:, 1], days[:, 2])[0, 1] > 0.3
    day = issued.members["date"].unique().sort()[1]
    stations = issued.members.filter(pl.col("date") == day).pivot("site", index="member", values="pm25")
    assert np.corrcoef(stations[SITES[0]], stations[SITES[2]])[0, 1] > 0.5


def test_what_happens_after_the_issue_changes_nothing(fitted: Model, issued: Issue) -> None:
    ended = pl.col("start") + pl.duration(hours=1)
    future = history().filter(ended > MOMENT, pl.col("start") < MOMENT + timedelta(days=10))
    shuffled = future.with_columns(pl.col(ITEM_NAMES).shuffle(3) * 5)
    shifted = future.with_columns(pl.col(ITEM_NAMES).shift(7))
    for other in (shuffled, shifted):
        again = issue(fitted, pl.concat([until(WHEN), other]), MOMENT, areas=AREAS)
        assert again.hours.equals(issued.hours)
        assert again.members.equals(issued.members)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_missing_inputs_widen_the_error_but_never_spoil_the_forecast(
    fitted: Model, issued: Issue, share: float
) -> None:
    gone = np.random.default_rng(5).uniform(size=until(WHEN).height) < share
    holes = until(WHEN).with_columns(
        pl.when(pl.Series(gone)).then(None).otherwise(pl.col(i)).alias(i) for i in ITEM_NAMES
    )
    made = issue(fitted, holes, MOMENT, areas=AREAS)
    both = made.hours.join(issued.hours, on=["site", "item", "lead"], suffix="_full").filter(
        pl.col("item") == "pm25"
    )
    assert both.height == 8 * 72
    inside = both.select(pl.col("mean").is_between("q05_full", "q95_full").mean()).item()
    assert inside > 0.95


def test_silent_last_hours_are_bridged(fitted: Model, issued: Issue) -> None:
    made = issue(fitted, until("2019-02-22T03:00"), MOMENT, areas=AREAS)
    assert made.hours.height == issued.hours.height
    pairs = made.hours.join(issued.hours, on=["site", "item", "lead"], suffix="_full")
    apart = pairs.filter(pl.col("item") == "pm25", pl.col("lead") > 24)
    assert (apart["mean"] - apart["mean_full"]).abs().mean() < 15


def test_a_new_site_with_days_of_history_gets_a_sensible_forecast(fitted: Model) -> None:
    new = until(WHEN, days=3).filter(pl.col("site") == SITES[1]).with_columns(site=pl.lit("new"))
    made = issue(fitted, pl.concat([until(WHEN), new]), MOMENT)
    pairs = made.hours.filter(pl.col("site") == "new").join(
        made.hours.filter(pl.col("site") == SITES[1]), on=["item", "lead"], suffix="_old"
    )
    near = pairs.filter(pl.col("item") == "pm25", pl.col("lead") <= 6)
    assert (near["mean"] / near["mean_old"]).is_between(0.7, 1.4).all()


def test_a_site_without_history_has_none_and_says_why(fitted: Model) -> None:
    made = issue(fitted, until(WHEN), MOMENT, sites=[SITES[0], "9999A"])
    assert "9999A" in made.reasons
    assert "no measurement" in made.reasons["9999A"]
    assert "9999A" not in set(made.hours["site"])


def test_ten_days_of_history_are_enough_for_a_first_forecast() -> None:
    early = "2019-01-11T08:00"
    rows = until(early)
    made = issue(models.fit(rows), rows, parse_moment(early), areas=AREAS)
    pm25 = made.days.filter(pl.col("item") == "pm25", pl.col("site") == "city:140300")
    seen = rows["pm25"].drop_nulls()
    # Yangquan had 20..290 µg/m³ in these ten days; a mean far outside would be extrapolation.
    assert pm25["mean"].is_between(float(seen.quantile(0.05) or 0), float(seen.quantile(0.98) or 0)).all()


def test_too_little_history_is_refused_with_the_reason() -> None:
    with pytest.raises(NoHistory, match=r"only 2\.0 days"):
        models.fit(until("2019-01-03T00:00", days=2))


def test_one_bad_station_does_not_spoil_the_others(fitted: Model, issued: Issue) -> None:
    # Its last ten days read 985 whatever the air is like.
    broken = until(WHEN).with_columns(
        pm25=pl.when(pl.col("site") == SITES[0], pl.col("start") > MOMENT - timedelta(days=10))
        .then(985.0)
        .otherwise(pl.col("pm25"))
    )
    made = issue(fitted, broken, MOMENT)
    others = pl.col("item") == "pm25", pl.col("site").is_in(SITES[1:])
    both = made.hours.filter(*others).join(issued.hours, on=["site", "item", "lead"], suffix="_full")
    assert both.height == 4 * 72
    assert both.select(pl.col("mean").is_between("q05_full", "q95_full").mean()).item() > 0.95


def test_a_first_forecast_from_days_of_history_is_labelled() -> None:
    made = models.fit(until("2019-01-11T08:00"), items=["pm25"])
    assert made.name == "bihuan-4-linear@20190111"
