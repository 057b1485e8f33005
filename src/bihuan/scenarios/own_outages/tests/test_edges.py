"""The edges of an outage by hand: the least length, what was late, whose hours are missing, and both parts at once."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.utils import translation

from bihuan.domain.outages import joined
from bihuan.english import told
from bihuan.heartbeat import PARTS, RECEIVER, SERVER, WORKER
from bihuan.scenarios.own_outages.checks import DOWN, SENDERS, Centre, outage
from bihuan.scenarios.own_outages.demo import build
from bihuan.scenarios.own_outages.tests.test_checks import at, down, found, hourly


@pytest.mark.parametrize(("minutes", "count"), [(9.9, 0), (10, 1), (10.1, 1)])
def test_an_outage_counts_from_ten_minutes_on_and_from_what_a_rule_says(minutes: float, count: int) -> None:
    assert len(found(down((RECEIVER, 4, 4 + minutes / 60)))) == count
    centre = Centre("140300", down((RECEIVER, 4, 4.5)), hourly("A", 0, 4))
    assert outage.run(centre, least_minutes=30.0).height == 1
    assert outage.run(centre, least_minutes=31.0).height == 0


def test_short_ones_are_not_added_up_to_a_long_one() -> None:
    assert found(down(*((RECEIVER, 4 + n, 4.1 + n) for n in range(5)))) == []


@pytest.mark.parametrize(("gap", "count"), [(5.9, 1), (6.0, 1), (6.1, 2)])
def test_outages_are_told_together_up_to_six_hours_apart(gap: float, count: int) -> None:
    rows = found(down((WORKER, 4, 5), (WORKER, 5 + gap, 6 + gap)))
    assert len(rows) == count
    assert sum(float(str(r["magnitude"])) for r in rows) == 2.0


def test_a_record_is_late_when_it_came_at_the_end_or_after_it() -> None:
    """Due at 05:00 and 06:00 within the outage from 04:00 to 06:00; what was due at 04:00 was not the outage's."""
    for hours, late in ((0.0, 1), (0.9, 1), (1.0, 2), (5.0, 2)):
        (row,) = found(down((RECEIVER, 4, 6)), hourly("A", -20, 4, late=9), hourly("A", 5, 6, late=hours))
        assert json.loads(str(row["evidence"]))["补传条数"] == late, hours


def test_a_part_that_takes_nothing_in_misses_nothing_and_each_part_only_what_is_sent_to_it() -> None:
    rows = found(
        down((RECEIVER, 4, 6), (SERVER, 4, 7)), hourly("L", -20, 4), hourly("S", -20, 4, part=SERVER),
        hourly("W", -20, 4, part=WORKER),
    )  # fmt: skip
    said = json.loads(str(rows[0]["evidence"]))
    assert said["仍缺的各站"] == ["L：2 小时", "S：3 小时"]
    assert str(rows[0]["title"]).endswith("仍缺 1 台数采仪 2 小时、1 个点位 3 小时")
    assert set(SENDERS) < set(PARTS)


def test_an_hour_that_two_outages_took_is_missing_once() -> None:
    """04:00 to 04:40 and 04:50 to 05:40: the hours that end at 05:00 and 06:00; the first is touched by both."""
    spans = down((RECEIVER, 4, 4 + 2 / 3), (RECEIVER, 4 + 5 / 6, 5 + 2 / 3))
    (row,) = found(spans, hourly("A", -20, 4))
    assert json.loads(str(row["evidence"]))["仍缺小时"] == 2


def test_senders_are_called_by_their_names_where_they_have_one() -> None:
    records = pl.concat([hourly("A", -20, 4), hourly("B", -20, 4)])
    (row,) = outage.run(Centre("140300", down((RECEIVER, 4, 6)), records, {"A": "甲厂"})).to_dicts()
    assert json.loads(row["evidence"])["仍缺的各站"] == ["甲厂：2 小时", "B：2 小时"]


def test_the_times_of_an_outage_are_those_of_china_also_over_the_turn_of_a_year() -> None:
    first = datetime(2025, 12, 31, 15, tzinfo=UTC)
    table = pl.DataFrame(
        [(WORKER, first, first + timedelta(hours=3), False, False)], schema=DOWN, orient="row"
    )
    (row,) = outage.run(Centre("140300", table, hourly("A", 0, 1))).to_dicts()
    assert json.loads(row["evidence"])["各次起止"] == ["12月31日 23:00 至 1月1日 02:00"]
    assert (row["start"], row["until"]) == (first, first + timedelta(hours=3))


def test_what_it_says_is_told_in_english() -> None:
    titles = [
        found(down((WORKER, 4, 6.5)))[0]["title"],
        found(down((RECEIVER, 4, 10), (WORKER, 12, 13)), hourly("A", -20, 4))[0]["title"],
        found(down((RECEIVER, 4, 10), goes_on=True))[0]["title"],
        found(down((SERVER, 4, 10)), hourly("S", -20, 20, part=SERVER))[0]["title"],
    ]
    with translation.override("en"):
        english = [told(str(title)) for title in titles]
    assert not [text for text in english if any("\u3400" < letter < "\u9fff" for letter in text)], english
    assert "2.5" in english[0]


def test_spans_that_touch_are_one() -> None:
    table = down((RECEIVER, 4, 5), (WORKER, 5, 6), (WORKER, 7, 8))
    assert joined(table, timedelta(0)).rows() == [(at(4), at(6)), (at(7), at(8))]


def test_the_practice_city_was_never_down() -> None:
    assert build(at(0)) == "没有中断"
