"""操作日志: what was done stands in words, what is told of it can be read, and both are found by the search."""

import csv
import io
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.audit import record
from bihuan.registry.models import AuditEntry, Person
from tests.pages import flat
from tests.people import City


@pytest.fixture
def admin(client: Client, city: City, data_dir: Path) -> Client:
    client.force_login(city.person("admin", "140300"))
    return client


def rows(client: Client, **asked: str) -> list[dict[str, str]]:
    """The lines of the file of the log."""
    text = client.get(reverse("audit"), {"as": "csv", **asked}).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def told(client: Client) -> str:
    return rows(client)[0]["内容"]


def test_a_deed_stands_in_words_and_its_code_in_the_file_alone(admin: Client) -> None:
    record(None, "person.close", "li.si", reason="离职")
    (row,) = rows(admin)
    assert (row["操作"], row["操作代码"], row["对象"], row["内容"]) == (
        "停用账号",
        "person.close",
        "li.si",
        "理由：离职",
    )
    page = admin.get(reverse("audit")).content.decode()
    assert "停用账号" in page
    assert "person.close" not in page


@pytest.mark.parametrize("nothing", [{}, {"reason": ""}, {"old": {}}, {"before": None, "addresses": []}])
def test_where_nothing_is_told_nothing_stands(admin: Client, nothing: dict[str, object]) -> None:
    record(None, "person.sign_in", "li.si", **nothing)
    assert told(admin) == ""
    page = admin.get(reverse("audit")).content.decode()
    assert "{" not in page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_a_number_that_is_zero_and_a_no_are_told(admin: Client) -> None:
    record(None, "guidance.import", "x", rows=3, refused=0)
    assert told(admin) == "行数：3；未导入行数：0"
    record(None, "register.qualitycheck", "x", passed=False)
    assert told(admin) == "合格：否"


def test_moments_are_told_by_the_clock_of_china_and_other_texts_as_they_are(admin: Client) -> None:
    record(None, "mark.set", "E1-1", start="2019-01-11T00:00:00+00:00", until="2019-01-11 01:30:00+00:00")
    assert told(admin) == "起：2019-01-11 08:00；至：2019-01-11 09:30"
    for text in ("2019-01-11", "2019-13-99T00:00:00Z", "P010 T boiler", "2019-01-11T08:00"):
        record(None, "person.close", "x", reason=text)
        assert told(admin) == f"理由：{text}"


def test_a_change_of_a_person_shows_what_was_and_what_is(admin: Client, city: City) -> None:
    someone = city.person("ranger", "140321")
    said = {"name": "新名", "phone": "13900000000"}
    admin.post(reverse("person_change", args=[someone.pk, "edit"]), said)
    assert told(admin) == f"原（名称：{someone.full_name}）；现（名称：新名；电话：13900000000）"
    page = flat(admin.get(reverse("person", args=[someone.pk])).content.decode())
    assert "修改姓名或电话" in page
    assert "{&#x27;" not in page


def test_an_object_of_a_register_is_told_with_the_title_of_the_register(admin: Client) -> None:
    record(None, "register.new", "stations S1")
    record(None, "register.new", "vanished V1")
    assert [row["对象"] for row in rows(admin)] == ["vanished V1", "监测点位 S1"]


def test_entries_are_found_by_words_code_person_and_object(admin: Client, city: City) -> None:
    person = city.person("ranger", "140321")
    record(person, "person.reset_password", "zhang")
    record(None, "finding.rejected", "17")
    for words, action in (("重置密码", "person.reset_password"), ("reset_pass", "person.reset_password"), (person.full_name, "person.reset_password"), ("zhang", "person.reset_password"), ("否定", "finding.rejected"), ("rejected the", "finding.rejected")):  # fmt: skip
        assert [row["操作代码"] for row in rows(admin, q=words)] == [action], words
    assert rows(admin, q="没有这个词") == []


def test_a_reader_of_english_reads_english(admin: Client) -> None:
    record(None, "person.add", "li.si", role="verifier", region="140321")
    admin.cookies["django_language"] = "en"
    page = flat(admin.get(reverse("audit")).content.decode())
    assert "added the account" in page
    assert "role: verifier; region: 140321" in page


def test_what_stands_in_an_entry_is_never_markup(admin: Client) -> None:
    AuditEntry.objects.create(
        at="2019-01-01T00:00Z", action="<b>x.y", target="<i>", detail={"<u>": ["<s>", {"a": "<q>"}]}
    )
    page = admin.get(reverse("audit")).content.decode()
    for tag in ("<b>x", "<i>", "<u>", "<s>", "<q>"):
        assert tag not in page


def test_an_entry_without_a_mapping_is_still_shown(admin: Client) -> None:
    AuditEntry.objects.create(at="2019-01-01T00:00Z", action="x.y", target="", detail=["a", "b"])
    assert told(admin) == "a、b"
    assert Person.objects.exists()
