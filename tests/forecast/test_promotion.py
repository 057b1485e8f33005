"""May a challenger take over? The measure by hand, and what random days decide."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.domain.forecast.promotion import Verdict, judged, unsound

T0 = datetime(2019, 1, 1, 4, tzinfo=UTC)
LEVELS = ("q05", "q10", "q25", "q50", "q75", "q90", "q95")


def pairs(
    days: int, errors: dict[str, dict[str, float]], *, noise: float = 0.0, observed: float = 10.0
) -> pl.DataFrame:
    """One hour a day; every quantile of a model errs by the item's error, plus noise of its own."""
    chance = np.random.default_rng(3)
    rows = []
    for model, items in errors.items():
        for item, error in items.items():
            for day in range(days):
                said = observed + error + noise * chance.normal()
                row = {
                    "site": "a",
                    "item": item,
                    "issued": T0,
                    "start": T0 + timedelta(days=day),
                    "model": model,
                }
                rows.append(row | {"observed": observed} | dict.fromkeys(LEVELS, said))
    return pl.DataFrame(rows)


def test_the_measure_by_hand() -> None:
    # All quantiles alike: the CRPS is the absolute error. PM2.5 1 against 2, O3 3 against 2, both of 10 measured:
    # (0.1 + 0.3) / (0.2 + 0.2) = 1.
    table = pairs(30, {"challenger": {"pm25": 1.0, "o3": 3.0}, "champion": {"pm25": 2.0, "o3": 2.0}})
    found = judged(table, least=21)
    assert (found.n, found.days) == (60, 30)
    assert found.ratio == pytest.approx(1.0)
    assert found.items["pm25"][0] == pytest.approx(0.5)
    assert found.items["o3"][0] == pytest.approx(1.5)
    # An item that is measured ten times higher counts no more than the other.
    high = table.with_columns(
        pl.when(pl.col("item") == "o3").then(pl.col(c) * 10).otherwise(pl.col(c))
        for c in (*LEVELS, "observed")
    )
    assert judged(high, least=21).ratio == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("challenger", "outcome"),
    [
        ({"pm25": 2.0, "o3": 2.0}, "better"),
        ({"pm25": 4.0, "o3": 4.0}, "worse"),
        ({"pm25": 3.0, "o3": 3.0}, "undecided"),
        # Better on the whole (2.4 of 3), but ozone is surely worse.
        ({"pm25": 1.0, "o3": 3.8}, "undecided"),
    ],
)
def test_what_is_surely_better_on_the_whole_and_in_no_item_worse(
    challenger: dict[str, float], outcome: str
) -> None:
    table = pairs(28, {"challenger": challenger, "champion": {"pm25": 3.0, "o3": 3.0}}, noise=0.3)
    assert judged(table, least=21).outcome == outcome


def test_with_few_days_nothing_is_decided_however_large_the_difference() -> None:
    errors = {"challenger": {"pm25": 0.1}, "champion": {"pm25": 9.0}}
    assert judged(pairs(20, errors), least=21).outcome == "too short"
    assert judged(pairs(21, errors), least=21).outcome == "better"


def test_only_hours_that_both_forecast_count() -> None:
    table = pairs(30, {"challenger": {"pm25": 1.0}, "champion": {"pm25": 2.0}})
    lacking = table.filter((pl.col("model") == "champion") | (pl.col("start") < T0 + timedelta(days=25)))
    assert judged(lacking, least=21).n == 25
    assert judged(table.filter(pl.col("model") == "champion"), least=21).outcome == "too short"
    assert judged(table.clear(), least=21) == Verdict("too short", 0, 0, None, None, None, {})


def test_a_refit_is_unsound_when_a_third_worse_over_enough_hours() -> None:
    def ratio(of: float, days: int) -> bool:
        errors = {"challenger": {"pm25": of}, "champion": {"pm25": 1.0}}
        return unsound(judged(pairs(days, errors), least=1))

    assert ratio(1.35, 200)
    assert not ratio(1.25, 200)
    assert not ratio(9.0, 199)
