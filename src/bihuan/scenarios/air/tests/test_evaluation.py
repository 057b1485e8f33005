"""Evaluation: page, workbook and targets say what the standard's functions and plain arithmetic say."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.test import Client

from bihuan.domain.statistics import both_bases, period_values
from bihuan.errors import BihuanError
from bihuan.registry.forecasting import cities
from bihuan.registry.models import AuditEntry, Site, Target, ValueDecision
from bihuan.scenarios.air.evaluation import snapshot, summary, tables
from bihuan.scenarios.air.evaluation import target as targets
from bihuan.scenarios.air.evaluation.places import Place, places
from bihuan.scenarios.air.evaluation.spans import Span, span_of
from bihuan.scenarios.ambient import ambient_inputs
from tests.people import City
from tests.statistics.made import days_of
from tests.web.measured import MORNING, Measured, cells, city_means, city_of_january

CITY = "city:140300"
TODAY = date(2019, 2, 25)
JANUARY = Span(date(2019, 1, 1), date(2019, 1, 31), date(2019, 1, 31))


def signed_in(city: City, role: str = "chief", region: str = "140300") -> Client:
    """A client of the person with this post."""
    client = Client()
    client.force_login(city.person(role, region))
    return client


def text(client: Client, address: str) -> str:
    """The page, which must be there."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_city_mean_of_a_month_is_the_mean_of_daily_station_means(measured: Measured, city: City) -> None:
    """Expected from plain Python over the packed file: 20 of 24 hours, 4 of 5 stations, mean of the days."""
    days = [v for day, v in city_means("PM2.5").items() if day.month == 1 and day.year == 2019]
    expected = round(sum(days) / len(days))
    row = cells(text(signed_in(city), "/evaluation/?month=2019-01"), CITY)
    assert row[1:3] == ["阳泉市", str(expected)]


def test_page_shows_what_the_standards_functions_give(measured: Measured, city: City) -> None:
    """Expected: `period_values` straight on the packed file, without archive, clock and registry."""
    expected = period_values(city_of_january(), "month").row(0, named=True)
    row = cells(text(signed_in(city), "/evaluation/?month=2019-01"), CITY)
    shown = {
        "pm10": row[3],
        "so2": row[4],
        "no2": row[5],
        "o3_8h_90": row[7],
        "valid_days": row[10],
        "good_days": row[11],
    }
    assert {k: float(v) for k, v in shown.items()} == {k: expected[k] for k in shown}
    assert (row[6], row[8], row[12]) == (
        f"{expected['co_95']:.1f}",
        f"{expected['composite']:.2f}",
        f"{expected['good_ratio']:.1f}",
    )


def test_both_bases_stand_side_by_side(measured: Measured, city: City) -> None:
    expected = both_bases(city_of_january(), "month").row(0, named=True)
    row = cells(text(signed_in(city), "/evaluation/?month=2019-01&basis=both"), CITY)
    assert row[2] == f"{expected['composite_2012']:.2f}"
    assert (
        row[8] == f"{expected['composite_2026']:.{tables.decimals(JANUARY.last, tables.NEW)['composite']}f}"
    )
    assert expected["composite_2026"] > expected["composite_2012"]  # weights of 2026 count PM2.5 three times
    old, new = float(row[5]), float(row[11])
    assert new <= old  # stricter breakpoints of PM2.5 and PM10 cannot make more good days


def test_a_short_month_is_shown_and_marked(measured: Measured, city: City) -> None:
    """GB 3095 table 4: a month needs 27 valid days, February 25; on the 25th there are 24 whole days at most."""
    page = text(signed_in(city), "/evaluation/")
    assert "有效天数不足" in cells(page, CITY)[-1]
    assert "/25" in cells(page, CITY)[-1]
    assert "2019-02-24" in page
    assert "时段未完" in page


def test_no_year_before_says_so(measured: Measured, city: City) -> None:
    page = text(signed_in(city), "/evaluation/?month=2019-01")
    assert "去年同期无数据" in page
    assert "无去年同期数据" in cells(page, CITY)[-1]


def test_month_without_data_has_an_empty_state(measured: Measured, city: City) -> None:
    page = text(signed_in(city), "/evaluation/?month=2018-03")
    assert "没有有效日均值" in page
    assert "该时段没有收到数据" in page
    assert "该时段没有数据" in page


def test_nothing_later_than_the_clock_is_used(measured: Measured, city: City) -> None:
    measured.at(datetime(2019, 2, 10, 1, 0, tzinfo=UTC))
    days = snapshot.days_of(2019).days
    assert days.filter(pl.col("pm25").is_not_null())["date"].max() == date(2019, 2, 9)


def test_excluded_values_leave_the_evaluation(measured: Measured, city: City) -> None:
    before = snapshot.days_of(2019).days.filter(
        (pl.col("site") == "1738A") & (pl.col("date") == date(2019, 1, 10))
    )
    assert before["pm25"].item() is not None
    ValueDecision.objects.create(
        site_id="1738A", items="pm25", start=datetime(2019, 1, 9, 16, tzinfo=UTC), until=datetime(2019, 1, 10, 16, tzinfo=UTC),
        verdict="exclude", stage="audited", reason="x", reviewer=city.person("chief", "140300"), at=datetime(2019, 2, 1, tzinfo=UTC),
    )  # fmt: skip
    after = snapshot.days_of(2019).days.filter(
        (pl.col("site") == "1738A") & (pl.col("date") == date(2019, 1, 10))
    )
    assert after["pm25"].item() is None
    assert after["pm10"].item() == before["pm10"].item()


def test_a_station_that_is_ended_counts_up_to_its_last_day_and_the_city_does_not_wait_for_it(
    measured: Measured, city: City
) -> None:
    before = snapshot.days_of(2019).days.filter(pl.col("site") == CITY)
    for code in (
        "1738A",
        "1739A",
    ):  # two of five: the other three are fewer than the four of five that a city needs
        Site.objects.filter(pk=code).update(until=date(2019, 2, 10))
    after = snapshot.days_of(2019).days
    own = after.filter(pl.col("site") == CITY)
    early = pl.col("date") < date(2019, 2, 10)
    assert own.filter(early).equals(before.filter(early))
    rest = ["1741A", "1742A", "1743A"]
    day = date(2019, 2, 12)
    three = after.filter(pl.col("site").is_in(rest), pl.col("date") == day)["pm25"].to_list()
    (value,) = own.filter(pl.col("date") == day)["pm25"]
    assert value == pytest.approx(sum(three) / 3)
    assert after.filter(pl.col("site") == "1738A")["date"].max() == date(2019, 2, 9)
    chief = signed_in(city)
    assert 'data-key="1738A"' in text(chief, "/evaluation/?month=2019-01")
    assert 'data-key="1738A"' not in text(chief, "/evaluation/?from=2019-02-10&to=2019-02-20")


def test_an_ended_station_is_in_no_list_and_no_check_looks_at_it(measured: Measured, city: City) -> None:
    Site.objects.filter(pk="1738A").update(until=date(2019, 2, 25))
    chief = signed_in(city)
    assert "/sites/1738A" not in text(chief, "/sites/")
    assert "/sites/1739A" in text(chief, "/sites/")
    assert "1738A" not in {s["site"].code for s in chief.get("/").context["stations"]}
    hours, sites, _outages = ambient_inputs(MORNING, timedelta(hours=72))
    assert "1738A" not in {*hours["site"], *sites["site"]}
    assert "1738A" not in cities()["140300"]
    _hours, sites, _outages = ambient_inputs(MORNING - timedelta(days=1), timedelta(hours=72))
    assert "1738A" in set(sites["site"])  # as of the day before it was there


def test_neighbours_with_two_items_get_no_index(measured: Measured, city: City) -> None:
    row = cells(text(signed_in(city), "/evaluation/?month=2019-01"), "neighbour:140100")
    assert row[1] == "太原市"
    assert row[2].isdigit()
    assert row[3:7] == ["—"] * 4
    assert row[8] == "—"
    assert row[10:14] == ["—"] * 4
    assert "六项不全" in row[-1]


def test_county_without_station_says_so(measured: Measured, city: City) -> None:
    page = text(signed_in(city), "/evaluation/?level=county")
    assert "盂县" in page
    assert "无评价点位" in page


def test_county_is_the_mean_of_its_stations(measured: Measured, city: City) -> None:
    days = snapshot.days_of(2019).days.filter(pl.col("date") == date(2019, 1, 10))
    value = dict(days.select("site", "pm25").iter_rows())
    assert value["county:140302"] == pytest.approx((value["1738A"] + value["1741A"]) / 2)


def test_county_person_sees_own_stations_with_the_rank_among_all(measured: Measured, city: City) -> None:
    own = {p.name for p in places(city.person("handler", "140302"), TODAY) if p.kind == "station"}
    assert own == {"市中心", "白羊墅"}
    all_of_them, some = (
        text(signed_in(city, role, region), "/evaluation/?month=2019-01")
        for role, region in (("chief", "140300"), ("handler", "140302"))
    )
    assert cells(some, "1741A") == cells(all_of_them, "1741A")
    assert 'data-key="1739A"' not in some


def test_workbook_carries_the_page(measured: Measured, city: City) -> None:
    answer = signed_in(city).get("/evaluation/excel?month=2019-01")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["全市", "县区", "点位", "周边城市", "逐月", "逐日"]
    sheet = book["全市"]
    head = [c.value for c in sheet[3]]
    row = dict(zip(head, [c.value for c in sheet[4]], strict=True))
    expected = period_values(city_of_january(), "month").row(0, named=True)
    assert sheet["A1"].value == "2019年1月全市环境空气质量"
    assert (row["PM2.5"], row["CO-95per"], row["综合指数"], row["优良天数"]) == (
        expected["pm25"], expected["co_95"], expected["composite"], expected["good_days"],
    )  # fmt: skip
    assert sheet.cell(4, head.index("综合指数") + 1).number_format == "0.00"
    assert any("HJ663-2013" in str(c.value) for line in sheet.iter_rows(min_row=5) for c in line)
    assert book["逐日"].max_row == 3 + 31 + 3


def test_workbook_of_both_bases(measured: Measured, city: City) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(signed_in(city).get("/evaluation/excel?month=2019-01&basis=both").content)
    )
    head = [c.value for c in book["新旧标准并列"][3]]
    row = dict(zip(head, [c.value for c in book["新旧标准并列"][4]], strict=True))
    expected = both_bases(city_of_january(), "month").row(0, named=True)
    assert (row["综合指数 2012"], row["综合指数 2026"]) == (
        expected["composite_2012"],
        expected["composite_2026"],
    )


def test_calendar_cell_has_number_and_level(measured: Measured, city: City) -> None:
    """The city's AQI of 2019-02-24 by hand: PM2.5 124 -> 150 + 50 / 35 x 9 = 162.9, rounded up 163, level 4."""
    page = text(signed_in(city), "/evaluation/calendar/?year=2019")
    assert '<span class="lv lv4" title="中度">163</span>' in page
    rows = tables.calendar(snapshot.days_of(2019).days, CITY, 2019, "auto", date(2019, 12, 31))
    assert len(rows) == 12
    assert [row.count(-1) for _, row in rows] == [0, 3, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0]
    so_far = tables.calendar(snapshot.days_of(2019).days, CITY, 2019, "auto", date(2019, 2, 24))
    assert [row.count(-1) for _, row in so_far] == [0, 7, *[31] * 10]


def test_remaining_days_follow_from_the_target(measured: Measured, city: City) -> None:
    """(T x (n + left) - mean x n) / left, with the mean from plain Python."""
    made = Target.objects.create(region_id="140300", year=2019, item="pm25", value=50)
    days = [v for day, v in city_means("PM2.5").items() if date(2019, 1, 1) <= day <= date(2019, 2, 24)]
    mean, left = sum(days) / len(days), 310
    found = targets.progress(
        made, snapshot.days_of(2019).days.filter(pl.col("site") == CITY), date(2019, 2, 24)
    )
    assert (found["days"], found["left"]) == (len(days), left)
    assert found["allowed"] == pytest.approx((50 * (len(days) + left) - mean * len(days)) / left)
    assert f"不得高于 {found['allowed']:.1f} µg/m³" in text(signed_in(city), "/evaluation/")


def test_only_chief_and_dispatcher_of_the_city_set_targets(measured: Measured, city: City) -> None:
    given = {"year": "2019", "item": "pm25", "value": "45.5"}
    for role, region in (("dispatcher", "140302"), ("handler", "140300"), ("auditor", "140300")):
        assert signed_in(city, role, region).post("/evaluation/target", given).status_code == 403
    assert not Target.objects.exists()
    signed_in(city, "dispatcher").post("/evaluation/target", given)
    assert Target.objects.get().value == 45.5
    assert AuditEntry.objects.filter(action="target.set").count() == 1
    signed_in(city).post("/evaluation/target", given | {"value": "nan"})
    assert Target.objects.get().value == 45.5
    signed_in(city).post("/evaluation/target", given | {"value": ""})
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"month": "2019-13"},
        {"from": "2019-02-01"},
        {"from": "2019-02-02", "to": "2019-02-01"},
        {"year": "abc"},
        {"from": "2015-01-01", "to": "2019-01-01"},
    ],
)
def test_a_span_that_makes_no_sense_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(BihuanError):
        span_of(given, TODAY)


def test_running_span_ends_with_the_last_whole_day() -> None:
    span = span_of({}, TODAY)
    assert (span.first, span.last, span.open, span.needed) == (date(2019, 2, 1), date(2019, 2, 24), True, 25)
    assert span_of({"year": "2019"}, TODAY).needed == 324


def test_dust_changes_nothing_but_is_shown(measured: Measured, city: City) -> None:
    page = text(signed_in(city), "/evaluation/?month=2019-02")
    assert "沙尘扣除：只是建议" in page


def test_page_without_any_station(city: City, data_dir: Path) -> None:
    assert "没有可评价的点位" in text(signed_in(city), "/evaluation/")
    assert text(signed_in(city), "/evaluation/calendar/")


def test_change_against_the_same_days_of_last_year() -> None:
    """80 -> 60 is -25 %; the day of last year outside the span does not count."""
    sixty: list[float | None] = [60.0] * 10
    now = days_of(date(2019, 3, 1), {"pm25": sixty}, CITY)
    eighty: list[float | None] = [*[80.0] * 10, 999.0]
    before = days_of(date(2018, 3, 1), {"pm25": eighty}, CITY)
    span = Span(date(2019, 3, 1), date(2019, 3, 10), date(2019, 3, 10))
    taken = snapshot.Known(pl.concat([now, before]), MORNING, {CITY: "city"})
    row = tables.span_rows(taken, [Place(CITY, "阳泉市", "city", "140300")], span, "auto")[0]
    assert (row["values"]["pm25"], row["values"]["pm25_before"], row["values"]["pm25_change"]) == (
        60,
        80,
        -25.0,
    )
    assert row["compared"]
    assert "去年同期 80，变化 -25.0%" in summary.of_span(row, "阳泉市", span, tables.decimals(span.last))


def test_equal_places_share_a_rank() -> None:
    """1, 1, 3 (ranking rule 2018 no. 19)."""
    keys: dict[str, float] = {"a": 40.0, "b": 40.0, "c": 50.0}
    days = pl.concat([days_of(date(2019, 3, 1), {"pm25": [*[v] * 10]}, k) for k, v in keys.items()])
    span = Span(date(2019, 3, 1), date(2019, 3, 10), date(2019, 3, 10))
    taken = snapshot.Known(days, MORNING, dict.fromkeys(keys, "station"))
    rows = tables.span_rows(taken, [Place(k, k, "station", "") for k in keys], span, "auto")
    assert [r["values"]["rank"] for r in rows] == [1, 1, 3]
