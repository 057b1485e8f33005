"""Hours of a sewage outlet, worked by hand: samples, means, what does not count."""

from datetime import date

import polars as pl
import pytest

from bihuan.domain.outlets.dated import NoRule
from bihuan.domain.outlets.tables import MARKS, empty
from bihuan.domain.sewage.hours import hours
from bihuan.domain.sewage.rules import allowed_error, rules_on
from bihuan.domain.sewage.tables import FLAGGED, HOURS, MINUTES
from tests.sewage.outlets import RULES, at, change, mark, minutes, outlets

NONE = empty(MARKS)


def one(frame: pl.DataFrame, marks: pl.DataFrame = NONE, interval: int = 1) -> dict[str, object]:
    """The only hour of some minutes."""
    return hours(frame, outlets(interval), marks, RULES).row(0, named=True)


def test_the_hours_value_is_that_of_the_sample_reported_in_it_not_of_the_held_one() -> None:
    # 30 mg/L is still held from the hour before for 40 minutes; the sample of this hour is 20.
    row = one(change(minutes(), 0, 40, cod=30.0))
    assert (row["cod"], row["n_cod"], row["valid_cod"]) == (20.0, 60, True)
    assert row["cod_kg"] == pytest.approx(2.0)  # 20 mg/L x 100 m³/h = 2 kg
    assert row["nh3n"] == 20.0  # nothing changed: the held value is the only one


def test_two_samples_count_by_how_long_they_stood() -> None:
    # Held 30 for 20 min; then 10 for 30 min and 40 for 10 min: (10 x 30 + 40 x 10) / 40 = 17.5
    frame = change(change(change(minutes(), 0, 20, cod=30.0), 20, 50, cod=10.0), 50, 60, cod=40.0)
    assert one(frame)["cod"] == pytest.approx(17.5)


def test_flow_is_the_mean_of_all_minutes_also_of_those_without_discharge() -> None:
    # 30 minutes of 200 m³/h and 30 of nothing: 100 m³; the pollutant counts in the 30 minutes of discharge.
    frame = change(change(minutes(), 0, 30, water_flow=200.0), 30, 60, water_flow=0.0, cod=900.0)
    row = one(frame)
    assert (row["water_flow"], row["volume"], row["n_cod"], row["cod"]) == (100.0, 100.0, 30, 20.0)
    assert row["cod_kg"] == pytest.approx(2.0)
    # pH needs 45 minutes of discharge.
    assert (row["valid_cod"], row["valid_ph"], row["ph_flag"]) == (True, False, "F")


def test_without_discharge_nothing_is_measured_and_the_flow_is_a_valid_zero() -> None:
    row = one(minutes().with_columns(water_flow=pl.lit(0.0)))
    assert (row["valid_water_flow"], row["volume"]) == (True, 0.0)
    assert (row["valid_cod"], row["cod_flag"], row["ph_flag"], row["cod_kg"]) == (False, "F", "F", None)


def test_the_trickle_that_is_no_discharge_ends_at_its_limit() -> None:
    assert not one(minutes().with_columns(water_flow=pl.lit(0.36)))["valid_cod"]
    assert one(minutes().with_columns(water_flow=pl.lit(0.37)))["valid_cod"]


@pytest.mark.parametrize(("counting", "valid"), [(15, True), (14, False)])
def test_a_sample_needs_fifteen_minutes(counting: int, valid: bool) -> None:
    row = one(change(minutes(), 0, 60 - counting, cod_flag="C"))
    assert (row["valid_cod"], row["n_cod"]) == (valid, counting)
    assert row["cod_flag"] == ("N" if valid else "C")


@pytest.mark.parametrize(("counting", "valid"), [(45, True), (44, False)])
def test_what_is_measured_all_the_time_needs_45(counting: int, valid: bool) -> None:
    row = one(change(minutes(), counting, 60, water_flow_flag="M", ph_flag="M"))
    assert (row["valid_water_flow"], row["valid_ph"]) == (valid, valid)
    assert (row["cod_kg"] is not None) == valid  # no amount without flow


def test_negative_values_do_not_count() -> None:
    row = one(minutes().with_columns(cod=pl.lit(-0.1), water_temp=pl.lit(-0.1)))
    assert (row["valid_cod"], row["cod_flag"], row["valid_water_temp"]) == (False, "D", True)


def test_a_device_mark_takes_its_minutes_out_and_marks_the_hour() -> None:
    row = one(minutes(), mark(at(0), at(0, 0.8), "校准"))
    assert (row["valid_cod"], row["n_cod"], row["cod_flag"], row["mark"]) == (False, 12, "C", "校准")


def test_records_of_ten_minutes_and_loggers_without_flags() -> None:
    unflagged = minutes(6, interval=10).with_columns(
        pl.lit(None, pl.String).alias(f"{i}_flag") for i in FLAGGED
    )
    row = one(unflagged, interval=10)
    assert (row["n_cod"], row["valid_cod"], row["valid_ph"]) == (60, True, True)
    assert hours(empty(MINUTES), outlets(), NONE, RULES).schema == HOURS


def test_the_rules_are_dated() -> None:
    assert (rules_on(date(2019, 1, 1)).valid_day, rules_on(date(2020, 3, 24)).valid_day) == (0.75, 0.75)
    with pytest.raises(NoRule, match="valid_hour"):
        rules_on(date(2006, 1, 1))


@pytest.mark.parametrize(
    ("item", "reference", "allowed"),
    [
        ("cod", 25.0, 5.0), ("cod", 30.0, 9.0), ("cod", 60.0, 12.0), ("cod", 200.0, 30.0), ("nh3n", 1.9, 0.3),
        ("nh3n", 2.0, 0.3), ("tp", 0.3, 0.04), ("tn", 10.0, 1.5), ("ph", 7.0, 0.5), ("water_flow", 100.0, 10.0),
    ],
)  # fmt: skip
def test_errors_of_a_comparison(item: str, reference: float, allowed: float) -> None:
    assert allowed_error(item, reference, date(2024, 1, 1)) == pytest.approx(allowed)
