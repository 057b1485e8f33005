"""清洁运输比例: the worked example, and what is unknown stays unknown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl

from bihuan.domain.vehicles.clean.goals import goals_of
from bihuan.domain.vehicles.clean.share import share_of
from bihuan.domain.vehicles.clean.tonnes import BATCHES, LOADS, of_batches, of_passages
from bihuan.domain.vehicles.passages import PASSAGES

AT = datetime(2025, 3, 4, 2, tzinfo=UTC)


def load(
    mode: str, tonnes: float, fuel: str | None = None, stage: str | None = None, unweighed: int = 0
) -> pl.DataFrame:
    row = ("V001", "2025-03", "in", mode, fuel, stage, tonnes, 1, unweighed)
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


def test_trips_without_weight_leave_a_goal_open_and_nothing_gives_no_share() -> None:
    assert (
        share_of(pl.concat([load("rail", 90.0), load("road", 10.0, "diesel", "5", unweighed=1)])).met(
            Decimal(80), six=False
        )
        is None
    )
    assert share_of(pl.DataFrame(schema=LOADS)).percent(six=False) is None


def passages(*rows: dict[str, object]) -> pl.LazyFrame:
    usual = {
        "site": "V001-G1",
        "unit": "V001",
        "direction": "in",
        "plate": "晋C12345",
        "colour": "yellow",
        "fuel": "diesel",
        "stage": "5",
        "allowed": 1,
    }
    given = [
        {"start": AT + timedelta(minutes=n), "number": str(n)} | usual | row for n, row in enumerate(rows)
    ]
    return pl.DataFrame(
        [{name: row.get(name) for name in PASSAGES} for row in given], PASSAGES, orient="row"
    ).lazy()


def summed(*rows: dict[str, object]) -> dict[str, float]:
    found = of_passages(passages(*rows)).collect()
    return {name: found[name].sum() for name in ("tonnes", "trips", "unweighed")}


def test_a_visit_is_known_by_its_weighed_passage() -> None:
    assert summed({"net_kg": 30_000.0}, {"direction": "out"}) == {"tonnes": 30.0, "trips": 1, "unweighed": 0}


def test_gross_and_tare_make_a_weight_where_none_was_sent() -> None:
    assert summed({"gross_kg": 45_000.0, "tare_kg": 15_000.0})["tonnes"] == 30.0


def test_a_visit_without_any_weight_is_an_unknown_trip_and_not_zero_tonnes_of_a_known_one() -> None:
    assert summed({}, {"direction": "out"}) == {"tonnes": 0.0, "trips": 0, "unweighed": 1}
    assert summed({"plate": ""}, {"plate": ""})["unweighed"] == 2, "without a plate each is its own"


def test_cars_and_those_turned_away_carry_nothing() -> None:
    assert summed({"colour": "blue"}, {"allowed": 0, "net_kg": 30_000.0}) == {
        "tonnes": 0.0,
        "trips": 0,
        "unweighed": 0,
    }


def test_a_truck_that_comes_and_goes_loaded_brings_both() -> None:
    found = of_passages(passages({"net_kg": 30_000.0}, {"direction": "out", "net_kg": 25_000.0})).collect()
    assert dict(found.select("direction", "tonnes").iter_rows()) == {"in": 30.0, "out": 25.0}


def test_the_month_is_that_of_china() -> None:
    late = passages({"start": datetime(2025, 2, 28, 17, tzinfo=UTC), "net_kg": 1000.0})
    assert of_passages(late).collect()["month"].to_list() == ["2025-03"]


def test_batches_of_other_modes_are_summed() -> None:
    batches = pl.DataFrame(
        [("V001", "2025-03", "in", "rail", 3000.0), ("V001", "2025-03", "in", "rail", 2000.0)],
        BATCHES,
        orient="row",
    )
    assert of_batches(batches)["tonnes"].to_list() == [5000.0]


def test_goals_come_with_their_day_and_the_strictest_first() -> None:
    assert goals_of("钢铁", "B", date(2019, 1, 1)) == ()
    assert [g.goal for g in goals_of("钢铁", "B", date(2021, 1, 1))] == ["steel_ultra_low", "steel_b"]
    assert [g.goal for g in goals_of("焦化", "C", date(2023, 12, 31))] == []
