"""Why a forecast says what it says: parts that add up to it, in groups that a person can name."""

from datetime import timedelta
from typing import Any

import lightgbm
import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import why
from bihuan.domain.forecast.linear import BLOCKS
from bihuan.domain.forecast.model import Model, View
from bihuan.domain.forecast.trees import Size
from bihuan.domain.forecast.why_parts import GROUPS, group_of
from bihuan.domain.timeaxis import parse_moment
from tests.forecast.real import AREAS, SITES, history, until
from tests.forecast.windy import FIRST
from tests.forecast.windy import history as windy

WHEN, KEY = "2019-04-10T06:00", "city:140300"
MOMENT = parse_moment(WHEN)
LEADS = (1, 5, 12, 24, 30, 48, 60, 72, 100, 168)
SMALL = Size(rows=6000, trees=30, leaves=8, least=50, columns=0.5)


@pytest.fixture(scope="module")
def fitted() -> Model:
    return models.fit(until(WHEN, days=99), items=("pm25", "o3"), size=SMALL)


@pytest.fixture(scope="module")
def seen(fitted: Model) -> View:
    return models.view(fitted, until(WHEN), end=MOMENT)


@pytest.fixture(scope="module")
def told(fitted: Model, seen: View) -> pl.DataFrame:
    return why.explain(fitted, seen, MOMENT, range(1, 73), [KEY, *SITES], "pm25", AREAS)


def said(model: Model, seen: View, item: str, lead: int) -> dict[str, float]:
    """What the model itself says."""
    origin = np.array([seen.grid.row_of(MOMENT) - 1])
    each = models.means(model, seen, item, origin, lead)[0]
    return dict(zip(seen.grid.sites, each, strict=True)) | {KEY: float(each.mean())}


@pytest.mark.parametrize("item", ["pm25", "o3"])
def test_base_and_groups_are_the_forecast(fitted: Model, seen: View, item: str) -> None:
    table = why.explain(fitted, seen, MOMENT, LEADS, [KEY, *SITES], item, AREAS)
    assert table.height == len(LEADS) * 6
    for row in table.iter_rows(named=True):
        whole = row["usual"] + sum(row[g] for g in GROUPS)
        assert whole == pytest.approx(said(fitted, seen, item, row["lead"])[row["site"]], abs=1e-6)
        assert whole == pytest.approx(row["mean"], abs=1e-9)


@pytest.mark.parametrize("member", ["persistence", "same_hour", "usual", "raw_damped", "raw_full", "root_damped", "root_full", "trees_full", "similar"])  # fmt: skip
def test_the_parts_of_each_member_alone_add_up_too(fitted: Model, seen: View, member: str) -> None:
    item = fitted.items["pm25"]
    alone = np.tile([float(m == member) for m in item.members], (len(BLOCKS), 1))
    only = models.Model(**{**vars(fitted), "items": {"pm25": type(item)(**{**vars(item), "weights": alone})}})
    for row in why.explain(only, seen, MOMENT, (1, 24, 72), [KEY], "pm25", AREAS).iter_rows(named=True):
        origin = np.array([seen.grid.row_of(MOMENT) - 1])
        value = models.member_means(fitted, seen, "pm25", origin, row["lead"])[member][0].mean()
        assert row["usual"] + sum(row[g] for g in GROUPS if g != "missed") == pytest.approx(value, abs=1e-6)


def test_what_was_lately_missed_is_a_part_of_its_own(fitted: Model, seen: View, told: pl.DataFrame) -> None:
    """The fit is as old as the view: what counts is what its validation met."""
    origin = np.array([seen.grid.row_of(MOMENT) - 1])
    shift = float(models.lately_missed(seen, "pm25", origin, 30)[0])
    assert abs(shift) > 0.1
    row = told.filter(pl.col("site") == KEY, pl.col("lead") == 30).row(0, named=True)
    assert row["missed"] == pytest.approx(shift)


def test_a_ridge_members_groups_are_coefficient_times_what_is_unusual(fitted: Model, seen: View) -> None:
    """By a plain loop over the columns of the region, whose usual value is 0."""
    from bihuan.domain.forecast import features

    bank, held = seen.banks["pm25"]["raw"], fitted.items["pm25"].linear["raw"]
    origin, lead, site = seen.grid.row_of(MOMENT) - 1, 12, seen.grid.sites.index(SITES[0])
    names, x = features.assemble(bank, np.array([origin]), lead)
    hour = 2 * np.pi * ((origin + lead) % 24) / 24
    expected = 0.0
    for name, values in zip(names, x[:, 0, site], strict=True):
        if name in ("near", "near24", "later", "region", "region24", "s1_region24", "c1_region24"):
            expected += held.coefficients["full"][lead - 1][held.names.index(name)] * values
    assert x[names.index("s1_region24"), 0, site] == pytest.approx(
        np.sin(hour) * bank.known["region24"][origin, site]
    )
    item = fitted.items["pm25"]
    alone = np.tile([float(m == "raw_full") for m in item.members], (len(BLOCKS), 1))
    only = models.Model(**{**vars(fitted), "items": {"pm25": type(item)(**{**vars(item), "weights": alone})}})
    row = why.explain(only, seen, MOMENT, [lead], [SITES[0]], "pm25").row(0, named=True)
    assert row["region"] == pytest.approx(expected)


def test_the_base_is_what_was_usual_at_that_hour(seen: View, told: pl.DataFrame) -> None:
    bank = seen.banks["pm25"]["raw"]
    last = seen.grid.row_of(MOMENT) - 1
    row = told.filter(pl.col("site") == SITES[0], pl.col("lead") == 30).row(0, named=True)
    assert row["usual"] == bank.slow[last + 30 - 48, seen.grid.sites.index(SITES[0])]


def test_a_high_level_here_speaks_for_more(fitted: Model) -> None:
    """The same history with the last 12 hours of all items at one station raised by half."""
    recent = (pl.col("start") >= MOMENT - timedelta(hours=12)) & (pl.col("site") == SITES[0])
    raised = until(WHEN).with_columns(pm25=pl.when(recent).then(pl.col("pm25") * 1.5).otherwise("pm25"))
    parts = []
    for rows in (until(WHEN), raised):
        seen = models.view(fitted, rows, end=MOMENT)
        table = why.explain(fitted, seen, MOMENT, range(1, 13), [SITES[0]], "pm25")
        parts.append(why.averaged(table, 1, 12).row(0, named=True))
    assert parts[1]["here"] - parts[0]["here"] > 5
    assert parts[1]["mean"] > parts[0]["mean"]


def test_no_column_of_the_models_is_without_a_group(fitted: Model) -> None:
    for item in fitted.items.values():
        names = {n for held in item.linear.values() for n in held.names}
        names |= {n for held in item.trees.values() for n in held.names} - {"base"}
        assert [n for n in names if group_of(n) == "other"] == []
    assert group_of("something_new") == "other"


def test_later_rows_change_nothing(fitted: Model, told: pl.DataFrame) -> None:
    later = history().filter(pl.col("start") >= MOMENT, pl.col("start") < MOMENT + timedelta(days=5))
    seen = models.view(
        fitted, pl.concat([until(WHEN), later.with_columns(pm25=pl.col("pm25") * 7)]), end=MOMENT
    )
    again = why.explain(fitted, seen, MOMENT, range(1, 73), [KEY, *SITES], "pm25", AREAS)
    assert again.equals(told)


def test_the_mean_over_leads_and_the_difference_of_two_runs_add_up(fitted: Model, told: pl.DataFrame) -> None:
    day = why.averaged(told, 1, 24).filter(pl.col("site") == KEY).row(0, named=True)
    own = told.filter(pl.col("site") == KEY, pl.col("lead") <= 24)
    assert day["hours"] == 24
    assert day["mean"] == pytest.approx(sum(own["mean"]) / 24)
    assert day["usual"] + sum(day[g] for g in GROUPS) == pytest.approx(day["mean"])
    earlier = MOMENT - timedelta(hours=12)
    before = why.explain(
        fitted,
        models.view(fitted, until("2019-04-09T18:00"), end=earlier),
        earlier,
        range(1, 73),
        [KEY],
        "pm25",
        AREAS,
    )
    row = why.changed(told, before, 1, 72).row(0, named=True)
    assert (row["hours"], row["start"], row["until"]) == (60, MOMENT, MOMENT + timedelta(hours=60))
    assert row["after"] - row["before"] == pytest.approx(row["usual"] + sum(row[g] for g in GROUPS))
    assert why.changed(told, before.clear(), 1, 72).is_empty()


def test_a_site_without_a_value_is_left_out(fitted: Model, seen: View) -> None:
    assert why.explain(fitted, seen, MOMENT, [1], ["nowhere"], "pm25").is_empty()


@pytest.fixture(scope="module")
def blown() -> tuple[Model, Any]:
    rows = windy(60)
    end = FIRST + timedelta(days=50)
    past = rows.filter(pl.col("start") < end)
    size = Size(rows=20_000, trees=60, leaves=15, least=50, columns=0.6)
    return models.fit(past, items=("pm25",), weather="observed", size=size), rows


def test_wind_ahead_counts_as_weather(blown: tuple[Model, Any]) -> None:
    """PM2.5 follows the wind alone: 8 m/s ahead against 1 m/s ahead must show in the weather's part."""
    model, rows = blown
    end = FIRST + timedelta(days=50)
    parts = {}
    for speed in (1.0, 8.0):
        ahead = pl.col("start") >= end
        blows = rows.with_columns(wspm=pl.when(ahead).then(speed).otherwise("wspm"))
        seen = models.view(model, blows, end=end)
        table = why.explain(model, seen, end, range(13, 25), ["a"], "pm25")
        origin = np.array([seen.grid.row_of(end) - 1])
        for row in table.iter_rows(named=True):
            value = models.means(model, seen, "pm25", origin, row["lead"])[0, seen.grid.sites.index("a")]
            assert row["usual"] + sum(row[g] for g in GROUPS) == pytest.approx(value, abs=1e-6)
        parts[speed] = why.averaged(table, 13, 24).row(0, named=True)
    assert parts[1.0]["weather"] - parts[8.0]["weather"] > 0.7 * (parts[1.0]["mean"] - parts[8.0]["mean"])
    assert parts[1.0]["mean"] - parts[8.0]["mean"] > 60


def test_blind_to_the_weather_the_parts_still_add_up(blown: tuple[Model, Any]) -> None:
    model, rows = blown
    end = FIRST + timedelta(days=50)
    seen = models.view(model, rows.filter(pl.col("start") < end), end=end)
    assert seen.blind
    origin = np.array([seen.grid.row_of(end) - 1])
    for row in why.explain(model, seen, end, (1, 30, 80), ["a"], "pm25").iter_rows(named=True):
        value = models.means(model, seen, "pm25", origin, row["lead"])[0, seen.grid.sites.index("a")]
        assert row["usual"] + sum(row[g] for g in GROUPS) == pytest.approx(value, abs=1e-6)
        assert row["weather"] == 0.0


def test_the_contributions_are_lightgbms_own(fitted: Model, seen: View) -> None:
    """Their sum is the trees' prediction: the promise of pred_contrib that the parts rest on."""
    booster = fitted.items["pm25"].trees["trees_full"].booster
    assert isinstance(booster, lightgbm.Booster)
    table = np.random.default_rng(1).uniform(0, 10, (5, booster.num_feature()))
    each = np.asarray(booster.predict(table, pred_contrib=True))
    assert each.sum(axis=1) == pytest.approx(np.asarray(booster.predict(table)))
