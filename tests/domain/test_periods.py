"""Periods are named by their start, on the grid of China time."""

from datetime import UTC, datetime

import polars as pl
import pytest

from bihuan.domain.periods import end_of, off_grid, period_of, start_of_end


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "start", "off"),
    [
        ("realtime", "2021-04-01T00:00:07", False),
        ("minute", "2021-04-01T00:00:07", True),
        ("5min", "2021-04-01T00:05", False),
        ("5min", "2021-04-01T00:06", True),
        ("hour", "2021-04-01T00:10", True),
        ("4h", "2021-04-01T00:00", False),  # 08:00 in China
        ("4h", "2021-04-01T02:00", True),
        ("day", "2021-03-31T16:00", False),  # midnight in China
        ("day", "2021-04-01T00:00", True),
        ("month", "2021-03-31T16:00", False),
        ("month", "2021-04-01T16:00", True),
    ],
)
def test_starts_lie_on_the_grid_of_china_time(period: str, start: str, off: bool) -> None:
    frame = pl.DataFrame({"start": [at(start)]})
    assert frame.select(off_grid(period)).item() is off


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("realtime", "2021-04-01T00:00", "2021-04-01T00:00"),
        ("4h", "2021-04-01T00:00", "2021-04-01T04:00"),
        ("day", "2021-03-31T16:00", "2021-04-01T16:00"),
        ("month", "2021-01-31T16:00", "2021-02-28T16:00"),  # all of February
    ],
)
def test_a_period_ends_where_the_next_begins(period: str, start: str, end: str) -> None:
    frame = pl.DataFrame({"start": [at(start)], "period": [period]})
    assert frame.select(end_of()).item() == at(end)
    local = pl.col("end").dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
    back = pl.DataFrame({"end": [at(end)]}).select(local).select(start_of_end(period, "end")).item()
    assert (
        back.isoformat()
        == frame["start"].dt.convert_time_zone("Asia/Shanghai")[0].replace(tzinfo=None).isoformat()
    )


def test_people_write_periods_in_both_languages() -> None:
    assert [period_of(t) for t in ("小时", "Hour", "1h", " 4 h ", "日", "实时", "fortnight")] == [
        "hour", "hour", "hour", "4h", "day", "realtime", None,
    ]  # fmt: skip
