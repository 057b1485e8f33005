"""Every check: an episode that must fire, and a near miss that must not (fixtures: how much of it there is)."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.outages import OUTAGES
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.decisions import USUAL, Barred, Pass, Rules, Settings
from bihuan.scenarios.vehicle_users.checks import CHECKS
from bihuan.scenarios.vehicle_users.tables import GATES, LISTED, ORDERS, TOLD, UNITS, Gates
from bihuan.simulate.gates.fleet import vin

NOW = datetime(2019, 1, 8, 20, tzinfo=CST).astimezone(UTC)
D = datetime(2019, 1, 4, tzinfo=CST).astimezone(UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LAST = D + 4 * DAY
VISITS = 30
ORDERED = D + 3 * DAY
KEYS = {c.key: c for c in CHECKS}
Rows = pl.DataFrame


def day_rows(day: datetime) -> Rows:
    """Thirty visits of thirty vehicles, all good."""
    rows = []
    for n in range(VISITS):
        for direction, at in (
            ("in", day + 8 * HOUR + n * 20 * MINUTE),
            ("out", day + 8 * HOUR + (n * 20 + 15) * MINUTE),
        ):
            out = direction == "out"
            rows.append({
                "site": "V001-G1", "start": at, "number": f"{at:%m%d%H%M}{direction}", "unit": "V001", "direction": direction, "plate": f"晋C1{n:04d}",
                "plate_sent": f"晋C1{n:04d}", "colour": "yellow", "noted": "", "vehicle_type": "H11", "vin": vin(n), "registered": "2018-06-01", "fuel": "diesel",
                "stage": "5", "stage_source": "list", "permitted_kg": 49000.0, "gross_kg": 46500.0 if out else None, "tare_kg": 15500.0 if out else None,
                "net_kg": 31000.0 if out else None, "photos": "a.jpg", "photo_sum": f"{at:%m%d%H%M}", "photo_time": at, "allowed": 1, "opened": "auto",
                "decided_by": "centre", "sent": at, "received": at + MINUTE,
            })  # fmt: skip
    return pl.DataFrame(rows, schema=TOLD, orient="row")


BASE = pl.concat([day_rows(D + n * DAY) for n in range(-3, 5)])


def world(rows: Rows = BASE, level: str = "", rules: Rules = Rules()) -> Gates:  # noqa: B008 - frozen
    units = [("V001", "140321", "C", False), ("V002", "140321", "C", False)]
    gates = [
        ("V001-G1", "V001", "goods", True, 113.6, 37.8),
        ("V001-G2", "V001", "side", False, 113.6, 37.8),
        ("V002-G1", "V002", "goods", False, 113.9, 37.8),
    ]
    orders = [("140300", level, D + 3 * DAY, D + 4 * DAY)] if level else []
    listed = [(f"晋C1{n:04d}", "yellow", "diesel", "5") for n in range(VISITS) if not level]
    return Gates(
        NOW, NOW - 8 * DAY, pl.DataFrame(units, UNITS, orient="row"), pl.DataFrame(gates, GATES, orient="row"), rows.filter(pl.col("received") <= NOW).sort("site", "start"),
        pl.DataFrame(listed, LISTED, orient="row"), pl.DataFrame(orders, ORDERS, orient="row"), rules, pl.DataFrame(schema=OUTAGES),
    )  # fmt: skip


def first(n: int, *, day: datetime = LAST, direction: str = "") -> Rows:
    """The first rows of a day."""
    rows = BASE.filter(pl.col("start") >= day, pl.col("start") < day + DAY).sort("start")
    return (rows.filter(pl.col("direction") == direction) if direction else rows).head(n)


def changed(chosen: Rows, **what: pl.Expr) -> Rows:
    """The base with some rows that tell something else."""
    left = BASE.join(chosen, on=["site", "start", "number"], how="anti")
    return pl.concat([left, chosen.with_columns(**what).cast(TOLD)])


def lit(value: object) -> pl.Expr:
    return pl.lit(value)


def without(chosen: Rows) -> Rows:
    return BASE.join(chosen, on=["site", "start", "number"], how="anti")


def moved(by: timedelta) -> dict[str, pl.Expr]:
    return {c: pl.col(c) + by for c in ("start", "photo_time", "sent", "received")}


def again(chosen: Rows, by: timedelta, **what: object) -> Rows:
    other = {k: lit(v) for k, v in what.items()}
    return pl.concat(
        [
            BASE,
            chosen.with_columns(**moved(by))
            .with_columns(number=lit("x") + pl.col("number"), **other)
            .cast(TOLD),
        ]
    )


def denied(n: int) -> Rows:
    turned = first(2, day=D + 3 * DAY, direction="in").tail(n) if n else BASE.head(0)
    rows = without(turned)
    refused = turned.with_columns(allowed=lit(0), stage=lit("4")).cast(TOLD)
    later = turned.with_columns(**moved(12 * MINUTE)).with_columns(stage=lit("4"), number=lit("y")).cast(TOLD)
    return pl.concat([rows, refused, later])


def blind(n: int) -> Rows:
    weighed = first(n, direction="out").with_columns(**moved(-7 * HOUR)).with_columns(direction=lit(None))
    return pl.concat([BASE, weighed.cast(TOLD)])


def ordered_day(n: int) -> Rows:
    """The day of the order has only so many visits."""
    ins = first(60, day=D + 3 * DAY)
    return without(ins.tail(60 - 2 * n))


Change = Callable[[int], Rows]
CHANGES: dict[str, Change] = {
    "gate.barred_in": lambda n: changed(first(n, day=D + 3 * DAY, direction="in"), stage=lit("4")),
    "gate.denied_in": denied,
    "gate.alert_silent": ordered_day,
    "gate.not_fewer": ordered_day,
    "gate.silent": lambda n: BASE.filter(pl.col("start") <= NOW - n * HOUR),
    "gate.blind": blind,
    "gate.late": lambda n: changed(first(n), received=pl.col("received") + 2 * HOUR),
    "gate.upload_share": lambda n: without(first(n, day=D, direction="out")),
    "gate.clock_ahead": lambda n: changed(first(n), received=pl.col("start") - 10 * MINUTE),
    "gate.clock_behind": lambda n: changed(first(200), received=pl.col("start") + n * MINUTE),
    "gate.photo_repeat": lambda n: changed(first(n), photo_sum=lit("same")),
    "gate.photo_missing": lambda n: changed(first(n), photos=lit(None), photo_sum=lit(None)),
    "gate.photo_hour": lambda n: changed(first(n), photo_time=pl.col("start") - HOUR),
    "gate.unknown_gate": lambda n: changed(first(n), site=lit("V001-G9")),
    "gate.doubled": lambda n: again(first(n), timedelta(milliseconds=300)) if n > 3 else again(first(n), 2 * MINUTE),
    "gate.clone": lambda n: again(first(1, direction="in"), n * MINUTE, site="V002-G1", unit="V002"),
    "gate.two_gates": lambda n: again(first(1, direction="in"), timedelta(seconds=n), site="V001-G2"),
    "gate.stage_above": lambda n: changed(first(n), stage=lit("6")),
    "gate.stage_date": lambda n: changed(first(1), registered=lit(f"{n}-01-01")),
    "gate.fuel": lambda n: changed(first(n), fuel=lit("electric")),
    "gate.vin_wrong": lambda n: changed(first(n), vin=lit("LZZ5EXSD0KA123459")),
    "gate.vin_shared": lambda n: changed(first(n, direction="in"), vin=lit(vin(99))),
    "gate.plate_form": lambda n: changed(first(n), plate_sent=lit("晋C12")),
    "gate.no_plate": lambda n: changed(first(n), plate=lit(""), plate_sent=lit("")),
    "gate.no_out": lambda n: without(first(n, day=D, direction="out")),
    "gate.tare": lambda n: changed(first(1, direction="out"), tare_kg=pl.col("tare_kg") + n),
    "gate.no_weight": lambda n: changed(first(n, direction="out"), net_kg=lit(None), gross_kg=lit(None), tare_kg=lit(None)),
    "gate.weights": lambda n: changed(first(n, direction="out"), net_kg=lit(32_000.0)),
    "gate.manual": lambda n: changed(first(n), opened=lit("manual")),
    "gate.side_goods": lambda n: changed(first(n, direction="in"), site=lit("V001-G2")),
    "gate.night_burst": lambda n: changed(first(n, direction="in"), start=pl.col("start") - pl.duration(hours=7) - (pl.int_range(pl.len()) * pl.duration(minutes=6))),
    "gate.unlisted": lambda n: changed(first(n), plate=lit("晋C99999")),
}  # fmt: skip
LEVELS = dict.fromkeys(("gate.barred_in", "gate.denied_in", "gate.alert_silent", "gate.not_fewer"), "orange")


def cases(name: str) -> list[tuple[str, int]]:
    with (Path(__file__).parent / "fixtures" / name).open(encoding="utf-8", newline="") as file:
        return [(row["check"], int(row["n"])) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("key", "n"), cases("episode.csv"))
def test_an_episode_is_found(key: str, n: int) -> None:
    found = KEYS[key].run(world(CHANGES[key](n), LEVELS.get(key, "")))
    assert found.height >= 1
    assert set(found["target"]) <= {"V001", "V002", "V001-G1"}
    assert (found["until"] > found["start"]).all()


@pytest.mark.parametrize(("key", "n"), cases("near_miss.csv"))
def test_a_near_miss_is_none(key: str, n: int) -> None:
    assert KEYS[key].run(world(CHANGES[key](n), LEVELS.get(key, ""))).is_empty()


def test_each_check_has_an_episode_and_a_near_miss() -> None:
    assert {k for k, _n in cases("episode.csv")} == {k for k, _n in cases("near_miss.csv")} == set(KEYS)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_nothing_is_said_without_records_or_of_good_ones(key: str) -> None:
    assert KEYS[key].run(world(BASE.clear())).is_empty()
    assert KEYS[key].run(world()).is_empty()


def test_our_own_outage_explains_silence_and_free_units_are_not_bound() -> None:
    quiet = world(BASE.filter(pl.col("start") <= NOW - 27 * HOUR))
    down = pl.DataFrame([(NOW - 20 * HOUR, NOW - 10 * HOUR)], OUTAGES, orient="row")
    assert KEYS["gate.silent"].run(replace(quiet, outages=down)).is_empty()
    barred = world(CHANGES["gate.barred_in"](1), "orange")
    free = barred.units.with_columns(guaranteed=pl.lit(value=True))
    assert KEYS["gate.barred_in"].run(replace(barred, units=free)).is_empty()
    ruled = barred.passages.with_columns(rule=pl.lit("R1"))
    assert KEYS["gate.barred_in"].run(replace(barred, passages=ruled)).is_empty()


def test_who_holds_an_exception_there_and_then_is_no_barred_one() -> None:
    rows = CHANGES["gate.barred_in"](1)
    [plate] = first(1, day=D + 3 * DAY, direction="in")["plate"]

    def found(at: str, since: datetime, until: datetime) -> int:
        held = Rules(passes=(Pass(plate, "emergency", since, until, at),))
        return KEYS["gate.barred_in"].run(world(rows, "orange", held)).height

    assert found("", ORDERED, ORDERED + DAY) == 0
    assert found("V001", ORDERED, ORDERED + DAY) == 0
    assert found("V002", ORDERED, ORDERED + DAY) == 1, "it holds for another unit"
    assert found("", ORDERED - DAY, ORDERED) == 1, "it was over"


def test_what_a_city_settles_about_decisions_holds_for_the_checks_too() -> None:
    rows = CHANGES["gate.barred_in"](1)
    last, usual = (
        ORDERED - DAY,
        next(row for row in USUAL if row.rule == "orange_stage_4" and row.since <= date(2019, 1, 1)),
    )

    def found(*barred: Barred, **settings: object) -> int:
        rules = Rules(barred, Settings(**settings))  # type: ignore[arg-type]  # as they are given
        return KEYS["gate.barred_in"].run(world(rows, "orange", rules)).height

    assert found(usual) == 1
    milder = replace(usual, stage=3, since=last.astimezone(CST).date())
    assert found(usual, milder) == 0, "a later row stands in the place of an earlier one of its rule"
    assert found(usual, replace(milder, since=date(2020, 1, 1))) == 1
    assert found(usual, grades=("C",)) == 0
