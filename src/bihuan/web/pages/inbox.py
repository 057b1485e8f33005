"""The inbox (提醒): what happened in a person's cases, and which deadlines come; read by opening the case or by a button."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import whole_of
from bihuan.cases import reminders
from bihuan.cases.models import Case, Notification
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Person

PER_PAGE = 50
TABS = (("unread", "未读"), ("all", "全部"))


def index(request: Asked) -> HttpResponse:
    """The person's entries, newest first; unread ones, or all."""
    show = "all" if request.GET.get("show") == "all" else "unread"
    rows = reminders.unread(request.user) if show == "unread" else request.user.notifications.all()
    rows = rows.filter(case__in=visible(Case.objects.all(), request.user))
    page = Paginator(rows.select_related("case", "step__actor"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "web/inbox.html", {"page": page, "show": show, "tabs": TABS})


@require_POST
def read(request: Asked) -> HttpResponse:
    """Mark one entry (`note`) or all as read."""
    rows = reminders.unread(request.user)
    if "note" in request.POST:
        rows = rows.filter(pk=whole_of(request.POST["note"]) or 0)
    rows.update(read_at=clock.now())
    return redirect("inbox")


def seen(person: Person, case: Case) -> None:
    """The person has the case before them: its entries need no more reading."""
    mine = Notification.objects.filter(person=person, case=case, read_at=None)
    if mine.exists():
        mine.update(read_at=clock.now())
