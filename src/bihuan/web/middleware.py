"""The language of a visitor, and errors that were written for a person."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from bihuan.errors import BihuanError, NotAllowed
from bihuan.web.refusals import said


class LanguageByChoice:
    """Chinese, unless this browser was switched; what the browser itself prefers does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            answer = self.get_response(request)
        answer.headers.setdefault("Content-Language", language)
        return answer


class PersonErrors:
    """Turn a BihuanError of a page into a plain page (400, refused rights 403) that says what is wrong and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls this for an exception that a view raised."""
        if not isinstance(error, BihuanError):
            return None
        status = 403 if isinstance(error, NotAllowed) else 400
        return render(request, "web/error.html", {"message": said(str(error))}, status=status)
