"""An error that was written for a person is shown to the person."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.errors import BihuanError


class PersonErrors:
    """Turn a BihuanError of a page into a plain page (400) that says what is wrong and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls this for an exception that a view raised."""
        if not isinstance(error, BihuanError):
            return None
        return render(request, "web/error.html", {"message": str(error)}, status=400)
