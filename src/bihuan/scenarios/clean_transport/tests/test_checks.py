"""A month of a unit that must be found and one that stays just within, for every check; what is unknown makes no finding. Worked by hand."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.cases.models import CheckRun, Finding
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.clean.reported import REPORTED
from bihuan.domain.vehicles.clean.tonnes import BATCHES, LOADS
from bihuan.scenarios.checking import check
from bihuan.scenarios.clean_transport.checks import (
    CHECKS,
    below_goal,
    differs,
    no_evidence,
    silent,
    unweighed,
)
from bihuan.scenarios.clean_transport.inputs import UNITS, Clean, inputs, months_over
from bihuan.scenarios.clean_transport.scenario import SCENARIO
from bihuan.scenarios.clean_transport.tests.world import batch, passed, report, unit
from tests.people import City
from tests.web.world import NOW

JANUARY = date(2019, 1, 1)
KEYS = {"unit": "V001", "month": JANUARY, "direction": "in"}


def loads_of(name: str) -> pl.DataFrame:
    """LOADS of January."""
    rows = pl.read_csv(Path(__file__).parent / "fixtures" / name, schema_overrides={"stage": pl.String})
    return rows.with_columns(pl.lit(v).alias(k) for k, v in KEYS.items()).select(LOADS.names()).cast(LOADS)


def reported_of(*tonnes: float) -> pl.DataFrame:
    """REPORTED of January: a row for each, by rail."""
    rows = [KEYS | {"cargo": f"料{n}", "rail": t} for n, t in enumerate(tonnes)]
    return pl.DataFrame([{c: r.get(c) for c in REPORTED} for r in rows], REPORTED, orient="row")


def batches_of(*given: tuple[float, bool]) -> pl.DataFrame:
    """BATCHES of January by rail: tonnes, and whether there is a paper."""
    rows = [("V001", JANUARY, "in", "rail", "铁矿石", "direct", t, e) for t, e in given]
    return pl.DataFrame(rows, BATCHES, orient="row")


def world(name: str, goal: str | None = "80", today: date = date(2019, 2, 25), said: Sequence[float] = (10_000.0,)) -> Clean:  # fmt: skip
    """One unit with a goal without 国六."""
    row = ("V001", JANUARY, Decimal(goal) if goal else None, False, "目标")
    units = pl.DataFrame([row], UNITS, orient="row")
    return Clean(today, units, loads_of(name), batches_of((6000.0, True)), reported_of(*said))


def found(clean: Clean) -> dict[str, dict[str, Any]]:
    """By check, its one finding."""
    tables = {c.key.removeprefix("clean."): c.run(clean).to_dicts() for c in CHECKS}
    assert all(len(rows) <= 1 for rows in tables.values()), tables
    return {key: rows[0] for key, rows in tables.items() if rows}


def test_an_episode_is_one_finding_of_each_kind() -> None:
    """6,500 of 10,000 t are clean, 40 trips without a weight carry at most 40 x 49 = 1,960 t: at best 8,460 of 11,960 t, 70.7 %, below 80 %.

    Reported are 7,000 t: 3,000 t or 30 % too little. 40 of 177 trips were not weighed: 23 %.
    """
    clean = replace(world("episode.csv", said=(7000.0,)), batches=batches_of((6000.0, False), (10.0, True)))
    rows = found(clean)
    assert set(rows) == {"below_goal", "differs", "no_evidence", "unweighed"}
    assert rows["below_goal"]["title"] == "2019-01 清洁运输比例 65.0%，低于目标 80%"
    assert rows["below_goal"]["magnitude"] == 15.0
    assert json.loads(rows["below_goal"]["evidence"]) == {
        "依据": "目标",
        "运输量合计 (t)": 10000.0,
        "燃料或阶段不明 (t)": 0.0,
        "未称重车次": 40,
    }
    assert rows["differs"]["title"] == "2019-01 上报 7000 t，称重和批次 10000 t，相差 30%"
    assert rows["no_evidence"]["title"] == "2019-01 1 个批次没有凭证，共 6000 t"
    assert rows["unweighed"]["title"] == "2019-01 40 车次没有称重，占 23%，运输量不能确定"
    for row in rows.values():
        assert (row["target_kind"], row["target"]) == ("vehicle_user", "V001")
        assert (row["start"], row["until"]) == (
            datetime(2019, 1, 1, tzinfo=CST),
            datetime(2019, 2, 1, tzinfo=CST),
        )


def test_a_month_that_stays_within_is_nothing() -> None:
    """85 % of 10,000 t; reported 9,100 t are 9 % less; 19 of 96 trips were not weighed: 19.8 %; 90 t without a paper."""
    near = replace(world("near_miss.csv", said=(9100.0,)), batches=batches_of((8000.0, True), (90.0, False)))
    assert found(near) == {}


def test_a_share_that_unknown_tonnes_or_trips_could_mend_is_no_finding() -> None:
    """At 70 % the best case of 70.7 % reaches the goal. Without a goal nothing is asked for, and little is not judged."""
    assert below_goal.run(world("episode.csv", goal="70")).is_empty()
    assert below_goal.run(world("episode.csv", goal=None)).is_empty()
    assert below_goal.run(world("episode.csv"), least_tonnes=10_001.0).is_empty()
    unknown = loads_of("episode.csv").with_columns(
        pl.when(pl.col("fuel") == "diesel").then(None).otherwise(pl.col(c)).alias(c)
        for c in ("fuel", "stage")
    )
    assert below_goal.run(replace(world("episode.csv"), loads=unknown)).is_empty()


def test_a_report_that_unweighed_trips_explain_or_nothing_can_be_held_against_is_no_finding() -> None:
    """12,000 t reported are 2,000 t more than weighed; 40 trips could carry 1,960 t, 41 could carry 2,009 t."""
    (row,) = differs.run(world("episode.csv", said=(12_000.0,))).to_dicts()
    assert row["magnitude"] == 2000 / 12_000 * 100
    more = loads_of("episode.csv").with_columns(
        unweighed=pl.when(pl.col("unweighed") > 0).then(41).otherwise(0)
    )
    assert differs.run(replace(world("episode.csv", said=(12_000.0,)), loads=more)).is_empty()
    assert differs.run(replace(world("episode.csv"), loads=pl.DataFrame(schema=LOADS))).is_empty()
    assert differs.run(world("episode.csv", said=(11_050.0,))).is_empty(), "9.5 %"
    assert differs.run(world("episode.csv", said=(8000.0,)), least_tonnes=2000.0).is_empty()


def test_who_does_not_report_is_told_after_the_term() -> None:
    (row,) = silent.run(world("near_miss.csv", today=date(2019, 2, 11), said=())).to_dicts()
    assert (row["title"], row["magnitude"]) == ("2019-01 没有上报清洁运输统计表", 98.0)
    assert silent.run(world("near_miss.csv", today=date(2019, 2, 10), said=())).is_empty()
    assert silent.run(world("near_miss.csv", said=()), least_trips=99).is_empty()
    assert silent.run(world("near_miss.csv", said=(1.0,))).is_empty()


def test_few_trips_without_a_weight_and_a_small_batch_are_not_judged() -> None:
    assert unweighed.run(world("episode.csv"), least_trips=178).is_empty()
    assert no_evidence.run(replace(world("episode.csv"), batches=batches_of((99.0, False)))).is_empty()


def test_months_are_judged_once_they_are_over() -> None:
    """45 days before 25 February lie in January; on 20 January only December is over, of which nothing is older than 45 days before."""
    assert months_over(date(2019, 2, 25), timedelta(days=45)) == [JANUARY]
    assert months_over(date(2019, 1, 10), timedelta(days=45)) == [date(2018, 11, 1), date(2018, 12, 1)]


def test_what_had_been_received_is_filed_about_the_unit_and_once(place: City) -> None:
    """600 t by rail of 1,200 t, 50 %, and a batch without its paper; the unit that was not there all the month is not judged."""
    unit(place)
    unit(place, "V002", since=date(2019, 1, 2))
    batch(evidence="")
    passed([{"net_kg": 30_000.0, "plate": f"晋C1{n:04d}"} for n in range(20)])
    report(rail=600.0, other=600.0)
    for _ in range(2):
        check(NOW, lambda *_: None, looks_at="clean")
    assert not CheckRun.objects.exclude(error="").exists()
    told = {f.check_key: f.title for f in Finding.objects.filter(check_key__startswith="clean.")}
    assert told == {
        "clean.below_goal": "2019-01 清洁运输比例 50.0%，低于目标 80%",
        "clean.no_evidence": "2019-01 1 个批次没有凭证，共 600 t",
    }
    (clean,) = inputs(NOW, SCENARIO.look_back)
    assert clean.units["unit"].to_list() == ["V001"]
    assert not inputs(NOW - timedelta(days=2), SCENARIO.look_back)[0].loads["trips"].sum() > 1, (
        "no passage had come by then"
    )
