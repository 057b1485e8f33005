"""Files of other quantities than ambient air, brought in by hand: reports, mappings and refused records in Chinese."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.web import import_work
from tests.people import City

DATA = Path(__file__).parents[1] / "data"
DUST = "工地,时间,扬尘mg,噪声\nG1,2021-04-01 08:00,0.3,55\nG1,2021-04-01 08:01,坏,56\n"
FORM = {
    "site": "工地", "time": "时间", "label": "start", "period": "minute", "name": "扬尘表",
    "quantity_0": "总悬浮颗粒物", "column_0": "扬尘mg", "factor_0": "1000", "quantity_1": "Leq", "column_1": "噪声",
}  # fmt: skip


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The city's duty officer in an empty installation."""
    monkeypatch.setattr(import_work, "PATIENCE", 60)  # the report itself, on a slow machine too
    client.force_login(city.person("dispatcher", "140300"))
    return client


def send(client: Client, called: str, content: bytes, **fields: str) -> str:
    """Post the form with a file; returns the page."""
    answer = client.post(reverse("imports"), {"file": SimpleUploadedFile(called, content), **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def values(data_dir: Path) -> list[tuple[str, str, datetime, float | None]]:
    rows = Archive(data_dir / "archive").observations.read(Asked()).collect().sort("quantity", "start")
    return rows.select("site", "quantity", "start", "value").rows()


def at(minute: int) -> datetime:
    return datetime(2021, 4, 1, 0, minute, tzinfo=UTC)


def test_sections_as_published_are_reported_in_chinese(officer: Client, data_dir: Path) -> None:
    path = DATA / "water_baiyangshu_2021-04.csv"
    page = send(officer, "baiyangshu_2021-04.csv", path.read_bytes(), do="import")
    assert "地表水自动站" in page
    assert "时间没有年份：按文件名取 2021 年" in page
    assert "4 个值在文件后面又被修订：以最后一个为准" in page
    assert len(values(data_dir)) > 200


def test_a_mapping_of_other_quantities_is_previewed_stored_and_kept(officer: Client, data_dir: Path) -> None:
    page = send(officer, "dust.csv", DUST.encode(), do="columns")
    assert 'value="w21003"' in page  # every quantity of the table is offered
    page = send(officer, "dust.csv", DUST.encode(), do="preview", **FORM)
    assert "总悬浮颗粒物 µg/m³" in page
    assert "300.0" in page
    assert "2021-04-01 08:00 分钟" in page
    assert values(data_dir) == []
    page = send(officer, "dust.csv", DUST.encode(), do="import", **FORM)
    assert "不是数字" in page
    assert values(data_dir) == [
        ("G1", "Leq", at(0), 55.0), ("G1", "Leq", at(1), 56.0), ("G1", "a34001", at(0), 300.0),
    ]  # fmt: skip
    later = DUST.replace("坏", "0.4").encode()
    send(officer, "later.csv", later, do="import", mapping="扬尘表")
    assert values(data_dir)[-1] == ("G1", "a34001", at(1), 400.0)


@pytest.mark.parametrize("word", ["砷", "w99999", ""])
def test_a_quantity_that_is_not_known_is_named(officer: Client, data_dir: Path, word: str) -> None:
    page = send(officer, "dust.csv", DUST.encode(), do="import", **{**FORM, "quantity_0": word})
    assert f"列 扬尘mg 的因子“{word}”不明" in page
    assert values(data_dir) == []


def test_a_refused_value_is_mended_on_the_page(officer: Client, data_dir: Path) -> None:
    text = "site,time,quantity,value,period,unit\nW1,2021-04-01T08:00,SO2,35,hour,\n"
    page = send(officer, "lab.csv", text.encode(), do="import")
    assert "长表" in page
    assert "此因子在废气和环境空气中单位不同" in page
    page = officer.get(reverse("quarantine")).content.decode()
    assert "请给出以 mg/m³ 为单位的数值，并写明单位" in page
    number = Archive(data_dir / "archive").quarantine.find()[0].id
    officer.post(reverse("quarantine_settle", args=[number, "mend"]), {"value": "µg/m3"})
    assert values(data_dir) == [("W1", "a21026", at(0), 0.035)]
    assert "隔离区是空的" in officer.get(reverse("quarantine")).content.decode()


def test_the_system_page_says_what_arrived_of_which_medium_as_known_then(
    officer: Client, data_dir: Path
) -> None:
    assert "其他监测数据" not in officer.get(reverse("system")).content.decode()
    clock.set_replay(datetime(2021, 4, 6, tzinfo=UTC), 0)
    send(officer, "baiyangshu_2021-04.csv", (DATA / "water_baiyangshu_2021-04.csv").read_bytes(), do="import")
    page = officer.get(reverse("system")).content.decode()
    row = page[page.index("其他监测数据") :].split("</tr>")[1]
    assert "水质" in row
    assert [cell in row for cell in ("2021-04-05 20:00", ">1<", ">9<")] == [True] * 3
    clock.set_replay(datetime(2021, 4, 3, tzinfo=UTC), 0)
    page = officer.get(reverse("system")).content.decode()
    # At 08:00 in China the four hours from 04:00 on have just ended, and are published later.
    assert "2021-04-03 00:00" in page[page.index("其他监测数据") :]
