"""Scores of frozen runs on real hours: page, diagram and report say what can be computed by hand from the file."""

import io
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.utils import translation
from docx import Document

from bihuan import clock
from bihuan.archive import Archive
from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.pipeline.files import import_files
from bihuan.scenarios.forecast.scores import drift, gathering, splits, tables
from tests.people import City
from tests.web.measured import Measured, table

CITY, SITE = "city:140300", "1738A"
ISSUES = [datetime(2019, 2, 20, 0, tzinfo=UTC) + timedelta(hours=12 * k) for k in range(6)]
NOW = datetime(2019, 2, 28, 1, tzinfo=UTC)
FAN = {"q05": 50.0, "q10": 60.0, "q25": 80.0, "q50": 100.0, "q75": 120.0, "q90": 140.0, "q95": 150.0}


@pytest.fixture
def measured(measured: Measured, data_dir: Path) -> Measured:
    """The city at the end of February with six runs that always say the same: a mean of 100 and one fan."""
    measured.at(NOW)
    for issued in ISSUES:
        freeze(data_dir, issued)
    return measured


def freeze(folder: Path, issued: datetime, validation: float = 40.0) -> None:
    """A run of 72 hours and three days at the city and one station."""
    hours = [
        {"site": site, "item": "pm25", "issued": issued, "start": issued + timedelta(hours=k), "lead": k + 1, "mean": 100.0, **FAN}
        for site in (CITY, SITE)
        for k in range(72)
    ]  # fmt: skip
    local = issued.astimezone(CST).date()
    chances = {"p1": 0.0, "p2": 0.3, "p3": 0.7, "p4": 0.0, "p5": 0.0, "p6": 0.0}
    days = [
        {"site": site, "date": local + timedelta(days=n), "item": item, "issued": issued, "mean": 100.0, **FAN, **chances}
        for site in (CITY, SITE)
        for n in range(3)
        for item in ("aqi", "pm25")
    ]  # fmt: skip
    members = [
        {"site": site, "member": m, "date": local + timedelta(days=n), "primary": "PM2.5"}
        for site in (CITY, SITE)
        for n in range(3)
        for m in range(2)
    ]
    ForecastStore(folder).freeze(
        pl.DataFrame(hours, schema_overrides={"issued": INSTANT, "start": INSTANT}),
        pl.DataFrame(days, schema_overrides={"issued": INSTANT}),
        pl.DataFrame(members),
        {
            "issued": issued,
            "model": "made",
            "fitted_on": [issued - timedelta(days=30), issued],
            "validation": {"pm25": {"combined": [validation] * 7}},
        },
    )


def station_hours() -> dict[datetime, float]:
    """Plain Python: start instant -> PM2.5 of the station, straight from the packed file."""
    rows = table("yangquan").filter(pl.col("site") == SITE).select("time", "PM2.5").iter_rows()
    return {
        t.replace(tzinfo=CST).astimezone(UTC) - timedelta(hours=1): float(v) for t, v in rows if v is not None
    }


def values(first: int, last: int) -> list[float]:
    """What was measured at the leads first..last of all issues."""
    known = station_hours()
    hours = [t + timedelta(hours=lead - 1) for t in ISSUES for lead in range(first, last + 1)]
    return [known[t] for t in hours if t in known]


def targets(first: int, last: int) -> list[tuple[float, float]]:
    """(measured, last value before the issue) of the leads first..last of all issues, where both are there."""
    known = station_hours()
    found = []
    for issued in ISSUES:
        kept = next((known[issued - timedelta(hours=k)] for k in range(1, 7) if issued - timedelta(hours=k) in known), None)  # fmt: skip
        for lead in range(first, last + 1):
            value = known.get(issued + timedelta(hours=lead - 1))
            if value is not None and kept is not None:
                found.append((value, kept))
    return found


def rms(errors: list[float]) -> float:
    return math.sqrt(sum(e * e for e in errors) / len(errors))


def gathered(place: str = SITE) -> gathering.Gathered:
    found = gathering.gathered(place, gathering.recent(clock.now()))
    assert found is not None
    return found


def client_of(city: City, role: str = "chief", region: str = "140300") -> Client:
    client = Client()
    client.force_login(city.person(role, region))
    return client


def row(rows: list[dict[str, Any]], **keys: Any) -> dict[str, Any]:
    (found,) = [r for r in rows if all(r[k] == v for k, v in keys.items())]
    return found


def test_errors_are_those_of_the_file(measured: Measured) -> None:
    found = tables.errors(gathered())
    for first, last in ((1, 24), (25, 48), (49, 72)):
        hours = targets(first, last)
        ours = row(found, item="pm25", block=f"{first}-{last}", model="ours")
        kept = row(found, item="pm25", block=f"{first}-{last}", model="persistence")
        assert ours["n"] == kept["n"] == len(hours)
        assert ours["rmse"] == pytest.approx(rms([100 - v for v, _ in hours]))
        assert kept["rmse"] == pytest.approx(rms([k - v for v, k in hours]))
        assert kept["crps"] == kept["mae"]


def test_exceedances_are_counted_on_the_file(measured: Measured) -> None:
    # A mean of 100 always says "above 75" and never "above 115".
    hours = [v for v, _ in targets(1, 24)]
    low = row(tables.events(gathered()), item="pm25", threshold=75.0, block="1-24", model="ours")
    above = sum(v > 75 for v in hours)
    assert (low["hits"], low["misses"], low["false_alarms"]) == (above, 0, len(hours) - above)
    high = row(tables.events(gathered()), item="pm25", threshold=115.0, block="1-24", model="ours")
    assert (high["hits"], high["misses"]) == (0, sum(v > 115 for v in hours))
    assert high["far"] is None


def test_coverage_and_the_diagram_agree_with_the_file(measured: Measured, city: City) -> None:
    hours = values(1, 24)
    assert len(hours) > len(targets(1, 24))  # one issue had no fresh value for persistence
    inside = row(tables.intervals(gathered()), item="pm25", block="1-24")
    assert inside["inside"] == pytest.approx(sum(50 <= v <= 150 for v in hours) / len(hours))
    # P(> 75) of the fan: between q10 = 60 and q25 = 80, three quarters of the way: 1 - (0.10 + 0.75 * 0.15).
    answer = client_of(city).get("/forecast/scores/reliability.json", {"place": SITE}).json()
    (line,) = [x for x in answer["lines"] if x["name"] == "1-24 h"]
    happened = sum(v > 75 for v in hours) / len(hours)
    assert line["points"] == [[round(1 - 0.2125, 3), round(happened, 3), len(hours)]]


def test_the_pinball_loss_is_that_of_the_file(measured: Measured) -> None:
    hours, fan = values(1, 24), [(int(k[1:]) / 100, v) for k, v in FAN.items()]
    losses = [p * (v - q) if v > q else (1 - p) * (q - v) for v in hours for p, q in fan]
    found = row(tables.intervals(gathered()), item="pm25", block="1-24")
    assert found["pinball"] == pytest.approx(sum(losses) / len(losses))


def test_months_of_runs_can_be_scored_for_ever(measured: Measured, data_dir: Path) -> None:
    first = datetime(2016, 5, 1, tzinfo=UTC)
    for k in range(34):
        freeze(data_dir, first + timedelta(days=30 * k))
    assert gathering.months()[0] == "2019-02"
    assert gathering.months()[-1] == "2016-05"


def test_daily_errors_are_those_of_the_day(measured: Measured, city: City) -> None:
    answer = client_of(city).get("/forecast/scores/daily.json", {"place": SITE}).json()
    (panel,) = answer["panels"]  # only PM2.5 was forecast
    ours = panel["series"][0]
    day = date(2019, 2, 21)
    noon = int(datetime(2019, 2, 21, 12, tzinfo=CST).timestamp() * 1000)
    known, errors = station_hours(), []
    for issued in ISSUES:
        if not any(issued - timedelta(hours=k) in known for k in range(1, 7)):
            continue  # no persistence, so not on the hours that all have
        for lead in range(24):
            start = issued + timedelta(hours=lead)
            if start.astimezone(CST).date() == day and start in known:
                errors.append(100 - known[start])
    assert ours["name"] == "本系统"
    assert ours["data"][ours["times"].index(noon)] == round(rms(errors), 1)


def test_day_scores_take_whole_days_only(measured: Measured) -> None:
    # Issued at 08:00 and 20:00 of 20, 21, 22 February: one and two days ahead are 21..24 February.
    found = tables.hits(gathered(CITY))
    assert [(r["ahead"], r["n"]) for r in found] == [(1, 6), (2, 6)]
    published = gathered(CITY).published.filter(
        pl.col("date").is_between(date(2019, 2, 21), date(2019, 2, 23))
    )
    levels = published["level"].to_list()
    assert row(found, ahead=1)["hit"] == pytest.approx(sum(x == 3 for x in levels) / 3)


def levels() -> dict[date, int]:
    """Plain Python: the level of the station's published days; the AQI itself is tested with the standards."""
    return dict(gathered().published.select("date", "level").iter_rows())


def test_without_measured_wind_only_the_levels_of_days_are_left(measured: Measured, city: City) -> None:
    found = splits.by_weather(gathered())
    assert {r["sort"] for r in found} == {"当日空气质量"}
    html = client_of(city).get("/forecast/scores/", {"place": SITE}).content.decode()
    assert "这段时间没有收到实测的风，无法按天气分。" in html


def test_errors_on_days_of_one_level_are_those_of_the_file(measured: Measured) -> None:
    known, kind = station_hours(), levels()
    mine: dict[int, list[tuple[float, float]]] = {}
    for issued in ISSUES:
        kept = next((known[issued - timedelta(hours=k)] for k in range(1, 7) if issued - timedelta(hours=k) in known), None)  # fmt: skip
        for lead in range(25, 49):
            start = issued + timedelta(hours=lead - 1)
            day = start.astimezone(CST).date()
            if kept is not None and start in known and day in kind:
                mine.setdefault(kind[day], []).append((known[start], kept))
    assert len(mine) > 1
    names = {1: "优", 2: "良", 3: "轻度污染", 4: "中度污染", 5: "重度污染", 6: "严重污染"}
    found = splits.by_weather(gathered())
    for level, hours in mine.items():
        of_level = row(found, sort="当日空气质量", kind=names[level], block="25-48")
        assert (of_level["n"], of_level["ratio_low"]) == (len(hours), None)  # too few days for an interval
        assert of_level["ours"] == pytest.approx(rms([100 - v for v, _ in hours]))
        assert of_level["other"] == pytest.approx(rms([k - v for v, k in hours]))


def test_hours_are_parted_by_the_weather_that_was_measured(measured: Measured, tmp_path: Path) -> None:
    # Calm and saturated until 21 February 08:00, then 5 m/s and 20 °C with a dew point of 0 °C (26 %).
    turn = datetime(2019, 2, 21, 0, tzinfo=UTC)
    labels = [datetime(2019, 2, 19, 8) + timedelta(hours=k) for k in range(200)]  # noqa: DTZ001 - labels are naive
    still = [t.replace(tzinfo=CST) <= turn for t in labels]
    path = tmp_path / "wind.parquet"
    columns = {"WSPM": (0.5, 5.0), "TEMP": (1.0, 20.0), "DEWP": (1.0, 0.0)}
    table = {name: [a if s else b for s in still] for name, (a, b) in columns.items()}
    pl.DataFrame({"site": SITE, "time": labels, **table}).write_parquet(path)
    (report,) = import_files(Archive(measured.folder / "archive"), [path], received=NOW)
    assert report.new + report.corrected > 0
    kinds = {start: (w, h) for start, w, h in gathering.kinds_of(gathered()).select("start", "weather", "humidity").iter_rows()}  # fmt: skip
    # Twelve hours after the turn every hour is of the new kind; after six the mean humidity is (100 + 26) / 2.
    assert kinds[turn - timedelta(hours=1)] == ("calm", "humid")
    assert kinds[turn + timedelta(hours=5)][1] == "middle"
    assert kinds[turn + timedelta(hours=11)] == ("windy", "dry")
    found = splits.by_weather(gathered())
    for sort, names in {"风与降水": {"静风", "有风", "弱风"}, "湿度": {"潮湿", "适中", "干燥"}}.items():
        mine = [r for r in found if r["sort"] == sort]
        assert {r["kind"] for r in mine} <= names
        assert sum(r["n"] for r in mine if r["block"] == "1-24") == len(targets(1, 24))


def test_seasons_and_the_heating_period(measured: Measured) -> None:
    hours = targets(1, 24)
    found = splits.by_season(SITE, ["2019-02"])
    assert {r["season"] for r in found} == {"冬", "采暖期"}
    for name in ("冬", "采暖期"):
        mine = row(found, item="pm25", season=name, block="1-24")
        assert (mine["n"], mine["ours"]) == (len(hours), pytest.approx(rms([100 - v for v, _ in hours])))


def test_a_run_issued_later_than_the_clock_is_not_scored(measured: Measured) -> None:
    measured.at(ISSUES[2] + timedelta(hours=3))
    found = gathered()
    assert len(found.runs) == 3
    assert found.hours.filter(pl.col("start") >= clock.now()).is_empty()


def test_too_few_days_have_a_ratio_but_no_verdict(measured: Measured) -> None:
    found = row(tables.comparison(gathered()), item="pm25", block="1-24", model="persistence")
    assert found["ratio_low"] is None
    assert found["verdict"] == "天数太少，不作区间"
    hours = targets(1, 24)
    assert found["ratio"] == pytest.approx(rms([100 - v for v, _ in hours]) / rms([k - v for v, k in hours]))


def test_drift_compares_with_the_validation_of_the_run(measured: Measured) -> None:
    # All leads of the first day were validated at 40; pooled over station and city.
    (pm25, ozone) = drift.findings()
    assert pm25.validation == pytest.approx(40.0)
    assert pm25.rmse is not None
    assert pm25.ratio == pytest.approx(pm25.rmse / 40)
    assert ozone.rmse is None
    assert "不作判断" in ozone.text


def test_the_watch_speaks_the_language_of_the_reader(measured: Measured) -> None:
    assert [d.text for d in drift.shown()] == [d.text for d in drift.findings()]
    with translation.override("en"):
        pm25 = drift.shown()[0].text
    assert pm25.isascii()
    assert "times the 40.0" in pm25


def test_a_validation_of_another_shape_is_not_guessed_at() -> None:
    assert drift.validated({"validation": {"pm25": {"combined": [1.0, 2.0]}}}, "pm25") is None
    assert drift.validated({}, "pm25") is None


def test_page_shows_the_figures(measured: Measured, city: City) -> None:
    html = client_of(city).get("/forecast/scores/", {"place": SITE}).content.decode()
    hours = targets(1, 24)
    assert f"{rms([100 - v for v, _ in hours]):.1f}" in html
    assert "2019-02（Word）" in html
    assert "检验时 40.0" in html


def test_forecast_page_leads_to_the_scores(measured: Measured, city: City) -> None:
    html = client_of(city).get("/forecast/").content.decode()
    assert "/forecast/scores/?place=city%3A140300" in html
    assert "检验时 40.0" in html


def test_a_month_without_runs_says_so(measured: Measured, city: City) -> None:
    html = client_of(city).get("/forecast/scores/", {"span": "2019-01"}).content.decode()
    assert "这段时间没有这个地点的起报" in html
    answer = client_of(city).get("/forecast/scores/word", {"span": "2019-01"})
    text = "\n".join(p.text for p in Document(io.BytesIO(answer.content)).paragraphs)
    assert "本月没有起报，无从检验。" in text


@pytest.mark.parametrize("span", ["2019-13", "x", "2019-03"])
def test_a_month_that_is_none_or_to_come_has_no_report(measured: Measured, city: City, span: str) -> None:
    assert client_of(city).get("/forecast/scores/word", {"span": span}).status_code == 404


def test_word_report_holds_the_computed_numbers(measured: Measured, city: City) -> None:
    answer = client_of(city).get("/forecast/scores/word", {"span": "2019-02", "place": SITE})
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    paper = Document(io.BytesIO(answer.content))
    text = "\n".join(p.text for p in paper.paragraphs)
    hours = targets(1, 24)
    assert "共起报 6 次（02-20 08:00 至 02-22 20:00）" in text
    ours, kept = rms([100 - v for v, _ in hours]), rms([k - v for v, k in hours])
    assert f"PM2.5 第 1-24 小时：均方根误差 {ours:.1f}，持续性 {kept:.1f}，比值 {ours / kept:.2f}" in text
    cells = [[c.text for c in r.cells] for r in paper.tables[0].rows]
    assert cells[1][:5] == ["PM2.5", "1-24 h", "本系统", str(len(hours)), f"{ours:.1f}"]
    by_head = {tuple(c.text for c in t.rows[0].cells[:2]): t for t in paper.tables}
    season = [c.text for c in by_head["因子", "季节"].rows[1].cells]
    assert season[:4] == ["PM2.5", "冬", "1-24 h", str(len(hours))]
    assert season[5:8] == [f"{ours:.1f}", f"{kept:.1f}", f"{ours / kept:.2f}"]
    kinds = {r.cells[0].text for r in by_head["分类", "类别"].rows[1:]}
    assert kinds == {"当日空气质量"}  # no wind was measured here
    days = [[c.text for c in r.cells] for r in by_head["因子", "日期"].rows[1:]]
    assert sum(int(r[2]) for r in days) == len(hours)
    mean_square = sum(int(r[2]) * float(r[3]) ** 2 for r in days) / len(hours)
    assert math.sqrt(mean_square) == pytest.approx(ours, abs=0.06)  # days are printed with one decimal


def test_a_stranger_place_falls_back_to_the_city(measured: Measured, city: City) -> None:
    html = client_of(city).get("/forecast/scores/", {"place": "nowhere"}).content.decode()
    assert f'value="{CITY}" selected' in html


def test_export_holds_the_error_table(measured: Measured, city: City) -> None:
    text = client_of(city).get("/forecast/scores/", {"place": SITE, "as": "csv"}).content.decode("utf-8-sig")
    head, *rows = text.splitlines()
    assert head.startswith("item,block,model,n,rmse,mae,bias,correlation,crps")
    assert len(rows) == 9
