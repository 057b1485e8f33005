"""Pages for what went wrong are in the reader's language, say what to do, and carry the right status."""

import logging

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from bihuan.errors import BihuanError, NotAllowed
from bihuan.seldom import SeldomOfStrangers
from bihuan.web.middleware import PersonErrors
from tests.people import City


@pytest.fixture
def asking(city: City) -> HttpRequest:
    """A request of a handler."""
    request = RequestFactory().get("/")
    request.user = city.person("handler")
    request.LANGUAGE_CODE = "zh-hans"  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize(
    ("error", "status"), [(NotAllowed("由市级调度岗办理"), 403), (BihuanError("请写日期"), 400)]
)
def test_a_refusal_of_rights_is_told_from_a_mistake(
    asking: HttpRequest, error: BihuanError, status: int
) -> None:
    answer = PersonErrors(lambda _: None).process_exception(asking, error)  # type: ignore[arg-type, return-value]
    assert answer is not None
    assert (answer.status_code, str(error) in answer.content.decode()) == (status, True)


def test_a_form_of_another_visit_is_refused_in_chinese_with_what_to_do(city: City, data_dir: object) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(city.person("handler"))
    answer = client.post(reverse("theme"), {"theme": "light"})
    assert answer.status_code == 403
    assert "刷新后再提交" in answer.content.decode()


def test_a_page_that_is_not_there_is_told_in_chinese(client: Client, city: City, data_dir: object) -> None:
    client.force_login(city.person("handler"))
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded; charset=utf-16",
        "multipart/form-data; boundary=",
        "multipart/form-data",
        "multipart/form-data; boundary=\xff",
    ],
)
def test_a_form_that_cannot_be_read_is_refused_in_chinese(
    city: City, data_dir: object, kind: str, signed_in: bool
) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get(reverse("login"))  # with the cookie of forms, so that the form itself is read
    if signed_in:
        client.force_login(city.person("handler"))
    answer = client.generic("POST", reverse("language"), b"a=1", content_type=kind)
    assert answer.status_code == 400
    assert "无法读懂这个请求" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("asked", ["?" + "&".join(f"a{n}=1" for n in range(1001)), "?q=%ff%00"])
def test_an_address_with_absurdly_much_or_odd_in_it_breaks_no_page(
    client: Client, city: City, data_dir: object, asked: str
) -> None:
    client.raise_request_exception = False
    client.force_login(city.person("handler"))
    assert client.get(reverse("search") + asked).status_code == (400 if "a1000" in asked else 200)


def test_the_page_of_our_faults_needs_no_database(
    client: Client, city: City, data_dir: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("unable to open database file")

    client.force_login(city.person("handler"))
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
        answer = client.get(reverse("findings"))
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_what_any_visitor_can_cause_is_logged_once_a_minute_and_our_faults_always() -> None:
    seldom, written = SeldomOfStrangers(), []
    for name, level, text in (
        ("django.security.DisallowedHost", logging.ERROR, "Invalid HTTP_HOST header"),
        ("django.request", logging.WARNING, "Not Found: %s"),
        ("django.request", logging.ERROR, "Internal Server Error: %s"),
        ("bihuan", logging.WARNING, "disk"),
    ):
        records = [logging.LogRecord(name, level, "", 0, text, (), None) for _ in range(3)]
        written.append(sum(map(seldom.filter, records)))
    assert written == [1, 1, 3, 3]
