"""Pages for what is not there or went wrong."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent, or not within this person's posts; the page does not say which."""
    return render(
        request, "web/error.html", {"message": _("没有这个页面，或它不在您的职务范围内。")}, status=404
    )


@login_not_required
def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person's posts do not cover it; whose post does, where the page said so."""
    said = f"{_('您的职务不能办理这件事。')}{exception or ''}"
    return render(request, "web/error.html", {"message": said}, status=403)


@login_not_required
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that was not given out to this visit: it lay open too long, or cookies are off."""
    said = _(
        "这张表单已经失效（页面打开过久、已重新登录，或浏览器禁用了 Cookie）。请返回上一页、刷新后再提交。"
    )
    return render(request, "web/error.html", {"message": said}, status=403)


@login_not_required
def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: no browser sends this. The page reads nothing of a request that cannot be read."""
    return HttpResponse(render_to_string("web/not_understood.html"), status=400)


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; the log of the web process holds the trace. The page needs no database: it may be what failed."""
    return HttpResponse(render_to_string("web/broken.html"), status=500)
