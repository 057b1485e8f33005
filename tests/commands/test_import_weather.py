"""`bihuan import` takes forecast weather beside observations; what is refused of it is kept and stays to be settled."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.archive import Archive
from bihuan.archive.weather import WeatherStore
from bihuan.feeds.weather.rows import Point
from bihuan.pipeline.files import import_files
from bihuan.pipeline.orders import Order
from bihuan.reasons import ENGLISH, in_words
from tests.commands.cli import run

TABLE = "site,issued,time,TEMP,WSPM,cloud\nA,2019-10-05T08:00,2019-10-05T15:00,12,2,9\nA,2019-10-05T08:00,2019-10-05T16:00,13,2,9\n"
HOURS = "site,time,PM2.5\nA,2019-10-05T06:00,12\n"
ISSUED = datetime(2019, 10, 5, 0, tzinfo=UTC)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path / "city"))
    return tmp_path / "city"


def _files(folder: Path) -> tuple[Path, Path]:
    weather, hours = folder / "weather.csv", folder / "hours.csv"
    weather.write_text(TABLE)
    hours.write_text(HOURS)
    return weather, hours


@pytest.mark.django_db
def test_weather_and_hours_go_where_they_belong(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    ran = run(capsys, "--data", folder, "--json", "import", *_files(tmp_path))
    assert ran.code == 0
    by_name = {r["file"]: r for r in ran.json["files"]}
    assert [by_name["weather.csv"][k] for k in ("format", "rows", "new", "same")] == ["weather", 2, 2, 0]
    assert by_name["weather.csv"]["ignored_columns"] == ["cloud"]
    assert by_name["hours.csv"]["format"] == "ambient"
    # Imported history counts as received six hours after its issue.
    store = WeatherStore(folder)
    assert store.known_at(ISSUED.replace(hour=5)).is_empty()
    assert store.known_at(ISSUED.replace(hour=6))["temp"].to_list() == [12.0, 13.0]


@pytest.mark.django_db
def test_refused_weather_is_reported_with_row_and_remedy(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    weather, _ = _files(tmp_path)
    weather.write_text(TABLE.replace(",13,", ",warm,"))
    ran = run(capsys, "--data", folder, "import", weather)
    assert ran.code == 1
    assert "row 3, column TEMP, value 'warm': not a number; correct the cell" in ran.out


@pytest.mark.django_db
def test_the_same_weather_again_is_the_same(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    weather, _ = _files(tmp_path)
    run(capsys, "--data", folder, "import", weather)
    ran = run(capsys, "--data", folder, "--json", "import", weather)
    assert [ran.json[k] for k in ("new", "same", "corrected")] == [0, 2, 0]


def _refused(folder: Path) -> list[tuple[str, str, int, str, str, str]]:
    found = Archive(folder / "archive").quarantine.find()
    return sorted((r.source, r.file, r.row, r.column, r.value, in_words(r.why, ENGLISH).why) for r in found)


def _kept(folder: Path) -> list[bytes]:
    """The raw files that the journal names, in its order."""
    archive = Archive(folder / "archive")
    orders = [Order.from_bytes(e.data) for e in archive.journal.entries(source="file:weather")]
    return [archive.blobs.path(o.blob).read_bytes() for o in orders]


@pytest.mark.django_db
def test_bad_cells_of_a_table_wait_in_the_quarantine_and_the_raw_file_is_kept(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    weather, _ = _files(tmp_path)
    weather.write_text(TABLE.replace(",13,", ",warm,") + "A,soon,2019-10-05T17:00,14,2,9\n")
    assert run(capsys, "--data", folder, "import", weather).code == 1
    expected = [
        ("weather", "weather.csv", 3, "TEMP", "warm", "not a number"),
        ("weather", "weather.csv", 4, "issued", "soon", "not a date and hour"),
    ]
    assert _refused(folder) == expected
    assert _kept(folder) == [weather.read_bytes()]
    # Again: nothing new, and nothing is refused a second time.
    stored = sorted((p.name, p.stat().st_mtime_ns) for p in (folder / "weather").iterdir())
    again = run(capsys, "--data", folder, "--json", "import", weather)
    assert [again.json[k] for k in ("new", "same", "corrected")] == [0, 2, 0]
    assert "the same file was taken in before" in again.json["files"][0]["notes"][0]
    assert sorted((p.name, p.stat().st_mtime_ns) for p in (folder / "weather").iterdir()) == stored
    assert _refused(folder) == expected
    assert len(_kept(folder)) == 1


HOURLY = {
    "site": "A",
    "issued": "2019-10-05T08:00",
    "utc_offset_seconds": 28800,
    "hourly_units": {"temperature_2m": "°F", "wind_speed_10m": "km/h"},
}
FIRST = HOURLY | {
    "hourly": {
        "time": ["2019-10-05T15:00", "2019-10-05T16:30"],
        "temperature_2m": ["mild", 50],
        "wind_speed_10m": [36, 36],
    }
}
SECOND = HOURLY | {
    "site": "B",
    "hourly": {
        "time": ["2019-10-05T15:00", "noon"],
        "temperature_2m": [500, 50],
        "wind_speed_10m": [7.2, 7.2],
    },
}


@pytest.mark.django_db
def test_bad_values_of_json_wait_in_the_quarantine_as_the_file_has_them(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    weather = tmp_path / "hours.json"
    weather.write_text(json.dumps([FIRST, SECOND]), encoding="utf-8")
    assert run(capsys, "--data", folder, "import", weather).code == 1
    # Hours are counted through the places; 500 °F is 260 °C.
    assert _refused(folder) == [
        ("weather", "hours.json", 1, "temperature_2m", "mild", "not a number"),
        ("weather", "hours.json", 2, "time", "2019-10-05T16:30", "not a full hour"),
        (
            "weather",
            "hours.json",
            3,
            "temperature_2m",
            "500",
            "outside -70..65 °C, which no instrument reports",
        ),
        ("weather", "hours.json", 4, "time", "noon", "not a full hour"),
    ]
    assert _kept(folder) == [weather.read_bytes()]
    rows = WeatherStore(folder).known_at(ISSUED.replace(hour=6)).select("site", "temp", "wspm").rows()
    assert sorted(rows) == [("A", None, 10.0), ("B", None, 2.0)]


@pytest.mark.django_db
def test_a_file_that_cannot_be_used_is_kept_too_and_named_in_the_error(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    weather = tmp_path / "hours.json"
    weather.write_text(json.dumps(FIRST | {"issued": "soon"}), encoding="utf-8")
    ran = run(capsys, "--data", folder, "import", weather)
    assert (ran.code, "hours.json: issued is 'soon'" in ran.err) == (2, True)
    assert _kept(folder) == [weather.read_bytes()]


def test_a_file_that_a_killed_import_only_kept_is_stored_by_the_next_import(tmp_path: Path) -> None:
    weather, hours = _files(tmp_path)
    archive = Archive(tmp_path / "city" / "archive")
    blob, _ = archive.blobs.keep(weather)
    order = Order("weather.csv", blob, "weather", 6 * 3600.0, points=(Point("A", 113.5, 37.9),))
    archive.journal.append("file:weather", order.to_bytes(), ISSUED.replace(hour=9))
    assert WeatherStore(tmp_path / "city").known_at(ISSUED.replace(hour=6)).is_empty()
    import_files(archive, [hours], received=ISSUED.replace(hour=10))
    assert WeatherStore(tmp_path / "city").known_at(ISSUED.replace(hour=6))["temp"].to_list() == [12.0, 13.0]


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["time", "temperature_2m", "a field"])
def test_half_a_letter_in_a_refused_value_does_not_stop_later_files(
    capsys: Capture, folder: Path, tmp_path: Path, where: str
) -> None:
    """No database takes the half of a letter that JSON can write."""
    times: list[object] = ["2019-10-05T15:00", "2019-10-05T16:00"]
    hourly = {"time": times, "temperature_2m": [1.0, 2.0]}
    hourly["\ud800" if where == "a field" else where] = ["\ud800", 2.0]
    place = {
        "site": "A",
        "issued": "2019-10-05T08:00",
        "hourly_units": {"temperature_2m": "°C"},
        "hourly": hourly,
    }
    (tmp_path / "odd.json").write_text(json.dumps(place))
    (tmp_path / "good.csv").write_text(HOURS)
    first = run(capsys, "--data", folder, "--json", "import", tmp_path / "odd.json")
    assert first.code == (0 if where == "a field" else 1)
    assert run(capsys, "--data", folder, "--json", "import", tmp_path / "good.csv").json["new"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"site": "A", "hourly": {"time": ["2019-10-', "is no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"error": true, "reason": "too many calls"}', "refusal: too many calls"),
        ('{"result": 1}', "has no hourly.time"),
    ],
)
def test_json_that_is_cut_or_of_another_kind_says_so_and_is_no_table(
    capsys: Capture, folder: Path, tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "odd.json").write_text(text)
    ran = run(capsys, "--data", folder, "import", tmp_path / "odd.json")
    assert (ran.code, why in ran.err) == (2, True)
    assert not folder.exists()
