from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.emissions.hours import hours
from bihuan.domain.emissions.tables import HOURS
from bihuan.domain.outlets.hours import whole_hours
from bihuan.domain.outlets.tables import MARKS, empty
from tests.emissions.stacks import RULES, at, change, mark, minutes, outlets

NO_MARKS = empty(MARKS)


def first_hour(frame: pl.DataFrame, marks: pl.DataFrame = NO_MARKS, **outlet: Any) -> dict[str, Any]:
    made = hours(frame, outlets(**outlet), marks, RULES)
    assert made.schema == HOURS
    return made.row(0, named=True)


def test_an_hour_of_equal_minutes():
    hour = first_hour(minutes())
    assert hour["start"] == at(0)
    assert hour["so2"] == pytest.approx(50)
    assert hour["so2_zs"] == pytest.approx(62.5)
    assert hour["so2_kg"] == pytest.approx(10)  # measured, not converted: 50 x 200 000 x 1e-6
    assert (hour["n_so2"], hour["valid_so2"], hour["so2_flag"], hour["mark"]) == (60, True, "N", None)
    assert hour["temp"] == 60
    assert hour["load"] is None


@pytest.mark.parametrize(("valid", "is_valid", "flag"), [(44, False, "D"), (45, True, "N")])
def test_45_valid_minutes_make_an_hour(valid, is_valid, flag):
    hour = first_hour(change(minutes(), valid, 60, so2_flag="D", so2=999.0))
    assert (hour["n_so2"], hour["valid_so2"], hour["so2_flag"]) == (valid, is_valid, flag)
    assert hour["so2"] == pytest.approx(50)  # the faulty ones are not in the mean
    assert hour["so2_kg"] == (pytest.approx(10) if is_valid else None)
    assert hour["valid_pm"]


def test_absent_minutes_do_not_count_and_read_no_contact():
    hour = first_hour(minutes(44))
    assert (hour["n_so2"], hour["valid_so2"], hour["so2_flag"]) == (44, False, "B")


def test_records_of_ten_minutes_stand_for_ten():
    assert first_hour(minutes(5, interval=10), interval=10)["n_so2"] == 50
    assert first_hour(minutes(5, interval=10), interval=10)["valid_so2"]
    assert not first_hour(minutes(4, interval=10), interval=10)["valid_so2"]


def test_without_flag_a_value_is_normal_and_without_value_nothing_counts():
    assert first_hour(change(minutes(), 0, 60, so2_flag=None))["n_so2"] == 60
    hour = first_hour(change(minutes(), 0, 60, so2=None))
    assert (hour["n_so2"], hour["so2"], hour["so2_flag"]) == (0, None, "B")


def test_the_worst_flag_names_the_hour():
    frame = minutes()
    for n, flag in enumerate(["B", "S", "T", "M", "C", "D"]):
        frame = change(frame, n * 4, n * 4 + 4, so2_flag=flag)
        assert first_hour(change(frame, 40, 60, so2_flag="B"))["so2_flag"] == flag
    assert first_hour(change(frame, 59, 60, so2_flag="F"))["so2_flag"] == "F"
    assert first_hour(change(minutes(), 0, 30, so2_flag="P"))["so2_flag"] == "P"  # unknown: kept, not counted


def test_conversion_is_minute_by_minute():
    # Half of the hour at 9 % (x 1.25), half at 18 % (x 5): mean of 62.5 and 250 = 156.25.
    # Folded from the means (50 at 13.5 %) it would be 100.
    hour = first_hour(change(minutes(), 30, 60, o2=18.0))
    assert hour["so2_zs"] == pytest.approx(156.25)
    assert hour["so2"] == pytest.approx(50)
    assert hour["o2"] == pytest.approx(13.5)


def test_amount_is_of_concentration_and_flow_of_the_same_minute():
    # 50 mg at 200 000 = 10 kg/h for one half, 10 mg at 100 000 = 1 kg/h for the other: 5.5, not 30 x 150 000 = 4.5
    hour = first_hour(change(minutes(), 30, 60, so2=10.0, flow=100_000.0))
    assert hour["so2_kg"] == pytest.approx(5.5)


def test_what_is_made_of_two_quantities_needs_45_minutes_of_both():
    hour = first_hour(change(change(minutes(), 0, 10, o2_flag="D", flow_flag="D"), 50, 60, so2_flag="C"))
    assert hour["valid_so2"]
    assert hour["valid_o2"]
    assert hour["valid_flow"]
    assert hour["so2_zs"] is None  # 40 minutes
    assert hour["so2_kg"] is None
    assert hour["pm_zs"] == pytest.approx(62.5)  # 50 minutes


def test_gas_like_air_takes_the_pollutant_out_where_it_is_converted():
    frame = change(minutes(), 40, 60, o2=20.6, so2=1.0, flow=100_000.0)
    hour = first_hour(frame)
    assert (hour["n_so2"], hour["valid_so2"], hour["so2_flag"]) == (40, False, "F")
    assert hour["n_o2"] == 60
    plain = first_hour(frame, ref_o2=None)
    assert (plain["n_so2"], plain["valid_so2"], plain["so2_zs"]) == (60, True, None)
    assert plain["so2"] == pytest.approx((40 * 50 + 20) / 60)
    # With the oxygen analyser at fault its 20.6 % says nothing.
    assert first_hour(change(frame, 40, 60, o2_flag="D"))["n_so2"] == 60


@pytest.mark.parametrize(
    ("load", "flow", "flag"),
    [
        (None, 149_000.0, "F"),  # 29.8 % of the rated 500 000 m³/h
        (None, 150_000.0, "D"),
        (None, None, "F"),  # nothing is known: a stop
        (5.0, 400_000.0, "F"),  # the fan runs on, the boiler does not
        (80.0, 400_000.0, "D"),  # a leak may not pass for a stop: the hour would be excused and 0 kg
    ],
)
def test_gas_like_air_is_a_stop_unless_the_source_works(load, flow, flag):
    hour = first_hour(change(minutes(), 0, 60, o2=20.9, load=load, flow=flow))
    assert (hour["valid_so2"], hour["so2_flag"]) == (False, flag)


def test_below_the_reference_the_measured_value_counts_where_the_rules_say_so():
    frame = change(minutes(), 0, 60, o2=2.0)
    assert first_hour(frame, ref_o2=3.0)["so2_zs"] == pytest.approx(50 * 18 / 19)
    rto = outlets(3.0).with_columns(process=pl.lit("voc_combustion"))
    assert hours(frame, rto, NO_MARKS, RULES)["so2_zs"].to_list() == pytest.approx([50])


def test_device_mark_takes_minutes_out_condition_mark_does_not():
    span = at(0, 0.5), at(0, 0.75)
    device = first_hour(minutes(), mark(*span))
    assert (device["n_so2"], device["valid_so2"], device["mark"]) == (45, True, "维护")
    longer = first_hour(minutes(), mark(at(0, 0.5), at(0, 0.75) + timedelta(seconds=1)))
    assert (longer["n_so2"], longer["valid_so2"], longer["so2_flag"]) == (44, False, "M")
    condition = first_hour(minutes(), mark(*span, code="启炉", kind="condition"))
    assert (condition["n_so2"], condition["valid_so2"], condition["mark"]) == (60, True, "启炉")


def test_a_mark_touches_a_record_with_any_part_of_its_interval():
    frame = minutes(6, interval=10)
    hour = first_hour(frame, mark(at(0) + timedelta(minutes=19), at(0) + timedelta(minutes=21)), interval=10)
    assert hour["n_so2"] == 40
    hour = first_hour(frame, mark(at(0) + timedelta(minutes=20), at(0) + timedelta(minutes=30)), interval=10)
    assert hour["n_so2"] == 50


@pytest.mark.parametrize(
    ("code", "flag"), [("校准", "C"), ("CEMS故障", "D"), ("CEMS停运", "D"), ("通讯中断", "B")]
)
def test_flag_of_a_device_mark(code, flag):
    assert first_hour(minutes(), mark(at(0), at(0, 1), code=code))["so2_flag"] == flag


def test_overlapping_marks_and_marks_over_several_hours():
    marks = pl.concat(
        [
            mark(at(0, 0.9), at(0, 3), code="维护"),
            mark(at(0, 1), at(0, 1.5), code="校准"),
            mark(at(0, 2.5), at(0, 2.6), code="停炉", kind="condition"),
            mark(at(0, 2), at(0, 2.1), code="校准"),
            mark(at(0, 0), at(9), site="B"),
        ]
    )
    made = hours(minutes(240), outlets(), marks, RULES)
    assert made["mark"].to_list() == ["维护", "校准,维护", "停炉,校准,维护", None]
    assert made["n_pm"].to_list() == [54, 0, 0, 60]


def test_each_minute_belongs_to_the_hour_of_its_start_and_to_its_outlet():
    both = pl.concat([minutes(61, since=at(0, 0.5)), change(minutes(60, site="B"), 0, 60, pm=7.0)])
    made = hours(both, pl.concat([outlets(), outlets(site="B", ref_o2=None)]), NO_MARKS, RULES)
    assert made.select("site", "start", "n_pm").rows() == [
        ("A", at(0), 30),
        ("A", at(0, 1), 31),
        ("B", at(0), 60),
    ]
    assert made["pm"].to_list() == [50, 50, 7]


def test_minutes_of_an_unknown_outlet_are_refused():
    with pytest.raises(ValueError, match="register: X"):
        hours(minutes(site="X"), outlets(), NO_MARKS, RULES)
    assert hours(minutes(0), outlets(), NO_MARKS, RULES).schema == HOURS


def test_whole_hours_have_the_absent_ones_too():
    made = hours(pl.concat([minutes(60), minutes(60, since=at(0, 3))]), outlets(), NO_MARKS, RULES)
    marks = mark(at(0, 1), at(0, 1.2), code="停炉", kind="condition")
    full = whole_hours(made, ["A", "B"], marks, since=at(0), until=at(0, 3))
    assert full.schema == HOURS
    assert full["site"].to_list() == ["A"] * 3 + ["B"] * 3
    a = full.filter(pl.col("site") == "A")
    assert a["valid_so2"].to_list() == [True, False, False]
    assert a["so2_flag"].to_list() == ["N", "B", "B"]
    assert a["n_so2"].to_list() == [60, 0, 0]
    assert a["mark"].to_list() == [None, "停炉", None]


def test_nothing_depends_on_the_order_of_the_minutes():
    frame = change(minutes(600), 100, 140, so2_flag="D")
    marks = mark(at(0, 4.2), at(0, 4.9))
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    one, two = hours(frame, outlets(), marks, RULES), hours(shuffled, outlets(), marks, RULES)
    assert one.select(pl.exclude(pl.Float64)).equals(two.select(pl.exclude(pl.Float64)))
