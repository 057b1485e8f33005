"""Each suspicion on an episode that must be seen and a near miss that must not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from bihuan.domain.vehicle_tests import rates, seen_in_curves, seen_in_records
from bihuan.domain.vehicle_tests.forensics import looked_at
from bihuan.domain.vehicle_tests.tables import CHANNELS, CHECKED, TESTS, TRACES

BEGIN = datetime(2019, 6, 3, 1, 0, tzinfo=UTC)  # 09:00 in China
GIVEN = {
    "site": "S1", "line": "1", "inspector": "J1", "plate": "晋C12345", "colour": "蓝", "vin": "", "fuel": "汽油", "stage": "5", "method": "asm",
    "reason": "", "result": "pass", "nth": 1, "software": "V1", "cal_id": "", "cvn": "", "obd_vin": "", "mil": "off", "obd": "yes",
}  # fmt: skip
Row = dict[str, Any]


def drives(*rows: Row) -> pl.DataFrame:
    """Tests of 90 s, each ten minutes after the one before where no other time (`at`, minutes) is given."""
    made = []
    for n, row in enumerate(rows):
        start = BEGIN + timedelta(minutes=row.get("at", 10 * n))
        until = start + timedelta(seconds=row.get("lasts", 90))
        made.append({"test": f"T{n}", "start": start, "until": until} | GIVEN | {k: v for k, v in row.items() if k not in ("at", "lasts")})  # fmt: skip
    return pl.DataFrame(made, schema=TESTS)


def wave(seed: int, seconds: int = 90, level: float = 60.0, digits: int = 0) -> list[float]:
    rng = np.random.default_rng(seed)
    return [round(float(v), digits) for v in level * (1 + 0.1 * rng.standard_normal(seconds))]


def gas(test: str, seed: int, **more: Any) -> Row:
    """Curves of a petrol car of its own."""
    curves = {
        "hc": wave(seed),
        "no": wave(seed + 1000, level=300),
        "co": wave(seed + 2000, level=0.4, digits=2),
        "co2": [14.0] * 90,
    }
    return {"test": test, **curves} | more


def traces(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(CHANNELS) | row for row in rows], schema=TRACES)


def changed(row: Row, how: Any, test: str) -> Row:
    return row | {"test": test} | {c: how(np.array(row[c])).tolist() for c in ("hc", "no", "co")}


COPIES = {
    "as it is": lambda c: c,
    "with noise": lambda c: c * (1 + 0.01 * np.random.default_rng(5).standard_normal(len(c))),
    "five seconds later": lambda c: np.concatenate([c[:5], c[:-5]]),
    "scaled": lambda c: c * 0.85,
    "lifted": lambda c: c + c.mean() / 3,
}


@pytest.mark.parametrize("how", COPIES)
def test_a_copied_curve_is_found_at_another_station_and_the_later_one_is_the_copy(how: str) -> None:
    others = [gas(f"T{n}", n) for n in range(2, 40)]
    first = gas("T0", 0)
    of = traces(first, *others, changed(first, COPIES[how], "T1"))
    found = seen_in_curves.copied(drives({}, {"site": "S2", "at": 1000}), looked_at([of]).copies)
    assert found.select("test", "other", "site").rows() == [("T1", "T0", "S2")]
    assert ("错开 5 s" in found["note"][0]) == (how == "five seconds later")


def test_cars_of_like_exhaust_are_no_copies_and_a_part_may_hold_the_other() -> None:
    alike = [gas(f"T{n}", n, co2=[14.0] * 90) for n in range(300)]
    assert looked_at([traces(*alike)]).copies.is_empty()
    parts = [traces(gas("T0", 0)), traces(gas("T1", 0))]
    assert looked_at(parts).copies.select("test", "other").rows() == [("T0", "T1")]


def seen(rows: pl.DataFrame, *curves: Row) -> pl.DataFrame:
    return seen_in_curves.with_features(rows, looked_at([traces(*curves)]).features)


def test_frozen_curves_are_seen_and_clean_air_is_not() -> None:
    still, clean = [60.0] * 90, [4.0] * 90
    table = seen(
        drives({}, {}, {}), gas("T0", 0, hc=still, no=[400.0] * 90), gas("T1", 1, hc=clean, no=[0.0] * 90, co=[0.0] * 90),
        gas("T2", 2, hc=still),
    )  # fmt: skip
    assert seen_in_curves.frozen(table)["test"].to_list() == ["T0"]


def test_thin_exhaust_is_seen_and_the_first_seconds_do_not_count() -> None:
    table = seen(drives({}, {}), gas("T0", 0, co2=[4.0] * 90), gas("T1", 1, co2=[0.0] * 30 + [14.0] * 60))
    found = seen_in_curves.diluted(table)
    assert found["test"].to_list() == ["T0"]
    assert found["size"][0] == pytest.approx(4.4, abs=0.1)


def test_a_short_test_is_seen_by_its_curve_or_its_times() -> None:
    rows = drives(
        {"method": "vmas"},
        {"method": "vmas"},
        {"method": "vmas", "lasts": 194},
        {"method": "vmas", "lasts": 195},
    )
    table = seen(rows, {"test": "T0", "hc": wave(1, 194)}, {"test": "T1", "hc": wave(1, 195)})
    assert seen_in_curves.too_short(table)["test"].to_list() == ["T0", "T2"]
    assert seen_in_curves.no_trace(table)["test"].to_list() == ["T2", "T3"]


def test_smoke_of_nothing_is_seen_but_not_of_a_car_with_a_filter() -> None:
    rows = drives({"method": "free"}, {"method": "free", "stage": "6"}, {"method": "free"})
    none = {"k": [0.0] * 60}
    table = seen(
        rows, {"test": "T0", **none}, {"test": "T1", **none}, {"test": "T2", "k": [0.0] * 59 + [0.01]}
    )
    assert seen_in_curves.zero_smoke(table)["test"].to_list() == ["T0"]


def test_a_sweep_must_go_below_the_80_percent_point() -> None:
    power = [float(100 - abs(n - 20)) for n in range(60)]
    far, near = [80.0 - n * 0.5 for n in range(60)], [80.0 - n * 0.2 for n in range(60)]
    table = seen(
        drives({"method": "lugdown"}, {"method": "lugdown"}), {"test": "T0", "speed": near, "power": power, "k": wave(1, 60)},
        {"test": "T1", "speed": far, "power": power, "k": wave(2, 60)},
    )  # fmt: skip
    assert seen_in_curves.short_sweep(table)["test"].to_list() == ["T0"]


RECORDS: dict[str, tuple[list[Row], list[str], list[Row]]] = {
    "overlap": ([{}, {"at": 1}], ["T1"], [{}, {"at": 1, "line": "2"}]),
    "too_close": ([{}, {"at": 4}], ["T1"], [{}, {"at": 5}]),
    "two_places": ([{}, {"at": 0, "line": "2"}], ["T1"], [{}, {"at": 0, "line": "2", "inspector": "J2"}]),
    "lottery": (
        [{"vin": "A", "result": "fail"}, {"vin": "A", "line": "2"}], ["T1"], [{"vin": "A", "result": "fail"}, {"vin": "A"}],
    ),
    "software": ([{}, {"software": "V2"}], ["T1"], [{}, {"software": "V2", "line": "2"}]),
    "method_changed": (
        [{"vin": "A", "method": "lugdown"}, {"vin": "A", "method": "free"}], ["T1"],
        [{"vin": "A", "method": "lugdown"}, {"vin": "A", "method": "free", "reason": "全时四驱"}],
    ),
    "same_obd": (
        [{"vin": v, "obd_vin": "A"} for v in "ABC"], ["T1", "T2"], [{"vin": v, "obd_vin": "A"} for v in "AB"],
    ),
    "calibration_clone": (
        [{"vin": f"{m}3456789012345{n}", "cal_id": "C", "cvn": "1"} for n, m in enumerate(("LSV", "LFV", "LGB", "LSV", "LFV"))],
        ["T0", "T1", "T2", "T3", "T4"],
        [{"vin": f"{m}3456789012345{n}", "cal_id": "C", "cvn": "1"} for n, m in enumerate(("LSV", "LFV", "LSV", "LSV", "LFV"))],
    ),
    "wrong_result": (
        [{"hc_5025": 91.0, "co_5025": 0.1, "no_5025": 1.0}], ["T0"], [{"hc_5025": 90.0, "co_5025": 0.1, "no_5025": 1.0}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", RECORDS)
def test_records_give_it_away_and_the_near_miss_does_not(kind: str) -> None:
    episode, expected, near = RECORDS[kind]
    suspected = getattr(seen_in_records, kind)
    assert suspected(drives(*episode))["test"].to_list() == expected
    assert suspected(drives(*near)).is_empty()


def test_an_inspector_needs_time_to_another_station() -> None:
    far = [{}, {"at": 9, "site": "S2"}]
    assert seen_in_records.two_places(drives(*far))["test"].to_list() == ["T1"]
    assert seen_in_records.two_places(drives({}, {"at": 12, "site": "S2"})).is_empty()


def test_the_same_air_for_hours_is_seen_and_a_quiet_hour_is_not() -> None:
    air = {"temperature": 20.1, "humidity": 40.0, "pressure": 93.2}
    long = [air | {"at": 20 * n} for n in range(12)]
    assert seen_in_records.same_air(drives(*long)).height == 12
    assert seen_in_records.same_air(drives(*[a | {"at": 10 * n} for n, a in enumerate(long)])).is_empty()
    broken = [a | ({"temperature": 20.2} if n == 6 else {}) for n, a in enumerate(long)]
    assert seen_in_records.same_air(drives(*broken)).is_empty()


def test_the_daily_checks_of_a_line_come_before_its_first_test() -> None:
    rows = drives({}, {}, {"site": "S9"})
    early, late = BEGIN - timedelta(minutes=30), BEGIN + timedelta(minutes=5)

    def checked(**at: datetime) -> pl.DataFrame:
        return pl.DataFrame(
            [{"site": "S1", "start": t, "line": "1", "kind": k, "result": "pass"} for k, t in at.items()], schema=CHECKED
        )  # fmt: skip

    whole = checked(analyser=early, leak=early, coast_down=early)
    assert seen_in_records.no_daily(rows, whole).is_empty()
    found = seen_in_records.no_daily(rows, checked(analyser=early, leak=late))
    assert found.select("site", "test", "note").rows() == [("S1", "T0", "泄漏检查、测功机滑行检查")]


def test_a_pass_rate_is_compared_with_the_others_of_the_same_methods() -> None:
    """S1 passes 198 of 200, the others 360 of 400: the low end of its interval (94.3 %) lies above 90 %; of 50 tests none can be said."""
    rows = [{"site": "S1", "result": "fail" if n < 2 else "pass"} for n in range(200)]
    rows += [{"site": f"S{2 + n % 2}", "result": "fail" if n < 40 else "pass"} for n in range(400)]
    found = rates.far_above(rates.first_pass(drives(*rows)))
    assert found["site"].to_list() == ["S1"]
    assert found["expected"][0] == pytest.approx(0.9)
    assert rates.wilson(198, 200) == pytest.approx((found["low"][0], found["high"][0]))
    assert rates.far_above(rates.first_pass(drives(*rows[150:]))).is_empty()
