from datetime import date

import polars as pl
import pytest

from bihuan.domain.emissions.days import capture_rates
from bihuan.domain.emissions.ledger import ledger
from bihuan.domain.emissions.substitution import amounts
from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.outlets.ledger import LEDGER, by_enterprise
from bihuan.domain.outlets.tables import LIMITS, MARKS, UNCONTROLLED, empty
from tests.emissions.stacks import RULES, at, change, hours, invalid, limit, outlets


def june() -> pl.DataFrame:
    """720 hours of 2 kg; 24 of stop, 10 faulty, 6 that never came, 4 of 40 mg/m³ converted."""
    frame = change(hours(714), 700, 704, so2_zs=40.0)
    return invalid(invalid(frame, 48, 72, "F"), 100, 110, "D")


def ledger_of(frame: pl.DataFrame, limits: pl.DataFrame, rates: float | None = None) -> pl.DataFrame:
    full = whole_hours(frame, ["A"], empty(MARKS), since=at(0), until=at(30))
    rate = capture_rates(full, RULES, until=at(30))
    if rates is not None:
        rate = rate.with_columns(rate=pl.lit(rates))
    filled = amounts(full, rate, empty(MARKS), empty(UNCONTROLLED), RULES)
    made = ledger(filled, outlets(), limits, RULES)
    assert made.schema == LEDGER
    return made


def test_a_month_of_one_outlet():
    limits = pl.concat([limit(35), limit(10, ultra_low=True), limit(16, period="day")])
    row = ledger_of(june(), limits).filter(pl.col("item") == "so2").row(0, named=True)
    assert (row["site"], row["enterprise"], row["month"]) == ("A", "甲厂", date(2024, 6, 1))
    assert [row[f"hours{x}"] for x in ("", "_measured", "_substituted", "_stopped", "_missing")] == [
        720, 680, 16, 24, 0,
    ]  # fmt: skip
    assert row["kg_measured"] == pytest.approx(1360)
    assert row["kg_substituted"] == pytest.approx(32)  # 16 hours x 2 kg, the largest of the hours before
    assert row["kg"] == pytest.approx(1392)
    assert (row["valid_hours"], row["arrived_hours"]) == (680, 690)
    assert row["capture"] == pytest.approx(680 / 696)
    assert row["transmission"] == pytest.approx(690 / 696)
    assert row["over_hours"] == 4
    # 4 hours of 40 and 14 of 10 on the last day: 18 valid hours, too few to judge the day.
    assert row["over_days"] == 0
    assert row["ultra_low_share"] == pytest.approx(676 / 680)
    assert (row["valid_days"], row["valid_month"]) == (
        27,
        True,
    )  # not: the stop, the faulty day, the last day
    assert row["mean"] == pytest.approx(8)
    assert row["mean_zs"] == pytest.approx(10)


def test_what_is_missing_is_not_in_the_sum_and_is_counted():
    row = ledger_of(june(), empty(LIMITS), rates=0.7).filter(pl.col("item") == "so2").row(0, named=True)
    assert (row["hours_missing"], row["hours_substituted"]) == (16, 0)
    assert row["kg"] == pytest.approx(1360)
    assert (row["over_hours"], row["ultra_low_share"]) == (0, None)


def test_a_month_of_stop_has_no_rates():
    row = ledger_of(invalid(hours(720), 0, 720, "F"), empty(LIMITS)).row(0, named=True)
    assert (row["kg"], row["hours_stopped"], row["capture"], row["transmission"]) == (0, 720, None, None)
    assert not row["valid_month"]


def test_the_enterprise_is_the_sum_of_its_outlets():
    one = ledger_of(june(), empty(LIMITS))
    idle = ledger_of(invalid(hours(720), 0, 360, "F"), empty(LIMITS)).with_columns(site=pl.lit("B"))
    row = by_enterprise(pl.concat([one, idle])).filter(pl.col("item") == "so2").row(0, named=True)
    assert (row["enterprise"], row["outlets"], row["hours"]) == ("甲厂", 2, 1440)
    assert row["kg"] == pytest.approx(1392 + 720)
    assert row["capture"] == pytest.approx((680 + 360) / (696 + 360))
