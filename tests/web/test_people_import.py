"""People come in from a file on a page: preview, passwords once, and taking back what nobody has used yet."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError
from bihuan.registry.changes import Batch, Change
from bihuan.registry.models import AuditEntry, Person, Post
from bihuan.web import import_work
from bihuan.web.pages import people_import
from tests.people import City, build_city

PAGE = "/people/import"
HEADS = "账号,姓名,职务,区划,单位,起始日期,截止日期"
ZHANG = "zhang.san,张三,承办岗,平定县,平定县人民政府,2099-01-01,2099-06-30"
LI = "li.si,李四,网格员,平定县,,,"


@pytest.fixture
def admin(client: Client, city: City, data_dir: Any) -> Client:
    client.force_login(city.person("admin", "140300"))
    return client


def looked_at(client: Client, *rows: str) -> Any:
    text = "\n".join([HEADS, *rows])
    return client.post(
        PAGE, {"do": "preview", "file": SimpleUploadedFile("人员.csv", text.encode("utf-8-sig"))}
    )


def taken_in(client: Client, *rows: str) -> Any:
    token = looked_at(client, *rows).context["file_token"]
    return client.post(PAGE, {"do": "apply", "file_token": token, "reason": "入职"})


def taken_back(client: Client) -> str:
    batch = Batch.objects.filter(undoes=None).latest("pk")
    answer = client.post(reverse("people_undo", args=[batch.pk]), {"reason": "导错了"}, follow=True)
    return str(answer.content.decode())


def test_a_preview_makes_nobody_and_names_the_wrong_cell(admin: Client) -> None:
    people = Person.objects.count()
    shown = looked_at(
        admin,
        ZHANG,
        LI.replace("平定县", "平定"),
        ZHANG.replace("2099-06-30", "2098-06-30").replace("zhang", "z"),
    )
    preview = shown.context["preview"]
    assert (preview.counts["new"], preview.counts["refused"]) == (1, 2)
    assert [(r.number, r.column, r.why) for r in preview.refused] == [
        (3, "区划", "没有登记过"),
        (4, "账号", "职务的截止时间必须晚于起始时间"),
    ]
    assert Person.objects.count() == people
    assert not Batch.objects.exists()


def test_a_file_that_is_none_or_lacks_a_reason_gets_a_sentence(admin: Client) -> None:
    assert admin.post(PAGE, {"do": "preview"}).status_code == 400
    token = looked_at(admin, LI, LI).context["file_token"]
    assert (
        "没有写理由" in admin.post(PAGE, {"do": "apply", "file_token": token, "reason": " "}).content.decode()
    )
    answer = taken_in(admin, LI, ZHANG.replace("平定县,", "平定,", 1)).content.decode()
    assert "没有登记过" in answer


def test_an_import_shows_the_passwords_once_and_a_post_begins_on_its_day(admin: Client) -> None:
    answer = taken_in(admin, ZHANG, LI).content.decode()
    zhang = Person.objects.get(username="zhang.san")
    (password,) = re.findall(r"zhang\.san\t(\S+)", answer)
    assert zhang.check_password(password)
    assert zhang.must_change_password
    post = zhang.posts.get()
    assert (post.since, post.state) == (datetime(2099, 1, 1, tzinfo=CST), "later")
    assert Post.objects.get(person__username="li.si").state == "now"
    assert password not in str(list(Change.objects.values())) + str(list(AuditEntry.objects.values()))
    assert password not in admin.get(PAGE).content.decode()


def test_who_has_not_used_the_account_goes_with_the_import_and_who_has_stays(admin: Client) -> None:
    taken_in(admin, ZHANG, LI)
    Person.objects.filter(username="li.si").update(last_login=datetime(2026, 1, 1, tzinfo=CST))
    said = taken_back(admin)
    assert not Person.objects.filter(username="zhang.san").exists()
    assert Person.objects.filter(username="li.si").exists()
    assert "li.si：账号 li.si 已经用过，不能撤销" in said
    assert "已撤销 1 项" in said


def test_an_added_post_and_a_changed_name_are_taken_back(admin: Client, city: City) -> None:
    taken_in(admin, LI)
    taken_in(admin, LI.replace("李四", "李思"), "li.si,李思,核查岗,平定县,,,")
    assert set(Post.objects.filter(person__username="li.si").values_list("role", flat=True)) == {
        "ranger",
        "verifier",
    }
    assert "已撤销 2 项" in taken_back(admin)
    person = Person.objects.get(username="li.si")
    assert (person.full_name, [p.role for p in person.posts.all() if p.state == "now"]) == (
        "李四",
        ["ranger"],
    )


def test_a_countys_administrator_takes_in_its_own_people_alone(
    client: Client, city: City, data_dir: Any
) -> None:
    client.force_login(city.person("admin", "140321"))
    preview = looked_at(client, LI, LI.replace("li.si", "wang").replace("平定县", "盂县")).context["preview"]
    assert (preview.counts["new"], [r.why for r in preview.refused]) == (
        1,
        ["您不管理盂县，不能授予那里的职务"],
    )
    assert "zhang" not in client.get(reverse("people_template", args=["csv"])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_large_file_is_taken_in_beside_the_request_and_its_passwords_are_shown_once(
    client: Client, data_dir: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(build_city().person("admin", "140300"))
    monkeypatch.setattr(people_import, "AT_ONCE", 0)
    monkeypatch.setattr(import_work, "PATIENCE", 0)
    waiting = looked_at(client, LI)
    address = waiting["Location"]
    looking = people_import.WORKS._known[address.rsplit("/", 1)[1]]
    looking.future.result(60)
    assert (looking.done, looking.total) == (1, 1)
    shown = client.get(address)
    assert shown.context["preview"].counts["new"] == 1
    said = {"do": "apply", "file_token": shown.context["file_token"], "reason": "入职"}
    address = client.post(PAGE, said)["Location"]
    people_import.WORKS._known[address.rsplit("/", 1)[1]].future.result(60)
    assert client.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == address
    (password,) = re.findall(r"li\.si\t(\S+)", client.get(address).content.decode())
    assert Person.objects.get(username="li.si").check_password(password)
    again = client.get(address)
    assert (again.status_code, password in again.content.decode()) == (400, False)


def test_a_work_that_goes_on_says_how_far_it_is_and_only_to_who_began_it(
    admin: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = import_work.Work[people_import.Outcome](city.person("admin", "140300").pk, "人员.csv")
    going.progress("", 3, 12)
    monkeypatch.setitem(people_import.WORKS._known, going.number, going)
    address = reverse("people_work", args=[going.number])
    page = admin.get(address).content.decode()
    assert "3 / 12" in page
    assert f'hx-get="{address}"' in page
    assert "<html" not in admin.get(address, headers={"HX-Request": "true"}).content.decode()
    other = Client()
    other.force_login(city.person("admin", "140321"))
    assert other.get(address).status_code == 400


def test_a_file_that_turns_out_to_be_none_is_told_where_it_was_waited_for(
    admin: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = import_work.Work[people_import.Outcome](city.person("admin", "140300").pk, "人员.csv")
    failed.future.set_exception(BihuanError("表头不对"))
    monkeypatch.setitem(people_import.WORKS._known, failed.number, failed)
    answer = admin.get(reverse("people_work", args=[failed.number]))
    assert answer.status_code == 400
    assert "表头不对" in answer.content.decode()


def test_the_audit_log_knows_from_where_people_came_in(admin: Client) -> None:
    taken_in(admin, LI)
    taken_in(admin, LI.replace("李四", "李思"), "li.si,李思,核查岗,平定县,,,")
    made = AuditEntry.objects.filter(target="li.si").order_by("pk")
    assert [(e.action, e.address) for e in made] == [
        ("person.add", "127.0.0.1"),
        ("person.edit", "127.0.0.1"),
        ("person.post_add", "127.0.0.1"),
    ]


def test_the_form_of_a_post_takes_its_first_day(admin: Client, city: City) -> None:
    someone = city.person("ranger", "140321")
    said = {"role": "verifier", "region": "140321", "since": "2099-01-01", "until": "2098-01-01"}
    change = reverse("person_change", args=[someone.pk, "post_add"])
    assert "必须晚于起始时间" in admin.post(change, said, follow=True).content.decode()
    admin.post(change, said | {"until": ""})
    assert someone.posts.get(role="verifier").since == datetime(2099, 1, 1, tzinfo=CST)
