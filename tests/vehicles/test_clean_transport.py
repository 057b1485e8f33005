"""清洁运输: the worked example, what a passage brings, what would reach a goal, trucks and what they let out; what is unknown stays unknown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from bihuan.domain.vehicles.clean.columns import STAGE_COLUMNS, WAYS_OF, by_fuel, summed
from bihuan.domain.vehicles.clean.goals import goals_of
from bihuan.domain.vehicles.clean.goods import bulk
from bihuan.domain.vehicles.clean.reported import REPORTED, differing, share_of_reported
from bihuan.domain.vehicles.clean.share import NOTHING, may_be_new, new_energy, share_of, shares_by
from bihuan.domain.vehicles.clean.shifting import flows
from bihuan.domain.vehicles.clean.tonnes import (
    BATCHES,
    LOADS,
    WAYS,
    of_batches,
    of_ways,
    short_haul,
    together,
    ways_of,
)
from bihuan.domain.vehicles.clean.trucks import enough, to_replace, trucks_of
from bihuan.domain.vehicles.passages import PASSAGES
from bihuan.domain.vehicles.traffic.factors import factors_on, with_factors

AT = datetime(2025, 3, 4, 2, tzinfo=UTC)
MARCH = date(2025, 3, 1)
BEGIN, END = datetime(2025, 2, 28, 16, tzinfo=UTC), datetime(2025, 3, 31, 16, tzinfo=UTC)


def load(
    mode: str,
    tonnes: float,
    fuel: str | None = None,
    stage: str | None = None,
    unweighed: int = 0,
    cargo: str | None = None,
    unit: str = "V001",
) -> pl.DataFrame:
    row = (unit, MARCH, "in", cargo, mode, fuel, stage, tonnes, 1, unweighed)
    return pl.DataFrame([row], LOADS, orient="row")


STEEL = [
    load("rail", 5.0e6), load("belt", 1.5e6), load("pipeline", 0.5e6), load("road", 1.2e6, "electric", "electric"),
    load("road", 1.0e6, "diesel", "6"), load("road", 0.8e6, "diesel", "5"),
]  # fmt: skip


def test_the_steel_works_of_the_example() -> None:
    """10.0 Mt: rail 5.0, belt 1.5, pipeline 0.5, new energy 1.2, 国六 1.0, 国五 0.8 -> 82 %, with 国六 92 %."""
    share = share_of(pl.concat(STEEL))
    assert share.percent(six=False) == (Decimal("82.0"), Decimal("82.0"))
    assert share.percent(six=True) == (Decimal("92.0"), Decimal("92.0"))
    assert share.met(Decimal(80), six=False) is True
    assert share.to_shift(Decimal(85), six=False) == Decimal("300000")


def test_unknown_fuel_may_be_clean_and_unknown_stage_may_be_six() -> None:
    share = share_of(
        pl.concat(
            [
                load("rail", 60.0),
                load("road", 20.0, "diesel", "5"),
                load("road", 12.0),
                load("road", 8.0, "diesel"),
            ]
        )
    )
    assert share.percent(six=False) == (Decimal("60.0"), Decimal("72.0"))
    assert share.percent(six=True) == (Decimal("60.0"), Decimal("80.0"))
    assert share.met(Decimal(70), six=False) is None, "nobody can say"
    assert share.met(Decimal(75), six=False) is False
    assert share.met(Decimal(60), six=False) is True


def test_trips_without_weight_leave_a_goal_open_only_where_they_could_turn_it() -> None:
    """90 of 100 t; a trip of 49 t that is not clean makes it 90 of 149 t, 60.4 %, one that is clean 139 of 149 t, 93.3 %."""
    share = share_of(pl.concat([load("rail", 90.0), load("road", 10.0, "diesel", "5", unweighed=1)]))
    assert share.percent(six=False) == (Decimal("90.0"), Decimal("90.0")), "they are in no share"
    assert [share.met(Decimal(g), six=False) for g in (60, 61, 93, 94)] == [True, None, None, False]


def test_nothing_gives_no_share() -> None:
    assert share_of(pl.DataFrame(schema=LOADS)) == NOTHING
    assert NOTHING.percent(six=False) is None
    assert NOTHING.met(Decimal(80), six=False) is None


def test_an_electric_stage_of_a_truck_that_burns_diesel_is_unknown() -> None:
    share = share_of(
        pl.concat(
            [
                load("road", 50.0, "diesel", "electric"),
                load("road", 25.0, None, "electric"),
                load("road", 25.0, "hydrogen"),
            ]
        )
    )
    assert share.percent(six=False) == (Decimal("50.0"), Decimal("100.0"))
    assert share.unknown == 50
    rows = pl.DataFrame(
        {"fuel": ["diesel", None, "electric", None], "stage": ["electric", "electric", "5", None]}
    )
    assert rows.select(a=new_energy(), b=may_be_new()).rows() == [
        (False, True),
        (True, False),
        (True, False),
        (False, True),
    ]


def test_shares_are_told_by_group() -> None:
    both = shares_by(
        pl.concat([load("rail", 10.0), load("road", 30.0, "diesel", "5"), load("rail", 5.0, unit="V002")]),
        "unit",
    )
    assert {key: share.percent(six=False) for key, share in both.items()} == {
        ("V001",): (Decimal("25.0"), Decimal("25.0")), ("V002",): (Decimal("100.0"), Decimal("100.0")),
    }  # fmt: skip


def passages(*rows: dict[str, object]) -> pl.LazyFrame:
    usual = {
        "site": "V001-G1", "unit": "V001", "direction": "in", "plate": "晋C12345", "colour": "yellow", "noted": "", "fuel": "diesel", "stage": "5", "allowed": 1,
    }  # fmt: skip
    given = [
        {"start": AT + timedelta(minutes=n), "number": str(n)} | usual | row for n, row in enumerate(rows)
    ]
    return pl.DataFrame(
        [{name: row.get(name) for name in PASSAGES} for row in given], PASSAGES, orient="row"
    ).lazy()


def ways(*rows: dict[str, object]) -> pl.DataFrame:
    return together([ways_of(passages(*rows), BEGIN, END).drop("day")])


def loads(*rows: dict[str, object]) -> pl.DataFrame:
    return of_ways(ways(*rows), MARCH)


def counts(*rows: dict[str, object]) -> tuple[float, int, int]:
    """tonnes, trips, unweighed."""
    found = loads(*rows)
    return float(found["tonnes"].sum()), int(found["trips"].sum()), int(found["unweighed"].sum())


def test_a_visit_is_known_by_its_weighed_passage() -> None:
    assert counts({"net_kg": 30_000.0}, {"direction": "out"}) == (30.0, 1, 0)


def test_gross_and_tare_make_a_weight_where_none_was_sent() -> None:
    assert counts({"gross_kg": 45_000.0, "tare_kg": 15_000.0}) == (30.0, 1, 0)


def test_a_visit_without_any_weight_is_an_unknown_trip_and_not_zero_tonnes_of_a_known_one() -> None:
    assert counts({}, {"direction": "out"}) == (0.0, 0, 1)
    assert counts({"plate": ""}, {"plate": ""}) == (0.0, 0, 2), "without a plate each is its own"


def test_of_three_visits_of_which_two_were_weighed_going_out_one_is_unknown() -> None:
    out = {"direction": "out", "net_kg": 20_000.0}
    assert counts({}, out, {}, out, {}, {"direction": "out"}) == (40.0, 2, 1)


def test_a_truck_weighed_empty_carried_nothing_and_is_no_unknown_trip() -> None:
    assert counts({"gross_kg": 15_000.0, "tare_kg": 15_100.0}, {"direction": "out"}) == (0.0, 0, 0)


def test_weights_that_are_wrong_by_a_thousand_or_far_below_zero_are_none() -> None:
    """30 kg that were meant as t are noted when they come; gross and tare that were swapped make -30 t."""
    assert counts({"net_kg": 30_000_000.0, "noted": "weights"}) == (0.0, 0, 1)
    assert counts({"gross_kg": 15_000.0, "tare_kg": 45_000.0}) == (0.0, 0, 1)
    assert counts({"net_kg": 30_000.0, "noted": "photo_missing"}) == (30.0, 1, 0)


def test_cars_and_those_turned_away_carry_nothing_and_weighings_without_a_passage_do_not_count() -> None:
    assert counts(
        {"colour": "blue"}, {"allowed": 0, "net_kg": 30_000.0}, {"direction": None, "net_kg": 30_000.0}
    ) == (0.0, 0, 0)
    assert counts({"colour": "blue", "net_kg": 900.0})[0] == 0.9, "a light one that was weighed does"


def test_a_truck_that_comes_and_goes_loaded_brings_both() -> None:
    found = loads({"net_kg": 30_000.0}, {"direction": "out", "net_kg": 25_000.0})
    assert dict(found.select("direction", "tonnes").iter_rows()) == {"in": 30.0, "out": 25.0}


def test_the_month_and_its_days_are_those_of_china() -> None:
    one = {"net_kg": 1000.0}
    rows = passages(
        one | {"start": BEGIN - timedelta(seconds=1)},
        one | {"start": BEGIN},
        one | {"start": END - timedelta(seconds=1)},
        one | {"start": END},
    )
    found = ways_of(rows, BEGIN, END).sort("day")
    assert found.select("day", "kg").rows() == [(MARCH, 1000.0), (date(2025, 3, 31), 1000.0)]
    assert of_ways(found.drop("day"), MARCH)["month"].unique().to_list() == [MARCH]


def test_days_together_are_the_month() -> None:
    rows = passages(
        {"net_kg": 1000.0}, {"net_kg": 2000.0, "start": AT + timedelta(days=3)}, {"direction": "out"}
    )
    days = ways_of(rows, BEGIN, END)
    whole = together([d.drop("day") for d in days.partition_by("day")])
    assert dict(whole.schema) == dict(WAYS)
    assert whole.select("direction", "kg", "ways", "weighed", "loaded").rows() == [
        ("in", 3000.0, 2, 2, 2),
        ("out", 0.0, 1, 0, 0),
    ]
    assert together([]).is_empty()


def batches(*rows: tuple[str, float, str]) -> pl.DataFrame:
    """Of mode, tonnes, last leg."""
    return pl.DataFrame(
        [("V001", MARCH, "in", mode, "铁矿石", leg, t, True) for mode, t, leg in rows], BATCHES, orient="row"
    )


def test_batches_that_reach_the_works_are_summed_and_others_wait_for_their_trucks() -> None:
    found = of_batches(
        batches(("rail", 3000.0, "direct"), ("rail", 2000.0, "direct"), ("rail", 500.0, "truck_new"))
    )
    assert found.select("mode", "tonnes", "trips", "fuel").rows() == [("rail", 5000.0, 2, None)]
    assert found.schema == LOADS


def test_the_last_leg_by_six_counts_as_its_main_leg_up_to_what_gates_weighed() -> None:
    """Of 100 t by 国六, 60 t are the last leg of a train: clean. 300 t said of a train make no more than 100 t. By other trucks none is."""
    road = pl.concat([load("road", 100.0, "diesel", "6"), load("road", 100.0, "diesel", "5")])
    shares = [
        share_of(short_haul(road, batches(("rail", t, leg)))).percent(six=False)
        for t, leg in ((60.0, "truck_six"), (300.0, "truck_six"), (60.0, "truck_other"))
    ]
    assert [s and s[0] for s in shares] == [Decimal("30.0"), Decimal("50.0"), Decimal("0.0")]
    moved = short_haul(road, batches(("rail", 60.0, "truck_six")))
    assert (moved["tonnes"].sum(), moved["trips"].sum()) == (200.0, 2), "nothing is added"


def test_small_goods_do_not_count_and_goods_that_nobody_named_do() -> None:
    kept = bulk(
        pl.concat([load("road", 1.0, cargo="备品备件"), load("road", 2.0), load("road", 3.0, cargo="铁矿石")])
    )
    assert kept["tonnes"].to_list() == [2.0, 3.0]


MIXED = pl.concat([
    load("rail", 1.0), load("short", 2.0, "diesel", "6"), load("road", 4.0, "electric", "electric"), load("road", 8.0, "diesel", "6"), load("road", 16.0, "diesel", "5"),
    load("road", 32.0, "natural_gas", "4"), load("road", 64.0, "diesel", "2"), load("road", 128.0, "diesel"), load("road", 256.0, unweighed=3),
])  # fmt: skip


def test_the_columns_hold_every_tonne_once() -> None:
    (row,) = summed(MIXED).to_dicts()
    told = {
        name: row[name]
        for name in ("rail", "short", "new_energy", "six", "five", "four", "three", "no_stage", "no_fuel")
    }
    assert list(told.values()) == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert (row["other"], row["unknown"], row["trips"], row["unweighed"]) == (112, 384, 9, 3)
    assert sum(row[w] for w in WAYS_OF) == row["total"] == 511
    assert summed(MIXED, "unit")["unit"].to_list() == ["V001"]
    assert summed(pl.DataFrame(schema=LOADS)).row(0, named=True)["total"] == 0


def test_the_road_by_fuel_has_the_unknown_last_among_its_rows() -> None:
    found = by_fuel(MIXED)
    assert dict(found.select("fuel", "total").iter_rows()) == {
        None: 256,
        "diesel": 216,
        "natural_gas": 32,
        "electric": 4,
    }
    for row in found.iter_rows(named=True):
        assert sum(row[c] for c in STAGE_COLUMNS) == row["total"]


def test_the_largest_flows_that_hold_what_is_missing_are_needed() -> None:
    """焦炭 200 t, 煤 100 t, 石灰石 50 t: 250 t missing need the first two. 国六 is left out where it counts; rail and new energy always are."""
    rows = pl.concat([
        load("road", 150.0, "diesel", "5", cargo="焦炭"), load("road", 50.0, cargo="焦炭"), load("road", 100.0, "diesel", "6", cargo="煤"),
        load("road", 50.0, "diesel", "4", cargo="石灰石"), load("road", 500.0, "electric", cargo="钢材"), load("rail", 900.0, cargo="铁矿石"),
    ])  # fmt: skip
    found = flows(rows, 250.0, six_counts=False)
    assert found.select("cargo", "tonnes", "needed").rows() == [
        ("焦炭", 200.0, True),
        ("煤", 100.0, True),
        ("石灰石", 50.0, False),
    ]
    assert flows(rows, 250.0, six_counts=True)["cargo"].to_list() == ["焦炭", "石灰石"]
    assert not flows(rows, 0.0, six_counts=False)["needed"].any()


TRUCKS: list[dict[str, object]] = [
    {"net_kg": 30_000.0, "plate": "晋CA0001", "cargo": "焦炭"}, {"net_kg": 30_000.0, "plate": "晋CA0001", "cargo": "焦炭"},
    {"net_kg": 30_000.0, "plate": "晋CA0002", "cargo": "焦炭"}, {"plate": "晋CA0002"},
    {"net_kg": 40_000.0, "plate": "晋CA0003", "stage": "6"}, {"net_kg": 90_000.0, "plate": "晋C00001D", "fuel": "electric", "stage": "electric"},
    {"net_kg": 90_000.0, "plate": "晋CA0004", "fuel": None, "stage": None}, {"net_kg": 10_000.0, "plate": "晋CA0005", "fuel": "natural_gas"},
    {"plate": "晋CA0006", "colour": "blue"}, {"net_kg": 30_000.0, "plate": ""},
]  # fmt: skip


def test_trucks_have_their_visits_tonnes_and_visits_without_a_weight() -> None:
    found = {r["plate"]: r for r in trucks_of(ways(*TRUCKS)).iter_rows(named=True)}
    assert set(found) == {"晋CA0001", "晋CA0002", "晋CA0003", "晋CA0004", "晋CA0005", "晋C00001D"}, (
        "no car, none without a plate"
    )
    assert (found["晋CA0002"]["visits"], found["晋CA0002"]["tonnes"], found["晋CA0002"]["unweighed"]) == (
        2,
        30.0,
        1,
    )
    assert (found["晋CA0001"]["visits"], found["晋CA0001"]["tonnes"], found["晋CA0001"]["unweighed"]) == (
        2,
        60.0,
        0,
    )


def test_a_truck_that_was_never_weighed_has_unknown_tonnes() -> None:
    found = trucks_of(ways({}, {"direction": "out"}, {}))
    assert found.select("visits", "unweighed", "tonnes").rows() == [(2, 2, None)]
    assert enough(found, 1.0, six_counts=False) is None


def test_a_truck_told_in_several_ways_is_the_oftenest_one() -> None:
    found = trucks_of(ways({"stage": "6"}, {"stage": "5"}, {"stage": "5"}))
    assert found.select("stage", "visits").rows() == [("5", 3)]


def test_kilometres_and_emissions_are_known_where_haul_and_factor_are() -> None:
    """Two visits x 2 x 50 km = 200 km x 4.721 g/km = 0.944 kg; 国六 1 x 100 km x 1 g/km = 0.1 kg; gas has no factor."""
    haul = pl.DataFrame({"unit": ["V001"], "haul": [50.0]})
    found = to_replace(trucks_of(ways(*TRUCKS)), haul, date(2025, 3, 31))
    assert found["plate"].to_list() == ["晋CA0001", "晋CA0002", "晋CA0003", "晋CA0005"]
    assert found["km"].to_list() == [200.0, 200.0, 100.0, 100.0]
    assert found["nox_kg"].to_list() == pytest.approx([0.9442, 0.9442, 0.1, None])
    nowhere = to_replace(trucks_of(ways(*TRUCKS)), haul.clear(), date(2025, 3, 31))
    assert nowhere["km"].null_count() == nowhere["nox_kg"].null_count() == 4
    assert nowhere["plate"].to_list() == ["晋CA0001", "晋CA0002", "晋CA0003", "晋CA0005"], "by visits"


def test_the_fewest_trucks_that_move_what_is_missing() -> None:
    trucks = trucks_of(ways(*TRUCKS))
    assert (found := enough(trucks, 61.0, six_counts=False)) is not None
    assert found["plate"].to_list() == ["晋CA0001", "晋CA0003"]
    assert (found := enough(trucks, 61.0, six_counts=True)) is not None
    assert found["plate"].to_list() == ["晋CA0001", "晋CA0002"], "国六 is clean already"
    assert enough(trucks, 141.0, six_counts=False) is None, "60 + 40 + 30 + 10 t are all"


def test_factors_have_their_day_and_are_unknown_where_nobody_knows() -> None:
    rows = pl.DataFrame(
        {
            "fuel": ["diesel", "diesel", "electric", "natural_gas", None, None],
            "stage": ["5", "6", "electric", "5", None, "electric"],
        }
    )
    found = with_factors(rows, date(2019, 1, 1))
    assert found["nox_g_km"].to_list() == [4.721, 1.0, 0.0, None, None, 0.0]
    assert found["co_g_km"].to_list() == [2.2, None, 0.0, None, None, 0.0]
    assert found["fuel"].to_list() == rows["fuel"].to_list()
    assert with_factors(rows, date(2018, 1, 1))["nox_g_km"].to_list()[1] is None, (
        "国六 has none before its day"
    )
    assert factors_on(date(2014, 1, 1)).is_empty()


def reported(unit: str, **tonnes: float) -> pl.DataFrame:
    given = {"unit": unit, "month": MARCH, "direction": "in", "cargo": "铁矿石"} | tonnes
    return pl.DataFrame([{c: given.get(c) for c in REPORTED}], REPORTED, orient="row")


def test_what_was_reported_is_held_against_what_was_told() -> None:
    """V001: 100 t said, 80 t told, 20 % of the larger, which one trip explains; V002: 80 of 100; V003: nothing to hold it against; V004: nothing of nothing."""
    said = pl.concat(
        [
            reported("V001", rail=60.0, six=40.0),
            reported("V002", rail=80.0),
            reported("V003", rail=9.0),
            reported("V004", rail=0.0),
        ]
    )
    seen = pl.concat(
        [
            load("road", 80.0, unweighed=1),
            load("rail", 100.0, unit="V002"),
            load("rail", 0.0, unit="V004"),
            load("rail", 7.0, unit="V005"),
        ]
    )
    found = differing(said, seen).select("unit", "reported", "weighed", "share", "open").rows()
    assert found == [
        ("V001", 100.0, 80.0, 0.2, True),
        ("V002", 80.0, 100.0, 0.2, False),
        ("V003", 9.0, None, None, False),
        ("V004", 0.0, 0.0, 0.0, False),
    ]


def test_a_reported_share_has_its_unknown_as_an_interval() -> None:
    share = share_of_reported(
        {
            "rail": 50.0,
            "short": 5.0,
            "new_energy": 5.0,
            "six": 20.0,
            "other": 10.0,
            "unknown": 10.0,
            "water": None,
        }
    )
    assert share.percent(six=False) == (Decimal("60.0"), Decimal("70.0"))
    assert share.percent(six=True) == (Decimal("80.0"), Decimal("90.0"))
    assert share_of_reported({}).percent(six=False) is None


def test_goals_come_with_their_day_and_the_strictest_first() -> None:
    assert goals_of("钢铁", "B", date(2019, 1, 1)) == ()
    assert [g.goal for g in goals_of("钢铁", "B", date(2021, 1, 1))] == ["steel_ultra_low", "steel_b"]
    assert [g.goal for g in goals_of("焦化", "C", date(2023, 12, 31))] == []
