"""`bihuan import` takes forecast weather beside observations."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bihuan.archive.weather import WeatherStore
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
