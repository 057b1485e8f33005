"""交接班: the running shift to sign, past handovers, one of them to read, countersign, print."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import handovers
from bihuan.cases.errors import IllegalMove
from bihuan.cases.handover_models import Handover
from bihuan.domain.timeaxis import CST
from bihuan.english import Written
from bihuan.errors import NotAllowed
from bihuan.kit.downloads import WORD, download
from bihuan.kit.listing.declared import Cell, Column, Listing, whole
from bihuan.kit.listing.shown import Shown
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.log import is_intact, last_entry
from bihuan.registry.roles import WATCHERS
from bihuan.web import drafts
from bihuan.web.handover.sections import content_of
from bihuan.web.handover.word import document

SIGN = "handover/sign"


def _take(pk: int) -> str:
    return f"handover/{pk}/take"


def _reader(request: Asked) -> None:
    """Raises NotAllowed unless the person holds a post that watches the whole city."""
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("交接班记录由全市的调度岗、负责人、审计和系统管理员查看。"))


def index(request: Asked) -> HttpResponse:
    """The running shift as it would be signed now, and the handovers before."""
    _reader(request)
    now = clock.now()
    since = handovers.shift_began(now)
    context = {
        "since": since,
        "now": now,
        "sections": content_of(request, since, now),
        "may_sign": handovers.may_sign(request.user),
        "open": handovers.waiting_to_be_taken(request.user),
        "list": Shown(_past(request), request.GET),
        "note_length": handovers.NOTE_LENGTH,
        "draft": drafts.load(request, SIGN),
    }
    return render(request, "web/handovers.html", context)


def _past(request: Asked) -> Listing[Handover]:
    rows = handovers.known(request.user)
    return Listing(
        "handovers",
        _("历次交接班"),
        whole(rows.filter, _("还没有交接班记录。")),
        _columns(),
        per_page=20,
        unit=_("班"),
    )


def _columns() -> tuple[Column[Handover], ...]:
    return (
        Column(_("班次"), _span, lambda h: Cell(_span(h), reverse("handover", args=[h.pk]))),
        Column(_("交班"), lambda h: Written(h.by)),
        Column(_("接班"), lambda h: Written(h.taken.by) if hasattr(h, "taken") else "", _taken),
    )


def _span(handover: Handover) -> str:
    return f"{handover.since.astimezone(CST):%Y-%m-%d %H:%M} — {handover.at.astimezone(CST):%m-%d %H:%M}"


def _taken(handover: Handover) -> Cell:
    taken = getattr(handover, "taken", None)
    if taken is None:
        return Cell(_("尚未签字"), tone="warn")
    return Cell(Written(taken.by), note=f"{taken.at.astimezone(CST):%m-%d %H:%M}")


@require_POST
def sign(request: Asked) -> HttpResponse:
    """Sign the running shift: its content is made anew and frozen."""
    if not handovers.may_sign(request.user):
        raise NotAllowed(_("交接班由全市的调度岗或负责人签字。"))
    now = clock.now()
    since = handovers.shift_began(now)
    try:
        made = handovers.sign(
            request.user, content_of(request, since, now), since, request.POST.get("note", "")
        )
    except IllegalMove as error:
        drafts.refused(request, SIGN, error)
        return redirect("handovers")
    drafts.drop(request, SIGN)
    messages.success(request, _("已交班签字，等待接班人签字。"))
    return redirect("handover", made.pk)


def detail(request: Asked, pk: int) -> HttpResponse:
    """One handover as it was signed."""
    _reader(request)
    found = handovers.handover_for(request.user, pk)
    entry = last_entry(found)
    taken = getattr(found, "taken", None)
    context = {
        "handover": found,
        "taken": taken,
        "digest": entry.digest if entry else "",
        "intact": is_intact(found) and (taken is None or is_intact(taken)),
        "may_take": taken is None and handovers.may_sign(request.user) and found.by_id != request.user.pk,
        "note_length": handovers.NOTE_LENGTH,
        "draft": drafts.load(request, _take(pk)),
    }
    return render(request, "web/handover.html", context)


@require_POST
def take(request: Asked, pk: int) -> HttpResponse:
    """Countersign."""
    found = handovers.handover_for(request.user, pk)
    try:
        handovers.countersign(request.user, found, request.POST.get("note", ""))
        drafts.drop(request, _take(pk))
        messages.success(request, _("已接班签字。"))
    except IllegalMove as error:
        drafts.refused(request, _take(pk), error)
    return redirect("handover", pk)


def word(request: Asked, pk: int) -> HttpResponse:
    """The same as Word."""
    _reader(request)
    found = handovers.handover_for(request.user, pk)
    entry = last_entry(found)
    paper = document(found, entry.digest if entry else "—")
    return download(paper, f"交接班记录-{found.pk}.docx", WORD)
