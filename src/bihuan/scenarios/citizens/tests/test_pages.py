"""The pages as people meet them: without an account, and as the office."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import Case
from bihuan.registry.models import Organisation
from bihuan.scenarios.citizens import deciding
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.tests.world import INSIDE, sent
from tests.cases.world import photo
from tests.pages import flat
from tests.people import City
from tests.web.world import MINE

FILLED = {
    "service": "odour",
    "text": "半夜有刺鼻气味",
    "lat": INSIDE[MINE][0],
    "lon": INSIDE[MINE][1],
    "name": "张某",
}
NEW = "/s/citizens/new/"


def read(answer: Any) -> str:
    """The text of a page."""
    return flat(answer.content.decode())


@pytest.fixture
def officer(place: City) -> Client:
    """The dispatcher of the county."""
    client = Client()
    client.force_login(place.person("dispatcher", MINE), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_somebody_without_an_account_reports_and_follows_it(place: City, client: Client) -> None:
    assert client.get(NEW).status_code == 200
    file = SimpleUploadedFile("夜里.jpg", photo().content, "image/jpeg")
    answer = client.post(NEW, FILLED | {"photos": file}, follow=True)
    made = Report.objects.get()
    said = read(answer)
    assert answer.redirect_chain[-1][0] == f"/s/citizens/status/{made.code}/"
    assert made.code in said
    assert "已收到，等待受理" in said
    assert "刺鼻" not in said
    assert "张某" not in said
    assert made.photos.get().name == "夜里.jpg"


def test_a_refusal_keeps_what_was_typed_and_says_it_at_the_field(place: City, client: Client) -> None:
    answer = client.post(NEW, FILLED | {"lat": "39.9", "lon": "116.4"})
    said = read(answer)
    assert answer.status_code == 400
    assert "位置不在阳泉市范围内" in said
    assert "半夜有刺鼻气味" in said
    answer = client.post(NEW, FILLED | {"service": ""})
    assert answer.status_code == 400
    assert not Report.objects.exists()


def test_beyond_the_limit_the_page_says_when_to_try_again(place: City, client: Client) -> None:
    for _number in range(5):
        assert client.post(NEW, FILLED).status_code == 302
    answer = client.post(NEW, FILLED)
    assert answer.status_code == 429
    assert "请稍后再试；紧急情况请拨打 12345" in read(answer)
    assert "半夜有刺鼻气味" in read(answer)


def test_a_code_is_found_in_small_letters_too_and_a_wrong_one_says_so(place: City, client: Client) -> None:
    made = sent()
    answer = client.get("/s/citizens/status/", {"code": f" {made.code.lower()} "}, follow=True)
    assert "等待受理" in read(answer)
    answer = client.get("/s/citizens/status/AAAAAAAAAA/")
    assert answer.status_code == 404
    assert "没有这个查询码" in read(answer)


def test_html_in_a_report_is_shown_as_text(officer: Client) -> None:
    made = sent(text="<script>alert(1)</script>")
    said = officer.get(reverse("citizens:report", args=[made.pk])).content.decode()
    assert "<script>alert" not in said
    assert "&lt;script&gt;alert(1)" in said


def test_the_office_hands_it_over_in_two_steps_and_the_reporter_reads_the_answer(
    officer: Client, place: City
) -> None:
    made = sent(files=(photo(),))
    listed = officer.get(reverse("citizens:index"))
    assert "砖厂烟囱冒黄烟" in read(listed)
    assert f"/s/citizens/{made.pk}/" in listed.content.decode()
    said = {"organisation": place.governments[MINE].pk, "level": "moderate", "answer": "已交平定县办理"}
    answer = officer.post(reverse("citizens:decide", args=[made.pk, "hand"]), said, follow=True)
    case = Case.objects.get()
    assert case.level == "moderate"
    assert case.number in read(answer)
    followed = read(Client().get(f"/s/citizens/status/{made.code}/"))
    assert "办理中" in followed
    assert "平定县人民政府" in followed
    assert "已交平定县办理" in followed
    assert "没有等待受理的举报" in read(officer.get(reverse("citizens:index")))


def test_the_county_is_chosen_beforehand_and_no_enterprise_is_offered(officer: Client, place: City) -> None:
    Organisation.objects.create(name="某砖厂", kind="enterprise", region=place.regions[MINE])
    said = read(officer.get(reverse("citizens:report", args=[sent().pk])))
    assert f'<option value="{place.governments[MINE].pk}" selected>平定县人民政府</option>' in said
    assert "某砖厂" not in said


@pytest.mark.parametrize(
    ("how", "data", "sentence"),
    [
        ("hand", {"organisation": "", "answer": "好"}, "请选择承办单位"),
        ("hand", {"organisation": "9" * 30, "answer": "好"}, "请选择承办单位"),
        ("refuse", {"answer": ""}, "请写明给举报人的答复"),
        ("join", {"number": "无", "answer": "好"}, ""),
        ("sell", {}, "没有这个操作"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_happens(
    officer: Client, how: str, data: dict[str, str], sentence: str
) -> None:
    made = sent()
    answer = officer.post(reverse("citizens:decide", args=[made.pk, how]), data, follow=True)
    assert sentence in read(answer)
    assert not made.acts.exists()
    assert not Case.objects.exists()


def test_what_may_be_the_same_is_listed_with_its_case(officer: Client, place: City) -> None:
    first = sent()
    case = deciding.hand_over(first, place.person("dispatcher", MINE), place.governments[MINE], "已交办")
    said = read(officer.get(reverse("citizens:report", args=[sent().pk])))
    assert case.number in said
    assert (
        f"/s/citizens/{first.pk}/"
        in officer.get(reverse("citizens:report", args=[sent().pk])).content.decode()
    )


def test_the_file_of_the_list_has_no_names_of_people(officer: Client, place: City) -> None:
    sent(name="张某", phone="13900000000", text="=cmd|' /C calc'!A0")
    taken = officer.get(reverse("citizens:index"), {"as": "csv"})
    said = b"".join(taken).decode("utf-8-sig")
    assert "张某" not in said
    assert "139000" not in said
    assert re.search(r"(^|,)\"?=cmd", said) is None, "a spreadsheet must not run it"


def test_the_contact_is_shown_by_a_press_alone(officer: Client, place: City) -> None:
    made = sent(name="张某")
    page = reverse("citizens:report", args=[made.pk])
    assert "张某" not in read(officer.get(page))
    assert "张某" in read(officer.post(reverse("citizens:contact", args=[made.pk])))
    assert officer.get(reverse("citizens:contact", args=[made.pk])).status_code == 405


def test_photos_are_for_those_who_see_the_report(officer: Client, client: Client, place: City) -> None:
    made = sent(files=(photo(),))
    address = reverse("citizens:photo", args=[made.pk, made.photos.get().pk])
    answer = officer.get(address)
    assert b"".join(answer) == photo().content
    assert answer["Content-Type"] == "image/jpeg"
    assert client.get(address).status_code == 302


def test_the_list_takes_the_same_queries_for_one_report_and_for_thirty(
    officer: Client, place: City, django_assert_max_num_queries: Any
) -> None:
    officer.get(reverse("citizens:index"))
    for number in range(30):
        sent(address=str(number))
    with django_assert_max_num_queries(30):
        officer.get(reverse("citizens:index"))
