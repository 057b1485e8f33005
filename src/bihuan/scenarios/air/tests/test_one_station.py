"""A station's page at the edges: the turn of the year in China, what lies near, gaps, ends, questions that cannot be meant."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.test import Client

from bihuan import clock
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.kit import air
from bihuan.registry.models import Site, ValueDecision
from bihuan.scenarios.air import newest, site_pages
from tests.people import City
from tests.web.measured import MORNING, Measured, table
from tests.web.numbers import HOUR, NOW, SITE, client_of, freeze, line, millis, site_hours

SCHEMA = pl.Schema({"site": pl.String(), "start": INSTANT, **dict.fromkeys(ITEM_NAMES, pl.Float64())})


def hours(code: str, first: datetime, values: Sequence[float | None], item: str = "pm25") -> pl.DataFrame:
    """Hours one after the other with values of one item, the other five clean."""
    clean = {"pm25": 10.0, "pm10": 20.0, "so2": 5.0, "no2": 20.0, "co": 0.5, "o3": 80.0}
    rows = [{"site": code, "start": first + n * HOUR, **clean, item: value} for n, value in enumerate(values)]
    return pl.DataFrame(rows, schema=SCHEMA)


def at(text: str) -> datetime:
    """A moment of China."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2019-12-31T23:59", "2019-01-01T00:00"),
        ("2020-01-01T00:00", "2020-01-01T00:00"),
        ("2020-01-01T07:59", "2020-01-01T00:00"),  # still the old year in UTC
        ("2020-01-01T08:00", "2020-01-01T00:00"),
        ("2020-06-01T12:00", "2020-01-01T00:00"),
    ],
)
def test_the_evaluation_of_a_station_begins_with_the_year_in_china(
    monkeypatch: pytest.MonkeyPatch, now: str, since: str
) -> None:
    asked = []

    def read(sites: list[str], start: datetime, end: datetime, *, decided: bool) -> pl.DataFrame:
        asked.append((sites, start, end, decided))
        return pl.DataFrame(schema=SCHEMA)

    monkeypatch.setattr(site_pages, "hours_of", read)
    site = Site(code="S1", name="站")
    found = site_pages._evaluation(SimpleNamespace(), site, at(now))  # type: ignore[arg-type]
    assert found == {"days": [], "months": []}
    assert asked == [(["S1"], at(since), at(now), True)]


def test_its_days_are_those_of_china_newest_first_and_at_most_31(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 whole days of PM2.5 at 80 µg/m³, IAQI 100 + 50 x 5 / 40 = 106.25, rounded up to 107 (HJ 633-2012)."""
    rows = hours("S1", at("2019-01-01T00:00"), [80.0] * 24 * 40)
    monkeypatch.setattr(site_pages, "hours_of", lambda *_, **__: rows)
    found = site_pages._evaluation(None, Site(code="S1"), at("2019-02-10T00:00"))  # type: ignore[arg-type]
    dates = [d["date"] for d in found["days"]]
    assert (len(dates), dates[0], dates[-1]) == (31, date(2019, 2, 9), date(2019, 1, 10))
    assert {(d["aqi"], d["primary"], d["missing"]) for d in found["days"]} == {(107, "PM2.5", "")}
    assert [(m["start"], m["valid_days"], m["pm25"]) for m in found["months"]] == [
        (date(2019, 1, 1), 31, 80.0), (date(2019, 2, 1), 9, 80.0),
    ]  # fmt: skip
    assert [m["composite"] is not None for m in found["months"]] == [True, False]


def place(city: City, code: str, lon: float, lat: float, **more: Any) -> Site:
    return Site.objects.create(
        code=code, name=code, rank="national", region=city.regions["140321"], lon=lon, lat=lat, **more
    )


def test_near_is_what_is_near_on_the_ground_not_in_degrees(city: City) -> None:
    """At 38° north a degree of longitude is 88 km, one of latitude 111 km: the one to the east is 8.8 km off, the other 10.0."""
    own = place(city, "own", 113.5, 38.0)
    place(city, "north", 113.5, 38.09)
    place(city, "east", 113.6, 38.0)
    assert [s.code for s in site_pages.nearest(own)] == ["east", "north"]


def test_what_is_simulated_or_ended_is_nobodys_neighbour(city: City, data_dir: object) -> None:
    clock.set_replay(NOW, 0)
    own = place(city, "own", 113.5, 38.0)
    place(city, "made", 113.5, 38.01, simulated=True)
    place(city, "gone", 113.5, 38.01, until=date(2019, 2, 25))
    place(city, "last", 113.5, 38.02, until=date(2019, 2, 26))
    for n in range(8):
        place(city, f"far{n}", 113.5, 38.1 + n / 10)
    assert [s.code for s in site_pages.nearest(own)] == ["last", "far0", "far1", "far2", "far3", "far4"]
    assert site_pages.nearest(own, 1)[0].code == "last"


@pytest.fixture
def page(measured: Measured, city: City) -> Client:
    """The duty officer, at 09:45 on 25 February 2019."""
    measured.at(NOW)
    return client_of(city)


def series(client: Client, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"/sites/{SITE}/series.json", asked)
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_the_chart_shows_three_days_of_every_item_and_no_hour_that_runs(page: Client) -> None:
    found = series(page)
    assert [p["title"] for p in found["panels"]] == ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3"]
    assert found["now"] == millis(NOW)
    assert found["times"] == [millis(MORNING - k * HOUR) for k in reversed(range(72))]
    known = site_hours("PM2.5")
    shown = line(found["panels"][0])
    assert {t: v for t, v in shown.items() if v is not None} == {t: v for t, v in known.items() if t in shown}


@pytest.mark.parametrize(("days", "hours_shown"), [("1", 24), ("31", 31 * 24), ("", 72)])
def test_the_chart_goes_back_as_far_as_is_asked(page: Client, days: str, hours_shown: int) -> None:
    assert len(series(page, days=days)["times"]) == hours_shown


@pytest.mark.parametrize("days", ["0", "32", "-1", "x", "1.5", "1e9"])
def test_days_that_cannot_be_meant_get_a_sentence(page: Client, days: str) -> None:
    answer = page.get(f"/sites/{SITE}/series.json", {"days": days})
    assert answer.status_code == 400
    assert f"days={days} 不是 1 至 31 之间的整数" in answer.content.decode()


def test_a_moment_that_was_is_shown_with_six_hours_after_it_and_without_a_forecast(
    page: Client, measured: Measured
) -> None:
    """The chart of a finding: around its end; one to come is now."""
    freeze(measured.folder, MORNING - 6 * HOUR)
    moment = datetime(2019, 2, 20, 4, 20, tzinfo=UTC)
    past = series(page, until=int(moment.timestamp()), items="pm25")
    assert past["times"][-1] == millis(datetime(2019, 2, 20, 10, tzinfo=UTC))
    assert len(past["times"]) == 72
    assert past["panels"][0]["bands"] == []
    late = series(page, until=int((NOW - 2 * HOUR).timestamp()), items="pm25")
    assert late["times"][-1] == millis(MORNING)  # not six hours on: they have not been
    coming = series(page, until=int((NOW + 99 * HOUR).timestamp()), items="pm25")
    assert coming["times"] == series(page, items="pm25")["times"]
    assert len(coming["panels"][0]["bands"]) == 2


@pytest.mark.parametrize(
    ("items", "titles"),
    [("o3,pm25", ["O3", "PM2.5"]), ("pm99", ["PM2.5"]), ("", ["PM2.5"]), ("<b>,co", ["CO"])],
)
def test_items_that_there_are_not_are_left_out(page: Client, items: str, titles: list[str]) -> None:
    assert [p["title"] for p in series(page, items=items)["panels"]] == titles


def test_the_median_of_those_around_stands_beside_it(page: Client) -> None:
    found = series(page, near="1", items="pm25,pm10", days="1")
    assert [len(p["series"]) for p in found["panels"]] == [2, 2]
    codes = [s.code for s in site_pages.nearest(Site.objects.get(pk=SITE))]
    rows = pl.concat([table("yangquan"), table("neighbours")], how="diagonal").filter(
        pl.col("site").is_in(codes)
    )
    sent: dict[int, list[float]] = defaultdict(list)
    for time, value in rows.select("time", "PM2.5").drop_nulls().iter_rows():
        sent[millis(time.replace(tzinfo=CST))].append(float(value))
    shown = line(found["panels"][0], 1)
    assert len(shown) == 24
    for label, median in shown.items():
        assert median == (pytest.approx(statistics.median(sent[label]), abs=0.051) if label in sent else None)
    assert any(median is not None for median in shown.values())


def test_a_tab_that_there_is_not_opens_the_page_without_one(page: Client) -> None:
    assert page.get(f"/sites/{SITE}/", {"tab": "nothing"}).status_code == 200
    assert page.get("/sites/none/").status_code == 404
    assert page.get("/sites/none/series.json").status_code == 404


def test_the_newest_hour_of_a_station_says_what_it_lacks_and_how_old_it_is(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = hours(SITE, NOW.replace(minute=0) - 5 * HOUR, [35.0, 35.0, None])
    monkeypatch.setattr(air, "hours", lambda *_: rows)
    context = page.get(f"/sites/{SITE}/").context
    assert context["newest"]["missing"] == "PM2.5"
    assert context["newest"]["aqi"] is None
    assert context["age"] == "2 小时"  # it ended at 07:00, now it is 09:45


def test_a_station_that_never_sent_has_an_empty_page(page: Client, city: City) -> None:
    place(city, "NEW", 113.5, 37.9, evaluated=True)
    for tab in ("series", "evaluation", "quality", "neighbours", "raw"):
        context = page.get("/sites/NEW/", {"tab": tab}).context
        assert (context["newest"], context["age"]) == (None, None)
    assert {v for p in series(page)["panels"] for v in p["series"][0]["data"]} != {None}
    empty = page.get("/sites/NEW/series.json").json()
    assert {v for p in empty["panels"] for v in p["series"][0]["data"]} == {None}
    assert len(context["strip"]) == 7 * 24
    assert {state for state, _ in context["strip"]} == {"missing"}


def test_the_strip_of_a_week_shows_what_is_doubted_and_what_was_excluded(
    city: City, data_dir: object
) -> None:
    """168 valid hours; two of them doubted by a finding, one excluded by a reviewer, one rejected finding that counts for nothing."""
    clock.set_replay(MORNING, 0)
    own = place(city, "S1", 113.5, 37.9)
    recent = air.indexed(hours("S1", MORNING - 168 * HOUR, [35.0] * 168))

    def found(first: int, last: int, key: str) -> Finding:
        return open_or_extend(
            check_key=key, target_kind="site", target="S1", target_name="站", title="疑", region=city.regions["140321"],
            started_at=MORNING - first * HOUR, until=MORNING - last * HOUR, magnitude=1.0, unit="", severity="minor",
            evidence={}, item="pm25",
        )[0]  # fmt: skip

    found(10, 8, "k1")
    Finding.objects.filter(pk=found(30, 20, "k2").pk).update(status="rejected")
    ValueDecision.objects.create(
        site=own, items="pm25", start=MORNING - 3 * HOUR, until=MORNING - 2 * HOUR, verdict="exclude", stage="audited",
        reason="x", reviewer=city.person("chief", "140300"), at=MORNING - HOUR,
    )  # fmt: skip
    cells = site_pages.strip(city.person("dispatcher", "140300"), own, recent, MORNING)
    assert [start for _, start in cells] == [MORNING - (168 - n) * HOUR for n in range(168)]
    states = {start: state for state, start in cells}
    odd = {start: state for start, state in states.items() if state != states[MORNING - 100 * HOUR]}
    assert sorted(odd) == [MORNING - n * HOUR for n in (10, 9, 3)]
    assert odd[MORNING - 10 * HOUR] == odd[MORNING - 9 * HOUR] != odd[MORNING - 3 * HOUR]


@pytest.mark.parametrize(
    ("minutes", "age", "stale"),
    [(0, "0 分钟", False), (59, "59 分钟", False), (180, "3 小时", False), (181, "3 小时", True)],
)
def test_the_newest_hour_is_stale_after_three_hours(
    city: City, data_dir: object, monkeypatch: pytest.MonkeyPatch, minutes: int, age: str, stale: bool
) -> None:
    now = MORNING + timedelta(minutes=minutes)
    clock.set_replay(now, 0)
    place(city, f"S{minutes}", 113.5, 37.9, evaluated=True)
    monkeypatch.setattr(newest, "hours", lambda *_: hours("S", MORNING - 3 * HOUR, [1.0, 2.0, 3.0]))
    found = newest.newest_hour(now)
    assert found is not None
    assert (found.start, found.stale) == (MORNING - HOUR, stale)
    assert found.age == age


def test_without_stations_or_hours_there_is_no_newest_hour(
    city: City, data_dir: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set_replay(MORNING, 0)
    monkeypatch.setattr(newest, "hours", lambda *_: pytest.fail("there is nothing to read"))
    assert newest.newest_hour(MORNING) is None
    place(city, "gone", 113.5, 37.9, evaluated=True, until=date(2019, 2, 25))
    place(city, "other", 113.5, 37.9)
    assert newest.newest_hour(MORNING) is None
    place(city, "here", 113.5, 37.9, evaluated=True)
    monkeypatch.setattr(newest, "hours", lambda *_: pl.DataFrame(schema=SCHEMA))
    assert newest.newest_hour(MORNING) is None


def test_the_centre_and_the_brief_agree_on_a_city_most_of_whose_stations_are_silent(
    page: Client, measured: Measured
) -> None:
    """Three of the five stations are new and have sent nothing yet."""
    before = page.get("/").context["present"]
    assert before is not None
    own = Site.objects.filter(evaluated=True)[0]
    for n in range(3):
        Site.objects.create(
            code=f"NEW{n}", name="新站", rank="national", region=own.region, city=own.city, lon=113.5, lat=37.9, evaluated=True
        )  # fmt: skip
    assert page.get("/").context["present"] is None
    assert "最近 24 小时没有收到城市小时值。" in page.get("/brief/2019-02-25/").content.decode()
