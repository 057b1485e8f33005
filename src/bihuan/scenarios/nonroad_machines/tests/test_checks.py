"""What must be found on a machine, what stays just within, and what is not known and says nothing."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.scenarios.checking import check
from bihuan.scenarios.nonroad_machines.checks import CHECKS, SEEN, STAGES
from bihuan.scenarios.nonroad_machines.sightings import Sighting, sightings
from bihuan.scenarios.nonroad_machines.tests.world import LON, checked, machine, zone
from tests.people import City
from tests.web.world import MINE, NOW


def fixture(name: str) -> pl.DataFrame:
    """Sightings of one moment."""
    table = pl.read_csv(
        Path(__file__).parent / "fixtures" / name,
        schema_overrides={"region": pl.String, "stage": pl.String, "least": pl.String},
    )
    text = [
        pl.col(c).cast(pl.String).fill_null("")
        for c in ("label", "engine", "registered", "stage", "barred", "least")
    ]
    return (
        table.with_columns(text)
        .with_columns(at=pl.lit(NOW), site=pl.lit("甲工地"))
        .select(list(SEEN))
        .cast(SEEN)
    )


def found(seen: pl.DataFrame, *stages: tuple[Any, ...]) -> dict[str, list[dict[str, Any]]]:
    """By check, its findings."""
    table = pl.DataFrame(list(stages), STAGES, orient="row")
    every = {c.key.removeprefix("machines."): c.run(seen, table).to_dicts() for c in CHECKS}
    return {key: rows for key, rows in every.items() if rows}


def test_each_trouble_is_found_about_its_machine_or_the_region() -> None:
    rows = found(fixture("episode.csv"), ("M9", "2", date(2017, 5, 1), "3", NOW))
    assert {k: [(r["target_kind"], r["target"], r["item"]) for r in v] for k, v in rows.items()} == {
        "unlabelled": [("region", "140321", "answer-1"), ("region", "140321", "answer-2")], "zone": [("nonroad_machine", "M3", "")],
        "swapped": [("nonroad_machine", "M2", "")], "smoke": [("nonroad_machine", "M1", "")], "stage": [("nonroad_machine", "M9", "")],
    }  # fmt: skip
    assert [r["title"] for r in rows["unlabelled"]] == [
        "甲工地：作业机械没有环保标牌",
        "甲工地：作业机械标牌 140321999A 没有登记",
    ]
    assert rows["zone"][0]["title"] == "国二机械在甲区使用，该区要求国三及以上"
    assert rows["smoke"][0]["title"] == "排气烟度 1.62 m⁻¹，超过限值 1.61 m⁻¹"
    assert rows["stage"][0]["title"] == "2017-05-01 出厂却登记为国二，当时至少应为国三（推断）"


def test_what_stays_within_or_is_not_known_is_nothing() -> None:
    """Smoke exactly at the limit; an engine number that nobody could read; a date before any limit."""
    assert found(fixture("near_miss.csv")) == {}


def only(city: City) -> Sighting:
    (one,) = sightings(NOW - timedelta(days=1), NOW)
    return one


@pytest.mark.parametrize("read", ["14O321OO1A", "I4032100IA", "１４０３２１００１Ａ", "140321-001 a"])
def test_a_label_is_matched_as_it_looks(place: City, read: str) -> None:
    machine(place)
    checked(place, label=read, engine="D2O1300001")
    one = only(place)
    assert one.machine is not None
    assert (one.machine.pk, one.swapped) == ("M1", False)


def test_the_engine_tells_a_label_that_belongs_to_another(place: City) -> None:
    machine(place)
    checked(place, engine="D201300002")
    assert only(place).swapped


def test_two_machines_of_one_look_match_none(place: City) -> None:
    machine(place)
    machine(place, "M2", label="14032100IA")
    checked(place)
    assert only(place).machine is None


@pytest.mark.parametrize(
    ("more", "lon", "barred"),
    [
        ({}, LON, True), ({}, LON + 0.011, False), ({"stage": "3"}, LON, False), ({"stage": ""}, LON, False),
        ({"fuel": "electric", "stage": ""}, LON, False),
    ],
)  # fmt: skip
def test_a_zone_bars_low_stages_inside_and_nothing_else(
    place: City, more: dict[str, Any], lon: float, barred: bool
) -> None:
    zone(place)
    machine(place, **more)
    checked(place, lon=lon)
    assert bool(only(place).barred) is barred


def test_a_zone_bars_only_between_its_days(place: City) -> None:
    zone(place, since=date(2019, 3, 1))
    machine(place)
    checked(place)
    assert only(place).barred == ()


def test_smoke_is_held_against_the_stricter_limit_inside_a_zone(place: City) -> None:
    """Stage 3 with 110 kW: 0.8 outside, 0.5 inside."""
    machine(place, stage="3")
    checked(place, smoke="0.7")
    assert (only(place).limit, only(place).smoky) == (0.8, False)
    zone(place)
    assert (only(place).limit, only(place).smoky) == (0.5, True)


def test_a_check_by_phone_becomes_findings_once(place: City) -> None:
    zone(place)
    machine(place)
    machine(place, "M2", label="140321002A", stage="2", made=date(2016, 4, 1))
    checked(place, smoke="2.4")
    checked(place, labelled="no")
    clock.set_replay(NOW + timedelta(hours=1), 0)
    for _ in range(2):
        for looks_at in ("seen", "stages"):
            check(clock.now(), lambda *_: None, looks_at=looks_at)
    rows = (
        Finding.objects.filter(check_key__startswith="machines.")
        .values_list("check_key", "target")
        .order_by("check_key")
    )
    assert list(rows) == [
        ("machines.smoke", "M1"),
        ("machines.stage", "M2"),
        ("machines.unlabelled", MINE),
        ("machines.zone", "M1"),
    ]
