"""The page of files that failed; long names; the file is chosen once."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.archive import Archive
from bihuan.archive.deliveries import DISMISSED, FAILED
from bihuan.registry.models import AuditEntry
from bihuan.web import import_work, uploads
from tests.pages import flat
from tests.people import City

GOOD = "site,time,PM2.5\nA,2019-10-05T06:00,12\n"
OTHER = "站,钟点,细颗粒物\nA1,2019-02-01 00:00,75\n"


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(import_work, "PATIENCE", 60)  # the report itself, on a slow machine too
    client.force_login(city.person("dispatcher", "140300"))
    return client


def send(officer: Client, called: str, text: str, do: str = "import", **fields: str) -> str:
    file = SimpleUploadedFile(called, text.encode())
    answer = officer.post(reverse("imports"), {"file": file, "do": do, **fields}, follow=True)
    return flat(answer.content.decode())


def test_a_failed_file_is_listed_counted_tried_again_and_dismissed(officer: Client, data_dir: Path) -> None:
    send(officer, "odd.csv", "a,b\n1,2\n")
    page = officer.get(reverse("deliveries")).content.decode()
    assert "odd.csv" in page
    assert "不是已知格式" in page
    assert 'class="bad">1<' in officer.get(reverse("system")).content.decode()
    store = Archive(data_dir / "archive").deliveries
    (failed,) = store.find(FAILED)
    again = officer.post(reverse("delivery_settle", args=[failed.id, "retry"]), follow=True).content.decode()
    assert "不是已知格式" in again
    assert store.get(failed.id).attempts == 2
    officer.post(reverse("delivery_settle", args=[failed.id, "dismiss"]), {"reason": " "})
    assert store.count(FAILED) == 1
    officer.post(reverse("delivery_settle", args=[failed.id, "dismiss"]), {"reason": "选错了"})
    assert [d.note for d in store.find(DISMISSED)] == ["选错了"]
    assert AuditEntry.objects.filter(action="delivery.dismiss").count() == 1
    assert "选错了" in officer.get(reverse("deliveries"), {"state": "dismissed"}).content.decode()


def test_an_address_that_no_button_has_settles_no_file(officer: Client, data_dir: Path) -> None:
    send(officer, "odd.csv", "a,b\n1,2\n")
    store = Archive(data_dir / "archive").deliveries
    (failed,) = store.find(FAILED)
    address = reverse("delivery_settle", args=[failed.id, "delete"])
    assert officer.post(address, {"reason": "选错了"}).status_code == 404
    assert store.get(failed.id).attempts == 1
    assert store.count(DISMISSED) == 0


def test_only_who_imports_sees_and_settles_failed_files(client: Client, city: City, data_dir: Path) -> None:
    for role in ("handler", "verifier", "chief", "auditor", "ranger", "enterprise"):
        client.force_login(city.person(role, "140300"))
        assert client.get(reverse("deliveries")).status_code == 403, role
        assert client.post(reverse("delivery_settle", args=[1, "dismiss"])).status_code == 403, role


@pytest.mark.parametrize(
    "name", ["监" * 86 + ".csv", "测" * 250 + ".csv", "a" * 240 + ".csv", "行\x07数\t据.csv", ".csv"]
)
def test_a_file_may_have_any_name(officer: Client, data_dir: Path, name: str) -> None:
    page = send(officer, name, GOOD)
    assert "新增 <b" in page
    (stored,) = Archive(data_dir / "archive").deliveries.find("stored")
    assert stored.file.startswith(name[:1] if name[0] != "." else "")


def test_a_mapping_name_too_long_is_refused_before_anything_is_stored(
    officer: Client, data_dir: Path
) -> None:
    page = send(officer, "t.csv", OTHER, site="站", time="钟点", column_pm25="细颗粒物", name="表" * 251)
    assert "最多 60 个字" in page
    assert Archive(data_dir / "archive").ambient.current().collect().is_empty()


def test_the_file_is_chosen_once_and_choices_stay(officer: Client, data_dir: Path) -> None:
    form = {"site": "站", "time": "钟点", "column_pm25": "细颗粒物", "factor_pm25": "2", "name": "县表"}
    assert "细颗粒物" in send(officer, "county.csv", OTHER, "columns")
    page = officer.post(reverse("imports"), {"do": "preview", **form}).content.decode()
    assert "150.0" in page
    for chosen in (
        "<option selected>站</option>",
        "<option selected>钟点</option>",
        "<option selected>细颗粒物</option>",
        'value="2"',
        'value="县表"',
    ):
        assert chosen in page, chosen
    page = officer.post(reverse("imports"), {"do": "import", **form}).content.decode()
    assert "county.csv" in page
    assert Archive(data_dir / "archive").ambient.current().collect()["pm25"].to_list() == [150.0]
    assert not list((data_dir / "uploads").iterdir())
    assert "请选择一个文件" in officer.post(reverse("imports"), {"do": "import", **form}).content.decode()


def test_another_person_does_not_get_the_chosen_file(officer: Client, city: City, data_dir: Path) -> None:
    send(officer, "county.csv", OTHER, "columns")
    other = Client()
    other.force_login(city.person("admin", "140300"))
    assert "请选择一个文件" in other.post(reverse("imports"), {"do": "import"}).content.decode()


def test_remains_of_killed_imports_go_at_a_start(officer: Client, data_dir: Path) -> None:
    send(officer, "county.csv", OTHER, "columns")
    assert list((data_dir / "uploads").iterdir())
    uploads.clear()
    assert not list((data_dir / "uploads").iterdir())


def test_stations_that_are_not_registered_are_named(officer: Client, data_dir: Path) -> None:
    page = send(officer, "new.csv", GOOD + "B,2019-10-05T06:00,1\n")
    assert "2 个点位没有登记：A, B" in page
