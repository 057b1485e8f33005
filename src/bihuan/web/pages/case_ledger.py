"""The ledger of cases (台账): taken away as a workbook that people edit, looked at cell by cell, taken in, taken back."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.errors import BihuanError
from bihuan.kit.case_ledger.export import workbook
from bihuan.kit.case_ledger.plan import Fate, Plan, Trouble
from bihuan.kit.case_ledger.planning import make_plan, read_ledger
from bihuan.kit.case_ledger.writing import KIND, apply, take_back
from bihuan.kit.downloads import download
from bihuan.kit.listing.shown import Shown
from bihuan.kit.registers.exchange import Kept, keep
from bihuan.kit.tables import EXCEL
from bihuan.printable import printable
from bihuan.registry.access import Asked, visible
from bihuan.registry.changes import Batch
from bihuan.web import case_list, uploads

SALT = "case-ledger"
MOST = 2000
"""Cases of one ledger."""
RECENT, SHOWN = 20, 200


def taken_away(request: Asked) -> HttpResponse:
    """The cases under the filters of the list, as a workbook. Raises BihuanError for too many."""
    now = clock.now()
    rows = Shown(case_list.listing_of(case_list.tabs_of(request.user, now), now, title=""), request.GET).rows
    cases = list(rows[: MOST + 1])
    if len(cases) > MOST:
        raise BihuanError(_("一份台账最多 %(most)d 件，请先在列表里筛选") % {"most": MOST})
    return download(workbook(cases), "台账.xlsx", EXCEL)


def page(request: Asked) -> HttpResponse:
    """The file, its preview; then the import itself, as it was shown."""
    if request.method != "POST":
        return _page(request)
    try:
        if request.POST.get("do") != "apply":
            return _preview(request, _sent(request))
        return _apply(request)
    except BihuanError as error:
        return _page(request, status=400, failed=error.why)


def _sent(request: Asked) -> Kept:
    upload = uploads.chosen(request)
    kept = keep(upload.path, upload.name)
    upload.drop()
    uploads.forget(request)
    return kept


def _preview(request: Asked, kept: Kept, *, moved: bool = False) -> HttpResponse:
    plan = make_plan(read_ledger(kept.path, kept.file), request.user)
    return _page(request, plan=plan, **_shown(plan), file=kept.file, token=_token(request, kept), moved=moved)


def _shown(plan: Plan) -> dict[str, Any]:
    return {
        "changed": plan.of(Fate.CHANGED)[:SHOWN],
        "new": plan.of(Fate.NEW)[:SHOWN],
        "troubles": plan.troubles[:SHOWN],
    }


def _token(request: Asked, kept: Kept) -> str:
    """A kept file as a hidden field that nobody else can use."""
    return signing.dumps([request.user.pk, kept.file, kept.blob], salt=SALT)


def _kept(request: Asked) -> Kept:
    try:
        person, file, blob = signing.loads(request.POST.get("token", ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BihuanError(_("没有找到这份文件，请重新选择文件并预览。")) from error
    kept = Kept(file, blob)
    if person != request.user.pk or not kept.path.exists():
        raise BihuanError(_("没有找到这份文件，请重新选择文件并预览。"))
    return kept


def _apply(request: Asked) -> HttpResponse:
    kept = _kept(request)
    plan = make_plan(read_ledger(kept.path, kept.file), request.user)
    if plan.digest != request.POST.get("digest", ""):
        return _preview(request, kept, moved=True)
    made = apply(plan, request.user, printable(request.POST.get("reason", "")), kept)
    said = {"n": made.changes, "refused": plan.counts[Fate.REFUSED]}
    messages.success(request, _("已导入 %(n)d 件；没有导入的 %(refused)d 行，改正后再导。") % said)
    return redirect("ledger_batch", made.pk)


def _page(request: Asked, status: int = 200, **more: Any) -> HttpResponse:
    context = {"batches": _batches(request)[:RECENT], "most": SHOWN, **more}
    return render(request, "web/ledger.html", context, status=status)


def _batches(request: Asked) -> "QuerySet[Batch]":
    """The imports that the person may see: the own ones; those who read the log of the city: all."""
    rows = Batch.objects.filter(kind=KIND)
    seen = Q(person=request.user) | Q(pk__in=visible(rows, request.user).order_by().values("pk"))
    return rows.filter(seen).select_related("person", "undone_by").order_by("-pk")


def batch(request: Asked, pk: int) -> HttpResponse:
    """One import: who, when, why, each case; with the form that takes it back."""
    return _batch(request, get_object_or_404(_batches(request), pk=pk))


def _batch(
    request: Asked, found: Batch, troubles: list[Trouble] | None = None, failed: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "batch": found,
        "undone_by": getattr(found, "undone_by", None),
        "changes": found.rows.order_by("pk")[:SHOWN],
        "troubles": troubles or [],
        "failed": failed,
    }
    return render(request, "web/ledger_batch.html", context, status=status)


@require_POST
def undo(request: Asked, pk: int) -> HttpResponse:
    """Take an import back; what was dealt with since stays, and says why."""
    found = get_object_or_404(_batches(request), pk=pk)
    try:
        done = take_back(found, request.user, printable(request.POST.get("reason", "")))
    except IllegalMove as error:
        return _batch(request, found, failed=str(error), status=400)
    if done.batch is None:
        return _batch(request, found, done.troubles, status=400)
    messages.success(request, _("已撤销 %(n)s 项") % {"n": done.batch.changes})
    return _batch(request, done.batch, done.troubles)
