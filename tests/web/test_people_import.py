"""People come in from a file on a page: preview, passwords once, and taking back what nobody has used yet."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.domain.timeaxis import CST
from bihuan.registry.changes import Batch, Change
from bihuan.registry.models import AuditEntry, Person, Post
from tests.people import City

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


def test_the_form_of_a_post_takes_its_first_day(admin: Client, city: City) -> None:
    someone = city.person("ranger", "140321")
    said = {"role": "verifier", "region": "140321", "since": "2099-01-01", "until": "2098-01-01"}
    change = reverse("person_change", args=[someone.pk, "post_add"])
    assert "必须晚于起始时间" in admin.post(change, said, follow=True).content.decode()
    admin.post(change, said | {"until": ""})
    assert someone.posts.get(role="verifier").since == datetime(2099, 1, 1, tzinfo=CST)
