"""The numbers of the centre, the map, a station and the forecast page on real hours, against plain Python over the file."""

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.cases.models import Case
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.registry.models import Emitter, Site
from tests.people import City
from tests.web.measured import MORNING, Measured, build_archive, table

CITY, SITE, HOUR = "city:140300", "1738A", timedelta(hours=1)
NOW = MORNING + timedelta(minutes=45)
FAN = {"q05": 50.0, "q10": 60.0, "q25": 80.0, "q50": 100.0, "q75": 120.0, "q90": 140.0, "q95": 150.0}
CHANCES = {"p1": 0.0, "p2": 0.3, "p3": 0.7, "p4": 0.0, "p5": 0.0, "p6": 0.0}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of real hours, taken in once."""
    return build_archive(tmp_path_factory.mktemp("centre"))


@pytest.fixture
def measured(archive: Path, city: City, data_dir: Path) -> Measured:
    """The city on the morning of 2019-02-25, 09:45 in China: the hour that ended at 09:00 has been published."""
    made = Measured.of(archive, data_dir)
    made.at(NOW)
    return made


def freeze(folder: Path, issued: datetime, middle: float = 100.0) -> str:
    """A run of 72 hours and three days for the city and a station, whose middle is always the same."""
    fan = {**FAN, "q50": middle}
    keys = [(place, item) for place in (CITY, SITE) for item in ("aqi", "pm25")]
    hours = [
        {"site": s, "item": i, "issued": issued, "start": issued + k * HOUR, "lead": k + 1, "mean": middle, **fan}
        for s, i in keys
        for k in range(72)
    ]  # fmt: skip
    first = issued.astimezone(CST).date()
    days = [
        {"site": s, "item": i, "issued": issued, "date": first + timedelta(days=n), "mean": middle, **fan, **CHANCES}
        for s, i in keys
        for n in range(3)
    ]  # fmt: skip
    members = [{"site": CITY, "member": 0, "date": first, "primary": "PM2.5"}]
    return ForecastStore(folder).freeze(
        pl.DataFrame(hours, schema_overrides={"issued": INSTANT, "start": INSTANT}),
        pl.DataFrame(days, schema_overrides={"issued": INSTANT}),
        pl.DataFrame(members),
        {"issued": issued, "model": "made", "fitted_on": [issued], "validation": {}},
    )


def client_of(city: City, role: str = "dispatcher", region: str = "140300") -> Client:
    client = Client()
    client.force_login(city.person(role, region))
    return client


def city_hours(item: str) -> dict[int, float]:
    """Plain Python: END of the hour in ms -> mean of the stations, where at least four of five have a value."""
    found: dict[datetime, list[float]] = defaultdict(list)
    for time, value in table("yangquan").select("time", item).iter_rows():
        if value is not None:
            found[time].append(float(value))
    return {
        int(t.replace(tzinfo=CST).timestamp() * 1000): sum(v) / len(v)
        for t, v in found.items()
        if len(v) >= 4
    }


def site_hours(item: str, code: str = SITE) -> dict[int, float]:
    rows = table("yangquan").filter(pl.col("site") == code).select("time", item).iter_rows()
    return {int(t.replace(tzinfo=CST).timestamp() * 1000): float(v) for t, v in rows if v is not None}


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def line(spec: dict[str, Any], number: int = 0) -> dict[int, float | None]:
    found = spec["series"][number]
    return dict(zip(found["times"], found["data"], strict=True))


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


def on_map(client: Client, layer: str, **asked: Any) -> list[dict[str, Any]]:
    """What each object of a layer says of itself."""
    answer = client.get(f"/map/layers/{layer}.json", asked)
    assert answer.status_code == 200
    return [feature["properties"] for feature in answer.json()["features"]]


def stations(client: Client, **asked: Any) -> dict[str, dict[str, Any]]:
    return {s["url"].split("/")[2]: s for s in on_map(client, "stations", **asked)}


def test_the_map_at_an_hour_shows_that_hour_and_no_other(measured: Measured, city: City) -> None:
    """The hour asked for is named by its end; where the station sent nothing then, it is grey."""
    client, known = client_of(city), site_hours("PM2.5")
    for back in (0, 5, 30, 60):
        label = MORNING - back * HOUR
        shown = stations(client, at=millis(label))[SITE]
        if millis(label) in known:
            assert f"{label.astimezone(CST):%H:%M}" in shown["line"]
        else:
            assert (shown["tone"], shown["text"]) == ("lv0", "—")


def test_the_colour_number_and_words_of_a_station_agree(measured: Measured, city: City) -> None:
    bounds = (
        (50, 1, "优"),
        (100, 2, "良"),
        (150, 3, "轻度"),
        (200, 4, "中度"),
        (300, 5, "重度"),
        (10**9, 6, "严重"),
    )
    seen = 0
    for back in range(0, 60, 12):
        for s in stations(client_of(city), at=millis(MORNING - back * HOUR)).values():
            if s["tone"] != "lv0":
                level, name = next((n, w) for top, n, w in bounds if int(s["text"]) <= top)
                assert (s["tone"], s["line"].startswith(f"AQI {s['text']} {name}")) == (f"lv{level}", True)
                seen += 1
    assert seen > 10


def test_the_map_of_an_hour_to_come_shows_the_forecast_of_that_hour(measured: Measured, city: City) -> None:
    freeze(measured.folder, MORNING, 130.0)
    client = client_of(city)
    at = millis(MORNING + 5 * HOUR)
    assert "预报" in client.get("/map/layers/stations.json", {"at": at}).json()["note"]
    found = stations(client, at=at)
    assert (found[SITE]["text"], found[SITE]["tone"]) == ("130", "lv3")
    assert all(s["text"] == "—" for code, s in found.items() if code != SITE)
    beyond = stations(client, at=millis(MORNING + 100 * HOUR))
    assert {s["text"] for s in beyond.values()} == {"—"}


@pytest.mark.parametrize("at", ["abc", "1e400", "-1e18", "nan", "99999999999999999"])
def test_a_moment_that_is_none_gets_a_sentence(measured: Measured, city: City, at: str) -> None:
    answer = client_of(city).get("/map/layers/stations.json", {"at": at})
    assert answer.status_code == 400
    assert "时刻" in answer.content.decode()


def test_the_map_of_a_county_holds_only_what_lies_in_it(measured: Measured, city: City) -> None:
    for code, region in (("E1", "140302"), ("E2", "140321")):
        Emitter.objects.create(code=code, name=code, kind="plant", region=city.regions[region], industry="水泥", grade="C", lon=113.6, lat=37.8)  # fmt: skip
        Case.objects.create(
            number=f"n-{code}", title=code, region=city.regions[region], source="patrol", level="minor", state="pending",
            opened_at=MORNING, lat=37.8, lon=113.6,
        )  # fmt: skip
    county, whole = client_of(city, "dispatcher", "140302"), client_of(city)
    assert [e["name"] for e in on_map(county, "emitters")] == ["E1"]
    assert [c["name"] for c in on_map(county, "cases")] == ["E1"]
    own = set(Site.objects.filter(region="140302").values_list("code", flat=True))
    assert set(stations(county)) == own
    assert len(on_map(whole, "emitters")) == len(on_map(whole, "cases")) == 2
    assert len(stations(whole)) > len(own) > 0


def test_finished_cases_and_those_without_a_place_are_not_on_the_map(measured: Measured, city: City) -> None:
    fields = {
        "region": city.regions["140302"],
        "source": "patrol",
        "level": "minor",
        "opened_at": MORNING,
        "lat": 37.8,
    }
    for n, (state, lon) in enumerate(
        [("pending", 113.6), ("closed", 113.6), ("void", 113.6), ("pending", None)]
    ):
        Case.objects.create(number=f"n{n}", title=f"t{n}", state=state, lon=lon, **fields)
    assert [c["name"] for c in on_map(client_of(city), "cases")] == ["t0"]


def test_a_station_shows_its_hours_as_they_were_delivered(measured: Measured, city: City) -> None:
    answer = client_of(city).get(f"/sites/{SITE}/series.json", {"items": "pm25,co", "days": 2}).json()
    assert [p["title"] for p in answer["panels"]] == ["PM2.5", "CO"]
    known = site_hours("PM2.5")
    shown = line(answer["panels"][0])
    assert len(shown) == 48
    assert {t: v for t, v in shown.items() if v is not None} == {t: known[t] for t in shown if t in known}


def test_a_station_at_an_earlier_moment_shows_the_hours_around_it(measured: Measured, city: City) -> None:
    until = MORNING - timedelta(days=10)
    asked = {"until": int(until.timestamp()), "days": 1, "items": "pm25"}
    answer = client_of(city).get(f"/sites/{SITE}/series.json", asked).json()
    assert max(answer["times"]) == millis(until + 6 * HOUR)
    assert len(answer["times"]) == 24
    far = {**asked, "until": int((MORNING + timedelta(days=5)).timestamp())}
    assert max(client_of(city).get(f"/sites/{SITE}/series.json", far).json()["times"]) <= millis(MORNING)


@pytest.mark.parametrize("asked", [{"days": 0}, {"days": 32}, {"days": "x"}, {"until": "x"}])
def test_a_question_to_a_station_that_cannot_be_meant_gets_a_sentence(
    measured: Measured, city: City, asked: dict[str, Any]
) -> None:
    answer = client_of(city).get(f"/sites/{SITE}/series.json", asked)
    assert answer.status_code == 400
    assert next(iter(asked)) in answer.content.decode()


@pytest.mark.parametrize("tab", ["series", "evaluation", "quality", "neighbours", "raw", "", "nonsense"])
def test_every_tab_of_a_station_opens(measured: Measured, city: City, tab: str) -> None:
    assert client_of(city).get(f"/sites/{SITE}/", {"tab": tab}).status_code == 200


def test_the_raw_tab_shows_nothing_that_had_not_been_received(measured: Measured, city: City) -> None:
    page = client_of(city).get(f"/sites/{SITE}/", {"tab": "raw"})
    rows = page.context["raw"]
    assert rows
    assert all(r["received"] <= clock.now() and r["start"] < MORNING for r in rows)
    assert rows == sorted(rows, key=lambda r: (r["start"], r["received"]), reverse=True)


def test_neighbours_are_the_nearest_and_not_the_station_itself(measured: Measured, city: City) -> None:
    near = client_of(city).get(f"/sites/{SITE}/", {"tab": "neighbours"}).context["near"]
    own = Site.objects.get(pk=SITE)

    def distance(site: Site) -> float:
        return (site.lon - own.lon) ** 2 + (site.lat - own.lat) ** 2

    others = sorted(map(distance, Site.objects.exclude(pk=SITE)))
    assert [distance(s) for s in near] == others[:6]
    assert SITE not in {s.code for s in near}


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


def test_the_centre_names_the_newest_hour_and_its_age(measured: Measured, city: City) -> None:
    known = city_hours("PM2.5")
    newest = max(t for t in known if t <= millis(MORNING))
    present = client_of(city).get("/").context["present"]
    assert millis(present["start"] + HOUR) == newest
    assert present["stale"] is (millis(NOW) - newest > 3 * 3_600_000)
    measured.at(MORNING + timedelta(days=30))
    gone = client_of(city).get("/").context["present"]
    assert gone is None or gone["stale"]


def test_stations_on_the_centre_stand_worst_first_and_those_without_an_index_last(
    measured: Measured, city: City
) -> None:
    rows = client_of(city).get("/").context["stations"]
    indices = [r["aqi"] for r in rows]
    known = [i for i in indices if i is not None]
    assert indices == sorted(known, reverse=True) + [None] * (len(indices) - len(known))
    assert len(rows) == Site.objects.filter(evaluated=True).count()


def test_yesterdays_forecast_is_scored_by_what_came(measured: Measured, city: City) -> None:
    """A day-old run that always said 100 with a band of 50 to 150, against the city's hours since."""
    issued = datetime(2019, 2, 24, 1, tzinfo=UTC)
    freeze(measured.folder, issued)
    known = city_hours("PM2.5")
    came = [known[t] for k in range(24) if (t := millis(issued + (k + 1) * HOUR)) in known]
    score = client_of(city).get("/").context["score"]
    assert score["bias"] == pytest.approx(sum(100 - v for v in came) / len(came), abs=0.6)
    assert score["inside"] == pytest.approx(sum(50 <= v <= 150 for v in came) / len(came), abs=0.05)
