"""交接班: what the leaving officer sees, signs and prints, and what becomes of it afterwards."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from docx import Document

from bihuan import clock
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding, Handover
from bihuan.heartbeat import RECEIVER, Heart
from tests.people import CITY_CODE, City
from tests.web.world import MINE, NOW, Objects, make_objects


@pytest.fixture(autouse=True)
def objects(city: City, data_dir: Path) -> Objects:
    """A shift with one open finding and one case that was handed over, two hours ago."""
    clock.set_replay(NOW, 0)
    made = make_objects(city)
    clock.set_replay(NOW + timedelta(hours=2), 0)
    return made


def client(city: City, role: str = "dispatcher", region: str = CITY_CODE):  # type: ignore[no-untyped-def]
    from django.test import Client

    made = Client()
    made.force_login(city.person(role, region))
    return made


def sections(answer) -> dict[str, list[str]]:  # type: ignore[no-untyped-def]
    found = answer.context["sections"]
    return {s["title"]: [line["text"] for line in s["lines"]] for s in found}


def test_the_page_says_what_is_open_promised_and_done(city: City, objects: Objects) -> None:
    told = sections(client(city).get(reverse("handovers")))
    assert told["未处置的事件"] == ["测试站 测试"]
    assert told["答应过的事"] == [f"{objects.case.number} {objects.case.title}"]
    assert any("立案 1 件" in line for line in told["本班经过"])
    assert any(objects.case.number in line and "交办" in line for line in told["本班经过"])


def test_what_the_shift_confirmed_stands_before_worse_that_nobody_judged(
    city: City, objects: Objects
) -> None:
    where = {
        "check_key": "k3",
        "target_kind": "site",
        "target": "X1",
        "target_name": "测试站",
        "title": "更重",
        "region": city.regions[MINE],
    }
    open_or_extend(**where, started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="major", evidence={})  # fmt: skip
    lines = sections(client(city).get(reverse("handovers")))["未处置的事件"]
    assert lines == ["测试站 更重", "测试站 测试"]
    Finding.objects.filter(pk=objects.finding.pk).update(status="confirmed")
    assert sections(client(city).get(reverse("handovers")))["未处置的事件"] == lines[::-1]


def test_a_clock_that_was_set_is_no_outage_of_the_shift(city: City, data_dir: Path) -> None:
    clock.set_replay(NOW, 0)
    Heart(data_dir, RECEIVER).beat()
    clock.set_replay(NOW + timedelta(hours=1), 0)
    told = sections(client(city).get(reverse("handovers")))
    assert not any(
        "接收服务" in line for line in told["异常的数据源和部件"]
    )  # the clock was set: nothing was down


def test_a_signed_shift_stays_as_it_was_whatever_happens_afterwards(city: City, objects: Objects) -> None:
    leaving = client(city)
    leaving.post(reverse("handover_sign"), {"note": "夜里盯紧 X1"})
    made = Handover.objects.get()
    Finding.objects.filter(pk=objects.finding.pk).update(title="后来改了")
    page = leaving.get(reverse("handover", args=[made.pk]))
    text = page.content.decode()
    assert "测试站 测试" in text
    assert "后来改了" not in text
    assert "夜里盯紧 X1" in text
    assert page.context["intact"]
    assert "尚未签字" in text
    assert reverse("handover_take", args=[made.pk]) not in text  # the one who leaves does not take over


def test_the_taking_officer_finds_it_in_the_inbox_and_signs(city: City) -> None:
    client(city).post(reverse("handover_sign"), {"note": ""})
    made = Handover.objects.get()
    taking = client(city, "chief")
    assert reverse("handover", args=[made.pk]) in taking.get(reverse("inbox")).content.decode()
    taking.post(reverse("handover_take", args=[made.pk]), {"note": "知悉"}, follow=True)
    text = taking.get(reverse("handover", args=[made.pk])).content.decode()
    assert "知悉" in text
    assert "尚未签字" not in text
    assert reverse("handover", args=[made.pk]) not in taking.get(reverse("inbox")).content.decode()


def test_a_second_countersignature_is_told_and_changes_nothing(city: City) -> None:
    client(city).post(reverse("handover_sign"), {})
    made = Handover.objects.get()
    client(city, "chief").post(reverse("handover_take", args=[made.pk]), {"note": "甲"})
    answer = client(city, "chief").post(reverse("handover_take", args=[made.pk]), {"note": "乙"}, follow=True)
    assert "这一班已有人接班签字" in answer.content.decode()
    made.refresh_from_db()
    assert made.taken.note == "甲"


def test_the_word_paper_holds_the_same_lines_notes_and_the_hash(city: City, objects: Objects) -> None:
    leaving = client(city)
    leaving.post(reverse("handover_sign"), {"note": "夜里盯紧 X1"})
    made = Handover.objects.get()
    digest = leaving.get(reverse("handover", args=[made.pk])).context["digest"]
    page = Document(io.BytesIO(leaving.get(reverse("handover_word", args=[made.pk])).content))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    lines = [p.text for p in page.paragraphs]
    assert "测试站 测试" in cells
    assert f"{objects.case.number} {objects.case.title}" in cells
    assert "夜里盯紧 X1" in lines
    assert any(digest in line for line in lines)
    assert any(line.startswith("交班：dispatcher_140300") for line in lines)


def test_past_handovers_are_listed_newest_first_and_may_be_read_by_an_auditor(city: City) -> None:
    client(city).post(reverse("handover_sign"), {})
    clock.set_replay(NOW + timedelta(hours=10), 0)
    client(city, "chief").post(reverse("handover_sign"), {})
    page = client(city, "auditor").get(reverse("handovers"))
    listed = list(page.context["list"].page)
    assert [h.by.username for h in listed] == ["chief_140300", "dispatcher_140300"]
    assert not page.context["may_sign"]
    assert reverse("handover_sign") not in page.content.decode()


def test_a_county_reads_none(city: City) -> None:
    assert client(city, "chief", MINE).get(reverse("handovers")).status_code == 403


def test_the_english_page_leaves_no_chinese_sentence_of_ours(city: City) -> None:
    leaving = client(city)
    leaving.post(reverse("handover_sign"), {})
    leaving.cookies["django_language"] = "en"
    text = leaving.get(reverse("handover", args=[Handover.objects.get().pk])).content.decode()
    for phrase in ("未处置的事件", "答应过的事", "等待决定", "本班经过", "新发现", "期限", "尚未签字"):
        assert phrase not in text
