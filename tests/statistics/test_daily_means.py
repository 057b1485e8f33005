"""Daily means of big tables: the plain mean of the day's usable hours, in whatever order the rows come."""

from datetime import UTC, datetime, timedelta
from functools import partial

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.domain.statistics import axis
from bihuan.domain.statistics.means import means_of

START = datetime(2019, 1, 1, tzinfo=UTC)
VALUE = st.one_of(
    st.none(), st.sampled_from([-1.0, float("nan"), float("inf")]), st.integers(0, 500).map(float)
)
KEY = st.tuples(st.sampled_from("abc"), st.integers(0, 100))


def daily_means(hours: pl.DataFrame, *items: str) -> pl.DataFrame:
    """Site, date, means and numbers of hours."""
    return axis.over_days(hours, partial(means_of, items=items), items)


def plain(hours: dict[tuple[str, int], float | None]) -> dict[tuple[str, object], tuple[float | None, int]]:
    """Mean and number of the values from 0 on of each site and China day, one by one."""
    kept: dict[tuple[str, object], list[float]] = {}
    for (site, hour), value in hours.items():
        values = kept.setdefault((site, (START + timedelta(hours=hour + 8)).date()), [])
        if value is not None and 0 <= value < float("inf"):
            values.append(value)
    return {day: (sum(v) / len(v) if v else None, len(v)) for day, v in kept.items()}


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEY, VALUE, min_size=1), st.randoms(), st.sampled_from([1, 5, axis.PIECE]))
def test_means_are_those_of_the_usable_hours_in_any_order_and_any_pieces(hours, order, piece):
    rows = [(site, START + timedelta(hours=hour), value) for (site, hour), value in hours.items()]
    order.shuffle(rows)
    schema = {"site": pl.String, "start": pl.Datetime("us", "UTC"), "o3": pl.Float64}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(axis, "PIECE", piece)
        days = daily_means(pl.DataFrame(rows, schema=schema, orient="row"), "o3")
    got = {(site, day): (mean, count) for site, day, mean, count in days.iter_rows()}
    assert got == plain(hours)
    assert days.height == len(got)


def test_a_table_longer_than_one_piece_loses_nothing_at_the_seams():
    sites, hours = 40, 24 * 500  # 480,000 rows, two pieces, cut within days
    frame = pl.DataFrame({"site": [f"s{n:02d}" for n in range(sites)]}).join(
        pl.DataFrame({"hour": range(hours)}), how="cross"
    )
    start = (pl.lit(START) - pl.duration(hours=8) + pl.duration(hours=pl.col("hour"))).cast(
        pl.Datetime("us", "UTC")
    )
    frame = frame.select("site", start.alias("start"), so2=pl.col("hour") // 24 + pl.col("hour") % 24)
    days = daily_means(frame, "so2")
    assert days.height == sites * 500
    assert days["n_so2"].unique().to_list() == [24]
    number = (pl.col("date") - pl.lit(START).dt.date()).dt.total_days()
    assert days.select((pl.col("so2") - number).unique()).to_series().to_list() == [11.5]


def test_an_empty_table_has_no_days():
    empty = pl.DataFrame(schema={"site": pl.String, "start": pl.Datetime("us", "UTC"), "co": pl.Float64})
    assert daily_means(empty, "co").shape == (0, 4)
