"""Kinds of weather by hand."""

from datetime import timedelta

import polars as pl
import pytest

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.verification.kinds import humidity_kinds, weather_kinds
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


@pytest.mark.parametrize(
    ("temp", "dewp", "kind"),
    [
        # WMO saturation vapour pressures over water (hPa): 0 °C 6.11, 10 °C 12.27, 20 °C 23.37, 24 °C 29.83, 30 °C 42.43.
        (20.0, 20.0, "humid"),  # 100 %
        (24.0, 20.0, "middle"),  # 23.37 / 29.83 = 78 %
        (20.0, 10.0, "middle"),  # 12.27 / 23.37 = 53 %
        (30.0, 10.0, "dry"),  # 12.27 / 42.43 = 29 %
        (20.0, 0.0, "dry"),  # 6.11 / 23.37 = 26 %
    ],
)
def test_humidity_by_the_table_of_vapour_pressures(temp: float, dewp: float, kind: str) -> None:
    hours = [T0 + timedelta(hours=k) for k in range(12)]
    frame = pl.DataFrame({"site": "a", "start": hours, "temp": temp, "dewp": dewp}, schema_overrides={"start": INSTANT})  # fmt: skip
    assert humidity_kinds(frame)["kind"][-1] == kind
    assert humidity_kinds(frame.head(5)).is_empty()
