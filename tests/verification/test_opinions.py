"""Scores of people beside the machine, with numbers worked by hand."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.domain.verification.opinions import opinion_hours, opinion_pairs, opinion_scores

ISSUED = datetime(2019, 2, 25, 16, 0, tzinfo=CST)
FLOATS = dict.fromkeys(("low", "value", "high"), pl.Float64)


def row(model: str, days: int, value: float, item: str = "aqi", key: str = "b1", voice: str = "person", **more: Any) -> dict[str, Any]:  # fmt: skip
    on = ISSUED.date() + timedelta(days=days)
    return {"voice": voice, "key": key, "model": model, "site": "A", "item": item, "date": on, "issued": ISSUED, "low": None, "value": value, "high": None, "primary": None} | more  # fmt: skip


def said(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"issued": INSTANT, "primary": pl.String, **FLOATS})


def measured() -> pl.DataFrame:
    days = [date(2019, 2, 25) + timedelta(days=n) for n in range(4)]
    values = {"pm25": [130.0, 120.0, 90.0, 20.0], "aqi": [170, 157, 119, 45], "level": [4, 4, 3, 1], "primary": ["PM2.5", "PM2.5", "PM2.5,PM10", ""]}  # fmt: skip
    absent = {i: [None] * 4 for i in ("pm10", "so2", "no2", "co", "o3_8h")}
    return pl.DataFrame({"site": ["A"] * 4, "date": days} | values | absent, schema_overrides=dict.fromkeys(absent, pl.Float64))  # fmt: skip


def test_errors_levels_ranges_and_primary_items_by_day_ahead() -> None:
    pairs = opinion_pairs(
        said(
            row("person", 1, 180, low=150, high=200, primary="PM2.5"), row("ours", 1, 140, low=130, high=150, primary="PM10"),
            row("person", 2, 120, low=125, high=140, primary="O3_8h"), row("ours", 2, 130, primary="PM10"),
        ),
        measured(),
    )  # fmt: skip
    table = {(r["ahead"], r["model"]): r for r in opinion_scores(pairs).to_dicts()}
    # Measured: 157 (level 4, PM2.5) and 119 (level 3, PM2.5 and PM10).
    first, machine = table[1, "person"], table[1, "ours"]
    assert (first["n"], first["mae"], first["rmse"], first["bias"]) == (1, 23, 23, 23)
    assert (first["inside"], first["level_hit"], first["primary_hit"]) == (1, 1, 1)
    assert (machine["bias"], machine["inside"], machine["level_hit"], machine["primary_hit"]) == (
        -17,
        0,
        0,
        0,
    )
    second, machine = table[2, "person"], table[2, "ours"]
    assert (second["bias"], second["inside"], second["level_hit"], second["primary_hit"]) == (1, 0, 1, 0)
    assert (machine["bias"], machine["inside"], machine["level_hit"], machine["primary_hit"]) == (
        11,
        None,
        1,
        1,
    )


def test_means_over_occasions() -> None:
    rows = [row(m, 1, v, key=k) for k, m, v in (("b1", "person", 160), ("b2", "person", 147), ("b1", "ours", 157), ("b2", "ours", 157))]  # fmt: skip
    table = opinion_scores(opinion_pairs(said(*rows), measured()), ["model"]).to_dicts()
    assert table[1] == {"model": "person", "n": 2, "mae": 6.5, "rmse": pytest.approx((109 / 2) ** 0.5), "bias": -3.5, "inside": None, "level_hit": 0.5, "primary_n": 2, "primary_hit": 0.0}  # fmt: skip


def test_only_what_both_said_of_a_measured_day_after_the_issue_counts() -> None:
    rows = said(
        row("person", 0, 170), row("ours", 0, 170),  # the day of the issue itself
        row("person", 1, 157), row("ours", 2, 119),  # not the same day
        row("person", 3, 45, key="b1"), row("ours", 3, 45, key="b2"),  # not the same occasion
        row("person", 3, 20, item="pm25"), row("ours", 3, 25, item="pm25"),
        row("person", 9, 100), row("ours", 9, 100),  # not measured yet
    )  # fmt: skip
    pairs = opinion_pairs(rows, measured())
    assert pairs.select("item", "ahead", "model").sort("model").rows() == [
        ("pm25", 3, "ours"),
        ("pm25", 3, "person"),
    ]
    table = opinion_scores(pairs).to_dicts()
    assert [(r["model"], r["bias"], r["level_hit"], r["primary_n"]) for r in table] == [("ours", 5, None, 0), ("person", 0, None, 0)]  # fmt: skip


def test_on_a_clean_day_there_is_no_primary_item_to_hit() -> None:
    rows = said(row("person", 3, 45, primary=""), row("ours", 3, 45, primary="PM10"))
    assert set(opinion_scores(opinion_pairs(rows, measured()))["primary_hit"]) == {None}


def test_nothing_said_is_no_score() -> None:
    empty = said(row("person", 1, 1)).clear()
    assert opinion_scores(opinion_pairs(empty, measured())).is_empty()


def hour(model: str, hours: int, value: float, key: str = "b1") -> dict[str, Any]:
    start = ISSUED.replace(minute=0) + timedelta(hours=hours)
    return {"voice": "person", "key": key, "model": model, "site": "A", "item": "pm25", "start": start, "issued": ISSUED + timedelta(minutes=20), "value": value}  # fmt: skip


def test_hours_are_paired_from_the_first_that_ends_after_the_issue() -> None:
    kinds = {"start": INSTANT, "issued": INSTANT}
    said = pl.DataFrame(
        [hour(m, h, v) for h in (-1, 0, 24) for m, v in (("person", 90.0), ("ours", 100.0))]
        + [hour("person", 2, 1.0), hour("ours", 3, 1.0), hour("person", 30, 1.0), hour("ours", 30, 1.0)],
        schema_overrides=kinds,
    )
    starts = [ISSUED + timedelta(hours=h) for h in range(-2, 26)]
    real = pl.DataFrame({"site": "A", "item": "pm25", "start": starts, "observed": 95.0}, schema_overrides={"start": INSTANT})  # fmt: skip
    pairs = opinion_hours(said, real).sort("model", "start")
    assert pairs.select("model", "lead", "block").rows() == [("ours", 1, "1-24"), ("ours", 25, "25-48"), ("person", 1, "1-24"), ("person", 25, "25-48")]  # fmt: skip
    assert (pairs["mean"] - pairs["observed"]).to_list() == [5, 5, -5, -5]
