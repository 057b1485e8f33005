"""Kinds of weather by hand."""

from datetime import timedelta

import polars as pl

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.verification.kinds import weather_kinds
from tests.verification.rows import T0


def _weather(wind: list[float | None], rain: list[float | None]) -> pl.DataFrame:
    hours = [T0 + timedelta(hours=k) for k in range(len(wind))]
    return pl.DataFrame(
        {"site": "a", "start": hours, "wspm": wind, "rain": rain},
        schema_overrides={"start": INSTANT, "wspm": pl.Float64, "rain": pl.Float64},
    )


def _last(wind: list[float | None], rain: list[float | None]) -> str | None:
    kinds = weather_kinds(_weather(wind, rain))
    return kinds["kind"][-1] if kinds.height else None


def test_each_kind_at_its_edge() -> None:
    dry = [0.0] * 12
    assert _last([1.4] * 12, dry) == "calm"
    assert _last([1.5] * 12, dry) == "moderate"
    assert _last([3.4] * 12, dry) == "windy"
    assert _last([3.4] * 12, [0.1] + [0.0] * 11) == "rain"


def test_rain_thirteen_hours_ago_is_forgotten() -> None:
    assert _last([2.0] * 13, [5.0] + [0.0] * 12) == "moderate"


def test_too_little_wind_measured_is_no_kind() -> None:
    assert _last([2.0] * 5 + [None] * 7, [0.0] * 12) is None
    assert _last([2.0] * 6 + [None] * 6, [None] * 12) == "moderate"
