"""The page of the ledger: export under the filters, preview, import as it was shown, undo."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.cases.transitions import State
from bihuan.registry.changes import Batch
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import World
from tests.kit.case_ledger.test_case_ledger import exported, put

LEDGER = "/cases/ledger/"


@pytest.fixture
def office(client: Client, world: World) -> Client:
    client.force_login(world.person("dispatcher"))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def sent(client: Client, path: Path) -> str:
    return text(client.post(LEDGER, {"file": SimpleUploadedFile(path.name, path.read_bytes())}))


def both(sheet: Any) -> None:
    put(2, 备注="重点")(sheet)
    put(3, 备注="晚")(sheet)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(do|token|digest)" value="([^"]*)"', page))


def test_a_ledger_is_exported_changed_looked_at_taken_in_and_taken_back(
    office: Client, world: World, tmp_path: Path
) -> None:
    case, closed = world.case(State.SIGNED), world.case(State.CLOSED)
    answer = office.get(reverse("ledger_file") + "?tab=open")
    assert closed.number.encode() not in answer.content
    path = tmp_path / "台账.xlsx"
    page = sent(office, exported(path, case, closed, edit=both))
    assert "<b>重点</b>" in page
    assert "台账!K3" in page
    done = text(office.post(LEDGER, hidden(page) | {"reason": "月度更新"}, follow=True))
    assert "已导入 1 件；没有导入的 1 行，改正后再导。" in done
    case.refresh_from_db()
    assert case.remark == "重点"
    batch = Batch.objects.get()
    undone = text(office.post(reverse("ledger_undo", args=[batch.pk]), {"reason": "导错了"}))
    assert "已撤销 1 项" in undone
    case.refresh_from_db()
    assert case.remark == ""


def test_an_import_does_what_was_shown_or_shows_it_anew(office: Client, world: World, tmp_path: Path) -> None:
    case = world.case(State.SIGNED)
    page = sent(office, exported(tmp_path / "台账.xlsx", case, edit=put(2, 备注="重点")))
    world.go(case, "amend", remark="别人的", note="")
    again = text(office.post(LEDGER, hidden(page) | {"reason": "月度更新"}))
    assert "预览之后问题有了变化，没有导入" in again
    assert "平台上现在是“别人的”" in again
    assert not Batch.objects.exists()


def test_nobody_takes_in_a_file_that_another_has_sent(office: Client, world: World, tmp_path: Path) -> None:
    page = sent(office, exported(tmp_path / "台账.xlsx", world.case(State.SIGNED), edit=put(2, 备注="重点")))
    office.force_login(world.person("chief"))
    answer = office.post(LEDGER, hidden(page) | {"reason": "月度更新"})
    assert (answer.status_code, Batch.objects.count()) == (400, 0)
    assert "没有找到这份文件" in text(answer)


def test_a_broken_file_is_refused_on_the_page(office: Client, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"PK")
    assert "不是 Excel 工作簿" in sent(office, path)
