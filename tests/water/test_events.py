"""Events of sections: the real one of 白羊墅, and made ones that differ in one thing from what is no event."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.domain.water_events import EVENTS, Sudden, events

FILE = Path(__file__).parents[1] / "data" / "water_baiyangshu_2021-04.csv"
BEGIN, STEP = datetime(2026, 6, 1, tzinfo=UTC), timedelta(hours=4)
USUAL = {"ph": 8.0, "do": 8.5, "codmn": 3.0, "nh3n": 0.4, "tp": 0.1}
NAMES = {
    "pH(无量纲)": "ph",
    "溶解氧(mg/L)": "do",
    "高锰酸盐指数(mg/L)": "codmn",
    "氨氮(mg/L)": "nh3n",
    "总磷(mg/L)": "tp",
}


def real() -> pl.DataFrame:
    """The readings of the station that are not of its maintenance, the later of what was published twice."""
    rows = pl.read_csv(FILE, infer_schema=False).filter(pl.col("站点情况") == "正常")
    local = pl.lit("2021-") + pl.col("监测时间")
    start = (
        local.str.to_datetime("%Y-%m-%d %H:%M", time_unit="us")
        .dt.replace_time_zone("Asia/Shanghai")
        .dt.convert_time_zone("UTC")
    )
    values = [pl.col(c).cast(pl.Float64, strict=False).alias(name) for c, name in NAMES.items()]
    return rows.select(*values, site="断面名称", start=start, hours=4).unique(["site", "start"], keep="last")


def made(
    changes: Mapping[int, Mapping[str, float | None]] | None = None, site: str = "甲", count: int = 30
) -> pl.DataFrame:
    """Readings that move by 10 % around what is usual, with what is changed in some of them."""
    rows = []
    for n in range(count):
        values: dict[str, Any] = {
            i: v * (1.05 if n % 2 else 0.95) if i != "ph" else v for i, v in USUAL.items()
        }
        rows.append(
            {"site": site, "start": BEGIN + n * STEP, "hours": 4, **values, **(changes or {}).get(n, {})}
        )
    return pl.DataFrame(rows, schema_overrides={"start": EVENTS["start"], **dict.fromkeys(USUAL, pl.Float64)})


def one(readings: pl.DataFrame, sudden: Sudden | None = None) -> dict[str, Any]:
    (row,) = events(readings, sudden).to_dicts()
    return row


def test_the_event_of_baiyangshu_is_found_at_its_first_reading_and_is_one() -> None:
    # Published: 04-03 08:00 (China) NH3-N 2.494 mg/L, 劣Ⅴ, after Ⅳ; the highest 2.784 at 04-04 00:00; the last that is worse than usual at 04-04 16:00 or later.
    first = datetime(2021, 4, 3, 0, tzinfo=UTC)
    known = real().filter(pl.col("start") <= first)
    at_once, later = one(known), one(real())
    assert events(known.filter(pl.col("start") < first)).is_empty()
    for found in (at_once, later):
        assert (found["site"], found["start"], found["before"]) == ("白羊墅", first, first - STEP)
        assert (found["class_before"], found["class_worst"]) == (4, 6)
    assert (at_once["ended"], later["ended"]) == (False, True)
    items = {i["item"]: i for i in later["items"]}
    assert {name for name, i in items.items() if i["rose"]} == {"nh3n", "tp"}
    assert items["nh3n"]["worst"] == pytest.approx(2.784)
    assert items["nh3n"]["usual"] == pytest.approx(0.297, abs=0.002)


def test_a_spill_is_one_event_from_its_first_reading_until_the_last_that_is_worse() -> None:
    rows = made({20: {"nh3n": 1.9}, 21: {"nh3n": 3.0}, 22: {"nh3n": None}, 23: {"nh3n": 1.8}})
    found = one(rows)
    assert (found["start"], found["peak"], found["until"]) == (
        BEGIN + 20 * STEP,
        BEGIN + 21 * STEP,
        BEGIN + 24 * STEP,
    )
    # 0.4 mg/L is class II, TP 0.1 about the limit of II: usual is II or III; 1.9 is V, 3.0 worse than V.
    assert (found["class_before"], found["class_worst"], found["readings"]) == (2, 6, 3)
    assert found["ended"]


@pytest.mark.parametrize(
    ("item", "values"), [("do", [2.5, 2.0]), ("codmn", [12.0, 16.0]), ("tp", [0.35, 0.5]), ("ph", [5.0, 4.5]), ("ph", [9.5, 10.0])]
)  # fmt: skip
def test_every_item_can_be_it_and_oxygen_when_it_falls(item: str, values: Sequence[float]) -> None:
    found = one(made({20 + n: {item: v} for n, v in enumerate(values)}))
    assert [i["item"] for i in found["items"] if i["rose"]] == [item]
    assert next(i["worst"] for i in found["items"] if i["item"] == item) == values[1]
    if item == "do":
        assert events(made({20: {"do": 14.0}})).is_empty()


@pytest.mark.parametrize(
    "change",
    [
        {20: {"nh3n": 1.0}},  # no class that counts: III
        {
            20: {"tp": 0.31, "nh3n": None},
            **{n: {"tp": 0.29} for n in range(20)},
        },  # worse by a class, but by noise
        {n: {"nh3n": 2.5} for n in range(6, 8)},  # too little known before
        {n: {"nh3n": 2.5 if n % 3 else 0.3} for n in range(30)},  # as it always is
    ],
)
def test_what_is_no_event(change: Mapping[int, Mapping[str, float | None]]) -> None:
    assert events(made(change)).is_empty()


def test_a_reading_that_is_as_usual_between_does_not_part_an_event_and_two_do() -> None:
    high = {"nh3n": 3.0}
    assert events(made({20: high, 22: high})).height == 1
    assert events(made({20: high, 23: high})).height == 2
    assert events(pl.concat([made({20: high}), made({20: high}, "乙")]))["site"].to_list() == ["乙", "甲"]


def test_it_has_not_ended_before_two_readings_were_as_usual() -> None:
    rows = made({20: {"nh3n": 3.0}})
    known = [one(rows.filter(pl.col("start") <= BEGIN + n * STEP))["ended"] for n in (20, 21, 22)]
    assert known == [False, False, True]


def test_lakes_have_limits_of_their_own() -> None:
    rows = made({20: {"tp": 0.2}, 21: {"tp": 0.19}, **{n: {"tp": 0.05} for n in range(20)}})
    assert events(rows).is_empty()
    found = one(rows.with_columns(kind=pl.lit("lake")))
    assert (found["class_before"], found["class_worst"]) == (3, 5)


def test_nothing_and_odd_values() -> None:
    for rows in (
        made().clear(),
        made(count=1),
        made({20: {"nh3n": 0.0}, 21: {"nh3n": -1.0}}),
        made().drop("tp", "do"),
    ):
        found = events(rows)
        assert (found.height, dict(found.schema)) == (0, dict(EVENTS))


def test_an_item_that_is_hardly_ever_measured_does_not_hide_the_others() -> None:
    rows = made({20: {"nh3n": 3.0}}).with_columns(codmn=pl.lit(None, pl.Float64))
    assert [i["item"] for i in one(rows)["items"]] == ["ph", "do", "nh3n", "tp"]
    few = made({**{n: {"codmn": None} for n in range(4, 30)}, 20: {"nh3n": 3.0, "codmn": None}})
    assert one(few)["class_before"] == 2
