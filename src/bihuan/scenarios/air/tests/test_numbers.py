"""The numbers of the centre, the map and a station on real hours, against plain Python over the file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bihuan import clock
from bihuan.cases.models import Case
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Emitter, Site
from tests.people import City
from tests.web.measured import MORNING, Measured
from tests.web.numbers import (
    HOUR,
    NOW,
    SITE,
    city_hours,
    client_of,
    freeze,
    line,
    millis,
    on_map,
    site_hours,
    stations,
)


@pytest.fixture
def measured(measured: Measured, data_dir: Path) -> Measured:
    """The city on the morning of 2019-02-25, 09:45 in China: the hour that ended at 09:00 has been published."""
    measured.at(NOW)
    return measured


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


def test_a_station_shows_its_hours_as_they_were_delivered(measured: Measured, city: City) -> None:
    answer = client_of(city).get(f"/sites/{SITE}/series.json", {"items": "pm25,co", "days": "2"}).json()
    assert [p["title"] for p in answer["panels"]] == ["PM2.5", "CO"]
    known = site_hours("PM2.5")
    shown = line(answer["panels"][0])
    assert len(shown) == 48
    assert {t: v for t, v in shown.items() if v is not None} == {t: known[t] for t in shown if t in known}


def test_a_station_at_an_earlier_moment_shows_the_hours_around_it(measured: Measured, city: City) -> None:
    until = MORNING - timedelta(days=10)
    asked: dict[str, int | str] = {"until": int(until.timestamp()), "days": 1, "items": "pm25"}
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
