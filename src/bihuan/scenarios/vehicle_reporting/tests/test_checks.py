"""Each check with an episode that must fire and a near miss that must not; the numbers are by hand."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from bihuan.domain.checks import Check
from bihuan.scenarios.vehicle_reporting.checks import (
    ANSWERED,
    CHECKS,
    DAYS,
    QUEUE,
    Reporting,
    days,
    queue,
    refused,
)
from bihuan.scenarios.vehicle_reporting.inputs import inputs
from bihuan.scenarios.vehicle_reporting.jobs import report
from bihuan.scenarios.vehicle_reporting.outbox import send_again
from bihuan.scenarios.vehicle_reporting.settings import upward
from bihuan.scenarios.vehicle_reporting.tests.world import YESTERDAY, imported
from bihuan.simulate.province import Province
from tests.web.world import NOW

FIXTURES = Path(__file__).parent / "fixtures"
HOUR = timedelta(hours=1)


def read(name: str) -> Reporting:
    """A table with the numbers of all checks: table, kind, age of the oldest [h] or of the day [d], and two counts."""
    rows = list(pl.read_csv(FIXTURES / name).iter_rows(named=True))

    def of(table: str) -> list[dict[str, Any]]:
        return [r for r in rows if r["table"] == table]

    today = date(NOW.year, NOW.month, NOW.day)
    waits = [(r["kind"], r["a"], NOW - r["age"] * HOUR) for r in of("queue")]
    compared = [
        (r["kind"], today - timedelta(days=r["age"]), 100, 100 - r["a"] + r["b"], r["a"], r["b"])
        for r in of("days")
    ]
    answers = [(r["kind"], r["a"], r["b"], NOW - timedelta(days=7)) for r in of("answered")]
    return Reporting(
        "140300", NOW, pl.DataFrame(waits, QUEUE, orient="row"), pl.DataFrame(compared, DAYS, orient="row"), pl.DataFrame(answers, ANSWERED, orient="row")
    )  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_an_episode_fires_once_about_the_city_and_the_near_miss_does_not(check: Check) -> None:
    (row,) = check.run(read("episode.csv")).to_dicts()
    assert (row["target_kind"], row["target"], row["item"]) == ("region", "140300", "tests")
    assert check.run(read("near_miss.csv")).is_empty()


def test_what_they_say() -> None:
    (waits,), (differs,), (came_back,) = (
        c.run(read("episode.csv")).to_dicts() for c in (queue, days, refused)
    )
    assert waits["title"] == "检验记录积压 12 条，最早一条已等 24 小时"
    assert differs["title"] == "检验记录 2月21日 对账不一致：上级缺 2 条，多 1 条"
    assert json.loads(differs["evidence"]) == {"本平台": 100, "上级平台": 99}
    assert came_back["title"] == "检验记录近日上报 60 条，退回 3 条（5.0%）"


def test_a_day_of_which_the_province_said_nothing_is_not_judged() -> None:
    known = read("episode.csv")
    silent = known.days.with_columns(theirs=pl.lit(None, pl.Int64))
    assert days.run(Reporting("140300", NOW, known.queue, silent, known.answered)).is_empty()


def test_a_province_away_for_a_day_is_one_finding_of_ours(province: Province, data_dir: Path) -> None:
    province.away = True
    imported(data_dir, ["T0"])
    report(NOW)
    later: datetime = NOW + 25 * HOUR
    assert queue.run(*inputs(NOW + 23 * HOUR, timedelta(days=7))).is_empty()
    (row,) = queue.run(*inputs(later, timedelta(days=7))).to_dicts()
    assert (row["magnitude"], row["start"]) == (25.0, NOW)
    assert not any(c.belonging.cause for c in CHECKS)  # a long queue of ours explains no silence of others


def test_a_record_that_is_sent_again_has_not_waited_since_it_first_came(
    province: Province, data_dir: Path
) -> None:
    imported(data_dir, ["T0"])
    report(NOW)
    later = NOW + timedelta(days=5)
    send_again(upward(), "tests", YESTERDAY, later)
    assert queue.run(*inputs(later + HOUR, timedelta(days=7))).is_empty()
    assert queue.run(*inputs(later + 25 * HOUR, timedelta(days=7))).height == 1
