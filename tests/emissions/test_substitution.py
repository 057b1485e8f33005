from datetime import date

import polars as pl
import pytest

from bihuan.domain.emissions.substitution import AMOUNTS, amounts
from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.domain.outlets.tables import MARKS, UNCONTROLLED, empty
from tests.emissions.stacks import RULES, at, change, hours, invalid, mark

N = 2400  # hours, from 1 April: within the second and third quarter
SINCE = at(0, month=4)
GAP = 2200


def record() -> pl.DataFrame:
    """2 kg in each hour, but 9 kg in the oldest, 7 in one 1000 hours before GAP, 5 in one 300 before, 3 in one 100 before."""
    frame = hours(N, since=SINCE)
    for before, kg in ((2190, 9.0), (2150, 8.0), (1000, 7.0), (700, 6.0), (300, 5.0), (170, 4.0), (100, 3.0)):
        frame = change(frame, GAP - before, GAP - before + 1, so2_kg=kg)
    return frame


def rates(rate: float, later: float | None = None) -> pl.DataFrame:
    later = rate if later is None else later
    return pl.DataFrame(
        [
            ("A", q, p, r)
            for p in POLLUTANTS
            for q, r in ((date(2024, 4, 1), rate), (date(2024, 7, 1), later))
        ],
        schema={"site": pl.String, "quarter": pl.Date, "item": pl.String, "rate": pl.Float64},
        orient="row",
    )


def filled(
    frame: pl.DataFrame,
    rate: float = 0.95,
    marks: pl.DataFrame | None = None,
    uncontrolled: pl.DataFrame | None = None,
) -> pl.DataFrame:
    made = amounts(
        frame,
        rates(rate),
        empty(MARKS) if marks is None else marks,
        empty(UNCONTROLLED) if uncontrolled is None else uncontrolled,
        RULES,
    )
    assert made.schema == AMOUNTS
    return made


def at_gap(made: pl.DataFrame, n: int = 1) -> list[tuple[float | None, str]]:
    return made.slice(GAP, n).select("so2_kg", "so2_kg_basis").rows()


def test_a_measured_hour_stays_and_says_so():
    made = filled(record())
    assert made["so2_kg"].equals(record()["so2_kg"])
    assert made["so2_kg_basis"].unique().to_list() == ["measured"]


@pytest.mark.parametrize(
    ("rate", "length", "kg", "basis"),
    [
        (0.95, 24, 4.0, "substituted:180"),  # 170 hours before is in, 300 before is not
        (0.95, 25, 6.0, "substituted:720"),  # 700 before is in, 1000 before is not
        (0.90, 24, 4.0, "substituted:180"),
        (0.899, 1, 8.0, "substituted:2160"),  # 2150 before is in, 2190 before is not
        (0.75, 25, 8.0, "substituted:2160"),
    ],
)
def test_how_far_back_the_substitute_looks(rate, length, kg, basis):
    made = filled(invalid(record(), GAP, GAP + length, "D"), rate)
    assert at_gap(made, length) == [(kg, basis)] * length
    assert at_gap(made, length + 1)[-1] == (2.0, "measured")
    assert made["pm_kg"][GAP] == 2.0


def test_the_window_counts_valid_hours_not_clock_hours():
    # 10 of the last 180 hours are invalid: the window reaches 10 hours further, to the hour 189 before the gap.
    frame = change(record(), GAP - 189, GAP - 188, so2_kg=4.5)
    assert at_gap(filled(invalid(frame, GAP, GAP + 1, "D"))) == [(4.0, "substituted:180")]
    frame = invalid(frame, GAP - 20, GAP - 10, "D")
    assert at_gap(filled(invalid(frame, GAP, GAP + 1, "D"))) == [(4.5, "substituted:180")]


def test_below_75_percent_nothing_is_put_in():
    assert at_gap(filled(invalid(record(), GAP, GAP + 1, "D"), 0.749)) == [(None, "missing")]


def test_a_substitute_is_no_measured_hour_for_the_next_gap():
    frame = change(invalid(record(), GAP - 50, GAP - 40, "D"), GAP - 45, GAP - 44, so2_kg=99.0)
    frame = change(frame, GAP - 45, GAP - 44, so2_kg=None)
    assert at_gap(filled(invalid(frame, GAP, GAP + 1, "D"))) == [(4.0, "substituted:180")]


def test_a_young_record_gives_what_it_has_and_an_empty_one_nothing():
    young = filled(invalid(hours(10, since=SINCE), 5, 6, "D"))
    assert young.select("so2_kg", "so2_kg_basis").row(5) == (2.0, "substituted:180")
    none = filled(invalid(hours(10, since=SINCE), 0, 2, "D"))
    assert none.select("so2_kg", "so2_kg_basis").row(0) == (None, "missing")


def test_a_stopped_source_emits_nothing_and_is_not_substituted():
    assert at_gap(filled(invalid(record(), GAP, GAP + 1, "F"))) == [(0.0, "stopped")]
    stop = mark(SINCE + (at(0, GAP) - at(0)), SINCE + (at(0, GAP + 1) - at(0)), code="停炉", kind="condition")
    assert at_gap(filled(invalid(record(), GAP, GAP + 2, "B"), marks=stop), 2) == [
        (0.0, "stopped"),
        (4.0, "substituted:180"),
    ]
    # A device mark with the same word stops no source, and valid data stand against a mark.
    device = stop.with_columns(kind=pl.lit("device"))
    assert at_gap(filled(invalid(record(), GAP, GAP + 1, "B"), marks=device)) == [(4.0, "substituted:180")]
    assert at_gap(filled(record(), marks=stop)) == [(2.0, "measured")]


def test_out_of_control_hours_are_replaced_by_what_was_before_the_last_good_calibration():
    period = pl.DataFrame(
        [("A", "so2", SINCE + (at(0, GAP) - at(0)), SINCE + (at(0, GAP + 20.5) - at(0)))],
        schema=UNCONTROLLED,
        orient="row",
    )
    # The hours say N and 50 kg; the gap of hour 10 would else look back at them.
    frame = change(record(), GAP, GAP + 21, so2_kg=50.0)
    frame = invalid(frame, GAP + 10, GAP + 11, "D")
    made = filled(frame, uncontrolled=period)
    assert at_gap(made, 22) == [(4.0, "substituted:180")] * 21 + [(2.0, "measured")]
    assert made["pm_kg_basis"][GAP] == "measured"
    assert made["so2"][GAP] == 8.0


def test_the_rate_is_of_the_quarter_of_the_hour():
    # 91 days of the second quarter are 2184 hours: the gap 2180..2187 lies in both.
    frame = invalid(record(), 2180, 2188, "D")
    made = amounts(frame, rates(0.95, 0.5), empty(MARKS), empty(UNCONTROLLED), RULES)
    basis = made["so2_kg_basis"].slice(2180, 8).to_list()
    assert basis == ["substituted:180"] * 4 + ["missing"] * 4


def test_another_outlet_is_never_looked_at():
    other = hours(100, since=SINCE, site="0", so2_kg=77.0)
    made = filled(pl.concat([other, invalid(hours(20, since=SINCE), 10, 11, "D")]))
    own = made.filter(pl.col("site") == "A")
    assert own.select("so2_kg", "so2_kg_basis").row(10) == (2.0, "substituted:180")


def test_concentrations_are_never_filled():
    frame = change(invalid(record(), GAP, GAP + 1, "D"), GAP, GAP + 1, so2=None, so2_zs=None)
    made = filled(frame)
    assert made.select("so2", "so2_zs", "valid_so2").row(GAP) == (None, None, False)
