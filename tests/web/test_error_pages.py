"""Pages for what went wrong are in the reader's language, say what to do, and carry the right status."""

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from bihuan.errors import BihuanError, NotAllowed
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
