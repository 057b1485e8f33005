"""The field check of an outlet, page by page: filled in, sent, shown, taken away, handed over; its form replaced."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from bihuan.cases.models import Case
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.models import Answer, FormVersion, RefusedAnswer
from bihuan.scenarios.plant_emissions.inspection import FORMS
from bihuan.scenarios.plant_emissions.tests.conftest import MN, NOW
from tests.cases.world import photo
from tests.pages import flat
from tests.people import City

(FORM,) = FORMS
GAS = "<gas><gas_kind>so2</gas_kind><gas_cert>100</gas_cert><gas_shown>{shown}</gas_shown><gas_until>2019-06-01</gas_until><gas_err/></gas>"


def answer(
    warmth: str = "20",
    shown: str = "101",
    logger: str = MN["E1-1"],
    version: str = "2026.1",
    number: str = "1",
) -> bytes:
    """An answer as the form library sends it."""
    return (
        f'<data id="outlet_check" version="{version}"><start>2019-02-25T05:00:00.000+08:00</start><target>E1-1</target>'
        f"<house><tidy>yes</tidy><warmth>{warmth}</warmth><damp/><house_photo>house.jpg</house_photo></house>"
        f"<sampling><logger>{logger}</logger><method>direct</method><analyser>fine</analyser><analyser_photo/></sampling>"
        f"{GAS.format(shown=shown)}<end_part><records>yes</records><place>37.8 113.6 700 5</place><remark/><signed>s.jpg</signed>"
        f"</end_part><summary/><meta><instanceID>uuid:{number}</instanceID></meta></data>"
    ).encode()


@pytest.fixture
def ranger(plants: City, client: Client) -> Client:
    client.force_login(plants.person("ranger"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, xml: bytes, **more: Any) -> Any:
    files = {name: SimpleUploadedFile(name, photo().content) for name in ("house.jpg", "s.jpg")}
    sent = SimpleUploadedFile("answer.xml", xml)
    said = (NOW - timedelta(hours=1)).isoformat()
    return client.post("/forms/outlet_check/send", {"target": "E1-1", "said": said, "xml_submission_file": sent, **files, **more})  # fmt: skip


def page(client: Client, path: str, status: int = 200) -> str:
    shown = client.get(path)
    assert shown.status_code == status
    return flat(shown.content.decode())


def test_the_page_has_the_form_with_only_the_loggers_of_the_outlets_one_may_see(ranger: Client) -> None:
    text = page(ranger, "/forms/outlet_check/fill?target=E1-1")
    assert "站房温度 [℃]" in text
    assert MN["E1-1"] in text
    assert MN["E2-1"] not in text


def test_what_lies_outside_ones_posts_is_neither_offered_nor_inspected(ranger: Client) -> None:
    text = page(ranger, "/forms/outlet_check/fill")
    assert "测试厂E1" in text
    assert "测试厂E2" not in text
    page(ranger, "/forms/outlet_check/fill?target=E2-1", 403)


def test_an_answer_without_problems_is_listed_with_its_score_and_summary(ranger: Client) -> None:
    url = send(ranger, answer()).json()["url"]
    assert "没有发现问题" in page(ranger, url)
    text = page(ranger, "/forms/outlet_check/")
    assert "40 / 40" in text
    assert "站房 20 ℃，标气 1 种" in text
    assert "没有发现问题的记录" in page(ranger, "/forms/outlet_check/?tab=wrong")


def test_problems_are_marked_on_the_page_with_photos_and_go_to_a_case_in_one_tap(
    ranger: Client, plants: City
) -> None:
    url = send(ranger, answer(warmth="35", shown="110")).json()["url"]
    assert page(ranger, url).count("一键交办") == 2
    (made,) = Answer.objects.all()
    warm, _shown = made.problems.all()
    ranger.post(f"{url}hand/{warm.pk}")
    case = Case.objects.get()
    assert (case.state, case.title) == ("pending", "测试厂E1 1号锅炉 站房温度 [℃]：35")
    assert [f.name for s in case.steps.all() for f in s.files.all()] == ["house.jpg"]
    assert case.number in page(ranger, url)
    assert (
        "已交办" in page(ranger, url)
        or "等待交办" in page(ranger, url)
        or page(ranger, url).count("一键交办") == 1
    )


def test_what_the_server_refuses_is_said_at_its_question_and_kept(ranger: Client) -> None:
    told = send(ranger, answer(warmth="99", logger=MN["E2-1"]))
    assert told.status_code == 422
    texts = [fault["text"] for fault in told.json()["faults"]]
    assert texts == [
        "站房温度 [℃]：不符合要求：温度应在 -40 至 60 ℃ 之间；改正",
        f"核对的数采仪：“{MN['E2-1']}”不在可选项中；重新选择",
    ]
    assert RefusedAnswer.objects.count() == 1


def test_a_version_that_does_not_exist_any_more_is_refused_with_the_reason(ranger: Client) -> None:
    told = send(ranger, answer(version="2020"))
    assert "没有版本 2020" in told.json()["faults"][0]["text"]
    assert "<warmth>20</warmth>" in RefusedAnswer.objects.get().xml


def test_a_disguised_photo_is_refused_with_its_name(ranger: Client) -> None:
    told = send(ranger, answer(), **{"house.jpg": SimpleUploadedFile("house.jpg", b"MZ")})
    assert told.status_code == 422
    assert "house.jpg" in told.json()["faults"][0]["text"]
    assert not Answer.objects.exists()


def test_answers_are_taken_away_with_every_question_and_one_as_a_paper(ranger: Client) -> None:
    url = send(ranger, answer(shown="110")).json()["url"]
    book = openpyxl.load_workbook(BytesIO(ranger.get("/forms/outlet_check/?book=1").content))
    assert book.sheetnames == ["废气自动监控现场检查", "标准气体核对"]
    heads, row = book.worksheets[1].iter_rows(values_only=True)
    said = dict(zip(heads, row, strict=True))
    assert (said["气体"], said["示值"], said["gas_err"]) == ("SO2", 110, "10")
    paper = Document(BytesIO(ranger.get(f"{url}word").content))
    assert "110（问题）" in {c.text for t in paper.tables for r in t.rows for c in r.cells}
    file = Answer.objects.get().files.get(name="house.jpg")
    assert ranger.get(f"{url}file/{file.pk}").getvalue() == photo().content


def test_a_chief_of_the_city_replaces_the_workbook_and_a_broken_one_changes_nothing(
    client: Client, plants: City, tmp_path: Path
) -> None:
    client.force_login(plants.person("chief", "140300"), backend="django.contrib.auth.backends.ModelBackend")
    book = openpyxl.load_workbook(FORM.workbook)

    def upload(version: str, kind: str) -> Any:
        book["settings"]["C2"], book["survey"]["A5"] = version, kind
        book.save(tmp_path / "new.xlsx")
        file = SimpleUploadedFile("新表.xlsx", (tmp_path / "new.xlsx").read_bytes())
        return client.post("/forms/outlet_check/versions", {"workbook": file, "reason": "按新规范"})

    broken = upload("2026.2", "select_one nothing")
    assert broken.status_code == 422
    assert "survey!A5 选项表“nothing”不在 choices 中" in flat(broken.content.decode())
    assert versions.in_force(FORM).version == "2026.1"
    assert upload("2026.2", "select_one yes_no").status_code == 302
    made = FormVersion.objects.get(version="2026.2")
    assert versions.in_force(FORM) == made
    text = page(client, "/forms/outlet_check/versions")
    assert re.search("2026.2.*在用.*按新规范.*2026.1.*随软件", text)
    assert (
        client.get(f"/forms/outlet_check/versions/{made.pk}.xlsx").getvalue()
        == (tmp_path / "new.xlsx").read_bytes()
    )


def test_a_grid_worker_sees_the_versions_and_cannot_replace_one(ranger: Client) -> None:
    assert "检查并启用" not in page(ranger, "/forms/outlet_check/versions")
    file = SimpleUploadedFile("x.xlsx", FORM.workbook.read_bytes())
    assert ranger.post("/forms/outlet_check/versions", {"workbook": file, "reason": "x"}).status_code == 403
