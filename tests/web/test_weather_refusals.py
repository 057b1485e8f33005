"""Refused values of forecast weather on the page of the quarantine: mended and run again, or told why that cannot be."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan.archive import Archive
from bihuan.feeds.weather.rows import Point
from bihuan.installation.marker import make_installation
from bihuan.pipeline.files import import_files
from tests.commands.cli import run
from tests.commands.test_import_weather import FIRST, SECOND, TABLE
from tests.people import City

LATER = datetime(2030, 1, 1, tzinfo=UTC)
ISSUED = datetime(2019, 10, 5, 0, tzinfo=UTC)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path) -> Client:
    """The city's duty officer in an empty installation."""
    make_installation(data_dir)
    client.force_login(city.person("dispatcher", "140300"))
    return client


def send(capsys: Capture, data_dir: Path, text: str, name: str = "weather.csv") -> None:
    """Through the real command."""
    (data_dir / "in").mkdir(exist_ok=True)
    (data_dir / "in" / name).write_text(text, encoding="utf-8")
    ran = run(capsys, "--data", data_dir, "import", data_dir / "in" / name)
    assert ran.code in (0, 1), ran.err


def mend(officer: Client, data_dir: Path, row: int, value: str) -> str:
    """Mend the open record of that row on the page; what the page then says."""
    (number,) = [r.id for r in Archive(data_dir / "archive").quarantine.find() if r.row == row]
    url = reverse("quarantine_settle", args=[number, "mend"])
    return officer.post(url, {"value": value}, follow=True).content.decode()


def known(data_dir: Path) -> list[tuple[str, int, float | None, float | None]]:
    """site, hour of the label in China, temp, wspm as the newest delivery has them."""
    paths = sorted((data_dir / "weather").glob("*.parquet"))
    rows: dict[tuple[str, datetime], tuple[float | None, float | None]] = {}
    for r in pl.read_parquet(paths).with_columns(pl.col("temp").round(6)).sort("received").to_dicts():
        assert r["issued"] == ISSUED
        rows[r["site"], r["start"]] = (r["temp"], r["wspm"])
    return [(site, start.hour + 9, *values) for (site, start), values in sorted(rows.items())]


def test_a_mended_cell_of_a_table_goes_in_and_the_rest_of_its_row_stays(
    officer: Client, data_dir: Path, capsys: Capture
) -> None:
    send(capsys, data_dir, TABLE.replace(",13,2,", ",warm,2,"))
    page = officer.get(reverse("quarantine")).content.decode()
    assert all(word in page for word in ("weather.csv", "TEMP", "warm", "不是数字"))
    assert '<b class="warn">1</b>' in officer.get(reverse("system")).content.decode()
    # The wind of that hour is corrected before the temperature is mended: the correction stays.
    send(
        capsys,
        data_dir,
        "\n".join([*TABLE.split("\n")[:1], TABLE.split("\n")[2].replace(",13,2,", ",,5,")]),
        "more.csv",
    )
    assert known(data_dir) == [("A", 15, 12.0, 2.0), ("A", 16, None, 5.0)]
    assert "已改为 13.5" in mend(officer, data_dir, 3, "13.5")
    assert known(data_dir) == [("A", 15, 12.0, 2.0), ("A", 16, 13.5, 5.0)]
    assert "隔离区是空的" in officer.get(reverse("quarantine")).content.decode()


def test_a_value_that_is_wrong_again_changes_nothing(
    officer: Client, data_dir: Path, capsys: Capture
) -> None:
    send(capsys, data_dir, TABLE.replace(",13,2,", ",warm,2,"))
    assert "仍不能入库" in mend(officer, data_dir, 3, "300")
    assert "没有可入库的值" in mend(officer, data_dir, 3, "-")
    assert known(data_dir) == [("A", 15, 12.0, 2.0), ("A", 16, None, 2.0)]
    assert Archive(data_dir / "archive").quarantine.count() == 1


def test_a_wrong_time_of_issue_brings_the_whole_row(officer: Client, data_dir: Path, capsys: Capture) -> None:
    send(capsys, data_dir, TABLE + "A,soon,2019-10-05T17:00,14,3,9\n")
    mend(officer, data_dir, 4, "2019-10-05T08:00")
    assert known(data_dir)[2:] == [("A", 17, 14.0, 3.0)]


def test_values_of_json_are_mended_in_the_units_of_the_file(
    officer: Client, data_dir: Path, capsys: Capture
) -> None:
    send(capsys, data_dir, json.dumps([FIRST, SECOND]), "hours.json")
    assert known(data_dir) == [("A", 15, None, 10.0), ("B", 15, None, 2.0)]
    # By hand: 59 °F = 15 °C, 50 °F = 10 °C, 36 km/h = 10 m/s.
    mend(officer, data_dir, 1, "59")
    mend(officer, data_dir, 3, "50")
    assert "仍不能入库" in mend(officer, data_dir, 2, "2019-10-05T16:45")
    mend(officer, data_dir, 2, "2019-10-05T16:00")
    mend(officer, data_dir, 4, "2019-10-05T17:00")
    assert known(data_dir) == [
        ("A", 15, 15.0, 10.0),
        ("A", 16, 10.0, 10.0),
        ("B", 15, 10.0, 2.0),
        ("B", 17, 10.0, 2.0),
    ]
    assert Archive(data_dir / "archive").quarantine.count() == 0


def test_a_whole_field_is_not_mended_and_the_page_says_why(
    officer: Client, data_dir: Path, capsys: Capture
) -> None:
    place = FIRST | {"hourly_units": {"temperature_2m": "°F", "wind_speed_10m": "furlong"}}
    send(capsys, data_dir, json.dumps([place]), "hours.json")
    page = officer.get(reverse("quarantine")).content.decode()
    assert "单位不明" in page
    numbers = {r.row: r.id for r in Archive(data_dir / "archive").quarantine.find()}
    assert reverse("quarantine_settle", args=[numbers[1], "mend"]) in page  # a value of it can be mended
    assert reverse("quarantine_settle", args=[numbers[0], "mend"]) not in page
    assert reverse("quarantine_settle", args=[numbers[0], "dismiss"]) in page
    assert "整个要素" in mend(officer, data_dir, 0, "m/s")


def test_a_value_of_a_grid_is_refused_with_its_message_and_not_mended(
    officer: Client, data_dir: Path, tmp_path: Path
) -> None:
    pytest.importorskip("eccodes")
    from tests.feeds.weather.test_grids import POINTS, _grib, _message

    path = _grib(tmp_path, _message("sp", 1, 93000.0), _message("2t", 1, 500.0))
    points = [Point(p.code, p.lon, p.lat) for p in POINTS]
    (report,) = import_files(Archive(data_dir / "archive"), [path], received=LATER, points=points)
    assert (report.quarantined, report.new > 0) == (1, True)
    page = officer.get(reverse("quarantine")).content.decode()
    assert "格点数据中的值不能手工改正" in page
    assert "改正入库" not in page
    assert "整个要素" in mend(officer, data_dir, 2, "290")


def test_of_two_rows_that_contradict_each_other_none_goes_in_until_one_is_given_anew(
    officer: Client, data_dir: Path, capsys: Capture
) -> None:
    send(capsys, data_dir, TABLE + TABLE.split("\n")[1] + "\nA,2019-10-05T08:00,2019-10-05T16:00,19,2,9\n")
    # The hour of 15:00 says the same twice and is taken once; that of 16:00 has 13 and 19 degrees.
    assert known(data_dir) == [("A", 15, 12.0, 2.0)]
    assert sorted(r.row for r in Archive(data_dir / "archive").quarantine.find()) == [3, 5]
    assert "请重写整行" in mend(officer, data_dir, 5, "19")
    mend(officer, data_dir, 5, "A,2019-10-05T08:00,2019-10-05T16:00,19,2,9")
    assert known(data_dir) == [("A", 15, 12.0, 2.0), ("A", 16, 19.0, 2.0)]


def test_a_file_that_does_not_say_its_issue_keeps_the_moment_at_which_it_came(
    officer: Client, data_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "undated.json"
    path.write_text(json.dumps({k: v for k, v in FIRST.items() if k != "issued"}), encoding="utf-8")
    came = datetime(2019, 10, 5, 1, 2, 3, 456789, tzinfo=UTC)
    import_files(Archive(data_dir / "archive"), [path], received=came, points=[])
    mend(officer, data_dir, 1, "59")
    rows = pl.read_parquet(sorted((data_dir / "weather").glob("*.parquet"))).sort("received")
    assert rows.select("issued", pl.col("temp").round(6), "wspm").rows() == [
        (came, None, 10.0),
        (came, 15.0, 10.0),
    ]
