"""A month of a works that must be found, one that stays just within, and what is not over or not known says nothing; worked by hand."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.cases.models import Finding
from bihuan.domain.sewage.works.months import monthly
from bihuan.domain.sewage.works.reuse import USED
from bihuan.domain.sewage.works.rules import rules_on
from bihuan.domain.sewage.works.tables import DAYS, TERMS
from bihuan.domain.sewage.works.weather import by_weather, marked
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.checking import check
from bihuan.scenarios.sewage_works.checks import (
    CHECKS,
    PERIODS,
    odd_inflow,
    reuse_open,
    silent,
    thin,
    underload,
)
from bihuan.scenarios.sewage_works.inputs import inputs
from bihuan.scenarios.sewage_works.models import Use
from bihuan.scenarios.sewage_works.scenario import SCENARIO
from bihuan.scenarios.sewage_works.tests.world import JANUARY, month, reported, user, works
from tests.people import City
from tests.web.world import MINE, NOW

FEBRUARY = date(2019, 2, 1)
RULES = rules_on(FEBRUARY)


def fixture(name: str) -> pl.DataFrame:
    """Days of January 2019."""
    table = pl.read_csv(Path(__file__).parent / "fixtures" / name, try_parse_dates=True)
    missing = [pl.lit(None, t).alias(n) for n, t in DAYS.items() if n not in table.columns]
    return table.with_columns(missing).select(list(DAYS)).cast(DAYS)


def frames(
    days: pl.DataFrame, volume: float | None = 5000.0, today: date = date(2019, 2, 25)
) -> tuple[pl.DataFrame, ...]:
    """What the checks take of one works with 1,000 m³/d and one user."""
    terms = pl.DataFrame([("W", date(2015, 1, 1), None, 1000.0, 10_000.0, 0.0)], TERMS, orient="row")
    used = pl.DataFrame([("W", "Z", "industry", JANUARY, volume)], USED, orient="row")
    periods = pl.DataFrame([("W", JANUARY, FEBRUARY, today, True)], PERIODS, orient="row")
    return monthly(days, terms, today, RULES), by_weather(marked(days, RULES), RULES), days, used, periods


def found(*given: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By check, its one finding."""
    tables = {c.key: c.run(*given).to_dicts() for c in CHECKS}
    assert all(len(rows) <= 1 for rows in tables.values()), tables
    return {key.removeprefix("works."): rows[0] for key, rows in tables.items() if rows}


def test_every_trouble_of_a_month_is_one_finding_with_its_numbers() -> None:
    """Inflow 29 x 1,100 + 2 x 2,000 = 35,900 / 31 = 1,158 of 1,000: 115.8 %. Wet 2,000 over dry 1,100: 1.82, with 1,800 m³ of rain in it.

    COD 900 of a median of 200 is 4.5 times. Given 31 x 250 = 7,750, used 5,000: 2,750 open, 35.5 %.
    """
    rows = found(*frames(fixture("episode.csv")))
    assert set(rows) == {"overload", "thin", "odd_inflow", "rain", "reuse_open"}
    assert rows["overload"]["title"] == "2019-01 负荷率 115.8%，超过规模 31 天"
    assert rows["thin"]["title"] == "2019-01 进水 BOD 80.0 mg/L，低于 100 mg/L，须有一厂一策方案"
    assert (
        rows["odd_inflow"]["title"]
        == "2019-01 进水 COD 突变 1 天，01-16 为 900 mg/L，是中位数 200 mg/L 的 4.50 倍"
    )
    assert rows["rain"]["title"] == "2019-01 雨天进水量是旱天的 1.82 倍，雨水带入约 1800 m³"
    assert rows["reuse_open"]["title"] == "2019-01 再生水无去向 35.5%（2750 m³）"
    assert json.loads(rows["reuse_open"]["evidence"]) == {"供出": 7750, "用户合计": 5000}
    for row in rows.values():
        assert (row["target_kind"], row["target"]) == ("sewage_works", "W")
        assert (row["start"], row["until"]) == (
            datetime(2019, 1, 1, tzinfo=CST),
            datetime(2019, 2, 1, tzinfo=CST),
        )


def test_a_month_that_stays_within_is_nothing() -> None:
    """997 m³/d, exactly 100 mg/L, 2.95 times the median, 1.22 wet over dry; used 6,600 of 7,750 leaves 14.8 %."""
    assert found(*frames(fixture("near_miss.csv"), 6600.0)) == {}


def test_a_month_that_is_not_over_or_of_which_little_is_known_is_not_judged() -> None:
    months, weather, days, used, periods = frames(fixture("episode.csv"))
    assert found(months, weather, days, used, periods.clear()) == {}
    few = fixture("episode.csv").head(20)
    assert set(found(*frames(few))) & {"overload", "thin"} == set()


def test_the_worse_of_two_months_is_the_larger_finding() -> None:
    """Findings of months in a row are one, told by its largest: 80 mg/L are 20 below 100, 60 are 40; a sixth of the median is farther from it than three times."""
    thinner = fixture("episode.csv").with_columns(pl.col("in_bod") * 0.75)
    one, other = (found(*frames(days))["thin"]["magnitude"] for days in (fixture("episode.csv"), thinner))
    assert (one, other) == (pytest.approx(20.0), pytest.approx(40.0))
    clear = fixture("episode.csv").with_columns(
        in_cod=pl.when(pl.col("in_cod") > 800).then(200 / 6).otherwise("in_cod")
    )
    assert found(*frames(clear))["odd_inflow"]["magnitude"] == pytest.approx(6.0)


def test_a_works_of_a_town_needs_no_plan_for_its_thin_influent() -> None:
    months, weather, days, used, periods = frames(fixture("episode.csv"))
    town = periods.with_columns(urban=pl.lit(value=False))
    assert thin.run(months, weather, days, used, town).is_empty()


def test_a_user_who_did_not_say_may_be_the_rest() -> None:
    days = fixture("near_miss.csv")
    assert reuse_open.run(*frames(days, None)).is_empty()
    two = pl.DataFrame(
        [("W", "Y", "municipal", JANUARY, None), ("W", "Z", "industry", JANUARY, 5000.0)], USED, orient="row"
    )
    months, weather, _days, _used, periods = frames(days)
    assert reuse_open.run(months, weather, days, two, periods).is_empty()
    more = two.with_columns(volume=pl.when(pl.col("user") == "Z").then(9300.0))
    (row,) = reuse_open.run(months, weather, days, more, periods).to_dicts()
    assert row["title"] == "2019-01 再生水用户超出供出 20.0%（1550 m³）"
    assert row["magnitude"] == pytest.approx(20.0)


def test_a_day_of_clear_water_is_a_sudden_change_too() -> None:
    days = fixture("near_miss.csv").with_columns(
        in_cod=pl.when(pl.col("date") == date(2019, 1, 9)).then(50.0).otherwise(200.0)
    )
    (row,) = odd_inflow.run(*frames(days)).to_dicts()
    assert row["title"].endswith("01-09 为 50 mg/L，是中位数 200 mg/L 的 0.25 倍")


def test_a_month_without_any_report_is_said_after_its_grace() -> None:
    nothing = fixture("episode.csv").clear()
    (row,) = silent.run(*frames(nothing, today=date(2019, 2, 11))).to_dicts()
    assert row["title"] == "2019-01 没有进水量数据"
    assert silent.run(*frames(nothing, today=date(2019, 2, 10))).is_empty()


def test_low_load_counts_only_in_a_row() -> None:
    firsts = [date(2018, 11, 1), date(2018, 12, 1), JANUARY]
    ends = [date(2018, 12, 1), JANUARY, FEBRUARY]
    days = [{"works": "W", "date": f + timedelta(days=n), "inflow": 500.0} for f in firsts for n in range(30)]
    table = pl.DataFrame(days, schema_overrides=DAYS)
    table = table.with_columns(pl.lit(None, t).alias(n) for n, t in DAYS.items() if n not in table.columns)
    months, weather, _days, used, _ = frames(table)
    periods = pl.DataFrame(
        [("W", f, e, date(2019, 2, 25), True) for f, e in zip(firsts, ends, strict=True)],
        PERIODS,
        orient="row",
    )
    (row,) = underload.run(months, weather, table, used, periods).to_dicts()
    assert row["title"] == "连续 3 个月负荷率低于 60%，平均 50.0%"
    assert row["start"] == datetime(2018, 11, 1, tzinfo=CST)
    assert underload.run(
        months.filter(pl.col("month") != date(2018, 12, 1)), weather, table, used, periods
    ).is_empty()


def test_what_had_been_received_is_filed_about_the_works_and_once(place: City, tmp_path: Path) -> None:
    """Half of January's days came two days ago; until then nothing can be said."""
    works(place)
    reported(tmp_path, "W1", month(inflow=900.0, in_bod=70.0))
    assert thin.run(*inputs(NOW - timedelta(days=2), SCENARIO.look_back)).is_empty()
    for _ in range(2):
        check(NOW, lambda *_: None, looks_at="months")
    finding = Finding.objects.get(check_key="works.thin")
    assert (finding.target, finding.organisation, finding.region_id) == ("W1", place.governments[MINE], MINE)


def test_users_of_a_month_are_those_that_were_there_and_silence_is_kept(place: City, tmp_path: Path) -> None:
    works(place)
    user(place, "Z1")
    user(place, "Z2", since=date(2019, 1, 15))
    user(place, "Z3", since=date(2019, 1, 15))
    Use.objects.create(user_id="Z3", year=2019, month=1, volume=10.0)
    used = inputs(NOW, timedelta(days=50))[3]
    assert used.sort("user").select("user", "volume").rows() == [("Z1", None), ("Z3", 10.0)]
