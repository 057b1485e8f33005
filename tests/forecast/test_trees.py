"""Trees as members, on a region where the answer is known."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast import model as models
from bihuan.domain.forecast import trees
from bihuan.domain.forecast.model import Model
from bihuan.domain.forecast.trees import Size
from tests.forecast import windy

SMALL = Size(rows=6_000, trees=50, leaves=15, least=20, columns=0.5)
DAYS = 100
END = windy.FIRST + timedelta(days=DAYS)
ROWS = windy.history(DAYS + 20)


@pytest.fixture(scope="module")
def fitted() -> Model:
    return models.fit(models.known_until(ROWS, END), items=["pm25"], weather="observed", size=SMALL)


def _error(model: Model, rows: pl.DataFrame, lead: int = 36) -> float:
    """RMSE at origins of the 15 days after the fit."""
    last = END + timedelta(days=15)
    seen = models.view(model, rows, end=last, first=END)
    origins = np.array([seen.grid.row_of(END + timedelta(hours=6 * k)) - 1 for k in range(60)])
    said = models.means(model, seen, "pm25", origins, lead)
    truth = ROWS.sort("site", "start")["pm25"].to_numpy().reshape(3, -1).T[origins + lead]
    return float(np.sqrt(np.mean((said - truth) ** 2)))


def test_with_the_weather_the_trees_find_the_law_of_the_region(fitted: Model) -> None:
    # The noise is 5; what is usual misses by about 20 x the spread of the 12 h wind (2.2 x 0.8 m/s): more than 30.
    assert {"trees_full", "trees_free"} <= set(fitted.items["pm25"].members)
    assert (
        fitted.items["pm25"].links.upwind is None
    )  # the wind on the way is known: nobody is asked by its sector
    assert _error(fitted, ROWS) < 15


def test_a_model_whose_weather_stays_away_says_so_and_falls_back(fitted: Model) -> None:
    past = ROWS.with_columns(
        pl.when(pl.col("start") < END).then(pl.col(c)).alias(c) for c in ("temp", "wspm", "wd")
    )
    seen = models.view(fitted, past, end=END + timedelta(days=15), first=END)
    assert seen.blind
    assert models.label(fitted, seen).endswith("-no-weather")
    assert 20 < _error(fitted, past) < 45  # as good as what is usual, not worse


def test_fits_are_repeatable(fitted: Model) -> None:
    seen = models.view(fitted, models.known_until(ROWS, END), end=END)
    root, linear = seen.banks["pm25"]["root"], fitted.items["pm25"].linear["root"]
    first, second = (trees.fit(root, linear, "full", 90 * 24, SMALL) for _ in range(2))
    assert first.booster.model_to_string() == second.booster.model_to_string()


def test_without_the_system_library_the_name_says_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "AVAILABLE", False)
    made = models.fit(models.known_until(ROWS, END).filter(pl.col("site") == "a"), items=["pm25"])
    assert made.name.startswith("bihuan-4-linear@")
    assert not any(m.startswith("trees") for m in made.items["pm25"].members)


def test_future_weather_moves_nothing_in_a_model_without_forecast_weather() -> None:
    made = models.fit(
        models.known_until(ROWS, END).filter(pl.col("start") > END - timedelta(days=30)), items=["pm25"]
    )
    scrambled = ROWS.with_columns(
        pl.when(pl.col("start") < END).then(pl.col(c)).otherwise(pl.col(c) * -3).alias(c)
        for c in ("temp", "wspm", "wd")
    )
    said = []
    for rows in (ROWS, scrambled):
        seen = models.view(made, rows, end=END)
        said.append(models.means(made, seen, "pm25", np.array([seen.grid.row_of(END) - 1]), 30))
    assert np.array_equal(said[0], said[1])


def test_rows_are_drawn_from_many_hours_and_in_the_number_asked() -> None:
    origins, drawn = trees.draw(np.random.default_rng(1), 100, 2100, 50, 10_000)
    assert len(origins) == 2000
    assert drawn.shape == (2000, 50)
    assert abs(int(drawn.sum()) - 10_000) < 500
    assert drawn.any(axis=1).mean() > 0.95  # 5 of 50 sites at each hour: hardly an hour without


def test_with_years_of_history_more_is_learned_than_with_months() -> None:
    months, years = trees.usual_size(400 * 24, False), trees.usual_size(900 * 24, False)
    assert (years.rows, years.trees) > (months.rows, months.trees)
    assert trees.usual_size(400 * 24, True).leaves > months.leaves
