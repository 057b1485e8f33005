"""Gates: the simulated world, pairing of ways in and out, the ledger and the month table."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest

from bihuan.domain.vehicles.ledger import ledger, marks
from bihuan.domain.vehicles.month import month_table
from bihuan.domain.vehicles.pairing import visits
from bihuan.domain.vehicles.passages import PASSAGES
from bihuan.domain.vehicles.vin import read_vin
from bihuan.simulate.gates.frauds import KINDS
from bihuan.simulate.gates.world import World, units_of

CST = timezone(timedelta(hours=8))
START = datetime(2019, 1, 1, tzinfo=CST)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = datetime(2019, 1, 2, 1, tzinfo=UTC)


def world(rate: float = 0.0, days: int = 4, seed: int = 3) -> World:
    places = [(f"V{n + 1:03d}", 113.0 + 0.1 * n, 37.8) for n in range(8)]
    return World(seed, units_of(places), START, START + days * DAY - HOUR, rate=rate, alerts=frozenset({date(2019, 1, 3)}))  # fmt: skip


def row(direction: str | None, hours: float, plate: str = "晋C12345", **more: Any) -> dict[str, Any]:
    start = AT + hours * HOUR
    given = {"site": "V001-G1", "start": start, "number": f"{hours}", "unit": "V001", "direction": direction, "plate": plate, "plate_sent": plate}  # fmt: skip
    return given | {"colour": "yellow", "photos": "a.jpg", "stage": "5", "stage_source": "list"} | more


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=PASSAGES, orient="row")


def test_the_world_tells_passages_alike_whatever_span_is_asked_for() -> None:
    made = world(rate=1.0)
    whole = made.frame(START, START + 4 * DAY)
    assert dict(whole.drop("received").schema) == PASSAGES
    again = world(rate=1.0).frame(START + 2 * DAY, START + 3 * DAY)
    kept = whole.filter(pl.col("start") >= START + 2 * DAY, pl.col("start") < START + 3 * DAY)
    assert again.sort("site", "start", "number").equals(kept.sort("site", "start", "number"))
    assert all(read_vin(v)[1] == "" for v in made.vehicles()["vin"])


def test_records_are_what_the_entrance_takes() -> None:
    made = world()
    (first, *_rest) = made.records(START, START + DAY)
    assert {"gate", "time", "number", "direction", "plate", "photo_time", "sent"} <= set(first)
    assert not {"site", "start", "unit", "received"} & set(first)
    assert datetime.fromisoformat(first["time"]).utcoffset() == 8 * HOUR
    assert len(made.records(START, START + DAY)) == made.frame(START, START + DAY).height


def test_every_kind_of_fraud_is_done_and_told() -> None:
    made = world(rate=1.5, days=30)
    made = World(3, made.units, made.start, made.end, rate=1.5, alerts=frozenset(made.days()[1::2]))
    truth = made.truth()
    assert set(truth["kind"]) == set(KINDS)
    assert (truth["from"] < truth["until"]).all()
    assert world(rate=0.0).truth().is_empty()


def test_barred_vehicles_are_turned_away_on_alert_days_only() -> None:
    denied = world().frame(START, START + 4 * DAY).filter(pl.col("allowed") == 0)
    assert denied.height
    assert set(denied["start"].dt.convert_time_zone("Asia/Shanghai").dt.date()) == {date(2019, 1, 3)}
    assert set(denied["stage"]) <= {"3", "4"}


def test_ways_in_and_out_are_paired_and_lost_ones_stay_alone() -> None:
    found = visits(
        table(row("in", 0), row("out", 1), row("in", 5), row("in", 9), row("out", 10), row("out", 12))
    )
    assert found.select("in_number", "out_number").rows() == [
        ("0", "1"),
        ("5", None),
        ("9", "10"),
        (None, "12"),
    ]


@pytest.mark.parametrize(
    "other", [{"plate": ""}, {"allowed": 0}, {"direction": None}, {"unit": "V002"}, {"plate": "晋C54321"}]
)
def test_what_is_no_way_of_this_vehicle_ends_no_visit(other: dict[str, Any]) -> None:
    found = visits(table(row("in", 0), row("out", 1) | other)).filter(unit="V001", plate="晋C12345")
    assert found["out_at"].to_list() == [None]


def test_marks_name_what_cannot_stand() -> None:
    wrong = row("in", 0, vin="LZZ5EXSD0KA123459", gross_kg=46000.0, tare_kg=15000.0, net_kg=30000.0, photos=None, stage=None, registered="2018-06-01", fuel="diesel")  # fmt: skip
    good = row("out", 1, gross_kg=46000.0, tare_kg=15000.0, net_kg=31000.0)
    told = marks(table(wrong, good, row("in", 2, plate="", plate_sent="")))
    assert [set(m.split()) for m in told["marked"]] == [
        {"vin", "stage", "weights", "photo"},
        set(),
        {"no_plate"},
    ]
    assert told["stage_hint"].to_list() == ["5", None, None]


def test_the_ledger_has_a_row_for_each_visit_and_for_those_without() -> None:
    rows = table(row("in", 0), row("out", 1, net_kg=31000.0, gross_kg=46000.0, tare_kg=15000.0), row("in", 2, plate="", plate_sent=""), row("in", 3, plate="晋C54321", allowed=0), row(None, 4))  # fmt: skip
    found = ledger(rows)
    assert found.select("plate", "net_kg", "marked").rows() == [("晋C12345", 31000.0, ""), ("", None, "no_plate"), ("晋C54321", None, "")]  # fmt: skip


def test_the_month_keeps_what_is_not_known_apart() -> None:
    rows = table(row("in", 0, fuel="diesel"), row("out", 1, fuel="diesel", net_kg=31000.0), row("in", 2, stage=None, net_kg=None), row(None, 4, net_kg=9000.0))  # fmt: skip
    found = month_table(rows.lazy()).collect()
    assert found.select("fuel", "stage", "passages", "tonnes", "weighed").rows() == [("diesel", "5", 2, 31.0, 1), (None, None, 1, 0.0, 0)]  # fmt: skip
