"""Pages for what is not there or went wrong."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent, or not within this person's posts; the page does not say which."""
    return render(
        request, "web/error.html", {"message": _("没有这个页面，或它不在您的职务范围内。")}, status=404
    )


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; the log of the web process holds the trace."""
    return render(request, "web/broken.html", status=500)
