"""What the pages of the forecast are put together from: days, changes, reasons, the score of yesterday; counted by hand."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.utils import translation

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.domain.timeaxis import INSTANT
from bihuan.registry.models import Region, Site
from bihuan.scenarios.forecast import centre, pages, score_pages
from tests.people import City

NOW = datetime(2019, 2, 25, 1, 45, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CITY = "city:140300"
TODAY = date(2019, 2, 25)
FAN = {"q05": 50.0, "q25": 80.0, "q50": 100.0, "q75": 120.0, "q95": 150.0}
NONE = {f"p{k}": 0.0 for k in range(1, 7)}


def day(n: int, item: str = "aqi", site: str = CITY, **given: Any) -> dict[str, Any]:
    return {"site": site, "item": item, "date": TODAY + n * DAY, "mean": 100.0, **FAN, **NONE, **given}


def freeze(
    folder: Path,
    issued: datetime,
    days: list[dict[str, Any]],
    primary: tuple[str, ...] = (),
    mean: float = 100.0,
) -> str:
    """A run of 24 hours of PM2.5 for the city, with these days and the primary item of each member on TODAY."""
    hours = [
        {"site": CITY, "item": "pm25", "start": issued.replace(minute=0) + k * HOUR, "lead": k + 1, "mean": mean, **FAN}
        for k in range(24)
    ]  # fmt: skip
    members = [{"site": CITY, "member": n, "date": TODAY, "primary": p} for n, p in enumerate(primary)]
    return ForecastStore(folder).freeze(
        pl.DataFrame(hours, schema_overrides={"start": INSTANT}),
        pl.DataFrame(days),
        pl.DataFrame(
            members, schema={"site": pl.String, "member": pl.Int64, "date": pl.Date, "primary": pl.String}
        ),
        {"issued": issued},
    )


@pytest.fixture
def folder(data_dir: Path) -> Path:
    """An installation whose clock stands still."""
    clock.set_replay(NOW, 0)
    return data_dir


def test_the_days_of_the_centre_say_the_two_likeliest_levels_and_the_commonest_primary_item(
    folder: Path,
) -> None:
    freeze(
        folder, NOW - HOUR,
        [
            day(1, p2=1.0),
            day(0, p2=0.30, p3=0.58, p4=0.12),
            day(2, p1=0.04, p2=0.96),
            day(0, item="pm25"), day(0, site="1738A", p6=1.0),
            *(day(n, p1=1.0) for n in range(3, 8)),
        ],
        ("PM2.5", "PM10", "PM2.5", "O3"),
    )  # fmt: skip
    rows = centre.day_rows(CITY)
    assert [r["date"] for r in rows] == [TODAY + n * DAY for n in range(5)]
    assert [r["said"] for r in rows[:3]] == ["轻度 58%、良 30%", "良 100%", "良 96%"]
    assert [r["primary"] for r in rows[:2]] == ["PM2.5", ""]
    assert rows[0]["chances"] == [(2, 0.30, "30.0"), (3, 0.58, "58.0"), (4, 0.12, "12.0")]
    with translation.override("en"):
        assert not any("\u3400" < c < "\u9fff" for c in centre.day_rows(CITY)[0]["said"])


def test_without_a_run_or_with_one_to_come_the_centre_has_no_days(folder: Path) -> None:
    assert centre.day_rows(CITY) == []
    freeze(folder, NOW + HOUR, [day(0)])
    assert centre.day_rows(CITY) == []
    assert pages.past_runs() == []


def measured(values: Sequence[float | None]) -> pl.DataFrame:
    """Hours of the city that follow the issue a day ago."""
    first = (NOW - DAY).replace(minute=0)
    rows = {"start": [first + k * HOUR for k in range(len(values))], "pm25": values}
    return pl.DataFrame(rows, schema={"start": INSTANT, "pm25": pl.Float64})


def test_yesterdays_forecast_against_what_came_by_hand(folder: Path) -> None:
    """It said 100, 50 to 150. Twelve hours at 80 and twelve at 160: on average 20 below what came, half inside."""
    freeze(folder, NOW - DAY, [day(0)])
    found = centre.yesterday_score(measured([80.0] * 12 + [160.0] * 12), CITY, NOW)
    assert found == {"bias": pytest.approx(-20.0), "inside": 0.5}
    edges = centre.yesterday_score(measured([50.0, 150.0] * 12), CITY, NOW)
    assert edges == {"bias": pytest.approx(0.0), "inside": 1.0}


@pytest.mark.parametrize(("hours", "said"), [(11, False), (12, True)])
def test_yesterdays_forecast_is_judged_by_half_a_day_at_least(folder: Path, hours: int, said: bool) -> None:
    freeze(folder, NOW - DAY, [day(0)])
    came = measured([100.0] * hours + [None] * (24 - hours))
    assert (centre.yesterday_score(came, CITY, NOW) is not None) is said


def test_yesterdays_forecast_is_the_last_one_issued_a_day_ago_or_earlier(folder: Path) -> None:
    came = measured([100.0] * 24)
    assert centre.yesterday_score(came, CITY, NOW) is None
    freeze(folder, NOW - DAY + HOUR, [day(0)], mean=0.0)
    assert centre.yesterday_score(came, CITY, NOW) is None
    freeze(folder, NOW - DAY, [day(0)], mean=110.0)
    freeze(folder, NOW - 2 * DAY, [day(0)], mean=500.0)
    found = centre.yesterday_score(came, CITY, NOW)
    assert found is not None
    assert found["bias"] == pytest.approx(10.0)
    assert centre.yesterday_score(came, "city:999999", NOW) is None
    assert centre.yesterday_score(measured([]), CITY, NOW) is None


def test_a_row_for_each_day_with_a_cell_for_each_item() -> None:
    table = pl.DataFrame([day(0, p2=0.25, p3=0.75), day(0, "pm25", q50=80.0), day(1, "pm25", q50=70.0)])
    first, second = pages.by_day(table)
    assert (first["date"], set(first["cells"])) == (TODAY, {"aqi", "pm25"})
    assert first["chances"] == [(2, 0.25, "25.0"), (3, 0.75, "75.0")]
    assert (second["date"], second["cells"]["pm25"]["q50"]) == (TODAY + DAY, 70.0)
    assert "chances" not in second
    assert pages.by_day(table.clear()) == []


def run_of(folder: Path, run_id: str) -> Run:
    return ForecastStore(folder).load(run_id)


def test_what_changed_is_the_index_of_the_next_three_days_against_the_run_before(folder: Path) -> None:
    old = freeze(
        folder, NOW - 12 * HOUR, [day(n, q50=100.0 + n) for n in range(3)] + [day(0, "pm25", q50=1.0)]
    )
    new = freeze(folder, NOW - 6 * HOUR, [day(n, q50=150.0 + n) for n in range(1, 5)])
    assert pages.changed(run_of(folder, new), CITY) == [
        {"date": TODAY + DAY, "now": 151.0, "before": 101.0},
        {"date": TODAY + 2 * DAY, "now": 152.0, "before": 102.0},
    ]
    assert pages.changed(run_of(folder, old), CITY) == []
    assert pages.changed(run_of(folder, new), "1738A") == []


def test_past_runs_stand_newest_first_with_their_issue_and_are_forty_at_most(folder: Path) -> None:
    ids = [freeze(folder, NOW.replace(minute=0) - k * HOUR, [day(0)]) for k in range(42)]
    found = pages.past_runs()
    assert [run for run, _ in found] == ids[:40]
    assert [issued for _, issued in found[:2]] == [NOW.replace(minute=0), NOW.replace(minute=0) - HOUR]


@pytest.mark.parametrize(
    ("frozen", "chinese", "english"),
    [
        ("pm25: no measurement in the last 60 days", "PM2.5: 近 60 天没有监测值", "PM2.5: nothing measured in the last 60 days"),
        ("o3: nothing measured for 17 hours", "O3: 已有 17 小时没有监测值", "O3: nothing measured for 17 h"),
        (
            "no2: too little history for a model, so persistence; co: nothing measured for 3 hours",
            "NO2: 历史资料不足，以持续性代替; CO: 已有 3 小时没有监测值", None,
        ),
        ("something else", "something else", "something else"),
    ],
)  # fmt: skip
def test_why_a_place_has_a_poorer_forecast_is_said_in_the_readers_language(
    frozen: str, chinese: str, english: str | None
) -> None:
    assert pages.said(frozen) == chinese
    with translation.override("en"):
        told = pages.said(frozen)
    assert not any("\u3400" < c < "\u9fff" for c in told)
    assert english is None or told.lower().startswith(english.lower()[:12])


@pytest.fixture
def stations(city: City, folder: Path) -> City:
    """Two stations of the city in two counties."""
    for code, region in (("A", "140302"), ("B", "140321")):
        Site.objects.create(
            code=code, name=f"站{code}", rank="national", region=city.regions[region], lon=113.5, lat=37.9, evaluated=True,
            city=city.regions["140300"],
        )  # fmt: skip
    return city


def asking(city: City, role: str, region: str) -> Any:
    return SimpleNamespace(user=city.person(role, region), GET={})


def test_a_post_chooses_among_the_city_and_the_places_of_its_own_county_that_the_run_has(
    stations: City,
) -> None:
    hours = pl.DataFrame({"site": [CITY, "A", "B", "county:140321"]})
    run: Any = SimpleNamespace(hours=hours)
    assert pages.places(asking(stations, "chief", "140300"), run) == [
        (CITY, "全市"), ("county:140321", "平定县"), ("A", "站A"), ("B", "站B"),
    ]  # fmt: skip
    assert pages.places(asking(stations, "chief", "140302"), run) == [(CITY, "全市"), ("A", "站A")]
    assert pages.places(asking(stations, "chief", "140322"), run) == [(CITY, "全市")]
    assert pages.places(asking(stations, "chief", "140300"), None) == [(CITY, "全市")]


def test_reasons_are_those_of_the_place_and_for_the_city_of_all_that_the_person_may_see(
    stations: City,
) -> None:
    why = "pm25: no measurement in the last 60 days"
    run: Any = SimpleNamespace(meta={"reasons": {CITY: why, "A": why, "B": why, "gone": why}})
    said = "PM2.5: 近 60 天没有监测值"
    chief, county = asking(stations, "chief", "140300"), asking(stations, "chief", "140302")
    assert pages.missing(chief, run, CITY) == [f"{name}：{said}" for name in ("全市", "站A", "站B")]
    assert pages.missing(chief, run, "B") == [f"站B：{said}"]
    assert pages.missing(county, run, CITY) == [f"{name}：{said}" for name in ("全市", "站A")]
    assert pages.missing(county, run, "B") == []
    metas: list[dict[str, Any]] = [{}, {"reasons": None}, {"reasons": {}}]
    bare: list[Any] = [SimpleNamespace(meta=meta) for meta in metas]
    assert [pages.missing(chief, each, CITY) for each in bare] == [[], [], []]


def test_the_city_is_named_even_before_its_region_has_stations(city: City, folder: Path) -> None:
    assert Region.objects.filter(pk="140300").exists()
    assert pages.places(asking(city, "chief", "140300"), None) == [("", "全市")]


def test_a_day_without_a_pair_is_a_gap_and_each_day_stands_at_its_noon_in_china() -> None:
    rows = [
        {"item": "pm25", "model": "ours", "day": TODAY, "rmse": 30.04},
        {"item": "pm25", "model": "ours", "day": TODAY + 2 * DAY, "rmse": 20.0},
        {"item": "pm25", "model": "persistence", "day": TODAY, "rmse": 41.0},
        {"item": "o3", "model": "ours", "day": TODAY + 9 * DAY, "rmse": 1.0},
    ]
    panel = score_pages._daily_panel(pl.DataFrame(rows), "pm25")
    noon = datetime(2019, 2, 25, 4, tzinfo=UTC)
    times = [int((noon + n * DAY).timestamp() * 1000) for n in range(3)]
    assert (panel["title"], panel["unit"]) == ("PM2.5", "µg/m³")
    assert [(s["name"], s["times"], s["data"]) for s in panel["series"]] == [
        ("本系统", times, [30.0, None, 20.0]),
        ("持续性", times, [41.0, None, None]),
        ("阻尼持续性", times, [None, None, None]),
    ]
    assert score_pages._daily_panel(pl.DataFrame(rows), "no2")["series"] == []
