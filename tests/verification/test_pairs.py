"""Scores by hand."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from bihuan.domain.timeaxis import INSTANT
from bihuan.domain.verification import assessment, errors, pairs, references

T0 = datetime(2019, 2, 1, tzinfo=UTC)


def _forecast(means: list[float], **more: list[float]) -> pl.DataFrame:
    count = len(means)
    return pl.DataFrame(
        {
            "site": ["a"] * count,
            "item": ["pm25"] * count,
            "issued": [T0] * count,
            "start": [T0 + timedelta(hours=k) for k in range(count)],
            "lead": list(range(1, count + 1)),
            "mean": means,
            **more,
            "model": ["m"] * count,
        },
        schema_overrides={"issued": INSTANT, "start": INSTANT},
    )


def _observed(values: list[float], first: datetime = T0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "site": ["a"] * len(values),
            "item": ["pm25"] * len(values),
            "start": [first + timedelta(hours=k) for k in range(len(values))],
            "observed": values,
        },
        schema_overrides={"start": INSTANT},
    )


def test_rmse_bias_and_events_above_75() -> None:
    # By hand: errors 10, -20, 0, 10 -> mean square 150, bias 0. Above 75 said: hours 1, 3; measured: hours 2, 3.
    scores = errors.score(_forecast([80, 70, 90, 20]), _observed([70, 90, 90, 10])).row(0, named=True)
    assert scores["rmse"] == pytest.approx(150**0.5)
    assert scores["bias"] == pytest.approx(0.0)
    assert scores["pm25_pod_75"] == pytest.approx(1 / 2)
    assert scores["pm25_far_75"] == pytest.approx(1 / 2)
    assert scores["pm25_csi_75"] == pytest.approx(1 / 3)
    assert scores["pm25_csi_115"] is None  # neither said nor measured: no score, not zero


def test_coverage_counts_hours_inside_the_interval() -> None:
    bands = {"q05": [0.0] * 4, "q25": [40.0] * 4, "q50": [50.0] * 4, "q75": [60.0] * 4, "q95": [100.0] * 4}
    scores = errors.score(_forecast([50] * 4, **bands), _observed([50, 30, 99, 101])).row(0, named=True)
    assert scores["coverage50"] == pytest.approx(1 / 4)
    assert scores["coverage90"] == pytest.approx(3 / 4)


def test_lead_blocks_are_days() -> None:
    scores = errors.score(_forecast([1.0] * 80), _observed([1.0] * 80))
    assert sorted(scores["block"]) == ["1-24", "25-48", "49-72", "73-168"]


def test_persistence_takes_the_last_hour_ended_at_the_issue() -> None:
    observed = _observed([5, 6, 7, 1000], first=T0 - timedelta(hours=3))
    said = references.persistence(_forecast([0.0, 0.0]), observed)
    assert said["mean"].to_list() == [7, 7]


def test_persistence_is_silent_when_the_last_value_is_old() -> None:
    observed = _observed([5.0], first=T0 - timedelta(hours=9))
    assert references.persistence(_forecast([0.0]), observed).is_empty()


def test_city_needs_half_of_its_sites() -> None:
    wide = pl.DataFrame(
        {"site": ["a", "b", "a"], "start": [T0, T0, T0 + timedelta(hours=1)], "pm25": [10.0, 30.0, 50.0]},
        schema_overrides={"start": INSTANT},
    )
    long = pairs.observed_long(wide, ["pm25"], {"city:1": ["a", "b", "c"]})
    city = long.filter(pl.col("site") == "city:1")
    assert city["observed"].to_list() == [20.0]  # hour 2 has one of three sites


def test_level_hit_rate_takes_the_most_probable_level() -> None:
    days = pl.DataFrame(
        {
            "site": ["c", "c"],
            "item": ["aqi", "aqi"],
            "date": [date(2019, 2, 2), date(2019, 2, 3)],
            "issued": [T0, T0],
            "model": ["m", "m"],
            **{
                f"p{k}": [1.0 if k == 2 else 0.0, 0.6 if k == 3 else 0.4 if k == 2 else 0.0]
                for k in range(1, 7)
            },
        },
        schema_overrides={"issued": INSTANT},
    )
    measured = pl.DataFrame(
        {"site": ["c", "c"], "date": [date(2019, 2, 2), date(2019, 2, 3)], "level": [2, 2]}
    )
    hits = assessment.level_hits(days, measured).sort("ahead")
    assert hits["hit"].to_list() == [1.0, 0.0]
    assert hits["within_one"].to_list() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("day", "part"),
    [
        ("11-14", "no_heating"),
        ("11-15", "heating"),
        ("01-01", "heating"),
        ("03-15", "heating"),
        ("03-16", "no_heating"),
    ],
)
def test_the_heating_period_begins_and_ends_on_its_days(day: str, part: str) -> None:
    local = datetime.fromisoformat(f"2019-{day}T00:00+08:00")
    frame = pl.DataFrame({"start": [local, local + timedelta(hours=23)]}, schema={"start": INSTANT})
    assert frame.select(part=pairs.heating())["part"].to_list() == [part, part]
