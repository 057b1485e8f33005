"""Forecast weather on the import page: the same way in as the command, and an import that takes longer says how far it is."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.archive import Archive
from bihuan.archive.weather import COLUMNS
from bihuan.pipeline.orders import Order
from bihuan.pipeline.reports import FileReport, Progress
from bihuan.registry.models import AuditEntry, Site
from bihuan.web import import_work
from tests.commands.test_import_weather import FIRST, TABLE
from tests.feeds.weather.test_grids import _grib, _message, _netcdf
from tests.people import City


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The city's duty officer, with one registered station."""
    monkeypatch.setattr(import_work, "PATIENCE", 60)  # the report itself, on a slow machine too
    Site.objects.create(
        code="1738A", name="测试站", rank="national", region=city.regions["140300"], city=city.regions["140300"],
        lon=113.58, lat=37.86, evaluated=True,
    )  # fmt: skip
    client.force_login(city.person("dispatcher", "140300"))
    return client


def send(officer: Client, name: str, content: bytes) -> str:
    """Choose the file, press 导入, follow where that leads."""
    file = SimpleUploadedFile(name, content)
    return officer.post(reverse("imports"), {"file": file, "do": "import"}, follow=True).content.decode()


def temps(folder: Path) -> list[tuple[str, float | None]]:
    """site, temperature of what is known of the weather, in order of the hours."""
    paths = sorted((folder / "weather").glob("*.parquet"))
    rows = pl.read_parquet(paths).sort("site", "start") if paths else pl.DataFrame(schema=COLUMNS)
    return [(site, None if t is None else round(t, 3)) for site, t in rows.select("site", "temp").iter_rows()]


def test_a_table_goes_in_but_for_what_is_refused(officer: Client, data_dir: Path) -> None:
    page = send(officer, "weather.csv", TABLE.replace(",13,2,", ",warm,2,").encode())
    assert "预报气象：共 2，新增" in page.replace("\n", "")
    assert all(word in page for word in ("第 3 行", "TEMP", "warm", "不是数字", "cloud"))
    assert temps(data_dir) == [("A", 12.0), ("A", None)]
    (refused,) = Archive(data_dir / "archive").quarantine.find()
    assert (refused.source, refused.file, refused.row) == ("weather", "weather.csv", 3)
    assert AuditEntry.objects.filter(action="file.import", target="weather.csv").count() == 1


def test_json_goes_in_in_the_units_of_the_file_and_its_raw_bytes_are_kept(
    officer: Client, data_dir: Path
) -> None:
    content = json.dumps([FIRST]).encode()
    send(officer, "hours.json", content)
    archive = Archive(data_dir / "archive")
    (entry,) = archive.journal.entries(source="file:weather")
    order = Order.from_bytes(entry.data)
    assert archive.blobs.path(order.blob).read_bytes() == content
    assert [p.code for p in order.points] == ["1738A"]  # asked for the places of the register
    assert "相同 " in send(officer, "hours.json", content)
    assert len(list(archive.journal.entries(source="file:weather"))) == 1


def test_grids_are_read_at_the_stations_of_the_register(
    officer: Client, data_dir: Path, tmp_path: Path
) -> None:
    messages = (_message("2t", 1, 285.15), _message("2t", 2, 500.0), _message("2t", 3, 287.15))
    page = send(officer, "model.grib2", _grib(tmp_path, *messages).read_bytes())
    assert "格点数据中的值不能手工改正" in page
    # 285.15 K = 12 °C, 287.15 K = 14 °C; of the hour between, of 500 K, nothing is left.
    assert temps(data_dir) == [("1738A", 12.0), ("1738A", 14.0)]


def test_a_field_of_netcdf_goes_in_at_the_station(officer: Client, data_dir: Path, tmp_path: Path) -> None:
    send(officer, "model.nc", _netcdf(tmp_path).read_bytes())
    assert temps(data_dir) == [("1738A", 10.0), ("1738A", 11.0)]  # 283.15 and 284.15 K


def test_what_is_no_weather_says_what_is_wrong(officer: Client, data_dir: Path) -> None:
    assert "model.grib2" in send(officer, "model.grib2", b"GRIB" + bytes(40))
    assert temps(data_dir) == []


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Imports that stop at half of the file until the function is called."""
    go_on = threading.Event()

    def take(archive: Archive, paths: list[Path], *, progress: Progress, **more: object) -> list[FileReport]:
        progress("x", 512, 1024)
        assert paths[0].exists()
        go_on.wait(20)
        return [FileReport(paths[0].name, "weather", rows=7, new=7)]

    monkeypatch.setattr("bihuan.pipeline.files.import_files", take)
    monkeypatch.setattr(import_work, "PATIENCE", 0.2)
    return go_on.set


def test_a_long_import_shows_how_far_it_is_and_then_its_report(
    officer: Client, city: City, data_dir: Path, slow: Callable[[], None]
) -> None:
    file = SimpleUploadedFile("model.grib2", b"GRIB" + bytes(40))
    answer = officer.post(reverse("imports"), {"file": file, "do": "import"})
    state = answer["Location"]
    try:
        page = officer.get(state).content.decode()
        assert all(word in page for word in ("model.grib2", "已读取 50 %", f'hx-get="{state}"'))
        assert "<html" not in officer.get(state, headers={"HX-Request": "true"}).content.decode()
        other = Client()
        other.force_login(city.person("admin", "140300"))
        assert "没有这次导入的进度" in other.get(state).content.decode()
    finally:
        slow()
    work = import_work.IMPORTS.find(state.split("/")[-2], city.person("dispatcher", "140300").pk)
    assert work is not None
    work.future.result(20)
    done = officer.get(state, headers={"HX-Request": "true"}).content.decode()
    assert "共 7" in done
    assert "hx-get" not in done  # nothing more to ask
    assert not list(data_dir.glob("tmp*"))  # the upload's own folder is gone
