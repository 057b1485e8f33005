"""Cases: the list with what waits for me, one case with its chain, and every step of the table."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import actions, closing, evidence, papers, photos, step_changes, urging
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.models import Attachment, Case, Finding
from bihuan.cases.reminder_settings import timing
from bihuan.cases.term_settings import rulebook
from bihuan.cases.transitions import CLEARED, FINISHED, Need, Paper
from bihuan.kit.downloads import WORD, download
from bihuan.kit.listing.shown import listed
from bihuan.kit.phone.refused import refused_in, written_in
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.models import Organisation
from bihuan.registry.roles import FINDERS
from bihuan.web import case_list, drafts
from bihuan.web.fields import step_data
from bihuan.web.pages import inbox


def index(request: Asked) -> HttpResponse:
    """The list: mine first, then open, overdue, finished, all."""
    now, may_register = clock.now(), scope_of(request.user).has(*FINDERS)
    listing = case_list.listing_of(case_list.tabs_of(request.user, now), now, title=_("问题"))
    return listed(request, listing, "web/cases.html", {"may_register": may_register})


def detail(request: Asked, number: str) -> HttpResponse:
    """One case: chain, frozen evidence, the steps that may be taken now; a refused form as it was filled in."""
    case = actions.case_for(request.user, number)
    steps = list(case.steps.select_related("actor").prefetch_related("files"))
    now, book = clock.now(), rulebook()
    inbox.seen(request.user, case)
    moves = actions.moves(case, request.user)
    context = {
        "case": case,
        "lamp": case.lamp(now, timing()),
        "steps": [(s, [photos.shown(f, s, case) for f in s.files.all()], closing.kept(s)) for s in steps],
        "findings": case.findings.all(),
        "later": visible(Finding.objects.filter(follows__cases=case).distinct(), request.user),
        "forms": [(m, drafts.load(request, _form(case, m.transition.action))) for m in moves if m.allowed],
        "refused": [m for m in moves if not m.allowed],
        "from_phones": written_in(case),
        "not_accepted": refused_in(case, request.user),
        "recoveries": closing.recoveries(case, now) if case.state in closing.ASKED else [],
        "watched": closing.watched_until(case) if case.state in CLEARED else None,
        "finished": FINISHED,
        "opened": request.GET.get("form", ""),
        "units": _units(request),
        "papers": papers.available(case),
        "terms": book.offered(),
        "usual": step_changes.usual(case, book, now),
        "rungs": urging.rungs(case) if case.is_overdue(now) else [],
    }
    return render(request, "web/case.html", context)


def _units(request: Asked) -> QuerySet[Organisation]:
    return visible(Organisation.objects.exclude(kind="centre"), request.user)


def _form(case: Case, action: str) -> str:
    return f"{case.number}/{action}"


@require_POST
def step(request: Asked, number: str, action: str) -> HttpResponse:
    """Take one step; a refusal is said on the case's own page, which keeps what was typed and the accepted files."""
    case = actions.case_for(request.user, number)
    form = _form(case, action)
    files, refused = drafts.files_of(request, form, Need.PHOTO.key)
    try:
        if refused:
            raise refused[0]
        given = step_data(request.POST, _units(request))
        done = actions.take(case, action, request.user, files=files, **given)
    except (IllegalMove, BadFile) as error:
        drafts.refused(request, form, error, files)
        return redirect(reverse("case", args=[number]) + f"?form={action}#steps")
    drafts.drop(request, form)
    said = {"label": _(done.label), "state": _(case.get_state_display())}
    messages.success(request, _("已%(label)s，现在是“%(state)s”。") % said)
    return redirect("case", number)


def paper(request: Asked, number: str, kind: str) -> HttpResponse:
    """A paper of the case as Word."""
    case = actions.case_for(request.user, number)
    if kind not in Paper.values:
        raise Http404
    content = papers.paper(case, kind)
    return download(content, f"{case.number}-{kind}.docx", WORD)


def file(request: Asked, number: str, pk: int) -> HttpResponseBase:
    """One attachment of a case that the person may see; a sentence when it is no longer there or was damaged."""
    case = actions.case_for(request.user, number)
    found = get_object_or_404(visible(Attachment.objects.all(), request.user), pk=pk, step__case=case)
    wrong = evidence.fault(found, thorough=True)
    if wrong:
        return render(request, "web/error.html", {"message": f"{found.name}: {wrong}"}, status=404)
    shown = found.is_image or found.media_type == "application/pdf"
    return FileResponse(
        evidence.path_of(found.sha256).open("rb"),
        filename=evidence.short(found.name),
        content_type=found.media_type,
        as_attachment=not shown,
    )
