"""One finding for each chief and period that was missed; what is made up in time, or may still come, is nothing."""

import json
from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.cases.models import Finding, Incident
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.checking import check
from bihuan.scenarios.river_chiefs.checks import PAST, inputs, missed
from bihuan.scenarios.river_chiefs.scenario import SCENARIO
from bihuan.scenarios.river_chiefs.tests.world import Water, make_duty


def found(name: str, **parameters: int) -> list[dict[str, object]]:
    table = pl.read_csv(Path(__file__).parent / "fixtures" / name, schema=PAST)
    return missed.run(table, **parameters).to_dicts()


def test_a_chief_who_missed_a_week_at_two_reaches_is_one_finding_of_its_last_day() -> None:
    (row,) = found("episode.csv")
    assert (row["target_kind"], row["target"], row["item"]) == ("river_duty", "HZ1", "2019-W09")
    assert (row["magnitude"], row["unit"]) == (2.0, "次")
    assert row["start"] == datetime(2019, 3, 3, tzinfo=CST)
    assert row["title"] == "2019-02-25 至 2019-03-03 应巡河 2 次，实巡 0 次"
    assert json.loads(str(row["evidence"]))["桃河二段"] == "0 / 1"


def test_what_was_done_what_may_still_come_and_what_is_long_past_are_nothing() -> None:
    assert found("near_miss.csv") == []
    assert len(found("near_miss.csv", grace_days=1)) == 1


def test_a_missed_week_is_filed_once_and_the_next_is_an_incident_of_its_own(water: Water) -> None:
    """Three rounds a week for two weeks without a walk: two findings in two incidents."""
    make_duty(
        water.city, water.reach, "LONE", name="孙河长", level="city", account=None
    )  # nobody's patrols can be counted
    for day in (6, 7, 8, 13, 14, 15):
        check(water.at(day), lambda *_: None, looks_at="patrols")
    rows = Finding.objects.filter(check_key="river_chief.missed")
    assert sorted(rows.values_list("item", "target")) == [("2019-W09", "HZ1"), ("2019-W10", "HZ1")]
    assert Incident.objects.filter(findings__in=rows).distinct().count() == 2


def test_a_week_in_which_the_reach_was_walked_is_nothing(water: Water) -> None:
    water.walk(5)
    (past,) = inputs(water.at(13), SCENARIO.look_back)
    assert past.filter(pl.col("label") == "2019-W10")["done"].to_list() == [1]
    assert missed.run(past).is_empty()
