"""One finding about the centre for each time it was down; the numbers are worked by hand."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.heartbeat import RECEIVER, SERVER, WORKER
from bihuan.scenarios.own_outages.checks import DOWN, RECORDS, Centre, outage

FIXTURES = Path(__file__).parent / "fixtures"
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
"""08:00 in China."""


def at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def down(*spans: tuple[str, float, float], moved: bool = False, goes_on: bool = False) -> pl.DataFrame:
    rows = [(part, at(since), at(until), moved, goes_on) for part, since, until in spans]
    return pl.DataFrame(rows, schema=DOWN, orient="row")


def hourly(sender: str, first: int, last: int, *, late: float = 0.0, part: str = RECEIVER) -> pl.DataFrame:
    """Records that are due at whole hours and come so many hours later."""
    rows = [(part, sender, at(h), at(h + late)) for h in range(first, last + 1)]
    return pl.DataFrame(rows, schema=RECORDS, orient="row")


def found(table: pl.DataFrame, *records: pl.DataFrame, city: str = "140300") -> list[dict[str, object]]:
    sent = pl.concat([pl.DataFrame(schema=RECORDS), *records])
    return outage.run(Centre(city, table, sent)).to_dicts()


def fixture(name: str) -> pl.DataFrame:
    return pl.read_csv(FIXTURES / name, try_parse_dates=True).cast(DOWN)


def test_six_hours_down_are_one_finding_about_the_city() -> None:
    """Two loggers send every hour; from 04:00 to 10:00 six of each are due. A sends all of them later, B two."""
    rows = found(
        fixture("episode.csv"),
        hourly("A", -20, 4), hourly("A", 5, 10, late=7), hourly("A", 11, 20),
        hourly("B", -20, 4), hourly("B", 9, 10, late=2), hourly("B", 11, 20),
    )  # fmt: skip
    (row,) = rows
    assert (row["target_kind"], row["target"], row["item"]) == ("region", "140300", "")
    assert (row["start"], row["magnitude"], row["unit"]) == (at(4), 6.0, "h")
    assert (
        row["title"] == "指挥中心自身中断 6 小时（接收服务、后台任务）：补传到 8 条，仍缺 1 台数采仪 4 小时"
    )
    said = json.loads(str(row["evidence"]))
    assert said["仍缺的各站"] == ["B：4 小时"]
    assert said["各次起止"] == ["3月1日 12:00 至 3月1日 18:00"]


def test_a_short_restart_and_a_clock_that_was_set_are_none() -> None:
    assert found(fixture("near_miss.csv"), hourly("A", -20, 4)) == []


def test_what_comes_in_late_changes_the_words_and_nothing_else() -> None:
    table = fixture("episode.csv")
    before = found(table, hourly("A", -20, 4))[0]
    after = found(table, hourly("A", -20, 4), hourly("A", 5, 10, late=9))[0]
    assert (
        before["title"]
        == "指挥中心自身中断 6 小时（接收服务、后台任务）：补传到 0 条，仍缺 1 台数采仪 6 小时"
    )
    assert after["title"] == "指挥中心自身中断 6 小时（接收服务、后台任务）：补传到 6 条，没有缺数"
    same = ("target", "start", "until", "item", "magnitude")
    assert [before[k] for k in same] == [after[k] for k in same]


def test_who_had_not_sent_the_day_before_is_not_waited_for() -> None:
    (row,) = found(down((RECEIVER, 4, 10)), hourly("A", -40, -21), hourly("B", 12, 20))
    assert row["title"] == "指挥中心自身中断 6 小时（接收服务）：补传到 0 条，没有缺数"


def test_stations_are_missing_when_the_whole_server_was_down() -> None:
    (row,) = found(down((SERVER, 4, 10)), hourly("1001A", -5, 6, part=SERVER))
    assert row["title"] == "指挥中心自身中断 6 小时（总控）：补传到 0 条，仍缺 1 个点位 4 小时"


def test_an_outage_of_the_worker_alone_loses_no_data() -> None:
    (row,) = found(down((WORKER, 4, 6.5)), hourly("A", -20, 4))
    assert row["title"] == "指挥中心自身中断 2.5 小时（后台任务）：期间未运行检查和提醒"


def test_outages_within_six_hours_are_told_as_one_and_their_hours_added() -> None:
    (row,) = found(down((RECEIVER, 4, 5), (RECEIVER, 9, 11)), hourly("A", -20, 20))
    assert (row["start"], row["until"], row["magnitude"]) == (at(4), at(11), 3.0)
    assert str(row["title"]).startswith("指挥中心自身中断 2 次，共 3 小时（接收服务）")
    assert len(found(down((RECEIVER, 4, 5), (RECEIVER, 11.5, 12.5)))) == 2


def test_an_outage_that_goes_on_says_so() -> None:
    (row,) = found(down((RECEIVER, 4, 10), goes_on=True))
    assert row["title"] == "指挥中心自身中断 6 小时（接收服务），仍未恢复"


def test_half_an_hour_at_the_edge_is_no_missing_hour() -> None:
    """From 04:20 to 05:40: the records of both hours, due at 05:00 and 06:00, are there."""
    (row,) = found(down((RECEIVER, 4 + 1 / 3, 5 + 2 / 3)), hourly("A", -20, 20))
    assert str(row["title"]).endswith("没有缺数")


@pytest.mark.parametrize("table", [down(), down((RECEIVER, 4, 10))])
def test_an_installation_without_a_city_files_nothing(table: pl.DataFrame) -> None:
    assert found(table, city="") == []


@pytest.mark.parametrize(("before", "missing"), [(23, 1), (24, 0), (25, 0)])
def test_a_sender_is_waited_for_that_sent_within_a_day_before(before: int, missing: int) -> None:
    """Its only record was due so many hours before the outage from 30:00 to 31:00; at 24 h it is no longer usual."""
    (row,) = found(down((RECEIVER, 30, 31)), hourly("A", 30 - before, 30 - before))
    said = json.loads(str(row["evidence"]))
    assert (said["仍缺小时"], said["仍缺的各站"]) == (missing, ["A：1 小时"] * missing)


def test_two_parts_that_are_down_at_once_are_one_outage_whose_hours_count_once() -> None:
    (row,) = found(down((RECEIVER, 4, 7), (WORKER, 5, 8)), hourly("A", -20, 4), hourly("B", -20, 20))
    assert (row["start"], row["until"], row["magnitude"]) == (at(4), at(8), 4.0)
    said = json.loads(str(row["evidence"]))
    assert (said["中断小时"], said["仍缺的各站"]) == (4.0, ["A：3 小时"])


def test_of_many_who_are_missing_the_worst_are_named() -> None:
    """The outage from 4:00 to 10:00 misses six hours of each of 25; one more had sent its first three."""
    silent = [hourly(f"S{n:02d}", -20, 4) for n in range(25)]
    (row,) = found(down((RECEIVER, 4, 10)), *silent, hourly("A", -20, 7))
    said = json.loads(str(row["evidence"]))
    assert (said["仍缺小时"], len(said["仍缺的各站"]), said["仍缺的各站"][0]) == (153, 20, "S00：6 小时")
    assert "26 台数采仪 153 小时" in str(row["title"])
