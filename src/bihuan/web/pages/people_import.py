"""人员与职务 from a file: template, preview with errors by cell, the import with its passwords, and taking it back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.domain.places.coordinates import System
from bihuan.errors import BihuanError
from bihuan.kit.downloads import download
from bihuan.kit.registers.exchange import keep
from bihuan.kit.registers.people import PEOPLE, Brought, bring_people, passwords_text
from bihuan.kit.registers.people_undo import undo_people
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.template import csv_template, excel_template
from bihuan.kit.registers.writing import Act, Refused
from bihuan.kit.tables import EXCEL
from bihuan.pipeline.reports import Progress
from bihuan.printable import printable
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.changes import Batch
from bihuan.registry.roles import ADMINS
from bihuan.web import uploads
from bihuan.web.import_work import Work, Works
from bihuan.web.pages.people import demand_admin
from bihuan.web.pages.register_imports import RECENT, TABLES, watched
from bihuan.web.registers import previews
from bihuan.web.registers.importing import Chosen


@dataclass(frozen=True)
class Outcome:
    """What a file would make, or made. chosen: the file of a preview; None once it is taken in."""

    brought: Brought
    chosen: Chosen | None


AT_ONCE = 10_000
"""Bytes of a file that is read while the person waits: a hundred people or two; larger ones are read beside the request."""
WORKS = Works[Outcome]("people")
"""Files of people that are looked at or taken in beside the requests; what came of one is told once, for its passwords."""


def page(request: Asked) -> HttpResponse:
    """Template, file, preview; then the import itself, with the passwords of new accounts, which are shown once."""
    demand_admin(request)
    if request.method != "POST":
        return _page(request)
    try:
        begun = _apply(request) if request.POST.get("do") == "apply" else _preview(request)
    except BihuanError as error:
        return _page(request, failed=error.why, status=400)
    return redirect("people_work", begun.number) if isinstance(begun, Work) else _answer(request, begun)


def _preview(request: Asked) -> Outcome | Work[Outcome]:
    upload = uploads.chosen(request)
    chosen = Chosen(keep(upload.path, upload.name), System.WGS84)
    upload.drop()
    uploads.forget(request)
    act = Act(request.user, "")

    def look(progress: Progress | None = None) -> Outcome:
        return Outcome(bring_people(chosen.kept, act, dry_run=True, progress=progress), chosen)

    return _begun(request, chosen, look)


def _apply(request: Asked) -> Outcome | Work[Outcome]:
    chosen = Chosen.of(request.POST.get("file_token", ""), PEOPLE, request.user)
    reason = printable(request.POST.get("reason", "")).strip()
    if not reason:
        raise BihuanError(_("没有写理由：写明为什么导入，它留在变更记录里。请重新预览。"))
    act = Act(request.user, reason, request=request)

    def take(progress: Progress | None = None) -> Outcome:
        return Outcome(bring_people(chosen.kept, act, progress=progress), None)

    return _begun(request, chosen, take)


def _begun(request: Asked, chosen: Chosen, work: Callable[..., Outcome]) -> Outcome | Work[Outcome]:
    if chosen.kept.path.stat().st_size <= AT_ONCE:
        return work()
    return WORKS.beside(request.user.pk, chosen.kept.file, work)


def _answer(request: Asked, outcome: Outcome) -> HttpResponse:
    brought, chosen = outcome.brought, outcome.chosen
    preview = previews.previewed(brought.plan)
    if chosen is not None:
        token = chosen.token(PEOPLE, request.user)
        return _page(request, file=chosen.kept.file, file_token=token, preview=preview)
    context = {
        "passwords": passwords_text(brought.passwords),
        "accounts": len(brought.passwords),
        "preview": preview,
        "refused": previews.refusals(brought.plan),
    }
    return render(request, "web/people_brought.html", context)


def work(request: Asked, number: str) -> HttpResponse:
    """How far a large file is, or what came of it, once; the page asks again by itself until then."""
    demand_admin(request)
    begun = WORKS.find(number, request.user.pk)
    if begun is None:
        raise BihuanError(
            _(
                "没有这次导入的进度（结果只显示一次，服务也可能重启过）。请看以前的批次里有没有它；没有就再导一次。"
            )
        )
    try:
        outcome = begun.result()
    except BihuanError as error:
        return _page(request, failed=error.why, status=400)

    def told(done: Outcome) -> HttpResponse:
        WORKS.forget(number)
        return _answer(request, done)

    address = reverse("people_work", args=[number])
    return watched(request, PEOPLE, begun, address, None if outcome is None else lambda: told(outcome))


def _page(request: Asked, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "register": PEOPLE,
        "batches": _batches(request)[:RECENT],
        "most": previews.SHOWN,
        "accepted": ",".join(TABLES),
        **more,
    }
    return render(request, "web/people_import.html", context, status=status)


def _batches(request: Asked) -> "QuerySet[Batch]":
    """The imports that the person brought in; those who manage the whole city see all."""
    rows = Batch.objects.filter(kind=PEOPLE.label).select_related("person", "undone_by").order_by("-pk")
    return rows if may(request.user, *ADMINS, region=CITY) else rows.filter(Q(person=request.user))


def template(request: Asked, form: str) -> HttpResponse:
    """The file to fill in."""
    demand_admin(request)
    if form == "csv":
        return download(csv_template(PEOPLE), f"{_(PEOPLE.title)}.csv", "text/csv")
    if form != "xlsx":
        raise Http404
    made = excel_template(PEOPLE, references_of(PEOPLE, request.user))
    return download(made, f"{_(PEOPLE.title)}.xlsx", EXCEL)


@require_POST
def take_back(request: Asked, pk: int) -> HttpResponse:
    """Undo an import; what has been used since stays, and says why."""
    demand_admin(request)
    batch = get_object_or_404(_batches(request).filter(undoes=None), pk=pk)
    act = Act(request.user, printable(request.POST.get("reason", "")), request=request)
    try:
        done, left = undo_people(batch, act)
    except Refused as error:
        return _page(request, failed=error.why, status=400)
    for username, why in left:
        messages.error(request, f"{username}{_('：')}{why}")
    messages.success(request, _("已撤销 %(n)s 项") % {"n": done})
    return redirect("people_import")
