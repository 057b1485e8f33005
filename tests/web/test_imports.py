"""Bringing files in by hand: preview before anything is stored, a mapping that is kept, and refused records mended on the page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.archive import Archive
from bihuan.registry.models import AuditEntry
from bihuan.web import import_work
from tests.people import City

# A county's own sheet: other names, hours labelled by their start, PM2.5 in mg/m3.
TABLE = "站,日期时间,细颗粒物mg,臭氧\nA1,2019-02-01 00:00,0.075,20\nA1,2019-02-01 01:00,坏,30\n"
FORM = {
    "site": "站", "time": "日期时间", "label": "start", "name": "县里的表", "column_pm25": "细颗粒物mg", "factor_pm25": "1000",
    "column_o3": "臭氧",
}  # fmt: skip


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The city's duty officer in an empty installation."""
    monkeypatch.setattr(import_work, "PATIENCE", 60)  # the report itself, on a slow machine too
    client.force_login(city.person("dispatcher", "140300"))
    return client


def send(client: Client, do: str, text: str = TABLE, **fields: str) -> str:
    """Post the form with the file; returns the page."""
    file = SimpleUploadedFile("county.csv", text.encode("gb18030"))
    answer = client.post(reverse("imports"), {"file": file, "do": do, **fields})
    assert answer.status_code == 200
    return answer.content.decode()


def stored(data_dir: Path) -> list[tuple[datetime, float | None, float | None]]:
    """start, pm25, o3 of what is in the archive."""
    rows = Archive(data_dir / "archive").ambient.current(columns=["start", "pm25", "o3"]).collect()
    return rows.select("start", "pm25", "o3").sort("start").rows()


def test_a_preview_shows_converted_values_and_stores_nothing(officer: Client, data_dir: Path) -> None:
    assert "细颗粒物mg" in send(officer, "columns")
    page = send(officer, "preview", **FORM)
    # 0.075 mg/m3 = 75 ug/m3; the hour that starts at 00:00 is labelled 01:00 by its end.
    assert "75.0" in page
    assert "2019-02-01 01:00" in page
    assert "坏" in page
    assert stored(data_dir) == []


def test_an_import_keeps_the_mapping_and_quarantines_only_the_bad_value(
    officer: Client, data_dir: Path
) -> None:
    send(officer, "import", **FORM)
    first = datetime(2019, 1, 31, 16, tzinfo=UTC)  # 00:00 in China
    assert stored(data_dir) == [(first, 75.0, 20.0), (first + timedelta(hours=1), None, 30.0)]
    assert (data_dir / "mappings" / "县里的表.json").exists()
    assert AuditEntry.objects.filter(action="file.import", target="county.csv").count() == 1
    again = send(officer, "import", mapping="县里的表")
    assert "新增" in again
    assert stored(data_dir)[0] == (first, 75.0, 20.0)


def test_a_refused_value_is_mended_on_the_page_and_then_stored(officer: Client, data_dir: Path) -> None:
    send(officer, "import", **FORM)
    page = officer.get(reverse("quarantine")).content.decode()
    assert "坏" in page
    assert "county.csv" in page
    number = Archive(data_dir / "archive").quarantine.find()[0].id
    officer.post(reverse("quarantine_settle", args=[number, "mend"]), {"value": "0.035"})
    assert stored(data_dir)[1][1] == 35.0
    assert "隔离区是空的" in officer.get(reverse("quarantine")).content.decode()
    assert AuditEntry.objects.filter(action="quarantine.mend").count() == 1


def test_not_to_handle_a_record_needs_a_reason(officer: Client, data_dir: Path) -> None:
    send(officer, "import", **FORM)
    store = Archive(data_dir / "archive").quarantine
    number = store.find()[0].id
    officer.post(reverse("quarantine_settle", args=[number, "dismiss"]), {"value": " "})
    assert store.count() == 1
    officer.post(reverse("quarantine_settle", args=[number, "dismiss"]), {"value": "仪器维护"})
    assert (store.count(), store.get(number).note) == (0, "仪器维护")


def test_an_address_that_no_button_has_settles_no_record(officer: Client, data_dir: Path) -> None:
    send(officer, "import", **FORM)
    store = Archive(data_dir / "archive").quarantine
    address = reverse("quarantine_settle", args=[store.find()[0].id, "delete"])
    assert officer.post(address, {"value": "仪器维护"}).status_code == 404
    assert store.count() == 1
    assert not AuditEntry.objects.filter(action__startswith="quarantine.").exists()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({**FORM, "factor_pm25": "很多"}, "很多"),
        ({**FORM, "name": "../../x"}, "映射名称"),
        ({**FORM, "site": ""}, "点位列"),
        ({"mapping": "没有"}, "没有这个列映射"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(
    officer: Client, data_dir: Path, fields: dict[str, str], word: str
) -> None:
    assert word in send(officer, "import", **fields)
    assert stored(data_dir) == []


def test_a_file_of_another_kind_is_refused_in_words(officer: Client, data_dir: Path) -> None:
    file = SimpleUploadedFile("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))
    page = officer.post(reverse("imports"), {"file": file, "do": "import"}).content.decode()
    assert "photo.csv" in page
    assert stored(data_dir) == []


def test_only_the_duty_officer_and_the_admin_bring_files_in(
    client: Client, city: City, data_dir: Path
) -> None:
    for role in ("handler", "verifier", "chief", "auditor", "ranger", "enterprise"):
        client.force_login(city.person(role, "140300"))
        assert client.get(reverse("imports")).status_code == 403, role


def test_the_chinese_page_gives_reason_and_remedy_in_chinese(officer: Client, data_dir: Path) -> None:
    send(officer, "import", **FORM)
    page = officer.get(reverse("quarantine")).content.decode()
    assert "不是数字" in page
    assert "没有值就留空" in page
    assert "not a number" not in page
    officer.post(reverse("language"), {"language": "en", "next": "/"})
    assert "not a number" in officer.get(reverse("quarantine")).content.decode()


def test_a_value_that_is_refused_again_is_told_in_the_language_of_the_reader(
    officer: Client, data_dir: Path
) -> None:
    send(officer, "import", **FORM)
    number = Archive(data_dir / "archive").quarantine.find()[0].id
    settle = reverse("quarantine_settle", args=[number, "mend"])
    page = officer.post(settle, {"value": "更坏"}, follow=True).content.decode()
    assert "仍不能入库：&#x27;更坏&#x27;：不是数字；改正单元格；没有值就留空" in page
    officer.post(reverse("language"), {"language": "en", "next": "/"})
    page = officer.post(settle, {"value": "更坏"}, follow=True).content.decode()
    assert "still refused: &#x27;更坏&#x27;: not a number; correct the cell" in page
    assert Archive(data_dir / "archive").quarantine.count() == 1
