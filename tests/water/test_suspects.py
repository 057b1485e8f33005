"""Suspects of an event on a river of two arms: each piece of evidence tells who it was, when all else is the same.

A (20 km) ──┐
            ├─► C (10 km) ──► section at the end of C; all water runs 1 m/s = 3.6 km/h
B (20 km) ──┘
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from bihuan.domain.river_network import REACHES, network, passed, placed, upstream
from bihuan.domain.water_suspects import FACTORS, LOGGED, WATCHED, Discharge, Event, evidence, suspects

NET = network(pl.DataFrame([("A", "C", 20.0, 1.0, None), ("B", "C", 20.0, 1.0, None), ("C", None, 10.0, 1.0, None)], schema=REACHES, orient="row"))  # fmt: skip
START = datetime(2026, 6, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
NH3N, TP, CODMN, COD = "w21003", "w21011", "w01019", "w01018"
EVENT = Event(
    "C", 10.0, START - 4 * HOUR, START, START + 4 * HOUR, {NH3N: 2.0, TP: 0.4, CODMN: 0.0}, flow=2.0
)
SEWAGE = {NH3N: 20.0, TP: 4.0}


def discharge(
    code: str,
    reach: str,
    km: float,
    water: Mapping[str, float | None] | None = None,
    flow: float | None = None,
) -> Discharge:
    return Discharge(code, code, "工业排污口", reach, km, SEWAGE if water is None else water, flow)


def hours(
    code: str,
    item: str,
    usual: float,
    high: Sequence[tuple[datetime, int, float]],
    missing: Sequence[datetime] = (),
) -> pl.DataFrame:
    """Ten days of a logger: usual values that move by 10 %, and what is high: since when, for how many hours, by which factor."""
    rows = []
    for n in range(240):
        at = START - 216 * HOUR + n * HOUR
        factor = max([f for since, long, f in high if since <= at < since + long * HOUR], default=1.0)
        if at not in missing:
            rows.append((code, item, at, usual * factor * (1.1 if n % 2 else 0.9)))
    return pl.DataFrame(rows, schema=LOGGED, orient="row")


def test_all_upstream_with_the_window_in_which_each_must_have_released() -> None:
    found = suspects(
        EVENT, [discharge("far", "A", 2.0), discharge("near", "C", 6.4), discharge("lost", "X", 1.0)], NET
    )
    assert sorted(found["code"]) == ["far", "near"]
    near = found.row(by_predicate=pl.col("code") == "near", named=True)
    # 3.6 km are one hour, which may be 1.3 h or 1/1.3 h.
    assert (near["distance_km"], near["hours"]) == (pytest.approx(3.6), pytest.approx(1.0))
    assert near["released_from"] == EVENT.before - 1.3 * HOUR
    assert abs(near["released_until"] - (EVENT.peak - HOUR / 1.3)) < timedelta(seconds=2)
    assert found["share"].sum() < 1
    assert found["score"].to_list() == pytest.approx([row[0] for row in found.select(pl.reduce(lambda a, b: a * b, [pl.col(f) for f in FACTORS])).iter_rows()])  # fmt: skip


def test_the_water_that_is_like_the_excess_comes_first_also_by_what_is_measured_otherwise() -> None:
    named = [
        discharge(c, "A", 10.0, w)
        for c, w in (("cod", {COD: 300.0}), ("phosphorus", {TP: 10.0}), ("sewage", SEWAGE), ("unknown", {}))
    ]
    found = suspects(EVENT, named, NET)
    assert found["code"].to_list() == ["sewage", "phosphorus", "unknown", "cod"]
    # (2/1, 0.4/0.2) against (20/1, 4/0.2): the same mixture; against phosphorus alone 45°, squared.
    assert found["alike"].to_list() == [pytest.approx(1.0), pytest.approx(0.5), None, pytest.approx(0.0)]
    organic = Event("C", 10.0, EVENT.before, EVENT.start, EVENT.peak, {NH3N: 0.0, CODMN: 5.0})
    assert suspects(organic, named, NET)["code"][0] == "cod"


def test_a_mixture_is_as_alike_as_its_items_rose_in_proportion() -> None:
    near = discharge("near", "A", 10.0, {NH3N: 20.0, TP: 1.0})
    none = discharge("none", "A", 10.0, {NH3N: 20.0, TP: 4.0, CODMN: 6000.0})
    found = suspects(EVENT, [near, none], NET)
    # Both rose to twice class III; 20 and 5 of it are registered: each is half of ln 4 off the mean, against a spread of 0.8.
    off = math.log(4) / 2
    assert found["alike"][0] == pytest.approx(math.exp(-0.5 * 2 * off**2 / 0.8**2))
    # Water with 1,000 times class III of organic matter would have raised that, which was measured and did not rise.
    assert found["alike"][1] < 1e-6


def test_the_logger_that_rose_at_the_right_time_comes_first_and_one_that_was_quiet_last() -> None:
    # Both lie 36 km above: 10 h. The window is 17 h before the event to 3.7 h before.
    places = [discharge(c, r, 0.0) for c, r in (("right", "A"), ("wrong_time", "B"), ("no_logger", "A"))]
    arrives = timedelta(hours=30 / 3.6)
    logged = pl.concat([
        hours("right", NH3N, 5.0, [(START - arrives - HOUR, 3, 6.0)]),
        hours("wrong_time", NH3N, 5.0, [(START - 72 * HOUR, 3, 6.0)]),
    ])  # fmt: skip
    found = suspects(EVENT, places, NET, logged=logged)
    assert found["code"].to_list() == ["right", "no_logger", "wrong_time"]
    assert found["rose"].to_list() == [True, False, False]
    assert found["by_logger"][1] == 1.0


def test_a_logger_that_often_rises_says_less() -> None:
    places = [discharge("once", "A", 0.0), discharge("often", "B", 0.0)]
    at = START - timedelta(hours=30 / 3.6)
    often = [(START - timedelta(days=d), 3, 6.0) for d in range(2, 9)]
    logged = pl.concat(
        [hours("once", NH3N, 5.0, [(at, 3, 6.0)]), hours("often", NH3N, 5.0, [(at, 3, 6.0), *often])]
    )
    found = suspects(EVENT, places, NET, logged=logged)
    assert found["code"].to_list() == ["once", "often"]
    assert found["runs_out"].to_list() == [0, 7]
    assert found["by_logger"][0] > 2 * found["by_logger"][1]


def test_a_logger_that_fell_silent_just_then_is_no_excuse() -> None:
    places = [discharge("quiet", "A", 0.0), discharge("silent", "B", 0.0)]
    gone = [START - n * HOUR for n in range(24)]
    logged = pl.concat([hours("quiet", NH3N, 5.0, []), hours("silent", NH3N, 5.0, [], gone)])
    found = suspects(EVENT, places, NET, logged=logged)
    assert found["code"].to_list() == ["silent", "quiet"]
    said = {row["code"]: evidence(row)[2].sentence for row in found.iter_rows(named=True)}
    assert "只有" in said["silent"]
    assert said["quiet"].endswith("在线数据未见升高")


def test_a_release_that_is_hardly_thinkable_counts_less() -> None:
    # 2 mg/L in 2 m³/s are 4 g/s; a flow of 0.02 m³/s with 20 mg/L carries 0.4 g/s: ten times that; 0.0002 m³/s a thousand times.
    found = suspects(
        EVENT, [discharge("trickle", "A", 0.0, flow=0.0002), discharge("works", "B", 0.0, flow=0.02)], NET
    )
    assert found["code"].to_list() == ["works", "trickle"]
    assert found["multiple"].to_list() == pytest.approx([10.0, 1000.0])


def test_what_comes_from_far_cannot_rise_at_once() -> None:
    long = network(pl.DataFrame([("L", None, 400.0, 1.0, None)], schema=REACHES, orient="row"))
    event = Event("L", 400.0, START - HOUR, START, START, EVENT.excess)
    found = suspects(
        event,
        [discharge("far", "L", 20.0), discharge("near", "L", 390.0), discharge("too_far", "L", -200.0)],
        long,
    )
    assert found["code"].to_list() == ["near", "far"]
    # 105.6 h, at the quickest 81.2 h: a front of 8.9 h, where one hour was seen.
    assert found["by_time"].to_list() == [1.0, pytest.approx((1 / (0.11 * 380 / 3.6 / 1.3)) ** 2)]


def watched(reach: str, km: float, risen: bool, at: datetime) -> pl.DataFrame:
    return pl.DataFrame([("上游断面", reach, km, at, risen)], schema=WATCHED, orient="row")


def test_a_section_between_clears_what_lies_above_it_or_all_else() -> None:
    places = [discharge("a", "A", 5.0), discharge("b", "B", 5.0)]
    then = START - timedelta(hours=20 / 3.6)
    clean = suspects(EVENT, places, NET, watched=watched("A", 10.0, False, then))
    assert dict(clean.select("code", "by_sections").iter_rows()) == {"b": 1.0, "a": pytest.approx(0.1)}
    dirty = suspects(EVENT, places, NET, watched=watched("A", 10.0, True, then))
    assert dict(dirty.select("code", "by_sections").iter_rows()) == {"a": 1.0, "b": pytest.approx(0.3)}
    before = suspects(EVENT, places, NET, watched=watched("A", 10.0, False, START - 40 * HOUR))
    assert before["by_sections"].to_list() == [1.0, 1.0]


def test_marks_on_the_way_are_counted_also_on_the_own_reach() -> None:
    frame = {"reach": ["A", "A", "C"], "km": [5.0, 15.0, 5.0]}
    places = placed(pl.DataFrame(frame), upstream(NET, "C", 10.0))
    marks = pl.DataFrame({"reach": ["A", "B", "C"], "km": [10.0, 1.0, 5.0]})
    assert passed(places, marks, NET, "C").tolist() == [2, 1, 1]


def test_the_evidence_in_words() -> None:
    at = START - timedelta(hours=30 / 3.6)
    found = suspects(
        EVENT,
        [discharge("works", "A", 0.0, flow=0.02)],
        NET,
        logged=hours("works", NH3N, 5.0, [(at, 3, 6.0)]),
    )
    said = [one.sentence for one in evidence(found.row(0, named=True))]
    assert said == [
        "水流到断面约 8.3 小时（30.0 千米），对应的排放时段为 6月9日 17:10 至 6月10日 05:35",
        "登记的污染物含升高的氨氮、总磷，组成相似度 1.00",
        "该时段在线氨氮最高 33 mg/L，为平时的 6.0 倍；其余 227 小时里这样的升高有 0 次",
        "要造成这样的升高，排放须为平时的 10 倍",
        "其间没有可比较的断面",
    ]


def test_nothing_upstream_is_an_empty_table() -> None:
    assert suspects(EVENT, [], NET).is_empty()
    assert suspects(EVENT, [discharge("x", "nowhere", 1.0)], NET, logged=hours("x", NH3N, 1.0, [])).is_empty()
    assert suspects(
        Event("A", 0.0, EVENT.before, START, START, {}), [discharge("a", "A", 1.0)], NET
    ).is_empty()


def test_where_oxygen_alone_fell_no_pollutant_speaks_for_or_against_anyone() -> None:
    fallen = Event("C", 10.0, EVENT.before, EVENT.start, EVENT.peak, {NH3N: 0.0, TP: 0.0})
    found = suspects(fallen, [discharge("works", "A", 0.0), discharge("unknown", "A", 0.0, {})], NET)
    assert found["by_pollutant"].to_list() == [1.0, 1.0]
    said = {row["code"]: evidence(row)[1].sentence for row in found.iter_rows(named=True)}
    assert said == {"works": "没有可与登记的污染物比较的升高项目", "unknown": "没有登记污染物，不作比较"}
