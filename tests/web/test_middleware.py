"""Which language an answer speaks, and says that it speaks."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from bihuan.web.middleware import LanguageByChoice


@pytest.mark.parametrize(
    ("chosen", "spoken"),
    [("", "zh-hans"), ("zh-hans", "zh-hans"), ("en", "en"), ("tlh", "zh-hans"), ("en\n", "zh-hans")],
)
def test_an_answer_speaks_the_language_that_was_chosen_of_those_there_are(chosen: str, spoken: str) -> None:
    """What the browser prefers does not count, and the next request begins anew."""
    before = translation.get_language()
    request = RequestFactory().get("/", headers={"Accept-Language": "fr"})
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = chosen

    def page(_: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    answer = LanguageByChoice(page)(request)
    assert (answer.content.decode(), answer.headers["Content-Language"]) == (spoken, spoken)
    assert translation.get_language() == before
