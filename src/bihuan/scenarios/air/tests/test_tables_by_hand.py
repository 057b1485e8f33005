"""Rows of the evaluation from days that are made: what is hidden, ranked, short; calendars, dust, books of empty cities."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.domain.statistics import daily_values
from bihuan.registry.models import Site
from bihuan.scenarios.air.evaluation import chart, dust, snapshot, tables
from bihuan.scenarios.air.evaluation.places import Place
from bihuan.scenarios.air.evaluation.spans import Span
from tests.people import City
from tests.statistics.made import days_of
from tests.web.measured import MORNING, Measured
from tests.web.numbers import client_of

FIRST, LAST = date(2019, 1, 1), date(2019, 1, 31)
JANUARY = Span(FIRST, LAST, LAST)
DEC = {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}
PLACES = [Place(code, name, "station", "140321") for code, name in DEC.items()]


def known(**values: Sequence[float | None]) -> snapshot.Known:
    """Stations by code with their PM2.5 from 1 January on, the rest of the six clean."""
    days = pl.concat([days_of(FIRST, {"pm25": list(v)}, code) for code, v in values.items()])
    return snapshot.Known(days, MORNING, dict.fromkeys(values, "station"))


def rows(found: snapshot.Known, span: Span = JANUARY) -> dict[str, dict[str, Any]]:
    return {r["place"].key: r for r in tables.span_rows(found, PLACES, span, "auto")}


def test_the_cleanest_is_first_equals_share_a_rank_and_who_lacks_days_has_none() -> None:
    """GB 3095 wants 27 valid days of a month; C has 26. D has sent nothing."""
    found = rows(known(A=[60.0] * 31, B=[50.0] * 31, C=[10.0] * 26 + [None] * 5))
    assert list(found) == ["B", "A", "C", "D"]
    ranks = {code: (r["values"] or {}).get("rank") for code, r in found.items()}
    assert ranks == {"B": 1, "A": 2, "C": None, "D": None}
    assert (found["C"]["note"], found["C"]["unranked"]) == ("26/27", "26/31")
    assert found["C"]["values"]["composite"] is None
    assert (found["C"]["values"]["pm25"], found["C"]["values"]["valid_days"]) == (10.0, 31)
    assert (found["A"]["note"], found["A"]["unranked"], found["A"]["compared"]) == ("", "", False)
    assert (found["D"]["values"], found["D"]["why_empty"]) == (None, "no_data")
    same = rows(known(A=[60.0] * 31, B=[60.0] * 31))
    assert [r["values"]["rank"] for code, r in same.items() if code in "AB"] == [1, 1]


def test_a_county_without_a_station_is_said_to_have_none() -> None:
    (row,) = tables.span_rows(known(A=[60.0] * 31), [Place("", "城区", "county", "140302")], JANUARY, "auto")
    assert (row["values"], row["why_empty"]) == (None, "no_station")


def test_the_bars_of_single_indices_end_at_three_times_the_limit() -> None:
    """35 µg/m³ a year is the limit of PM2.5: 70 is an index of 2, 16 of 24 pixels; 210 one of 6, cut at 24."""
    for value, index, height in ((70.0, 2.0, 16.0), (210.0, 6.0, 24), (35.0, 1.0, 8.0)):
        bars = rows(known(A=[value] * 31))["A"]["bars"]
        pm25 = next(b for b in bars if b["label"] == "PM2.5")
        assert (pm25["index"], pm25["height"], pm25["over"]) == (index, height, index > 1)
        assert len(bars) == 6


def test_a_place_that_never_measures_an_item_has_no_days_by_index_and_no_composite() -> None:
    found = rows(known(A=[None] * 31, B=[50.0] * 31))["A"]["values"]
    assert [
        found[c] for c in ("valid_days", "good_days", "heavy_days", "good_ratio", "composite", "pm25")
    ] == [None] * 6
    assert found["pm10"] == 20.0
    assert found["lacking"] is True


def test_both_standards_stand_side_by_side_with_the_new_limits_in_the_old_sum() -> None:
    found = known(A=[60.0] * 31, B=[50.0] * 31)
    first, second, *empty = tables.both_rows(found, PLACES, JANUARY)
    assert (first["place"].key, second["place"].key) == ("B", "A")
    for row in (first, second):
        assert row["new"]["composite"] > row["old"]["composite"]
        assert row["old"]["composite"] < row["new"]["mixed"] < row["new"]["composite"]
    assert [(r["old"], r["new"], r["measured"], r["unranked"]) for r in empty] == [(None, None, True, "")] * 2


def test_months_of_a_year_say_what_they_lack_and_february_wants_fewer_days() -> None:
    values: list[float | None] = [60.0] * 31 + [60.0] * 25 + [None] * 3 + [60.0] * 26 + [None] * 5
    found = tables.month_rows(known(A=values).days, "A", 2019, "auto")
    assert [(r["values"]["start"], r["note"]) for r in found] == [
        (date(2019, 1, 1), ""), (date(2019, 2, 1), ""), (date(2019, 3, 1), "26/27"),
    ]  # fmt: skip
    assert [r["values"]["composite"] is not None for r in found] == [True, True, False]
    assert tables.month_rows(known(A=values).days, "A", 2018, "auto") == []
    assert tables.month_rows(known(A=values).days, "B", 2019, "auto") == []


def test_days_are_listed_newest_first_within_the_span_alone() -> None:
    found = tables.day_rows(
        known(A=[75.0, None, 115.0, 10.0], B=[1.0] * 4).days, "A", FIRST, date(2019, 1, 3), "auto"
    )
    assert [(r["date"].day, r["aqi"], r["missing"]) for r in found] == [
        (3, 150, ""),
        (2, None, "PM2.5"),
        (1, 100, ""),
    ]


def test_a_calendar_has_a_cell_for_each_day_none_without_an_index_and_a_mark_for_what_is_none() -> None:
    values: list[float | None] = [75.0, None, 115.0, 251.0, *[20.0] * 55]
    cells = dict(tables.calendar(known(A=values).days, "A", 2019, "auto", date(2019, 2, 27)))
    assert [len(row) for row in cells.values()] == [31] * 12
    assert cells[1][:4] == [100, None, 150, 301]
    # Ozone of 80 µg/m³ is an index of 40; 28 February is still to come, the rest is none.
    assert cells[2][25:] == [40, 40, -1, -1, -1, -1]
    assert set(cells[12]) == {-1}
    assert tables.level_counts(list(cells.items())) == {1: 54, 2: 1, 3: 1, 4: 0, 5: 0, 6: 1}
    leap = dict(tables.calendar(known(A=values).days, "A", 2016, "auto", date(2019, 2, 27)))
    assert (leap[2][28], leap[2][29]) == (None, -1)


@pytest.mark.parametrize(
    ("level", "name"), [(1, "一级 优"), (4, "四级 中度污染"), (6, "六级 严重污染"), (0, None), (None, None)]
)
def test_a_level_is_called_as_reports_call_it(level: int | None, name: str | None) -> None:
    assert tables.category(level) == name


@pytest.mark.parametrize(
    ("moment", "limit"),
    [(datetime(2026, 2, 28, 15, 59, tzinfo=UTC), 75.0), (datetime(2026, 2, 28, 16, tzinfo=UTC), 60.0)],
)
def test_the_line_of_the_picture_is_the_limit_of_the_day_in_china(moment: datetime, limit: float) -> None:
    assert chart._limit(moment) == limit


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        (datetime(2019, 2, 25, 15, 59, tzinfo=UTC), "2019-02-24T16", "2019-02-25T16"),
        (datetime(2019, 2, 25, 16, 0, tzinfo=UTC), "2019-02-25T16", "2019-02-26T16"),
    ],
)
def test_today_is_the_day_of_china(data_dir: object, now: datetime, first: str, last: str) -> None:
    clock.set_replay(now, 0)
    span = snapshot.whole_days(snapshot.today())
    assert [f"{t.astimezone(UTC):%Y-%m-%dT%H}" for t in span] == [first, last]
    whole = snapshot.whole_days(snapshot.today(), 3)
    assert whole == (span[0] - timedelta(days=2), span[1])


def dusty(codes: Sequence[str]) -> pl.DataFrame:
    """Hours of 20 February in China: PM10 at 100 µg/m³, from 12:00 to 14:00 at 900."""
    first = datetime(2019, 2, 19, 16, tzinfo=UTC)
    made = [
        {
            "site": code, "start": first + timedelta(hours=h), "pm25": 30.0, "pm10": 900.0 if h in (12, 13, 14) else 100.0,
            "so2": 5.0, "no2": 20.0, "co": 0.5, "o3": 60.0,
        }
        for code in codes
        for h in range(24)
    ]  # fmt: skip
    return pl.DataFrame(made).with_columns(pl.col("start").cast(pl.Datetime("us", "UTC")))


@pytest.fixture
def storm(city: City, data_dir: object, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Five stations, all of them in the dust; the codes of those that send."""
    clock.set_replay(MORNING, 0)
    sending = [f"S{n}" for n in range(5)]
    for code in sending:
        Site.objects.create(
            code=code, name=code, rank="national", region=city.regions["140321"], lon=113.5, lat=37.9, evaluated=True,
            city=city.regions["140300"],
        )  # fmt: skip
    monkeypatch.setattr(snapshot, "hours_of", lambda *_: dusty(sending))
    return sending


def side_by_side() -> dict[str, Any]:
    days = daily_values(dusty(["x"])).with_columns(site=pl.lit("city:140300"))
    day = date(2019, 2, 20)
    return dust.side_by_side(snapshot.Known(days, MORNING, {}), "city:140300", Span(day, day, day), "auto")


def test_dust_in_the_hours_of_the_city_is_a_suggestion_with_what_it_would_change(storm: list[str]) -> None:
    """The mean of the day is (21 x 100 + 3 x 900) / 24 = 200; without the day nothing is left of PM10."""
    found = side_by_side()
    (episode,) = found["episodes"]
    assert (episode["hours"], episode["highest"], episode["before"]) == (3, 900.0, 100.0)
    assert episode["first"] == datetime(2019, 2, 20, 4, tzinfo=UTC)
    assert found["dates"] == 1
    pairs = {name: (whole, less) for name, whole, less, _ in found["pairs"]}
    assert pairs["pm10"] == (200.0, None)
    assert pairs["pm25"] == (30.0, None)


def test_dust_is_seen_too_where_stations_are_ended(storm: list[str]) -> None:
    """Of five stations two were ended before: the other three are the city."""
    Site.objects.filter(code__in=storm[:2]).update(until=date(2019, 2, 1))
    del storm[:2]
    assert len(side_by_side()["episodes"]) == 1


def test_dust_of_fewer_stations_than_the_city_wants_is_none(storm: list[str]) -> None:
    del storm[:2]
    assert side_by_side() == {"episodes": [], "dates": 0}


def test_without_a_city_every_page_opens_and_its_files_too(
    client: Client, city: City, data_dir: object
) -> None:
    clock.set_replay(MORNING, 0)
    client.force_login(city.person("chief", "140300"))
    for name in ("evaluation", "calendar", "sites", "newest_brief"):
        assert client.get(reverse(name)).status_code == 200, name
    for basis in ("date", "new", "both"):
        answer = client.get(reverse("evaluation_excel"), {"basis": basis})
        assert answer.status_code == 200
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    assert client.get(reverse("target")).status_code == 405
    assert client.post(reverse("target"), {"year": "2019", "item": "pm25", "value": "35"}).status_code == 403
    day = {"day": MORNING.date()}
    assert client.get(reverse("brief_word", kwargs=day)).status_code == 200
    assert client.get(reverse("brief_chart", kwargs=day)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"year": "2019", "item": "pm25", "value": "35"}, "目标已保存"),
        ({"year": "2019", "item": "pm25", "value": ""}, "目标已取消"),
        ({"year": "19", "item": "pm25", "value": "35"}, "请选择年份"),
        ({"year": "2019", "item": "pm99", "value": "35"}, "请选择年份"),
        ({"year": "2019", "item": "pm25", "value": "nan"}, "“nan”不是 0 至 1000 的数"),
        ({"year": "2019", "item": "pm25", "value": "-1"}, "“-1”不是 0 至 1000 的数"),
        ({"year": "2019", "item": "pm25", "value": "1001"}, "“1001”不是 0 至 1000 的数"),
        ({}, "请选择年份"),
    ],
)
def test_a_target_is_set_and_what_is_none_gets_a_sentence(
    measured: Measured, city: City, sent: dict[str, str], said: str
) -> None:
    assert said in client_of(city, "chief").post(reverse("target"), sent, follow=True).content.decode()
