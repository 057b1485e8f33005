"""Every sentence of the brief and above the evaluation, spelled out by hand from figures that are given."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from bihuan.domain.standards import level_of, levels
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.air.evaluation import summary, texts, word
from bihuan.scenarios.air.evaluation.spans import Span

DAY = date(2019, 2, 25)
NOON = datetime(2019, 2, 25, 12, tzinfo=CST)
LEVELS = {level.level: level for level in levels()}


def row(name: str, aqi: int | None, rank: int | None, missing: str = "", primary: str = "") -> dict[str, Any]:
    """A station of the table: its primary item is at 120 µg/m³, CO at 4.25 mg/m³."""
    named = [
        (p, 4.25 if p == "CO" else 120.0, "mg/m³" if p == "CO" else "µg/m³") for p in primary.split(",") if p
    ]
    values = dict.fromkeys(("pm25", "pm10", "so2", "no2", "co", "o3_8h"))
    level = None if aqi is None else level_of(aqi)
    return {
        "name": name,
        "aqi": aqi,
        "rank": rank,
        "level": level,
        "missing": missing or None,
        "primary": named,
        **values,
    }


def figures(**given: Any) -> dict[str, Any]:
    """A brief in which nothing is known but what is given."""
    nothing: dict[str, Any] = {
        "day": DAY, "yesterday": DAY - timedelta(days=1), "city_name": "阳泉市", "city": None, "stations": [], "month": None,
        "year": None, "targets": [], "past": None, "warnings": [], "forecast": None, "published": None,
        "cases": {"at": NOON, "open": 3, "overdue": 0, "due_today": 1, "to_verify": 2},
    }  # fmt: skip
    return nothing | given


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2019, 2, 24, 16, tzinfo=CST), "24日16时"),
        (datetime(2019, 3, 1, 0, tzinfo=CST), "28日24时"),
        (datetime(2020, 3, 1, 0, tzinfo=CST), "29日24时"),
        (datetime(2019, 1, 1, 0, tzinfo=CST), "31日24时"),
        (datetime(2019, 1, 1, 1, tzinfo=CST), "1日1时"),
    ],
)
def test_midnight_is_the_last_hour_of_the_day_that_ends(at: datetime, said: str) -> None:
    assert texts.hour_text(at) == said


@pytest.mark.parametrize(
    ("city", "said"),
    [
        (None, "2月24日阳泉市没有有效的空气质量日均值。"),
        (row("", None, None, "PM2.5,O3"), "2月24日阳泉市缺 PM2.5、O3，六项不全，不发布空气质量指数（AQI）。"),
        (row("", 48, None), "2月24日阳泉市空气质量指数（AQI）48，一级优，无首要污染物。"),
        (
            row("", 158, None, primary="PM2.5,CO"),
            "2月24日阳泉市空气质量指数（AQI）158，四级中度污染，首要污染物 PM2.5（120 µg/m³）、CO（4.2 mg/m³）。",
        ),
    ],
)
def test_yesterday_of_the_city(city: dict[str, Any] | None, said: str) -> None:
    assert texts.yesterday(figures(city=city)) == said


@pytest.mark.parametrize(
    ("stations", "said"),
    [
        ([], "没有可见的评价点位。"),
        ([row("甲", 60, 1)], "甲 AQI 60。"),
        ([row("甲", 60, 1), row("乙", 60, 1)], "甲、乙 AQI 60。"),
        ([row("甲", 60, 1), row("乙", 90, 2)], "2 个点位中甲最好（AQI 60），乙最差（AQI 90）。"),
        (
            [row("甲", 60, 1), row("乙", 60, 1), row("丙", 90, 3), row("丁", 90, 3)],
            "4 个点位中甲、乙最好（AQI 60），丙、丁最差（AQI 90）。",
        ),
        ([row("甲", None, None)], "甲无有效日均值。"),
        (
            [row("甲", 60, 1), row("乙", None, None, "PM10"), row("丙", None, None)],
            "甲 AQI 60。丙无有效日均值。乙缺 PM10，不参与排名。",
        ),
        (
            [row("甲", None, None, "CO"), row("乙", None, None, "SO2,NO2")],
            "甲缺 CO；乙缺 SO2、NO2，不参与排名。",
        ),
    ],
)
def test_the_best_and_the_worst_station_and_those_that_are_not_ranked(
    stations: list[dict[str, Any]], said: str
) -> None:
    assert texts.stations(figures(stations=stations)) == said


SPAN = {
    "first": date(2019, 2, 1), "last": date(2019, 2, 24), "decimals": {"pm25": 0, "composite": 2}, "pm25": 68.0,
    "pm25_before": None, "pm25_change": None, "composite": 6.318, "valid_days": 23, "good_days": 12, "good_ratio": 52.17,
    "heavy_days": 2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "before"),
    [
        ({}, "去年同期无数据"),
        ({"pm25_before": 80.0}, "去年同期 80，有效天数不足，不作比较"),
        ({"pm25_before": 80.0, "pm25_change": -15.0}, "去年同期 80，变化 -15.0%"),
        ({"pm25_before": 60.0, "pm25_change": 13.33}, "去年同期 60，变化 +13.3%"),
    ],
)
def test_the_month_so_far_beside_the_same_days_a_year_before(more: dict[str, Any], before: str) -> None:
    assert texts.span(SPAN | more, "本月") == (
        f"本月（2月1日至2月24日）PM2.5 均值 68 µg/m³（{before}），有效 23 天，优良 12 天（52.2%），重污染 2 天，综合指数 6.32。"
    )


def test_a_month_without_valid_days_and_an_index_that_is_not_published() -> None:
    assert texts.span(None, "年初以来") == "年初以来没有有效天数。"
    assert texts.span(SPAN | {"composite": None, "good_ratio": None}, "本月").endswith(
        "优良 12 天（—%），重污染 2 天，综合指数 —。"
    )


def goal(item: str, **given: Any) -> dict[str, Any]:
    """A target of 50 (µg/m³, days or %), 300 days before the end of the year."""
    known = {
        "item": item,
        "label": "名",
        "target": 50.0,
        "left": 300,
        "days": 65,
        "allowed": None,
        "reachable": True,
    }
    return known | given


TARGETS: list[tuple[dict[str, Any], str, str]] = [
    (goal("pm25", so_far=None), "年度目标名 50：还没有有效天数。", "2019年目标名 50：还没有有效天数。"),
    (
        goal("pm25", so_far=60.0, allowed=47.83),
        "年度目标名 50 µg/m³，已有 65 天均值 60.0 µg/m³，余下 300 天均值不得高于 47.8 µg/m³。",
        "2019年目标名不高于 50 µg/m³：年初以来均值 60.0（65 天），余下 300 天的均值不得高于 47.8 µg/m³。",
    ),
    (
        goal("pm25", so_far=400.0, allowed=-3.0, reachable=False),
        "年度目标名 50 µg/m³，已有 65 天均值 400.0 µg/m³，余下 300 天已无法使年均达标。",
        "2019年目标名不高于 50 µg/m³：年初以来均值 400.0（65 天），余下 300 天即使为零也达不到。",
    ),
    (
        goal("pm25", so_far=49.0, left=0),
        "年度目标名 50 µg/m³，已有 65 天均值 49.0 µg/m³。",
        "2019年目标名不高于 50 µg/m³：年初以来均值 49.0（65 天），已完成。",
    ),
    (
        goal("pm25", so_far=51.0, left=0, reachable=False),
        "年度目标名 50 µg/m³，已有 65 天均值 51.0 µg/m³。",
        "2019年目标名不高于 50 µg/m³：年初以来均值 51.0（65 天），未完成。",
    ),
    (
        goal("heavy_days", so_far=12, allowed=38),
        "年度目标名 50 天以内，已有 12 天，余下 300 天最多再有 38 天。",
        "2019年目标名不超过 50 天：已有 12 天，余下 300 天最多再有 38 天。",
    ),
    (
        goal("heavy_days", so_far=51, allowed=0, reachable=False),
        "年度目标名 50 天以内，已有 51 天，已超过目标。",
        "2019年目标名不超过 50 天：已有 51 天，已超过目标。",
    ),
    (
        goal("good_ratio", so_far=40.0, allowed=157),
        "年度目标名 50% 以上，已有 65 天中为 40.0%，余下 300 天至少须有 157 天优良。",
        "2019年目标名不低于 50%：已有 40.0%（65 天），余下 300 天中至少须有 157 天优良。",
    ),
    (
        goal("good_ratio", so_far=1.0, allowed=301, reachable=False),
        "年度目标名 50% 以上，已有 65 天中为 1.0%，余下 300 天全部优良也达不到。",
        "2019年目标名不低于 50%：已有 1.0%（65 天），余下 300 天全部优良也达不到。",
    ),
]


@pytest.mark.parametrize(
    ("progress", "brief", "page"), TARGETS, ids=lambda v: "" if isinstance(v, dict) else None
)
def test_a_target_in_the_brief_and_on_the_page(progress: dict[str, Any], brief: str, page: str) -> None:
    assert texts.target(progress) == brief
    assert summary.of_target(progress, 2019) == page


def test_the_last_day_and_what_the_centre_did_not_receive() -> None:
    assert texts.past(figures()) == "最近 24 小时没有收到城市小时值。"
    past = {
        "hours": 22, "until": NOON, "now": 80, "mean": 75, "highest": 120, "highest_at": NOON - timedelta(hours=12),
        "lowest": 40, "lowest_at": NOON - timedelta(hours=3), "aqi": None, "aqi_at": None,
    }  # fmt: skip
    said = "截至25日12时，最近 24 小时有 22 个城市小时值：PM2.5 均值 75 µg/m³，最高 120（24日24时），最低 40（25日9时），最新 80"
    assert texts.past(figures(past=past)) == f"{said}。"
    judged = past | {"aqi": 160, "aqi_at": NOON - timedelta(hours=12)}
    assert texts.past(figures(past=judged)) == f"{said}；实时 AQI 最高 160（24日24时）。"


def ahead(n: int, likely: int, heavy: int = 0, pm25: int | None = None) -> dict[str, Any]:
    """The machine's day `n` days from DAY."""
    return {
        "date": DAY + timedelta(days=n), "low": 80, "high": 180, "likely": LEVELS[likely], "chance": 55, "heavy": heavy, "pm25": pm25,
    }  # fmt: skip


def run(*days: dict[str, Any]) -> dict[str, Any]:
    return {"issued": NOON - timedelta(hours=4), "days": list(days)}


def test_the_machines_days_name_what_is_likeliest_and_heavy_pollution_from_five_percent_on() -> None:
    assert texts.forecast(figures(forecast=run(ahead(0, 3, 4), ahead(1, 5, 5, 130)))) == [
        "2月25日：AQI 80—180（九成区间），最可能轻度污染（55%）。",
        "2月26日：AQI 80—180（九成区间），最可能重度污染（55%），PM2.5 中位数 130 µg/m³，重污染概率 5%。",
    ]
    assert texts.forecast(figures()) == ["此时还没有起报的预报。"]
    assert texts.forecast(figures(forecast=run())) == ["最新一轮预报（25日8时起报）不含这几天。"]


PUBLISHED = {
    "made_by": "张三", "approved_by": "李四", "at": NOON, "simulated": False,
    "days": [
        {"date": DAY, "low": 90, "value": 110, "high": 130, "levels": [LEVELS[3]], "primary": "PM2.5"},
        {"date": DAY + timedelta(days=1), "low": 40, "value": 50, "high": 60, "levels": [LEVELS[1], LEVELS[2]], "primary": ""},
    ],
}  # fmt: skip


def test_what_people_published_comes_first_and_the_machine_is_named_as_such() -> None:
    alone = texts.forecast(figures(published=PUBLISHED))
    both = texts.forecast(figures(published=PUBLISHED, forecast=run(ahead(0, 3))))
    assert "张三" in alone[0]
    assert "李四" in alone[0]
    assert "模拟" not in alone[0]
    assert not any("机器预报" in line for line in alone)
    assert both[: len(alone)] == alone
    assert both[len(alone)] == "机器预报（25日8时起报）："
    assert "模拟" in texts.published(figures(published=PUBLISHED | {"simulated": True}))[0]


def test_health_follows_what_people_published_else_the_machine() -> None:
    machine = run(ahead(0, 4), ahead(1, 4), ahead(2, 4))
    assert [line.split("，")[0] for line in texts.health(figures(forecast=machine))] == [
        "健康提示：2月25日、2月26日、2月27日中度污染"
    ]
    told = texts.health(figures(forecast=machine, published=PUBLISHED))
    assert [line.split("，")[0] for line in told][-1] == "健康提示：2月27日中度污染"
    assert "2月25日轻度污染" in told[0]
    assert texts.health(figures()) == []


def test_open_problems_are_counted_as_of_the_minute() -> None:
    assert (
        texts.cases(figures())
        == "截至2月25日12:00，未销号问题 3 件，其中超期 0 件、今日到期 1 件、待核查 2 件。"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ["没有须特别关注的事项。"]),
        ({"stations": [row("甲", 60, 1), row("乙", 100, 2)]}, ["没有须特别关注的事项。"]),
        (
            {"stations": [row("甲", 60, 1), row("乙", 101, 2, primary="PM2.5,PM10"), row("丙", None, None)]},
            ["乙昨日 AQI 101，先查其周边的 PM2.5、PM10 来源。"],
        ),
        ({"forecast": run(ahead(0, 4, 29))}, ["没有须特别关注的事项。"]),
        ({"forecast": run(ahead(0, 4, 10), ahead(1, 5, 30))}, ["2月26日重污染概率 30%，请会商是否预警。"]),
        (
            {
                "forecast": run(ahead(0, 5, 60)),
                "warnings": [{"title": "橙色预警", "since": NOON, "until": NOON + timedelta(days=3)}],
            },
            [
                "橙色预警自2月25日12时起生效，预计至2月28日12时，请督促落实措施。",
                "2月25日重污染概率 60%。",
            ],
        ),
        (
            {"warnings": [{"title": "黄色预警", "since": NOON, "until": None}]},
            ["黄色预警自2月25日12时起生效，请督促落实措施。"],
        ),
        (
            {"targets": [goal("pm25", reachable=False), goal("pm10", reachable=None), goal("so2")]},
            ["年度目标名已难完成，请报告。"],
        ),
    ],
)
def test_what_to_look_at_first_follows_from_the_numbers(given: dict[str, Any], said: list[str]) -> None:
    assert texts.focus(figures(**given)) == said


def test_overdue_problems_are_pressed_for() -> None:
    cases = figures()["cases"] | {"overdue": 2}
    assert texts.focus(figures(cases=cases)) == ["督办超期问题 2 件。"]


def test_the_table_has_the_city_first_and_dashes_where_nothing_is() -> None:
    dec = {"pm25": 0, "pm10": 0, "so2": 0, "no2": 0, "co": 1, "o3_8h": 0}
    city = row("", 158, None, primary="PM2.5") | {"pm25": 120.0, "co": 1.25}
    del city["name"]
    found = figures(city=city, stations=[row("甲", None, None, "O3"), row("乙", None, None)], decimals=dec)
    assert word.table_rows(found) == [
        ("—", "阳泉市", "158", "中度污染", "PM2.5", "120", "—", "—", "—", "1.2", "—"),
        ("—", "甲", "—", "缺 O3", "—", "—", "—", "—", "—", "—", "—"),
        ("—", "乙", "—", "—", "—", "—", "—", "—", "—", "—", "—"),
    ]
    assert word.table_rows(figures(decimals=dec)) == []


VALUES = {"values": SPAN | {"pm25_before": 80.0, "pm25_change": -15.0}}


@pytest.mark.parametrize(
    ("first", "last", "when"),
    [
        (date(2019, 2, 1), date(2019, 2, 24), "2019年2月1日至2月24日"),
        (date(2018, 12, 30), date(2019, 1, 2), "2018年12月30日至2019年1月2日"),
    ],
)
def test_the_span_above_the_evaluation_says_both_years_where_there_are_two(
    first: date, last: date, when: str
) -> None:
    span, dec = Span(first, last, last), {"pm25": 0, "composite": 2}
    assert summary.of_span(VALUES, "阳泉市", span, dec) == (
        f"{when}，阳泉市 PM2.5 均值 68 µg/m³（去年同期 80，变化 -15.0%），有效 23 天中优良 12 天（52.2%）、重污染 2 天，综合指数 6.32。"
    )
    assert summary.of_span(None, "阳泉市", span, dec) == f"{when}，阳泉市没有有效日均值。"
    assert summary.of_span({"values": SPAN | {"valid_days": 0}}, "阳泉市", span, dec).endswith(
        "没有有效日均值。"
    )


def test_the_sentences_above_the_evaluation_are_english_for_who_reads_english() -> None:
    span = Span(date(2018, 12, 30), date(2019, 1, 2), date(2019, 1, 2))
    with translation.override("en"):
        said = [summary.of_span(VALUES, "X", span, {"pm25": 0, "composite": 2})]
        said += [summary.of_target(p | {"label": "y"}, 2019) for p, _, _ in TARGETS]
    assert not any("\u3400" < letter < "\u9fff" for text in said for letter in text), said
    assert "2018" in said[0]
    assert "2019" in said[0]
