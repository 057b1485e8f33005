"""Until there is an account, every address leads to the page that makes the first one (建城)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bihuan.registry.founding import is_founded

PAGE = "first_run"
OPEN = (PAGE, "health", "language")
"""What answers as ever: the page itself, what a monitor asks, the language of the page."""


class FirstRun:
    """Sends everybody to the first page, stops when somebody has an account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        served = request.path in map(reverse, OPEN) or request.user.is_authenticated or is_founded()
        return self.get_response(request) if served else redirect(PAGE)
