"""The forecast on real hours: better than the references, and honest about its width."""

from datetime import timedelta

import polars as pl
import pytest

from bihuan.domain.forecast import rolling
from bihuan.domain.timeaxis import parse_moment
from bihuan.domain.verification import errors, pairs, references
from tests.forecast.real import AREAS, history

PLAN = rolling.Plan(
    parse_moment("2019-08-01T00:00"), parse_moment("2019-08-20T18:00"), timedelta(hours=6), 48, ("pm25", "o3")
)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """What the model, fitted on January to July, says at 80 origins of August."""
    return pl.concat([s.rows for s in rolling.run(history(), PLAN, areas=AREAS)])


@pytest.fixture(scope="module")
def scores(rows: pl.DataFrame) -> pl.DataFrame:
    """Our rows and both references on the same targets, scored."""
    observed = pairs.observed_long(history(), PLAN.items, AREAS)
    others = [references.persistence(rows, observed), references.damped(rows, observed)]
    compared = others[0].select("site", "item", "issued", "lead")
    ours = rows.with_columns(model=pl.lit("ours")).join(
        compared, on=["site", "item", "issued", "lead"], how="semi"
    )
    return errors.score(pl.concat([ours, *others], how="diagonal"), observed)


def _rmse(scores: pl.DataFrame, model: str, item: str, block: str) -> float:
    found = scores.filter(pl.col("model") == model, pl.col("item") == item, pl.col("block") == block)
    return float(found["rmse"].item())


@pytest.mark.parametrize("item", ["pm25", "o3"])
@pytest.mark.parametrize("reference", ["persistence", "damped persistence"])
def test_beats_the_references_in_the_first_day(scores: pl.DataFrame, item: str, reference: str) -> None:
    assert _rmse(scores, "ours", item, "1-24") < 0.97 * _rmse(scores, reference, item, "1-24")


@pytest.mark.parametrize("item", ["pm25", "o3"])
def test_nine_of_ten_hours_lie_in_the_90_percent_interval(scores: pl.DataFrame, item: str) -> None:
    mine = scores.filter(pl.col("model") == "ours", pl.col("item") == item, pl.col("block") == "1-24")
    assert 0.80 <= mine["coverage90"].item() <= 0.97


def test_city_mean_is_forecast_as_a_site_of_its_own(rows: pl.DataFrame) -> None:
    assert rows.filter(pl.col("site") == "city:140300").height == 80 * 48 * 2
