"""Remote sensing, instruments and terminals: an episode that must be told and a near miss that must not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.vehicles.roadside.instruments import drifts, stuck, valid_shares
from bihuan.domain.vehicles.roadside.limits import with_no
from bihuan.domain.vehicles.roadside.sensing import Power, judged, repeated
from bihuan.domain.vehicles.roadside.tables import SECONDS, SENSED
from bihuan.domain.vehicles.roadside.terminals import days, minutes

T = datetime(2019, 1, 10, 2, tzinfo=UTC)
LIMITS = with_no(1500, "试")
DAY = timedelta(days=1)


def records(*rows: dict[str, Any]) -> pl.DataFrame:
    """Valid records of one diesel lorry, changed."""
    usual = {
        "site": "R1", "lane": "1", "start": T, "plate": "晋C12345", "plate_sent": "晋C12345", "colour": "yellow", "noted": "", "vsp": 8.0, "fuel": "diesel",
        "weather": "clear", "valid": "yes", "known_fuel": "", "opacity": 5.0, "no": 300.0,
    }  # fmt: skip
    return pl.DataFrame([usual | r for r in rows], schema={**SENSED, "known_fuel": pl.String()}, orient="row")


def told(**changed: Any) -> tuple[str, str]:
    return judged(records(changed), LIMITS, Power()).select("why", "over").row(0)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"opacity": 30.0}, ("", "")),  # the limit itself is kept
        ({"opacity": 30.1}, ("", "opacity")),
        ({"no": 1500.5, "opacity": 31.0}, ("", "opacity no")),
        ({"ringelmann": 2.0}, ("", "ringelmann")),
        ({"opacity": 45.0, "vsp": 20.1}, ("vsp", "")),
        ({"opacity": 45.0, "vsp": -0.1}, ("vsp", "")),
        ({"opacity": 45.0, "vsp": None}, ("no_vsp", "")),
        ({"opacity": 45.0, "weather": "rain"}, ("weather", "")),
        ({"opacity": 45.0, "valid": "no"}, ("flag", "")),
        ({"opacity": 45.0, "plate": ""}, ("plate", "")),
        ({"opacity": 45.0, "fuel": ""}, ("no_fuel", "")),
        ({"opacity": 45.0, "fuel": "petrol"}, ("", "")),  # no limit is known for it
        (
            {"opacity": 45.0, "fuel": "petrol", "known_fuel": "diesel"},
            ("", "opacity"),
        ),  # the list counts before the road
        (
            {"opacity": 45.0, "start": datetime(2017, 7, 26, 15, tzinfo=UTC)},
            ("", ""),
        ),  # the day before the standard
        ({"opacity": 45.0, "start": datetime(2017, 7, 26, 16, tzinfo=UTC)}, ("", "opacity")),
    ],
)
def test_a_record_exceeds_only_where_it_is_valid_and_a_limit_is_in_force(
    changed: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert told(**changed) == expected


def again(*rows: dict[str, Any], times: int = 2, last: int = 2) -> list[tuple[str, int]]:
    found = repeated(judged(records(*rows), LIMITS, Power()), times=times, last=last, months=6)
    return list(found.select("item", "n").iter_rows())


def test_it_counts_when_it_is_repeated_of_the_same_item_within_six_months() -> None:
    first, second = {"opacity": 40.0}, {"opacity": 40.0, "start": datetime(2019, 7, 10, 2, tzinfo=UTC)}
    assert again(first, second) == [("opacity", 2)]
    assert again(first, second | {"start": second["start"] + timedelta(seconds=1)}) == []  # type: ignore[operator]
    assert again(first) == []
    assert again(first, {"no": 2000.0, "start": T + DAY}) == []
    assert again(first, {"opacity": 40.0, "start": T + DAY, "plate": "晋C54321"}) == []
    assert again(first, {"opacity": 40.0, "start": T + DAY, "colour": "blue"}) == []


def test_a_clean_record_between_breaks_the_row_and_an_invalid_one_does_not() -> None:
    clean, third = {"start": T + DAY}, {"opacity": 40.0, "start": T + 2 * DAY}
    assert again({"opacity": 40.0}, clean, third) == []
    assert again({"opacity": 40.0}, clean, third, last=3) == [("opacity", 2)]
    assert again({"opacity": 40.0}, clean | {"weather": "rain"}, third) == [("opacity", 2)]


def test_values_that_stand_still_are_the_instruments() -> None:
    same = [{"start": T + timedelta(minutes=n), "no": 412.5} for n in range(30)]
    found = stuck(records(*same), 30)
    assert list(found.select("site", "item", "n", "value").iter_rows()) == [("R1", "no", 30, 412.5), ("R1", "opacity", 30, 5.0)]  # fmt: skip
    assert stuck(records(*same[:29]), 30).is_empty()
    assert stuck(records(*({**r, "no": 0.0, "opacity": 0.0} for r in same)), 30).is_empty()
    other_lane = [{**r, "lane": "12"[n % 2]} for n, r in enumerate(same)]
    assert stuck(records(*other_lane), 30).is_empty()


def test_few_valid_records_are_the_instruments_but_not_in_rain() -> None:
    rows = [{"start": T + timedelta(minutes=n), "valid": "no" if n < 6 else "yes"} for n in range(10)]
    (row,) = valid_shares(judged(records(*rows), LIMITS, Power())).iter_rows(named=True)
    assert (row["n"], round(row["share"], 3)) == (10, 0.4)
    wet = [r | {"weather": "rain", "valid": "yes"} for r in rows]
    assert valid_shares(judged(records(*wet), LIMITS, Power())).is_empty()


def test_drift_is_told_beside_two_other_points() -> None:
    def day(site: str, no: float) -> list[dict[str, Any]]:
        return [{"site": site, "start": T + timedelta(minutes=n), "no": no + n} for n in range(20)]

    three = [*day("R1", 900), *day("R2", 300), *day("R3", 310)]
    rows = drifts(judged(records(*three), LIMITS, Power()), least=20).filter(pl.col("item") == "no")
    ratios = dict(rows.select("site", "ratio").iter_rows())
    assert round(ratios["R1"], 2) == round(909.5 / 314.5, 2)
    assert ratios["R2"] < 1
    assert drifts(judged(records(*three[:40]), LIMITS, Power()), least=20).is_empty()


def seconds(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{"site": "V", "start": T} | r for r in rows], schema=SECONDS, orient="row")


def test_seconds_become_minutes_and_unknown_stays_unknown() -> None:
    rows = seconds(
        {"speed": 10.0, "reagent": 50.0, "mil": 0.0, "odometer": 7.0},
        {"start": T + timedelta(seconds=59), "speed": 20.0, "reagent": 49.0, "mil": 1.0, "odometer": 8.0},
        {"start": T + timedelta(seconds=60), "nox": 0.0},
    )
    first, second = minutes(rows).iter_rows(named=True)
    assert (first["speed"], first["reagent"], first["mil"], first["odometer"], first["nox"], first["rows"]) == (15.0, 49.0, 1.0, 8.0, None, 2)  # fmt: skip
    assert (second["speed"], second["nox"], second["rows"]) == (None, 0.0, 1)


def test_a_day_of_a_terminal() -> None:
    rows = [
        {"start": T + timedelta(minutes=n), "speed": 60.0, "nox": 700.0 if n % 2 else None, "scr": 250.0, "reagent": 10.0 - n, "mil": 1.0, "odometer": 100.0 + n,
         "dpf": 5.0} for n in range(10)
    ]  # fmt: skip
    (day,) = days(minutes(seconds(*rows, {"start": T + timedelta(minutes=20), "speed": 0.0, "nox": 9999.0, "scr": 300.0}))).iter_rows(named=True)  # fmt: skip
    assert {k: day[k] for k in ("driving", "km", "nox", "warm", "used", "empty", "mil", "nox_values", "dpf_values")} == {
        "driving": 10, "km": 9.0, "nox": 700.0, "warm": 5, "used": 9.0, "empty": 2, "mil": 10, "nox_values": 1, "dpf_values": 1,
    }  # fmt: skip
