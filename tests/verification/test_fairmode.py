"""The indicator by hand."""

from datetime import date

import polars as pl
import pytest

from bihuan.domain.verification.fairmode import Uncertainty, indicator, share_met
from tests.verification.rows import T0


def _days(model: str, means: list[float], observed: list[float], site: str = "a") -> pl.DataFrame:
    count = len(means)
    days = [date(2019, 2, k + 1) for k in range(count)]
    columns = {"site": site, "item": "pm25", "issued": T0, "model": model}
    return pl.DataFrame({"date": days, "mean": means, "observed": observed}).with_columns(
        pl.lit(v).alias(k) for k, v in columns.items()
    )


def test_uncertainty_at_the_reference_value_is_its_share() -> None:
    # 0.36 * 25 = 9 at 25; at 0 only the fixed half remains: 0.36 * 0.5 * 25 = 4.5.
    u = Uncertainty(0.36, 25, 0.5)
    values = pl.DataFrame({"c": [25.0, 0.0]}).select(u.of(pl.col("c"))).to_series().to_list()
    assert values == pytest.approx([9.0, 4.5])


def test_indicator_by_hand() -> None:
    # ours off by 6, 6; persistence by 8, 8 -> 0.75. With 4.5 more (persistence says 0): 6 / 12.5 = 0.48.
    pairs = pl.concat([_days("ours", [2.0, 2.0], [8.0, 8.0]), _days("p", [0.0, 0.0], [8.0, 8.0])])
    found = indicator(pairs, "ours", "p", ["item"]).row(0, named=True)
    assert found["plain"] == pytest.approx(0.75)
    assert found["indicator"] == pytest.approx(0.48)
    assert found["met"]
    assert found["n"] == 2


def test_an_item_without_uncertainty_has_only_the_plain_ratio() -> None:
    pairs = pl.concat([_days("ours", [2.0], [8.0]), _days("p", [0.0], [8.0])])
    found = indicator(pairs, "ours", "p", ["item"], uncertainty={}).row(0, named=True)
    assert (found["indicator"], found["met"]) == (None, None)
    assert found["plain"] == pytest.approx(0.75)


def test_nine_of_ten_stations_must_meet_it() -> None:
    met = pl.DataFrame({"met": [True] * 9 + [False]})
    assert share_met(met) == (pytest.approx(0.9), True)
    assert share_met(met.tail(9)) == (pytest.approx(8 / 9), False)
    assert share_met(met.head(0)) is None
