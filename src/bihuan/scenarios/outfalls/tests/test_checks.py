"""Each check on an episode that must fire and a near miss that must not, worked by hand; and what is filed about an outfall."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.domain.checks import Check
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.scenarios.checking import check
from bihuan.scenarios.outfalls.checks import CHECKS, DATES, OUTFALLS, SEEN, late, relapse, unlicensed
from bihuan.scenarios.outfalls.inputs import inputs
from bihuan.scenarios.outfalls.inspections import CHECK, SURVEY
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.scenario import SCENARIO
from bihuan.scenarios.outfalls.tests.test_forms import FINE, answered
from bihuan.scenarios.outfalls.tests.world import LAT, in_days, measured, outfall, step
from bihuan.scenarios.outfalls.transitions import State
from tests.people import City
from tests.web.world import MINE, NOW


def fixture(name: str, which: str) -> tuple[pl.DataFrame, ...]:
    """The tables of a check, of rows that each say something of one outfall; moments are of China, now is that of the tests."""
    raw = pl.read_csv(Path(__file__).parent / "fixtures" / name, infer_schema=False).filter(
        pl.col("check") == which
    )
    moments = [pl.col(c).str.to_datetime(time_zone="Asia/Shanghai").cast(INSTANT) for c in ("accepted", "at")]
    rows = raw.with_columns(
        *moments, pl.col("w01018", "value").cast(pl.Float64), pl.col("day").str.to_date(),
        *((pl.col(c) == "true").alias(c) for c in ("unlicensed", "discharging")), pl.col("wrong").fill_null(""),
        w21003=pl.lit(None, pl.Float64), w21011=pl.lit(None, pl.Float64), flag=pl.lit(None, pl.String), item=pl.lit("node1"),
        now=pl.lit(NOW).cast(INSTANT),
    )  # fmt: skip
    values = rows.filter(pl.col("value").is_not_null()).select(
        "site", "quantity", "value", "flag", start="at"
    )
    seen = rows.filter(pl.col("at").is_not_null(), raw["discharging"].is_not_null()).select(list(SEEN))
    return (
        rows.select(list(OUTFALLS)).unique(),
        seen,
        values,
        rows.filter(pl.col("day").is_not_null()).select(list(DATES)),
    )


def found(of: Check, name: str = "episode.csv", **parameters: int) -> list[dict[str, object]]:
    return of.run(*fixture(name, of.key.rpartition(".")[2]), **parameters).to_dicts()


@pytest.mark.parametrize("of", CHECKS, ids=lambda c: c.key)
def test_a_near_miss_is_nothing(of: Check) -> None:
    assert found(of)
    assert found(of, "near_miss.csv") == []


def test_water_that_was_seen_and_measured_without_a_permit_is_one_finding() -> None:
    (row,) = found(unlicensed)
    assert (row["target_kind"], row["target"], row["magnitude"]) == ("outfall", "A", 2)
    assert row["start"] == datetime(2019, 2, 20, 10, tzinfo=CST)
    assert row["until"] == datetime(2019, 2, 21, 11, tzinfo=CST)
    assert row["title"] == "没有审批或登记文号，2 次有水排出，最近 2019-02-21 10:00"
    assert found(unlicensed, least_seen=3) == []


def test_a_relapse_is_told_by_item_with_multiple_and_by_what_was_seen() -> None:
    values, seen = found(relapse)
    assert (values["target"], values["item"], values["unit"]) == ("B", "w01018", "倍")
    assert values["magnitude"] == pytest.approx(0.5)
    assert values["title"] == "销号后化学需氧量 2 次超过限值 50 mg/L，最高 75 mg/L"
    assert json.loads(str(values["evidence"]))["次数"] == 2
    assert (seen["target"], seen["item"], seen["title"]) == ("C", "", "销号后检查发现出水异常")
    assert [row["target"] for row in found(relapse, least_values=3)] == ["C"]


def test_a_day_is_over_when_it_has_ended_in_china() -> None:
    """Now is 25 February."""
    (row,) = found(late)
    assert (row["target"], row["item"], row["magnitude"], row["unit"]) == ("D", "node1", 5, "天")
    assert (row["start"], row["until"]) == (datetime(2019, 2, 21, tzinfo=CST), NOW)
    assert found(late, grace_days=5) == []


def test_what_is_seen_measured_and_planned_is_filed_about_the_outfall_and_once(
    place: City, tmp_path: Path
) -> None:
    outfall(place, "P1", approval="")
    done = outfall(place, "P2", lat=LAT + 1, approval="批 1", stage=State.SUPERVISED, cod=50)
    planned = outfall(place, "P3", lat=LAT + 2, approval="批 2", stage=State.TRACED)
    step(planned, "plan", place, way="merge", due=in_days(9), milestones=f"{in_days(1)} 截污")
    answered(
        place, SURVEY, "P1", {"level": "first", "is_outfall": "yes", "discharging": "yes", "look": "fine"}
    )
    answered(place, CHECK, "P2", FINE | {"no_new": "no"})
    measured(tmp_path, ("P2", "2019-02-20", "w01018", 61.0))
    clock.set_replay(NOW + timedelta(days=2), 0)
    for _ in range(2):
        check(clock.now(), lambda *_: None, looks_at="outfalls")
    rows = Finding.objects.filter(check_key__startswith="outfall.")
    told = {(f.check_key, f.target, f.item): f.title for f in rows}
    assert set(told) == {
        ("outfall.unlicensed", "P1", ""), ("outfall.relapse", "P2", ""), ("outfall.relapse", "P2", "w01018"),
        ("outfall.late", "P3", "node1"),
    }  # fmt: skip
    assert rows.count() == 4
    assert told["outfall.late", "P3", "node1"].startswith("截污应于")
    assert all(f.organisation == place.governments[MINE] for f in rows)
    assert done.stage == State.SUPERVISED
    cases = [
        (c.state, sorted(c.findings.values_list("check_key", "target"))) for c in Case.objects.order_by("pk")
    ]
    assert sorted(cases) == [
        ("pending", [("outfall.relapse", "P2")] * 2), ("pending", [("outfall.unlicensed", "P1")]),
    ]  # fmt: skip
    assert Finding.objects.get(check_key="outfall.late").status == Finding.Status.NEW


def test_only_what_counts_is_looked_at_and_only_what_was_known(place: City, tmp_path: Path) -> None:
    kept = outfall(place, "P1", stage=State.SUPERVISED, cod=50)
    outfall(place, "P2", stage=State.DUPLICATE)
    outfall(place, "P3", kind="town_rain")
    measured(tmp_path, ("P1", "2019-02-10", "w01018", 61.0))
    tables = inputs(NOW, SCENARIO.look_back)
    assert dict(zip(tables[0]["site"], tables[0]["unlicensed"], strict=True)) == {"P1": True, "P3": False}
    assert tables[2].height == 1
    assert inputs(NOW - timedelta(days=2), SCENARIO.look_back)[2].is_empty()
    assert inputs(NOW, timedelta(days=3))[2].is_empty()
    Outfall.objects.filter(pk=kept.pk).update(until=NOW.date())
    assert inputs(NOW, SCENARIO.look_back)[0]["site"].to_list() == ["P3"]
