"""人员与职务: who opens the pages, what they do, and that sessions end at once."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import AuditEntry, Person, Post
from tests.people import ROLES, City, person

TOP, MINE, OTHER = "140300", "140321", "140322"
GOOD = "violet-harbour-42"
NEW = "autumn-river-77"


@pytest.fixture
def admin(client: Client, city: City, data_dir: Path) -> Client:
    """The city's administrator, signed in."""
    client.force_login(city.person("admin", TOP))
    return client


def change(client: Client, someone: Person, action: str, **said: Any) -> Any:
    return client.post(reverse("person_change", args=[someone.pk, action]), said, follow=True)


def signed_in(someone: Person, password: str = GOOD) -> Client:
    browser = Client()
    browser.post(reverse("login"), {"username": someone.username, "password": password})
    return browser


def with_password(someone: Person) -> Person:
    someone.set_password(GOOD)
    someone.save()
    return someone


def shown_password(answer: Any) -> str:
    found = re.search(r"<code[^>]*>([^<]+)</code>", answer.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_open_the_pages(client: Client, city: City, data_dir: Path, role: str) -> None:
    target = city.person("ranger", MINE)
    for region in (TOP, MINE):
        client.force_login(city.person(role, region))
        for address in (reverse("people"), reverse("person_new"), reverse("person", args=[target.pk])):
            assert client.get(address).status_code == (200 if role == "admin" else 400)
        menu = client.get(reverse("centre")).context["menu"]
        shown = any(line.url == reverse("people") for heading in menu for line in heading.lines)
        assert shown == (role == "admin")


def test_an_administrator_of_a_county_sees_its_people_only(
    client: Client, city: City, data_dir: Path
) -> None:
    client.force_login(city.person("admin", MINE))
    text = client.get(reverse("people")).content.decode()
    assert f"ranger_{MINE}" in text
    assert f"ranger_{OTHER}" not in text
    assert f"chief_{TOP}" not in text
    stranger = city.person("ranger", OTHER)
    assert client.get(reverse("person", args=[stranger.pk])).status_code == 404
    for action in ("close", "reset", "post_add", "post_end", "edit", "reopen"):
        assert change(client, stranger, action, reason="x").status_code == 404


def test_closing_an_account_ends_its_sessions_at_once_and_for_good(admin: Client, city: City) -> None:
    leaver = with_password(city.person("ranger", MINE))
    browser = signed_in(leaver)
    assert browser.get(reverse("cases")).status_code == 200
    change(admin, leaver, "close", reason="离职")
    assert browser.get(reverse("cases")).status_code == 302
    assert "用户名或密码不对" in browser.post(reverse("login"), {"username": leaver.username, "password": GOOD}).content.decode()  # fmt: skip
    password = shown_password(change(admin, leaver, "reopen"))
    assert browser.get(reverse("cases")).status_code == 302
    assert signed_in(leaver, password).get(reverse("me")).status_code == 200


def test_a_temporary_password_opens_nothing_but_its_change(admin: Client, city: City) -> None:
    someone = with_password(city.person("ranger", MINE))
    before = signed_in(someone)
    password = shown_password(change(admin, someone, "reset"))
    assert before.get(reverse("cases")).status_code == 302
    browser = signed_in(someone, password)
    for address in (reverse("centre"), reverse("cases"), reverse("boundary"), "/map/layers/cases.json"):
        assert browser.get(address)["Location"] == reverse("me")
    kept = {"old_password": password, "new_password1": password, "new_password2": password}
    assert "不能与旧密码相同" in browser.post(reverse("me"), kept).content.decode()
    browser.post(reverse("me"), kept | {"new_password1": NEW, "new_password2": NEW})
    assert browser.get(reverse("cases")).status_code == 200
    assert signed_in(someone, NEW).get(reverse("cases")).status_code == 200


def test_a_new_account_is_made_with_a_post_and_a_password_that_is_shown_once(
    admin: Client, city: City
) -> None:
    said = {"username": "li.si", "name": "李四", "phone": "0353-1234567", "role": "handler", "region": MINE, "organisation": "平定县人民政府"}  # fmt: skip
    answer = admin.post(reverse("person_new"), said)
    made = Person.objects.get(username="li.si")
    assert (made.full_name, made.phone, made.must_change_password) == ("李四", "0353-1234567", True)
    assert str(made.posts.get()) == "平定县 承办岗"
    assert made.check_password(shown_password(answer))
    assert shown_password(answer) not in admin.get(reverse("person", args=[made.pk])).content.decode()
    again = admin.post(reverse("person_new"), said)
    assert again.status_code == 400
    assert "已有账号 li.si" in again.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"region": ""}, "请选择区划"),
        ({"region": "999999"}, "请选择区划"),
        ({"organisation": "没有的单位"}, "没有这个单位"),
        ({"role": "handler", "organisation": ""}, "须指定所在单位"),
        ({"role": "king"}, "没有职务"),
        ({"username": ""}, ""),
        ({"username": "a b"}, ""),
        ({"phone": "1" * 40}, "30"),
    ],
)
def test_what_does_not_fit_is_said_and_no_account_is_made(
    admin: Client, wrong: dict[str, str], said: str
) -> None:
    form = {"username": "li.si", "name": "李四", "phone": "", "role": "ranger", "region": MINE, "organisation": ""}  # fmt: skip
    before = Person.objects.count()
    answer = admin.post(reverse("person_new"), form | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert Person.objects.count() == before


def test_posts_are_given_until_a_day_and_ended_and_both_stand_in_the_history(
    admin: Client, city: City
) -> None:
    someone = city.person("ranger", MINE)
    assert "已办理" in change(admin, someone, "post_add", role="verifier", region=TOP, until="2099-06-30").content.decode()  # fmt: skip
    made = someone.posts.get(role="verifier")
    assert f"{made.until:%Y-%m-%d %H:%M}" == "2099-06-30 15:59"
    first = someone.posts.get(role="ranger")
    change(admin, someone, "post_end", post=first.pk)
    text = admin.get(reverse("person", args=[someone.pk])).content.decode()
    assert "已结束" in text
    assert "结束职务" in text
    assert [e.person.username for e in AuditEntry.objects.filter(target=someone.username) if e.person] == ["admin_140300"] * 2  # fmt: skip


@pytest.mark.parametrize("until", ["2019-02-30", "x", "2019-01-01", "9999-99-99", "²"])
def test_an_end_that_cannot_be_is_said(admin: Client, city: City, until: str) -> None:
    someone = city.person("ranger", MINE)
    answer = change(admin, someone, "post_add", role="verifier", region=TOP, until=until)
    assert answer.status_code == 200
    assert someone.posts.count() == 1


@pytest.mark.parametrize("post", ["", "x", "²", "0", str(2**70)])
def test_a_post_that_is_none_of_the_persons_is_not_ended(admin: Client, city: City, post: str) -> None:
    someone = city.person("ranger", MINE)
    others = city.person("chief", MINE).posts.get()
    for number in (post, str(others.pk)):
        assert "没有这个职务" in change(admin, someone, "post_end", post=number).content.decode()
    assert Post.objects.in_force().count() == Post.objects.count()


def test_somebody_whose_last_post_ended_reads_nothing_from_then_on(admin: Client, city: City) -> None:
    someone = with_password(city.person("ranger", MINE))
    browser = signed_in(someone)
    change(admin, someone, "post_end", post=someone.posts.get().pk)
    answer = browser.get(reverse("cases"))
    assert answer.status_code == 403
    assert "没有职务" in answer.content.decode()
    assert browser.get(reverse("me")).status_code == 200


def test_people_are_found_by_name_phone_and_unit_and_taken_away(admin: Client, city: City) -> None:
    someone = city.person("ranger", MINE)
    change(admin, someone, "edit", name="=王五", phone="13900000000")
    for q in ("王五", "1390", f"ranger_{MINE}"):
        assert f"ranger_{MINE}" in admin.get(reverse("people"), {"q": q}).content.decode()
    assert f"handler_{MINE}" in admin.get(reverse("people"), {"q": "平定县人民"}).content.decode()
    assert "没有符合的人员" in admin.get(reverse("people"), {"q": "查无此人"}).content.decode()
    table = admin.get(reverse("people"), {"as": "csv"}).content.decode("utf-8-sig")
    assert "'=王五" in table
    assert len(table.splitlines()) == Person.objects.count() + 1
    assert admin.get(reverse("people"), {"tab": "closed"}).context["list"].page.paginator.count == 0


def test_who_holds_no_post_reads_nothing_but_the_own_account(
    client: Client, city: City, data_dir: Path
) -> None:
    client.force_login(person("nobody"))
    for name in (
        "centre",
        "boundary",
        "findings",
        "search",
        "checks",
    ):
        assert client.get(reverse(name)).status_code == 403, name
    assert client.get("/map/layers/cases.json").status_code == 403
    assert client.get(reverse("me")).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_pages_know_reading_and_posting_only(admin: Client, method: str) -> None:
    for name in ("centre", "people", "me", "boundary"):
        assert getattr(admin, method)(reverse(name)).status_code == 405
