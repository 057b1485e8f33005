"""Before any page: a method that pages know, a password of one's own, and a post in force. Closed by default."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.registry.access import scope_of
from bihuan.registry.models import Person

METHODS = ("GET", "HEAD", "POST")
View = TypeVar("View", bound=Callable[..., Any])


def open_without_post(view: View) -> View:
    """Mark a view that everybody who is signed in may open: one's own account."""
    view.open_without_post = True  # type: ignore[attr-defined]
    return view


class Admission:
    """Lets those who are signed in through to the pages that their account admits them to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, named: Any
    ) -> HttpResponse | None:
        """Django calls this before the view."""
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        person = request.user
        own = getattr(view, "open_without_post", False) or not getattr(view, "login_required", True)
        if own or not isinstance(person, Person):
            return None
        if person.must_change_password:
            messages.warning(request, _("请先把临时密码改成自己的密码。"))
            return redirect("me")
        if not scope_of(person).posts:
            return render(request, "web/no_post.html", status=403)
        return None
