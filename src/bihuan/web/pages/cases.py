"""Cases: the list with what waits for me, one case with its chain, and every step of the table."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import actions, effects, evidence, papers, photos, reporting, statistics, terms
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.models import Attachment, Case, Finding
from bihuan.cases.transitions import FINISHED, Need, Paper
from bihuan.kit.downloads import WORD, download, download_table
from bihuan.kit.tables import Table, table
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.models import Organisation
from bihuan.registry.roles import FINDERS
from bihuan.web import drafts
from bihuan.web.fields import step_data
from bihuan.web.pages import inbox

PER_PAGE = 50
TABS = (
    ("mine", "待我办理"),
    ("reported", "我上报的"),
    ("open", "未销号"),
    ("overdue", "超期"),
    ("finished", "已办结"),
    ("all", "全部"),
)


def index(request: Asked) -> HttpResponse:
    """The list: mine first, then open, overdue, finished, all."""
    tab = request.GET.get("tab", "mine")
    now = clock.now()
    seen = visible(Case.objects.select_related("region", "organisation"), request.user)
    rows = {
        "mine": lambda: actions.todo(request.user),
        "reported": lambda: reporting.reported(request.user),
        "open": lambda: seen.exclude(state__in=FINISHED),
        "overdue": lambda: seen.filter(statistics.past_deadline(now)),
        "finished": lambda: seen.filter(state__in=FINISHED),
        "all": lambda: seen,
    }.get(tab, lambda: seen)()
    rows = rows.order_by(F("due").asc(nulls_last=True), "-id")
    if "as" in request.GET:
        return download_table(request.GET["as"], "cases", table_of(rows))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    cards = [(case, case.lamp(now)) for case in page]
    return render(
        request,
        "web/cases.html",
        {
            "tab": tab,
            "tabs": TABS,
            "page": page,
            "cards": cards,
            "may_register": scope_of(request.user).has(*FINDERS),
        },
    )


COLUMNS: dict[str, Callable[[Case], Any]] = {
    "编号": lambda c: c.number, "标题": lambda c: c.title, "区划": lambda c: c.region.name,
    "承办单位": lambda c: str(c.organisation or ""), "状态": lambda c: c.get_state_display(),
    "级别": lambda c: c.get_level_display(), "交办时间": lambda c: c.dispatched_at, "期限": lambda c: c.due,
    "原期限": lambda c: c.original_due, "销号时间": lambda c: c.closed_at, "反弹次数": lambda c: c.reopened,
    "模拟": lambda c: "是" if c.simulated else "",
}  # fmt: skip


def table_of(rows: QuerySet[Case]) -> Table:
    """The list of cases as it is taken away: all of them."""
    return table(COLUMNS, rows.iterator())


def detail(request: Asked, number: str) -> HttpResponse:
    """One case: chain, frozen evidence, the steps that may be taken now; a refused form as it was filled in."""
    case = actions.case_for(request.user, number)
    steps = list(case.steps.select_related("actor").prefetch_related("files"))
    now = clock.now()
    inbox.seen(request.user, case)
    moves = actions.moves(case, request.user)
    context = {
        "case": case,
        "lamp": case.lamp(now),
        "steps": [(s, [photos.shown(f, s, case) for f in s.files.all()]) for s in steps],
        "findings": case.findings.all(),
        "later": visible(Finding.objects.filter(follows__cases=case).distinct(), request.user),
        "forms": [(m, drafts.load(request, _form(case, m.transition.action))) for m in moves if m.allowed],
        "refused": [m for m in moves if not m.allowed],
        "finished": FINISHED,
        "opened": request.GET.get("form", ""),
        "units": _units(request),
        "papers": papers.available(case),
        "terms": terms.choices(),
        "usual": effects.usual_term(case, now),
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
        given = step_data(request.POST, clock.now(), _units(request))
        done = actions.take(case, action, request.user, files=files, **given)
    except (IllegalMove, BadFile) as error:
        drafts.save(request, form, files)
        messages.error(request, str(error))
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
