"""The pages of papers: what is in force, a template tried and put in force, a broken one refused, the way back, numbers."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from bihuan.cases import evidence
from bihuan.cases.models import IssuedPaper, TemplateVersion
from bihuan.cases.paper_fields import FIELDS
from bihuan.cases.paper_templates import SHIPPED, faults, path_of_version
from bihuan.cases.papers import paper
from bihuan.cases.transitions import Paper, State
from bihuan.registry.log import is_intact
from tests.cases.conftest import world as world  # the fixture
from tests.cases.test_papers import lines_of
from tests.cases.world import World
from tests.documents.words import word
from tests.people import CITY_CODE

OWN = (
    "阳泉市生态环境局交办单{{ 模拟标记 }}",
    "{{ 文号 }} {{ 编号 }}",
    "{{ 承办单位 }}：{{ 问题 }}",
    "限 {{ 办结期限 }}",
    "{{ 存证 }}",
)


@pytest.fixture
def office(client: Client, world: World) -> Client:
    """The dispatcher of the whole city."""
    client.force_login(world.person("dispatcher", CITY_CODE))
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def send(client: Client, path: Path, kind: str = "dispatch") -> Any:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("paper_change", args=[kind, "try"]), {"file": file}, follow=True)


def act(client: Client, action: str, kind: str = "dispatch", **data: str) -> str:
    return text(client.post(reverse("paper_change", args=[kind, action]), data, follow=True))


def fetched(client: Client, name: str, query: str = "", kind: str = "dispatch") -> list[str]:
    return lines_of(client.get(reverse(name, args=[kind]) + query).content)


@pytest.mark.parametrize("kind", list(Paper))
def test_the_template_that_came_along_is_sound_and_prints_every_field(world: World, kind: Paper) -> None:
    path = path_of_version(kind, None)
    assert faults(kind, path, path.name) == []
    page = Document(str(path))
    said = "\n".join(
        [*(p.text for p in page.paragraphs), *(c.text for t in page.tables for r in t.rows for c in r.cells)]
    )
    assert [f.name for f in FIELDS[kind] if f.name not in said] == []


def test_a_template_is_looked_through_tried_and_put_in_force_and_papers_that_were_issued_stay(
    office: Client, world: World, tmp_path: Path
) -> None:
    before = world.case(State.DISPATCHED)
    page = text(send(office, word(tmp_path / "本局.docx", *OWN)))
    assert "本局.docx：检查没有发现错误，尚未启用" in page
    assert fetched(office, "paper_preview")[1] == "阳环督〔2019〕12号 阳环交〔2019〕0047"
    tried = fetched(office, "paper_preview", f"?case={before.number}")
    assert tried[1:3] == [f" {before.number}", "平定县人民政府：料场未苫盖"]
    assert lines_of(paper(before, Paper.DISPATCH))[0] == "生态环境问题交办单"
    assert "请写明理由" in act(office, "set", reason=" ")
    assert "已记录" in act(office, "set", reason="本局版式")
    after = world.case(State.DISPATCHED)
    assert lines_of(paper(after, Paper.DISPATCH))[0] == "阳泉市生态环境局交办单"
    assert lines_of(paper(before, Paper.DISPATCH))[0] == "生态环境问题交办单"
    [version] = TemplateVersion.objects.all()
    assert IssuedPaper.objects.get(step__case=after).template == version
    assert is_intact(version)
    assert "本局.docx" in text(office.get(reverse("papers")))


def test_the_way_back_leads_to_any_earlier_one_and_to_the_one_that_came_along(
    office: Client, tmp_path: Path
) -> None:
    for name in ("甲.docx", "乙.docx"):
        send(office, word(tmp_path / name, name, *OWN))
        act(office, "set", reason=name)
    first = TemplateVersion.objects.get(name="甲.docx")
    act(office, "back", version=str(first.pk), reason="乙版有误")
    assert fetched(office, "paper_template")[0] == "甲.docx"
    act(office, "back", version="0", reason="用回原来的")
    assert (
        office.get(reverse("paper_template", args=["dispatch"])).content
        == (SHIPPED / "dispatch.docx").read_bytes()
    )
    assert "没有改动" in act(office, "back", version="0", reason="再来")
    assert [v.kind for v in TemplateVersion.objects.all()] == ["back", "back", "changed", "changed"]
    assert evidence.path_of(first.sha256).is_file()


def test_a_broken_template_is_refused_with_every_place_and_changes_nothing(
    office: Client, tmp_path: Path
) -> None:
    answer = send(office, word(tmp_path / "坏.docx", "{{ 办结期线 }}", "{{ 编号 }}"))
    assert answer.status_code == 400
    page = text(answer)
    assert "坏.docx 有 6 处错误，没有启用" in page
    assert "第 1 段“{{ 办结期线 }}”：没有“办结期线”这个字段；是不是“办结期限”？" in page
    assert "缺少“存证”" in page
    assert "请先选择模板文件并检查" in act(office, "set", reason="试")
    assert not TemplateVersion.objects.exists()


def test_what_is_no_template_is_refused(office: Client, tmp_path: Path) -> None:
    for name, content in (("a.docx", b"PK"), ("a.doc", b"\xd0\xcf\x11\xe0"), ("a.docx", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        assert "不是 Word 文档" in text(send(office, path))
    assert "请选择一个文件" in act(office, "try")


def test_a_kept_template_that_was_damaged_is_not_printed_with(
    office: Client, world: World, tmp_path: Path
) -> None:
    send(office, word(tmp_path / "本局.docx", *OWN))
    act(office, "set", reason="本局版式")
    case = world.case(State.DISPATCHED)
    evidence.path_of(TemplateVersion.objects.get().sha256).write_bytes(b"x")
    answer = office.get(reverse("case_paper", args=[case.number, "dispatch"]))
    assert answer.status_code == 400
    assert "文件已损坏" in text(answer)


def test_the_list_of_fields_names_what_may_not_be_left_out(office: Client) -> None:
    page = text(office.get(reverse("paper", args=["urge"])))
    assert '<code>{{ 新的答复期限 }}</code> <span class="tag">必填</span>' in page
    assert office.get(reverse("paper_fields", args=["urge"])).status_code == 200
    assert office.get(reverse("paper", args=["nothing"])).status_code == 404


def test_numbers_are_set_on_the_page_and_a_refusal_keeps_what_was_typed(office: Client) -> None:
    page = act(office, "number", "urge", pattern="阳环督", reason="改")
    assert 'value="阳环督"' in page
    assert "文号规则写成" in page
    assert "已记录" in act(office, "number", "urge", pattern="阳环督函〔{年}〕{序号}号", reason="改")
    assert "阳环督函〔2019〕12号" in text(office.get(reverse("papers")))


def test_the_rungs_that_are_left_are_offered(office: Client, world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=40)
    world.go(case, "urge")
    page = text(office.get(reverse("case", args=[case.number])))
    assert '<option value="orange">橙色</option>' in page
    assert '<option value="blue">' not in page
