from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.emissions.tables import FACTORS as CODES
from bihuan.domain.emissions.tables import LOGGED, MINUTES, UNITS
from bihuan.domain.outlets.reading import (
    FACTORS,
    arrivals,
    corrections,
    default_factors,
    logged_days,
    logged_hours,
    logs,
    parameters,
    wide_minutes,
)
from bihuan.domain.outlets.tables import ARRIVALS, CORRECTIONS
from bihuan.domain.timeaxis import INSTANT
from tests.emissions.stacks import at

ROWS = {
    "site": pl.String(), "start": INSTANT, "cn": pl.String(), "code": pl.String(), "field": pl.String(),
    "value": pl.String(), "number": pl.Float64(), "flag": pl.String(), "received": INSTANT, "journal": pl.Int64(), "subject": pl.String(),
}  # fmt: skip
DEVICES = pl.DataFrame({"mn": ["MN1"], "site": ["A"]})
CAME = at(0) + timedelta(seconds=70)


def sent(
    *values: tuple[str, float | None],
    flag: str | None = "N",
    mn: str = "MN1",
    start: datetime | None = None,
    cn: str = "2051",
    received: datetime = CAME,
    journal: int = 1,
) -> pl.DataFrame:
    """Rows of one packet; values as ("a34013-Avg", 12.5)."""
    rows: list[tuple[Any, ...]] = []
    for key, number in values:
        code, _, field = key.partition("-")
        text = "" if number is None else str(number)
        rows.append((mn, start or at(0), cn, code, field, text, number, flag, received, journal, ""))
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def one(rows: pl.DataFrame, factors: pl.DataFrame | None = None) -> dict[str, Any]:
    made = wide_minutes(rows, default_factors(DEVICES, CODES) if factors is None else factors, MINUTES)
    assert made.schema == MINUTES
    assert made.height == 1
    return made.row(0, named=True)


def test_a_minute_of_2017():
    row = one(
        sent(
            ("a34013-Avg", 4.5), ("a34013-ZsAvg", 5.6), ("a34013-Max", 99.0), ("a34013-Cou", 0.1),
            ("a21026-Avg", 20.0), ("a21002-Avg", 30.0), ("a19001-Avg", 9.0), ("a00000-Avg", 50.0),
            ("a00000-Cou", 3000.0), ("a01011-Avg", 11.0), ("a01012-Avg", 52.0), ("a01013-Avg", -0.2),
            ("a01014-Avg", 10.5), ("a05002-Avg", 1.0),
        )
    )  # fmt: skip
    assert (row["site"], row["start"], row["received"]) == ("A", at(0), CAME)
    assert (row["pm"], row["pm_zs"], row["so2"], row["so2_zs"], row["nox"]) == (4.5, 5.6, 20, None, 30)
    assert row["flow"] == pytest.approx(180_000)  # 50 m³/s
    assert [row[c] for c in ("o2", "velocity", "temp", "pressure", "humidity", "load")] == [
        9, 11, 52, -0.2, 10.5, None,
    ]  # fmt: skip
    assert {row[f"{i}_flag"] for i in ("pm", "so2", "nox", "o2", "flow")} == {"N"}


def test_a_packet_that_says_a_quantity_by_two_codes_reads_the_same_in_any_order_of_its_rows():
    rows = sent(("a34013-Avg", 4.5), ("01-Avg", 4.6), ("a34013-Flag", None))
    assert one(rows) == one(rows.reverse()) == one(rows.sample(fraction=1, shuffle=True, seed=3))


def test_a_minute_of_2005_has_other_codes_and_no_flags():
    row = one(
        sent(
            ("01-Avg", 4.5), ("02-Avg", 20.0), ("03-Avg", 30.0), ("S01-Avg", 9.0), ("B02-Avg", 50.0),
            ("S02-Avg", 11.0), ("S03-Avg", 52.0), ("S08-Avg", -0.2), ("S05-Avg", 10.5),
            flag=None,
        )
    )  # fmt: skip
    assert [row[c] for c in ("pm", "so2", "nox", "o2", "velocity", "temp", "pressure", "humidity")] == [
        4.5, 20, 30, 9, 11, 52, -0.2, 10.5,
    ]  # fmt: skip
    assert row["flow"] == pytest.approx(180_000)
    assert row["pm_flag"] == "N"


def test_flags_as_they_are_sent():
    rows = pl.concat([sent(("a34013-Avg", 1.0), flag=" d"), sent(("a21026-Flag", None), flag="F")])
    row = one(rows)
    assert (row["pm_flag"], row["so2_flag"], row["so2"], row["nox_flag"]) == ("D", "F", None, None)


def test_the_load_has_a_code_of_the_maker():
    factors = default_factors(DEVICES, CODES, load_code="ys1000")
    assert one(sent(("ys1000-Avg", 83.0)), factors)["load"] == 83
    assert wide_minutes(sent(("ys1000-Avg", 83.0)), default_factors(DEVICES, CODES), MINUTES).is_empty()


def test_rtd_stands_in_only_where_there_is_no_mean():
    assert one(sent(("a34013-Rtd", 7.0), ("a34013-ZsRtd", 8.0)))["pm"] == 7
    row = one(sent(("a34013-Avg", 4.0), ("a34013-Rtd", 7.0), ("a34013-ZsAvg", 5.0), ("a34013-ZsRtd", 8.0)))
    assert (row["pm"], row["pm_zs"]) == (4, 5)


def test_one_logger_serves_several_outlets_with_its_own_units():
    factors = pl.DataFrame(
        [
            ("MN1", "a34013", "pm", 1.0, "A"),
            ("MN1", "ea34013", "pm", 1000.0, "B"),  # g/m³
            ("MN1", "a00000", "flow", 1.0, "A"),  # m³/h already
        ],
        schema=FACTORS,
        orient="row",
    )
    rows = sent(
        ("a34013-Avg", 4.0), ("ea34013-Avg", 0.006), ("ea34013-ZsAvg", 0.007), ("a00000-Avg", 180_000.0)
    )
    made = wide_minutes(rows, factors, MINUTES)
    assert made.select("site", "pm", "pm_zs", "flow").rows() == [
        ("A", 4.0, None, 180_000.0),
        ("B", pytest.approx(6), pytest.approx(7), None),
    ]


def test_the_last_version_counts_and_the_first_arrival():
    late = CAME + timedelta(hours=5)
    rows = pl.concat(
        [
            sent(("a34013-Avg", 9.0), received=late, journal=8, flag="D"),
            sent(("a34013-Avg", 4.0), ("a21026-Avg", 20.0), journal=3),
        ]
    )
    row = one(rows)
    assert (row["pm"], row["pm_flag"], row["so2"], row["so2_flag"], row["received"]) == (
        9,
        "D",
        20,
        "N",
        CAME,
    )
    # Of two in the same moment the later journal entry.
    again = pl.concat([sent(("a34013-Avg", 1.0), journal=8), sent(("a34013-Avg", 2.0), journal=7)])
    assert one(again)["pm"] == 1


def test_a_value_taken_back_is_gone():
    rows = pl.concat([sent(("a34013-Avg", 4.0)), sent(("a34013-Avg", None), journal=2)])
    assert one(rows)["pm"] is None


def test_hours_and_days_of_the_logger_have_its_amounts():
    factors = default_factors(DEVICES, CODES)
    values = [("a34013-Avg", 4.0), ("a34013-Cou", 0.8), ("a00000-Avg", 50.0), ("a00000-Cou", 180_000.0)]
    rows = pl.concat([sent(*values, cn="2061"), sent(("a34013-Cou", 19.0), cn="2031"), sent(*values)])
    hour = logged_hours(rows, factors, LOGGED)
    assert hour.schema == LOGGED
    assert hour.select("pm", "pm_kg", "flow", "volume").rows() == [
        (4.0, 0.8, pytest.approx(180_000), 180_000)
    ]
    assert logged_days(rows, factors, LOGGED)["pm_kg"].to_list() == [19]


def test_nothing_of_other_loggers_and_nothing_of_nothing():
    factors = default_factors(DEVICES, CODES)
    assert wide_minutes(sent(("a34013-Avg", 4.0), mn="MN9"), factors, MINUTES).schema == MINUTES
    assert wide_minutes(sent(("a34013-Avg", 4.0), mn="MN9"), factors, MINUTES).is_empty()
    assert wide_minutes(pl.DataFrame(schema=ROWS), factors, MINUTES).is_empty()


def test_corrections_are_other_numbers_for_the_same_key():
    late = CAME + timedelta(hours=1)
    rows = pl.concat(
        [
            sent(("a34013-Avg", 4.0), ("a00000-Avg", 50.0), ("a21026-Avg", 20.0)),
            sent(("a34013-Avg", 3.0), ("a00000-Avg", 40.0), ("a21026-Avg", 20.0), received=late, journal=9),
            sent(("a34013-Avg", 5.0), cn="2061", received=late, journal=9),
        ]
    )
    made = corrections(rows, default_factors(DEVICES, CODES), UNITS)
    assert made.schema == CORRECTIONS
    assert made.rows() == [
        ("A", "minute", at(0), "flow", 180_000, 144_000, CAME, late),
        ("A", "minute", at(0), "pm", 4, 3, CAME, late),
    ]


def test_arrivals_count_packets_and_the_lag_of_the_clock():
    rows = pl.concat(
        [
            sent(
                ("a34013-Rtd", 1.0),
                ("a21026-Rtd", 1.0),
                cn="2011",
                start=CAME - timedelta(seconds=s),
                journal=s,
            )
            for s in (2, 3, 10)
        ]
        + [sent(("a34013-Avg", 1.0), journal=11), sent(("a34013-Avg", 1.0), received=at(0, 1), journal=12)]
    )
    made = arrivals(rows, default_factors(DEVICES, CODES))
    assert made.schema == ARRIVALS
    assert made.rows() == [("A", at(0), 4, 3.0), ("A", at(0, 1), 1, None)]


def information(
    *said: tuple[str, str, float | None],
    start: datetime,
    journal: int,
    mn: str = "MN1",
    subject: str = "",
) -> pl.DataFrame:
    """Rows of one packet 3020 about a factor: (code, text, number)."""
    rows = [
        (mn, start, "3020", code, "Info", text, number, None, start + timedelta(seconds=30), journal, subject)
        for code, text, number in said
    ]
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def test_a_report_of_parameters_is_of_the_factor_in_its_packet():
    """PolId a21026 is SO2 in HJ 212-2017; a01011 is the velocity of the gas."""
    rows = pl.concat(
        [
            information(
                ("i13008", "1.02", 1.02), ("i13001", "150", 150.0), start=at(8), journal=7, subject="a21026"
            ),
            information(("i13104", "0.84", 0.84), start=at(8), journal=8, subject="a01011"),
            information(("i12001", "1", 1.0), start=at(8), journal=9, subject="a21026"),
        ]
    )
    made = parameters(rows, default_factors(DEVICES, CODES))
    assert made.rows() == [
        ("A", at(8), "so2", "slope", 1.02),
        ("A", at(8), "so2", "span", 150.0),
        ("A", at(8), "velocity", "velocity_coefficient", 0.84),
    ]


def test_a_report_that_names_no_known_factor_keeps_what_it_says():
    rows = pl.concat(
        [
            information(("i13008", "1", 1.0), start=at(8), journal=7, subject="a99999"),
            information(("i13008", "2", 2.0), start=at(8), journal=8),
            information(("i13008", "x", None), start=at(9), journal=9),
        ]
    )
    made = parameters(rows, default_factors(DEVICES, CODES))
    assert made.rows() == [("A", at(8), "", "slope", 2.0), ("A", at(8), "a99999", "slope", 1.0)]


def test_a_report_sent_again_counts_as_its_last_version():
    rows = pl.concat(
        [
            information(("i13008", "1", 1.0), start=at(8), journal=7, subject="a21002"),
            information(("i13008", "0.55", 0.55), start=at(8), journal=8, subject="a21002"),
        ]
    )
    made = parameters(rows, default_factors(DEVICES, CODES))
    assert made.rows() == [("A", at(8), "nox", "slope", 0.55)]


def test_a_log_is_of_every_outlet_of_its_logger():
    two = pl.DataFrame({"mn": ["MN1", "MN1"], "site": ["A", "B"]})
    rows = pl.concat(
        [
            information(("i11001", "//更换滤芯//", None), start=at(9), journal=3),
            information(("i11001", "//更换滤芯//", None), start=at(9), journal=4),
            information(("i11001", "//停炉//", None), start=at(2), journal=5),
            information(("i11001", "//别处//", None), start=at(2), journal=6, mn="MN9"),
        ]
    )
    made = logs(rows, default_factors(two, CODES))
    assert made.rows() == [
        ("A", at(2), "停炉"), ("A", at(9), "更换滤芯"), ("B", at(2), "停炉"), ("B", at(9), "更换滤芯"),
    ]  # fmt: skip
