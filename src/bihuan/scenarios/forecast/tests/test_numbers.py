"""The numbers of the time line and the forecast page on real hours, against plain Python over the file."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bihuan.registry.models import Site
from tests.people import City
from tests.web.measured import MORNING, Measured
from tests.web.numbers import CITY, HOUR, NOW, SITE, city_hours, client_of, freeze, line, millis, site_hours


@pytest.fixture
def measured(measured: Measured, data_dir: Path) -> Measured:
    """The city on the morning of 2019-02-25, 09:45 in China: the hour that ended at 09:00 has been published."""
    measured.at(NOW)
    return measured


@pytest.mark.parametrize(("item", "column"), [("pm25", "PM2.5"), ("o3", "O3"), ("no2", "NO2")])
def test_the_timeline_shows_72_hours_of_the_city_and_no_hour_to_come(
    measured: Measured, city: City, item: str, column: str
) -> None:
    answer = client_of(city).get("/timeline.json", {"item": item}).json()
    shown, known = line(answer["panels"][0]), city_hours(column)
    hours = [millis(MORNING - k * HOUR) for k in reversed(range(72))]
    assert list(shown) == hours
    for hour, value in shown.items():
        assert (value is None) == (hour not in known)
        assert value is None or abs(value - known[hour]) <= 0.5, hour
    assert any(v is not None for v in shown.values())
    assert answer["now"] == millis(NOW)


def test_the_timeline_goes_on_with_the_newest_forecast(measured: Measured, city: City) -> None:
    freeze(measured.folder, MORNING - 6 * HOUR, 90.0)
    freeze(measured.folder, MORNING - HOUR, 110.0)
    answer = client_of(city).get("/timeline.json").json()
    middle = line(answer["panels"][0], 1)
    assert set(middle.values()) == {110.0}
    assert min(middle) == millis(MORNING)
    assert len(answer["panels"][0]["bands"]) == 2
    low, high = (answer["panels"][0]["bands"][0][k][0] for k in ("low", "high"))
    assert (low, high) == (50.0, 150.0)


def test_a_forecast_issued_after_the_clock_is_on_no_page(measured: Measured, city: City) -> None:
    later = freeze(measured.folder, MORNING + HOUR)
    client = client_of(city)
    assert len(client.get("/timeline.json").json()["panels"][0]["series"]) == 1
    assert client.get("/forecast/", {"run": later}).status_code == 404
    assert later not in client.get("/forecast/").content.decode()
    measured.at(MORNING + HOUR)
    assert client.get("/forecast/", {"run": later}).status_code == 200


@pytest.mark.parametrize("item", ["pm99", "", "aqi", "PM25", "<b>"])
def test_an_unknown_item_gets_a_sentence_with_those_there_are(
    measured: Measured, city: City, item: str
) -> None:
    answer = client_of(city).get("/timeline.json", {"item": item})
    assert answer.status_code == 400
    assert "pm25" in answer.content.decode()


def test_the_forecast_page_lists_past_runs_the_newest_first_and_opens_each(
    measured: Measured, city: City
) -> None:
    ids = [freeze(measured.folder, MORNING - k * HOUR, 100.0 + k) for k in (18, 12, 6)]
    client = client_of(city)
    page = client.get("/forecast/")
    assert [run for run, _ in page.context["runs"]] == list(reversed(ids))
    assert page.context["run"].run_id == ids[-1]
    old = client.get("/forecast/", {"run": ids[0]})
    assert old.context["days"][0]["cells"]["aqi"]["q50"] == 118.0
    assert [row["date"] for row in old.context["days"]] == [
        date(2019, 2, 24) + timedelta(days=n) for n in range(3)
    ]


def test_what_changed_is_held_against_the_run_before(measured: Measured, city: City) -> None:
    freeze(measured.folder, MORNING - 12 * HOUR, 90.0)
    freeze(measured.folder, MORNING - 6 * HOUR, 120.0)
    changed = client_of(city).get("/forecast/").context["changed"]
    assert {(row["before"], row["now"]) for row in changed} == {(90.0, 120.0)}


def test_a_past_run_is_shown_with_what_came(measured: Measured, city: City) -> None:
    run = freeze(measured.folder, MORNING - 24 * HOUR)
    answer = client_of(city).get("/forecast/series.json", {"run": run, "place": SITE}).json()
    assert answer["now"] == millis(MORNING - 24 * HOUR)
    shown, known = line(answer["panels"][0]), site_hours("PM2.5")
    after = {t: v for t, v in shown.items() if t > answer["now"]}
    assert len(after) == 24
    assert {t: v for t, v in after.items() if v is not None} == {t: known[t] for t in after if t in known}


@pytest.mark.parametrize("place", ["1739A", "city:140100", "", "nowhere", "county:999999"])
def test_a_place_that_is_not_the_readers_is_answered_with_the_city(
    measured: Measured, city: City, place: str
) -> None:
    freeze(measured.folder, MORNING)
    assert client_of(city).get("/forecast/", {"place": place}).context["place"] == CITY


def test_a_county_without_the_station_is_not_offered_it(measured: Measured, city: City) -> None:
    freeze(measured.folder, MORNING)
    region = Site.objects.get(pk=SITE).region_id
    other = next(c for c in ("140321", "140322") if c != region)
    inside = dict(client_of(city, "chief", region).get("/forecast/").context["places"])
    outside = dict(client_of(city, "chief", other).get("/forecast/").context["places"])
    assert (SITE in inside, SITE in outside) == (True, False)
    page = client_of(city, "chief", other).get("/forecast/", {"place": SITE, "as": "csv"})
    assert SITE not in page.content.decode()


def test_a_run_is_taken_away_as_it_was_frozen_for_the_place_that_is_shown(
    measured: Measured, city: City
) -> None:
    freeze(measured.folder, MORNING, 130.0)
    answer = client_of(city).get("/forecast/", {"place": SITE, "as": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2 * 72
    assert {r["site"] for r in rows} == {SITE}
    assert {float(r["q50"]) for r in rows} == {130.0}


def test_without_a_run_the_page_says_what_is_missing(measured: Measured, city: City) -> None:
    page = client_of(city).get("/forecast/")
    assert page.context["run"] is None
    assert re.search("还没有|没有.*预报", page.content.decode())
    assert client_of(city).get("/forecast/series.json").json()["panels"][0]["bands"] == []


def test_yesterdays_forecast_is_scored_by_what_came(measured: Measured, city: City) -> None:
    """A day-old run that always said 100 with a band of 50 to 150, against the city's hours since."""
    issued = datetime(2019, 2, 24, 1, tzinfo=UTC)
    freeze(measured.folder, issued)
    known = city_hours("PM2.5")
    came = [known[t] for k in range(24) if (t := millis(issued + (k + 1) * HOUR)) in known]
    score = client_of(city).get("/").context["score"]
    assert score["bias"] == pytest.approx(sum(100 - v for v in came) / len(came), abs=0.6)
    assert score["inside"] == pytest.approx(sum(50 <= v <= 150 for v in came) / len(came), abs=0.05)
