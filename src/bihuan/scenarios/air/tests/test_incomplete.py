"""What does not measure everything is never the cleanest of all: not now, not yesterday, not in a ranking."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import polars as pl
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.archive import Archive
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.models import Region, Site
from bihuan.scenarios.air import centre
from bihuan.scenarios.air.evaluation import snapshot, tables, texts
from bihuan.scenarios.air.evaluation.figures import figures
from bihuan.scenarios.air.evaluation.places import Place
from bihuan.scenarios.air.evaluation.spans import Span
from tests.people import City
from tests.statistics.made import days_of
from tests.web.measured import MORNING, Measured, cells

ITEMS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3")
CLEAN = {"PM2.5": 30, "PM10": 45, "SO2": 10, "NO2": 20, "CO": 0.5, "O3": 60}
JANUARY = Span(date(2019, 1, 1), date(2019, 1, 31), date(2019, 1, 31))
MARCH = date(2019, 3, 1)


def station(measured: Measured, values: dict[str, float], hours: int = 34, code: str = "T1") -> Site:
    """One more evaluation station that measured these items in the last hours, all alike."""
    top = Region.objects.get(pk="140300")
    made = Site.objects.create(
        code=code,
        name="试验站",
        rank="national",
        region_id="140302",
        city=top,
        lon=113.6,
        lat=37.9,
        evaluated=True,
    )
    path = measured.folder / f"{code}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["site", "time", *ITEMS])
        for n in range(hours):
            label = (MORNING - timedelta(hours=n)).astimezone(CST)
            writer.writerow([code, f"{label:%Y-%m-%dT%H:%M}", *(values.get(i, "") for i in ITEMS)])
    reports = import_files(Archive(measured.folder / "archive"), [path], received=MORNING)
    assert not reports[0].error
    return made


def without(*items: str) -> dict[str, float]:
    return {k: v for k, v in CLEAN.items() if k not in items}


def chief(city: City) -> Client:
    client = Client()
    client.force_login(city.person("chief", "140300"))
    return client


@pytest.mark.parametrize(
    ("lost", "said"), [(("PM2.5", "PM10"), "缺 PM2.5、PM10"), (("O3",), "缺 O3"), (("PM10",), "缺 PM10")]
)
def test_a_station_without_an_item_is_grey_and_last(
    measured: Measured, city: City, lost: tuple[str, ...], said: str
) -> None:
    station(measured, without(*lost))
    client = chief(city)
    rows = centre.station_rows(city.person("chief", "140300"), centre.city_air(MORNING))
    assert (rows[-1]["site"].code, rows[-1]["aqi"], rows[-1]["lacking"]) == ("T1", None, said)
    for address in ("/", "/sites/", "/sites/T1/", "/sites/T1/?tab=evaluation"):
        assert said in client.get(address).content.decode(), address
    told = client.get("/map/layers/stations.json").json()["features"]
    on_map = next(f["properties"] for f in told if "试验站" in f["properties"]["name"])
    assert (on_map["tone"], on_map["text"]) == ("lv0", "—")
    assert on_map["line"].startswith(said)


def test_an_index_above_100_stands_though_items_are_missing(measured: Measured, city: City) -> None:
    # HJ 633-2026, 5.3.1: what the others show already exceeds the limit; PM2.5 180 -> 200 + 100 / 100 x 30 = 230.
    station(measured, {"PM2.5": 180})
    rows = centre.station_rows(city.person("chief", "140300"), centre.city_air(MORNING))
    assert next(r["aqi"] for r in rows if r["site"].code == "T1") == 230


def test_a_city_without_an_item_says_so(measured: Measured, city: City) -> None:
    Site.objects.filter(evaluated=True).update(evaluated=False)
    station(measured, without("PM2.5", "PM10"))
    now = centre.city_air(MORNING).present
    assert now is not None
    assert (now["aqi"], now["level"], now["lacking"]) == (None, None, "缺 PM2.5、PM10")
    page = chief(city).get("/").content.decode()
    assert "缺 PM2.5、PM10" in page
    assert "data-aqi>—<" in page


def test_the_brief_does_not_call_it_the_best(measured: Measured, city: City) -> None:
    station(measured, without("PM2.5", "PM10"))
    found = figures(date(2019, 2, 25), city.person("chief", "140300"))
    said = texts.stations(found)
    assert "试验站最好" not in said
    assert "试验站缺 PM2.5、PM10，不参与排名。" in said
    assert found["stations"][-1]["name"] == "试验站"
    page = chief(city).get("/brief/2019-02-25/").content.decode()
    assert "缺 PM2.5、PM10" in page


def test_a_complete_station_is_ranked_as_ever(measured: Measured, city: City) -> None:
    station(measured, CLEAN)
    assert "试验站最好（AQI 45）" in texts.stations(
        figures(date(2019, 2, 25), city.person("chief", "140300"))
    )


def taken(**days: dict[str, list[float | None]]) -> snapshot.Known:
    """Days of March 2019 by station; the items that are not named are clean and whole."""
    frames = [days_of(MARCH, values, key) for key, values in days.items()]
    return snapshot.Known(pl.concat(frames), datetime(2019, 4, 2, tzinfo=UTC), dict.fromkeys(days, "station"))


def places(keys: list[str]) -> list[Place]:
    return [Place(k, k, "station", "") for k in keys]


def gaps(value: float, have: int, length: int = 31) -> list[float | None]:
    return [value if n < have else None for n in range(length)]


def test_missing_days_are_not_rewarded_with_a_rank(measured: Measured) -> None:
    # b is cleaner but has 15 of 31 days of PM10; a month needs 27.
    data = taken(a={"pm10": gaps(80.0, 31)}, b={"pm10": gaps(5.0, 15)}, c={"pm10": gaps(60.0, 27)})
    span = Span(MARCH, date(2019, 3, 31), date(2019, 3, 31))
    rows = tables.span_rows(data, places(["b", "a", "c"]), span, "auto")
    assert [(r["place"].key, r["values"]["rank"], r["unranked"]) for r in rows] == [
        ("c", 1, ""),
        ("a", 2, ""),
        ("b", None, "15/31"),
    ]
    assert rows[2]["values"]["composite"] is None
    both = tables.both_rows(data, places(["b", "a", "c"]), span)
    assert [(r["place"].key, r["old"]["rank"], r["new"]["rank"]) for r in both][2] == ("b", None, None)


def test_a_running_month_needs_its_share_of_days(measured: Measured) -> None:
    # 10 of 31 days: 10 x 27 / 31 = 8.7, so 9 valid days take part and 8 do not.
    data = taken(a={"pm25": gaps(10.0, 9, 10)}, b={"pm25": gaps(9.0, 8, 10)})
    span = Span(MARCH, date(2019, 3, 10), date(2019, 3, 31))
    rows = tables.span_rows(data, places(["a", "b"]), span, "auto")
    assert [(r["values"]["rank"], r["unranked"]) for r in rows] == [(1, ""), (None, "8/10")]


def test_a_year_needs_324_days_and_every_month(measured: Measured) -> None:
    whole: list[float | None] = [10.0] * 365
    hole = [None if 31 <= n < 36 else v for n, v in enumerate(whole)]  # 360 days, but 23 of 28 in February
    few = [None if n % 30 < 4 else v for n, v in enumerate(whole)]  # 313 days, spread
    first = date(2019, 1, 1)
    frames = [days_of(first, {"pm25": v}, k) for k, v in (("whole", whole), ("hole", hole), ("few", few))]
    data = snapshot.Known(
        pl.concat(frames), MORNING, {"whole": "station", "hole": "station", "few": "station"}
    )
    span = Span(first, date(2019, 12, 31), date(2019, 12, 31))
    rows = {r["place"].key: r for r in tables.span_rows(data, places(["whole", "hole", "few"]), span, "auto")}
    assert {k: r["values"]["rank"] for k, r in rows.items()} == {"whole": 1, "hole": None, "few": None}


def test_a_change_needs_both_years(measured: Measured) -> None:
    now = days_of(MARCH, {"pm25": gaps(60.0, 31)}, "a")
    before = days_of(date(2018, 3, 1), {"pm25": gaps(80.0, 12)}, "a")
    data = snapshot.Known(pl.concat([now, before]), MORNING, {"a": "station"})
    span = Span(MARCH, date(2019, 3, 31), date(2019, 3, 31))
    values = tables.span_rows(data, places(["a"]), span, "auto")[0]["values"]
    assert values["pm25_before"] == 80
    assert values["pm25_change"] is None
    assert values["composite_change"] is None
    assert values["co_95_change"] == 0.0


def test_an_index_is_not_compared_across_two_bases(measured: Measured) -> None:
    # From March 2026 the index is a weighted sum on new limits; against 2025 it would "rise" by itself.
    frames = [days_of(date(year, 4, 1), {"pm25": [20.0] * 30}, "a") for year in (2025, 2026)]
    data = snapshot.Known(pl.concat(frames), MORNING, {"a": "station"})
    span = Span(date(2026, 4, 1), date(2026, 4, 30), date(2026, 4, 30))
    values, one_basis = (
        tables.span_rows(data, places(["a"]), span, basis)[0]["values"] for basis in ("auto", tables.NEW)
    )
    assert (values["composite_change"], values["pm25_change"]) == (None, 0.0)
    assert one_basis["composite_change"] == 0.0


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 31), st.floats(5, 200)), min_size=2, max_size=5))
def test_taking_days_away_never_gives_a_better_rank(stations: list[tuple[int, float]]) -> None:
    span = Span(MARCH, date(2019, 3, 31), date(2019, 3, 31))
    keys = [f"s{n}" for n in range(len(stations))]
    whole = taken(**{k: {"pm25": gaps(v, 31)} for k, (_, v) in zip(keys, stations, strict=True)})
    short = replace(
        whole,
        days=taken(**{k: {"pm25": gaps(v, n)} for k, (n, v) in zip(keys, stations, strict=True)}).days,
    )
    ranks = {r["place"].key: r["values"]["rank"] for r in tables.span_rows(short, places(keys), span, "auto")}
    assert {k for k, r in ranks.items() if r} == {
        k for k, (n, _) in zip(keys, stations, strict=True) if n >= 27
    }
    rows = tables.span_rows(short, places(keys), span, "auto")
    shown = [r["values"]["rank"] for r in rows]
    assert shown == sorted(shown, key=lambda r: (r is None, r or 0))


def test_page_and_workbook_list_it_below_the_ranked(measured: Measured, city: City) -> None:
    station(measured, CLEAN, hours=24 * 20)
    client = chief(city)
    page = client.get("/evaluation/?month=2019-02&level=station").content.decode()
    row = cells(page, "T1")
    assert row[0] == "—"
    assert "有效 19/24 天，不参与排名" in row[-1]
    assert page.index('data-key="T1"') > page.index('data-key="1738A"')
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/evaluation/excel?month=2019-02&level=station").content)
    )
    lines = [[c.value for c in line] for line in book["点位"].iter_rows(min_row=4)]
    last = next(line for line in lines if line[1] == "试验站")
    assert last[0] == "—"
    assert "有效 19/24 天，不参与排名" in last[-1]
    ranks = [line[0] for line in lines if isinstance(line[0], int) or line[0] == "—"]
    assert ranks == sorted(ranks, key=lambda r: (r == "—", r if r != "—" else 0))
