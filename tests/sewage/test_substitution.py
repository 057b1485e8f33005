"""Replaced amounts of sewage, worked by hand."""

import polars as pl
import pytest

from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.outlets.tables import MARKS, empty
from bihuan.domain.sewage.ledger import ledger
from bihuan.domain.sewage.substitution import amounts
from tests.sewage.outlets import RULES, at, change, hours, invalid, limit, mark, outlets, still

NONE = empty(MARKS)


def filled(frame: pl.DataFrame, marks: pl.DataFrame = NONE) -> pl.DataFrame:
    """kg of COD and m³ with their bases."""
    return amounts(frame, marks).select("cod_kg", "cod_kg_basis", "volume", "volume_basis", "cod", "mark")


def test_a_gap_takes_the_mean_of_as_many_hours_before() -> None:
    # Hours 0..5 have 10, 20, ... 60 mg/L; two are missing: (50 + 60) / 2 = 55 mg/L x 100 m³/h = 5.5 kg each.
    frame = hours(8).with_columns(cod=10.0 * pl.int_range(1, 9))
    rows = filled(invalid(frame, 6, 8, "cod"))
    assert rows["cod_kg"].to_list()[6:] == [pytest.approx(5.5)] * 2
    assert rows["cod_kg_basis"].to_list()[5:] == ["measured", "substituted:c2", "substituted:c2"]
    assert rows["volume_basis"].unique().to_list() == ["measured"]
    assert rows["cod"].to_list()[6:] == [70.0, 80.0]  # concentrations are never filled


def test_where_the_time_before_has_a_gap_too_it_goes_further_back() -> None:
    # 10, 20, 30, (gap), 50, (gap of 2): the two valid hours before are 30 and 50: 40 mg/L, 4 kg.
    frame = hours(7).with_columns(cod=10.0 * pl.int_range(1, 8))
    rows = filled(invalid(invalid(frame, 3, 4, "cod"), 5, 7, "cod"))
    assert rows["cod_kg"].to_list()[5:] == [pytest.approx(4.0)] * 2
    assert rows["cod_kg"][3] == pytest.approx(3.0)  # the first gap takes the hour before it


def test_hours_without_discharge_are_no_hours_to_take_from() -> None:
    frame = hours(6).with_columns(cod=10.0 * pl.int_range(1, 7))
    rows = filled(invalid(still(frame, 2, 5), 5, 6, "cod"))
    assert rows["cod_kg"][5] == pytest.approx(2.0)  # 20 mg/L of hour 1
    assert rows["cod_kg"].to_list()[2:5] == [0.0] * 3
    assert rows["cod_kg_basis"].to_list()[2:5] == ["stopped"] * 3


def test_flow_is_replaced_likewise() -> None:
    # Flow 100, 200, 300 m³/h, one hour missing: 300 m³/h x 20 mg/L = 6 kg.
    frame = hours(4).with_columns(water_flow=100.0 * pl.int_range(1, 5))
    rows = filled(invalid(frame, 3, 4, "water_flow"))
    assert (rows["cod_kg"][3], rows["volume"][3]) == (pytest.approx(6.0), pytest.approx(300.0))
    assert (rows["cod_kg_basis"][3], rows["volume_basis"][3]) == ("substituted:q1", "substituted:q1")


def test_both_are_replaced_each_by_its_own_gap() -> None:
    frame = hours(6).with_columns(cod=10.0 * pl.int_range(1, 7), water_flow=100.0 * pl.int_range(1, 7))
    rows = filled(invalid(invalid(frame, 4, 6, "cod"), 5, 6, "water_flow"))
    # Concentration (30 + 40) / 2 = 35 mg/L in both hours; flow of hour 5 by hour 4: 500 m³/h.
    assert rows["cod_kg"].to_list()[4:] == [pytest.approx(35 * 500 / 1000)] * 2
    assert rows["cod_kg_basis"].to_list()[4:] == ["substituted:c2", "substituted:c2q1"]


def test_a_young_record_uses_what_it_has_and_without_any_nothing() -> None:
    rows = filled(invalid(hours(6), 2, 6, "cod"))
    assert rows["cod_kg_basis"].to_list()[2:] == ["substituted:c2"] * 4
    rows = filled(invalid(hours(6), 0, 2, "cod"))
    assert rows["cod_kg_basis"].to_list()[:3] == ["missing", "missing", "measured"]
    assert rows["cod_kg"][0] is None


def test_absent_hours_are_replaced_unless_a_mark_says_that_nothing_runs() -> None:
    whole = whole_hours(hours(3), ["A"], NONE, since=at(0), until=at(0, 5))
    assert filled(whole)["cod_kg_basis"].to_list()[3:] == ["substituted:c2q2"] * 2
    stop = mark(at(0, 3), at(0, 5), "停运", "condition")
    rows = filled(whole_hours(hours(3), ["A"], stop, since=at(0), until=at(0, 5)), stop)
    assert rows["cod_kg"].to_list()[3:] == [0.0, 0.0]
    assert rows["volume_basis"].to_list()[3:] == ["stopped", "stopped"]


def test_the_ledger_adds_the_hours() -> None:
    # 24 hours of 44 mg/L at 100 m³/h (4.4 kg), one of them substituted by the one before, four without discharge.
    frame = still(invalid(hours(24, cod=44.0, cod_kg=4.4), 10, 11, "cod"), 20, 24)
    rows = ledger(amounts(frame, NONE), outlets(), limit(40.0), RULES)
    row = rows.filter(item="cod").row(0, named=True)
    assert (row["hours"], row["hours_measured"], row["hours_substituted"], row["hours_stopped"]) == (
        24,
        19,
        1,
        4,
    )
    assert (row["kg"], row["kg_substituted"]) == (pytest.approx(20 * 4.4), pytest.approx(4.4))
    assert (row["volume"], row["capture"], row["mean"]) == (
        2000.0,
        pytest.approx(19 / 20),
        pytest.approx(44.0),
    )
    assert (row["over_days"], row["over_hours"], row["valid_days"], row["valid_month"]) == (1, 0, 1, True)


def test_a_change_of_hours_is_told_apart_by_outlet() -> None:
    other = hours(4).with_columns(site=pl.lit("B"), cod=pl.lit(90.0))
    both = pl.concat([invalid(hours(4), 0, 4, "cod"), change(other, 0, 0)])
    assert amounts(both, NONE)["cod_kg_basis"].to_list()[:4] == ["missing"] * 4
