"""The language of a visitor, and errors that were written for a person."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from bihuan.archive.damage import READING
from bihuan.errors import BihuanError, NotAllowed
from bihuan.kit.reason_words import said
from bihuan.web.damage import damage_texts

log = logging.getLogger(__name__)


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


class Privacy:
    """What a person is shown is kept by no browser and no proxy; a page may use nothing of the device but what it needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        answer.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return answer


class PersonErrors:
    """Turn a BihuanError of a page into a plain page (400, refused rights 403) that says what is wrong and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls this for an exception that a view raised."""
        if isinstance(error, READING):
            return _damaged(request)
        if not isinstance(error, BihuanError):
            return None
        status = 403 if isinstance(error, NotAllowed) else 400
        return render(request, "web/error.html", {"message": said(error.why)}, status=status)


def _damaged(request: HttpRequest) -> HttpResponse | None:
    """503 that names the damaged store; None when all stores are whole, so that the error is ours."""
    found = damage_texts()
    if not found:
        return None
    log.error("a page could not be made: %s", "; ".join(str(d) for d, _ in found))
    return render(request, "web/damaged.html", {"damages": [text for _, text in found]}, status=503)
