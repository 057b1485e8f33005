"""Each check of readings speaks of its episode and is silent at the near miss, in what was sent for the fault and nothing else."""

import json
from datetime import UTC, datetime, timedelta
from math import pi, sin
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive.observations import COLUMNS
from bihuan.domain.checks import FINDINGS, Check
from bihuan.scenarios.water_sections.checks import CHECKS
from bihuan.scenarios.water_sections.quality.frames import ITEMS, READINGS, SECTIONS, readings_of

BEGIN, STEP = datetime(2019, 2, 20, tzinfo=UTC), timedelta(hours=4)
USUAL = {"temp": (8, 1, 0.2), "ph": (8, 0.1, 0.02), "do": (10, 0.8, 0.1), "conductivity": (900, 0, 20), "turbidity": (12, 0, 4), "codmn": (3, 0, 0.4), "nh3n": (0.3, 0, 0.06), "tp": (0.1, 0, 0.02), "tn": (4, 0, 0.4)}  # fmt: skip
"""Level, swing of a day and noise of each item in quiet water."""
PAIR = pl.DataFrame([("甲", "乙", 4.0), ("乙", None, None)], SECTIONS, orient="row")
BY_NAME = {check.key.rpartition(".")[2]: check for check in CHECKS}


def quiet(site: str, count: int = 30) -> pl.DataFrame:
    """Readings of a section where nothing happens."""
    rows = [
        {
            "site": site, "start": BEGIN + n * STEP, "hours": 4, "state": "N",
            **{i: level + swing * sin(2 * pi * n / 6) + noise * ((37 * n + 53 * k) % 101 / 101 - 0.5) for k, (i, (level, swing, noise)) in enumerate(USUAL.items())},
        }
        for n in range(count)
    ]  # fmt: skip
    return pl.DataFrame(rows, READINGS)


def changed(name: str, check: str) -> pl.DataFrame:
    """Quiet readings of two sections, with what a fixture says of a check put in."""
    table = pl.read_csv(Path(__file__).parent / "fixtures" / f"{name}.csv", schema_overrides={"value": pl.Float64, "state": pl.String})  # fmt: skip
    readings = pl.concat([quiet("甲"), quiet("乙")])
    for _, site, first, last, item, value, state in table.filter(check=check).iter_rows():
        inside = (pl.col("site") == site) & pl.col("start").is_between(
            BEGIN + first * STEP, BEGIN + last * STEP
        )
        column = item or "state"
        readings = readings.with_columns(
            pl.when(inside).then(pl.lit(value if item else state)).otherwise(pl.col(column)).alias(column)
        )
    return readings


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.key)
def test_a_near_miss_and_quiet_water_say_nothing(check: Check) -> None:
    assert check.run(changed("near_miss", check.key.rpartition(".")[2]), PAIR).is_empty()
    for readings in (pl.concat([quiet("甲"), quiet("乙")]), quiet("甲", 1), pl.DataFrame(schema=READINGS)):
        found = check.run(readings, PAIR)
        assert (found.height, dict(found.schema)) == (0, dict(FINDINGS))


@pytest.mark.parametrize(
    ("name", "site", "item", "first", "last", "magnitude"),
    [
        ("range", "甲", "ph", 12, 12, 12.5),
        ("stuck", "甲", "codmn", 10, 16, 7),
        ("jump", "甲", "nh3n", 12, 12, None),
        ("oxygen", "甲", "do", 12, 13, None),
        ("acid", "甲", "", 0, 29, -1),
        ("nitrogen", "甲", "tn", 12, 13, None),
        ("phosphorus", "甲", "tp", 12, 12, 400),
        ("leftovers", "甲", "", 10, 15, 4),
        ("neighbours", "乙", "conductivity", 12, 17, None),
    ],
)
def test_an_episode_is_one_finding_of_its_section_item_and_time(
    name: str, site: str, item: str, first: int, last: int, magnitude: float | None
) -> None:
    (row,) = BY_NAME[name].run(changed("episode", name), PAIR).to_dicts()
    assert (row["target_kind"], row["target"], row["item"]) == ("water_section", site, ITEMS.get(item, ""))
    assert (row["start"], row["until"]) == (BEGIN + first * STEP, BEGIN + (last + 1) * STEP)
    assert magnitude is None or row["magnitude"] == pytest.approx(magnitude)
    assert "{}" not in row["title"]
    assert json.loads(row["evidence"])["读数个数"] == last - first + 1


def test_titles_and_numbers_are_as_worked_by_hand() -> None:
    """Water of 8.9 °C, as reading 13 has it, holds 468 / 40.5 = 11.56 mg/L."""
    (row,) = BY_NAME["oxygen"].run(changed("episode", "oxygen"), PAIR).to_dicts()
    said = json.loads(row["evidence"])
    assert said["饱和值"] == pytest.approx(11.56, abs=0.02)
    assert row["magnitude"] == pytest.approx(33 / said["饱和值"])
    (row,) = BY_NAME["nitrogen"].run(changed("episode", "nitrogen"), PAIR).to_dicts()
    assert row["magnitude"] == pytest.approx(json.loads(row["evidence"])["氨氮"] - 0.1)
    (row,) = BY_NAME["neighbours"].run(changed("episode", "neighbours"), PAIR).to_dicts()
    assert row["magnitude"] == pytest.approx(3, rel=0.1)
    assert json.loads(row["evidence"])["上游断面"] == "甲"
    (row,) = BY_NAME["range"].run(changed("episode", "range"), PAIR).to_dicts()
    assert row["title"] == "pH值 最极端 12.5，超出合理范围（4 至 11）"
    (row,) = BY_NAME["stuck"].run(changed("episode", "stuck"), PAIR).to_dicts()
    assert row["title"].startswith("高锰酸盐指数 连续 28 小时未变（3.33 mg/L）")


def test_a_station_in_maintenance_is_judged_for_leftovers_alone() -> None:
    for name in set(BY_NAME) - {"leftovers"}:
        off = changed("episode", name).with_columns(state=pl.lit("M"))
        assert BY_NAME[name].run(off, PAIR).is_empty(), name


def test_below_two_sections_only_what_departs_from_both_is_odd() -> None:
    """What the other river brings explains a change that this one does not."""
    pairs = pl.concat([PAIR, pl.DataFrame([("丙", "乙", 4.0)], SECTIONS, orient="row")])
    above, odd = quiet("丙"), changed("episode", "neighbours")
    (row,) = BY_NAME["neighbours"].run(pl.concat([odd, above]), pairs).to_dicts()
    assert (row["target"], json.loads(row["evidence"])["读数个数"]) == ("乙", 6)
    risen = pl.col("start").is_between(BEGIN + 11 * STEP, BEGIN + 16 * STEP)
    brought = above.with_columns(pl.when(risen).then(2700.0).otherwise("conductivity").alias("conductivity"))
    assert BY_NAME["neighbours"].run(pl.concat([odd, brought]), pairs).is_empty()


def test_a_missing_reading_does_not_part_a_run_and_two_do() -> None:
    readings = changed("episode", "stuck")
    without = [
        readings.filter(~pl.col("start").is_in([BEGIN + n * STEP for n in gone]))
        for gone in ((13,), (12, 13))
    ]
    (row,) = BY_NAME["stuck"].run(without[0], PAIR).to_dicts()
    assert row["magnitude"] == 6
    assert BY_NAME["stuck"].run(without[1], PAIR).is_empty()


def test_observations_become_readings_with_the_state_of_their_station() -> None:
    """A section on the national grid is judged by it alone; below detection is a value; a marked row is its state."""
    names = ("site", "quantity", "period", "start", "value", "flag")
    schema = pl.Schema({name: COLUMNS[name] for name in names})
    rows = pl.DataFrame(
        [
            ("甲", "w01001", "4h", BEGIN, 8.0, "N"),
            ("甲", "w21003", "4h", BEGIN, 0.01, "<"),
            ("甲", "w01001", "4h", BEGIN + STEP, 8.1, "M"),
            ("甲", "w21003", "4h", BEGIN + STEP, None, None),
            ("甲", "w01001", "hour", BEGIN, 9.0, "N"),
            ("乙", "w01001", "hour", BEGIN, 7.0, None),
            ("乙", "w01001", "day", BEGIN, 7.0, None),
            ("乙", "w20142", "hour", BEGIN, 7.0, None),
        ],
        schema,
        orient="row",
    )
    found = readings_of(rows).sort("site", "start", descending=[True, False])
    assert found.select("site", "hours", "state", "ph", "nh3n").rows() == [
        ("甲", 4, "N", 8.0, 0.01),
        ("甲", 4, "M", 8.1, None),
        ("乙", 1, "N", 7.0, None),
    ]
    assert readings_of(rows.clear()).schema == READINGS
