"""Each check on an episode that must fire and a near miss that must not, worked by hand; and what is filed about parks and their places."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.cases.models import Finding
from bihuan.domain.checks import Check
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.checking import check
from bihuan.scenarios.industrial_parks.checks import (
    CHECKS,
    PARKS,
    ROUNDS,
    SEEN,
    balance,
    downstream,
    dry_flow,
    over_limit,
    round_late,
    untreated,
)
from bihuan.scenarios.industrial_parks.days import DAYS, VALUES, days_of, months_of
from bihuan.scenarios.industrial_parks.figures import LIMITED, SITES
from bihuan.scenarios.industrial_parks.inputs import inputs
from bihuan.scenarios.industrial_parks.models import ParkOutlet
from bihuan.scenarios.industrial_parks.scenario import SCENARIO
from bihuan.scenarios.industrial_parks.tests.world import measured, member, park, station, whole_park
from tests.people import City
from tests.web.world import MINE, NOW

ROLES = {"P": "main", "R": "rain", "U": "up", "D": "down", "I": "inflow"}
LIMITS = {code: 50.0 if code == "w01018" else None for code in LIMITED}
Tables = tuple[pl.DataFrame, ...]


def tables(values: pl.DataFrame, seen: pl.DataFrame | None = None, **of_park: Any) -> Tables:
    """What the checks take, of one park with one place of each kind on one river."""
    facts = {"park": "K", "way": "own", "linked": "yes", "actual": 1000.0, "registered": 3000.0, "unknown": 0, "now": NOW} | of_park  # fmt: skip
    sites = [
        {"site": s, "park": "K", "role": role, "water": "river", "river": "R", "basis": "GB", **(LIMITS if s == "P" else {})}
        for s, role in ROLES.items()
    ]  # fmt: skip
    days = days_of(values)
    return (
        pl.DataFrame([facts], PARKS, orient="row"), pl.DataFrame(sites, SITES), days, months_of(values, days),
        pl.DataFrame(schema=SEEN) if seen is None else seen, pl.DataFrame(schema=ROUNDS),
    )  # fmt: skip


def values(*rows: tuple[str, str, str, float], period: str = "day", logged: bool = False) -> pl.DataFrame:
    """VALUES by site, day of China, code and value."""
    made = [
        (s, code, period, datetime.fromisoformat(day).replace(tzinfo=CST), value, None, logged) for s, day, code, value in rows
    ]  # fmt: skip
    return pl.DataFrame(made, VALUES, orient="row")


def fixture(name: str, which: str) -> Tables:
    """The tables of a check: rows of values, or of what is said of the park or a round."""
    raw = pl.read_csv(Path(__file__).parent / "fixtures" / name, infer_schema=False).filter(
        pl.col("check") == which
    )
    numbers = raw.drop_nulls("value").select("site", "day", "code", pl.col("value").cast(pl.Float64))
    said = {k: v for k, v in raw.select("way", "linked").row(0, named=True).items() if v is not None}
    rounds = raw.drop_nulls("until").select(
        pl.lit("K").alias("park"), pl.lit(1, pl.Int64).alias("round"), pl.lit("春查").alias("title"), pl.col("until").str.to_date(),
        pl.col("left").cast(pl.Int64),
    )  # fmt: skip
    return (*tables(values(*numbers.iter_rows()), **said)[:-1], rounds)


def found(of: Check, name: str = "episode.csv", **parameters: Any) -> list[dict[str, Any]]:
    return of.run(*fixture(name, of.key.rpartition(".")[2]), **parameters).to_dicts()


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=CST)


@pytest.mark.parametrize("of", CHECKS, ids=lambda c: c.key)
def test_a_near_miss_is_nothing_and_nothing_is_nothing(of: Check) -> None:
    assert len(found(of)) == 1
    assert found(of, "near_miss.csv") == []
    empty = (pl.DataFrame(schema=PARKS), pl.DataFrame(schema=SITES), pl.DataFrame(schema=DAYS))
    months = months_of(pl.DataFrame(schema=VALUES), empty[2])
    assert of.run(*empty, months, pl.DataFrame(schema=SEEN), pl.DataFrame(schema=ROUNDS)).is_empty()


def test_a_park_without_treatment_is_told_with_the_most_water_that_is_known() -> None:
    (row,) = found(untreated)
    assert (row["target_kind"], row["target"], row["item"], row["magnitude"]) == (
        "industrial_park",
        "K",
        "treatment",
        3000,
    )
    assert (row["start"], row["until"]) == (at(2019, 2, 1), NOW)
    assert row["title"] == "有污水排放（3000 m³/d），没有污水集中处理设施"
    none = values()
    assert untreated.run(*tables(none, way="none", actual=None, registered=None)).is_empty()
    (online,) = untreated.run(*tables(none, linked="no")).to_dicts()
    assert (online["item"], online["title"]) == ("online", "有污水排放（3000 m³/d），自动监测没有联网")
    assert untreated.run(*tables(none, way="city", linked="no")).is_empty()
    assert untreated.run(*tables(none, linked="")).is_empty()


def test_an_outlet_over_its_limit_is_one_finding_for_its_month_with_multiple() -> None:
    """80 over 50 mg/L is 0.6 times beyond; the mean of the month is 60."""
    (row,) = found(over_limit)
    assert (row["target_kind"], row["target"], row["item"], row["unit"]) == ("park_site", "P", "w01018", "倍")
    assert row["magnitude"] == pytest.approx(0.6)
    assert (row["start"], row["until"]) == (at(2019, 1, 1), at(2019, 1, 31))
    assert row["title"] == "化学需氧量 2019-01 日均值 1 天超过限值 50 mg/L，最高 80 mg/L，月均值 60 mg/L"
    assert json.loads(row["evidence"])["限值依据"] == "GB"
    assert found(over_limit, least_days=2) == []


def test_a_sample_and_a_month_are_named_as_what_they_are() -> None:
    sample = values(("P", "2019-01-10T09:30", "w01018", 75.0), period="realtime")
    (row,) = over_limit.run(*tables(sample)).to_dicts()
    assert row["title"].startswith("化学需氧量 2019-01 瞬时样 1 天超过限值 50 mg/L")
    (row,) = over_limit.run(*tables(values(("P", "2019-01-01", "w01018", 55.0), period="month"))).to_dicts()
    assert row["title"] == "化学需氧量 2019-01 月均值 55 mg/L，超过限值 50 mg/L"
    assert row["magnitude"] == pytest.approx(0.1)


def test_adjoining_months_are_findings_of_their_own() -> None:
    rows = over_limit.run(
        *tables(values(("P", "2019-01-31", "w01018", 80.0), ("P", "2019-02-01", "w01018", 80.0)))
    )
    first, second = rows["start"].to_list()
    assert second - rows["until"][0] > timedelta(hours=6)
    assert (first, second) == (at(2019, 1, 1), at(2019, 2, 1))


def test_downstream_is_compared_by_the_items_that_both_have() -> None:
    """Ammonia 0.4 mg/L is class Ⅱ, 2.0 class Ⅴ; the permanganate index was not measured upstream."""
    (row,) = found(downstream)
    assert (row["target"], row["magnitude"], row["unit"]) == ("D", 3, "类")
    assert row["title"] == "2019-01 水质Ⅴ类，上游对照Ⅱ类，变差的项目：氨氮"
    said = json.loads(row["evidence"])
    assert (said["氨氮"], said["上游对照"]) == ("0.4 → 2 mg/L", "U")
    assert said["河段自身和其他来水的影响"] == "未知"
    assert found(downstream, least_classes=4) == []


def test_the_month_that_runs_is_compared_from_ten_days_on() -> None:
    def of(days: int) -> pl.DataFrame:
        rows = [
            (s, f"2019-02-{d + 1:02}", "w21003", v) for d in range(days) for s, v in (("U", 0.4), ("D", 2.0))
        ]
        return downstream.run(*tables(values(*rows)))

    assert of(9).is_empty()
    assert of(10).select("start", "until").rows() == [(at(2019, 2, 1), NOW)]


def test_a_control_on_another_river_counts_only_where_there_is_none_on_the_same() -> None:
    made = tables(values(("U", "2019-01-05", "w21003", 0.4), ("D", "2019-01-05", "w21003", 2.0)))
    river = pl.when(pl.col("site") == "U").then(pl.lit("other")).otherwise("river").alias("river")
    (row,) = downstream.run(made[0], made[1].with_columns(river), *made[2:]).to_dicts()
    assert json.loads(row["evidence"])["上游对照"] == "U"
    near = made[1].filter(pl.col("site") == "U").with_columns(site=pl.lit("V"))
    both = pl.concat([made[1].with_columns(river), near])
    assert downstream.run(made[0], both, *made[2:]).is_empty()  # V is the control, and was not measured


def test_water_in_a_rain_outlet_is_told_by_who_saw_it_before_days_in_a_row() -> None:
    (row,) = found(dry_flow)
    assert (row["target"], row["magnitude"], row["unit"]) == ("R", 10, "天")
    assert row["title"] == "2019-01 连续 10 天有水排出"
    moments = [datetime(2019, 2, 20, 1, tzinfo=CST), datetime(2019, 2, 21, 15, 30, tzinfo=CST)]
    seen = pl.DataFrame({"site": ["R", "R"], "at": moments}, SEEN)
    (row,) = dry_flow.run(*tables(values(), seen)).to_dicts()
    assert row["title"] == "2019-02 无降雨时检查 2 次有水排出，最近 2019-02-21 15:30"
    assert (row["start"], row["magnitude"], row["unit"]) == (at(2019, 2, 1), 2, "次")


def test_a_main_outlet_that_flows_every_day_is_no_rain_outlet() -> None:
    rows = [("P", f"2019-01-{d:02}", "w00000", 5.0) for d in range(1, 25)]
    assert dry_flow.run(*tables(values(*rows))).is_empty()


def test_water_is_unaccounted_for_between_neighbours_that_are_known() -> None:
    """3000 m³/d are registered, 20 L/s = 1728 m³/d flow in, 19 L/s out: 42 % and 5 %."""
    (row,) = found(balance)
    assert (row["target"], row["item"], row["unit"]) == ("K", "members-inflow", "%")
    assert row["magnitude"] == pytest.approx(100 * (1 - 1728 / 3000))
    assert row["title"] == "2019-01 企业排水合计 3000 m³/d，处理设施进水 1728 m³/d，相差 42%"
    assert found(balance, beyond=0.43) == []


def test_what_is_not_known_of_the_water_is_left_out() -> None:
    flow = values(("P", "2019-01-05", "w00000", 19.0))
    (row,) = balance.run(*tables(flow)).to_dicts()
    assert row["item"] == "members-main"  # the inflow was not measured
    assert balance.run(*tables(flow, unknown=1)).is_empty()
    assert balance.run(*tables(flow, way="city")).is_empty()
    assert balance.run(
        *tables(values(("P", "2019-02-05", "w00000", 19.0)))
    ).is_empty()  # this month has one day


def test_a_round_is_late_by_whole_days() -> None:
    """Now is 25 February."""
    (row,) = found(round_late)
    assert (row["target"], row["item"], row["magnitude"], row["unit"]) == ("K", "round1", 5, "天")
    assert (row["start"], row["until"]) == (at(2019, 2, 21), NOW)
    assert row["title"] == "检查轮次“春查”应于 2019-02-20 前完成，还有 2 处没有检查"
    assert found(round_late, grace_days=5) == []


def test_what_is_measured_is_filed_about_the_place_and_once(place: City, tmp_path: Path) -> None:
    whole_park(place)
    rows = [("K1-P", f"2019-01-{d:02}", "w01018", 60.0 + d) for d in range(1, 20)]
    rows += [(s, "2019-01-05", "w21003", v) for s, v in (("K1-U", 0.4), ("K1-D", 2.5))]
    measured(tmp_path, *rows, ("K1-I", "2019-01-05", "w00000", 20.0))
    for _ in range(2):
        check(NOW, lambda *_: None, looks_at="parks")
    found = Finding.objects.filter(check_key__startswith="park.")
    assert sorted(found.values_list("check_key", "target_kind", "target")) == [
        ("park.balance", "industrial_park", "K1"), ("park.downstream", "park_site", "K1-D"), ("park.over_limit", "park_site", "K1-P"),
    ]  # fmt: skip
    assert all((f.organisation, f.region_id) == (place.governments[MINE], MINE) for f in found)


def test_only_what_is_in_use_and_was_known_is_looked_at(place: City, tmp_path: Path) -> None:
    made = whole_park(place)
    member(made, "化肥厂", None)
    member(made, "电镀厂", 50.0, way="direct")
    park(place, "K2", until=NOW.date())
    station(place, made, "OLD", "up", until=NOW.date())
    measured(tmp_path, ("K1-P", "2019-01-05", "w01018", 60.0))
    parks, sites, days, *_ = inputs(NOW, SCENARIO.look_back)
    assert parks.select("park", "registered", "unknown").rows() == [("K1", 1000.0, 1)]
    assert sites["site"].sort().to_list() == ["K1-D", "K1-I", "K1-P", "K1-R", "K1-U"]
    assert sites.filter(pl.col("site") == "K1-P").select("w01018", "river").row(0) == (50.0, "R")
    assert days.rows() == [("K1-P", "w01018", date(2019, 1, 5), 60.0, False)]
    assert inputs(NOW - timedelta(days=2), SCENARIO.look_back)[2].is_empty()
    ParkOutlet.objects.filter(pk="K1-P").update(until=NOW.date())
    assert inputs(NOW, SCENARIO.look_back)[2].is_empty()


def test_moments_of_the_tables_are_instants() -> None:
    assert PARKS["now"] == SEEN["at"] == INSTANT
