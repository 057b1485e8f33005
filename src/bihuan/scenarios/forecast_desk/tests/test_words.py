"""Why, in words: numbers by hand, the largest parts first with their sign, units, and what is said when nothing moved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.forecast.why_parts import GROUPS
from bihuan.domain.timeaxis import INSTANT
from bihuan.scenarios.forecast_desk import phrases, run_cache

KEY = "city:140300"
START = datetime(2019, 2, 25, 6, tzinfo=UTC)  # 14:00 in China


def explained(
    leads: range, *, usual: float, item: str = "pm25", start: datetime = START, **moved: float
) -> pl.DataFrame:
    """An explanation whose hours all say the same: what is usual, and what each group moves."""
    groups = dict.fromkeys(GROUPS, 0.0) | {name: float(value) for name, value in moved.items()}
    mean = usual + sum(groups.values())
    rows = [
        {"site": KEY, "item": item, "lead": k, "start": start + (k - 1) * timedelta(hours=1), "usual": float(usual), "mean": mean, **groups}
        for k in leads
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"start": INSTANT})


def said(table: pl.DataFrame, first: int = 1, last: int = 24) -> str:
    """The sentence of a block of hours."""
    row = phrases.block(table, first, last)
    assert row is not None
    return phrases.sentence(row)


def test_a_block_says_mean_distance_and_its_largest_parts() -> None:
    # 80 usual, +30 of the weather, -12 of the region, +4 from here, +1 of the calendar: mean 103, 23 above.
    table = explained(range(1, 25), usual=80, weather=30, region=-12, here=4, time=1)
    # Of 47 that moved, the calendar's 1 and the 4 from here are less than a tenth, and are not named.
    assert said(table) == "1–24 小时：PM2.5 平均 103 µg/m³，比平常高 23：气象 +30，周边与上风向 -12。"


def test_three_parts_at_most_are_named() -> None:
    table = explained(range(1, 25), usual=50, weather=-10, region=-9, here=-8, similar=-7)
    assert (
        said(table)
        == "1–24 小时：PM2.5 平均 16 µg/m³，比平常低 34：气象 -10，周边与上风向 -9，本地近期水平 -8。"
    )


@pytest.mark.parametrize(
    ("moved", "words"), [(0.4, "与平常相当"), (-0.4, "与平常相当"), (0.6, "比平常高 1"), (-0.6, "比平常低 1")]
)
def test_what_rounds_to_nothing_is_as_usual(moved: float, words: str) -> None:
    assert words in said(explained(range(1, 25), usual=50, weather=moved))


def test_carbon_monoxide_has_a_decimal_and_its_own_unit() -> None:
    table = explained(range(1, 25), usual=1.0, item="co", weather=0.5)
    assert said(table) == "1–24 小时：CO 平均 1.5 mg/m³，比平常高 0.5：气象 +0.5。"


def test_a_block_is_of_its_own_hours() -> None:
    near, far = explained(range(1, 25), usual=80, weather=20), explained(range(25, 73), usual=60, here=-10)
    whole = pl.concat([near, far])
    assert said(whole).startswith("1–24 小时：PM2.5 平均 100 µg/m³，比平常高 20")
    assert said(whole, 25, 72).startswith("25–72 小时：PM2.5 平均 50 µg/m³，比平常低 10")
    assert phrases.block(near, 25, 72) is None


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (20.0, "没有变化"),
        (5.0, "上调 15 µg/m³：气象 +15"),
        (50.0, "下调 30 µg/m³：气象 -30"),
    ],
)
def test_what_changed_since_the_run_before(data_dir: Path, before: float, words: str) -> None:
    """Twelve hours later, so that both speak of sixty hours: those from 02:00 of the 26th on."""
    folder = run_cache.folder_of("before")
    folder.mkdir(parents=True)
    explained(range(1, 73), usual=80, weather=before).write_parquet(folder / "why.parquet")
    now = explained(range(1, 73), usual=80, start=START + timedelta(hours=12), weather=20)
    sentence = phrases.change_sentence(now, "before", KEY, "pm25")
    assert "到 2月28日14时 的 60 小时 PM2.5" in sentence
    assert words in sentence


def test_without_an_earlier_run_or_its_reasons_nothing_is_compared(data_dir: Path) -> None:
    now = explained(range(1, 73), usual=80, weather=20)
    assert phrases.change_sentence(now, None, KEY, "pm25") == "没有更早的起报可比。"
    assert phrases.change_sentence(now, "lost", KEY, "pm25") == "上一次起报没有保存原因，无从比较。"
