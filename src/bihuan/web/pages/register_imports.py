"""登记: a file is looked at, taken in, and taken back; what was done before can be taken back too."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.errors import BihuanError
from bihuan.kit.registers.actions import writes
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.exchange import keep
from bihuan.kit.registers.shapes_table import ENDINGS
from bihuan.kit.registers.writing import Refused
from bihuan.printable import printable
from bihuan.registry.access import Asked, visible
from bihuan.registry.changes import Batch
from bihuan.web import uploads
from bihuan.web.import_work import Work
from bihuan.web.registers import forms, history, importing, previews
from bihuan.web.registers.importing import Chosen, Outcome
from bihuan.web.registers.kinds import demand_writer, register_of, url_of

PER_PAGE = 50
RECENT = 20
TABLES = (".csv", ".xlsx", ".xls", ".parquet")


def page(request: Asked, register_kind: str) -> HttpResponse:
    """Template, file, preview; then the import itself, as it was shown."""
    register = register_of(register_kind)
    demand_writer(register, request.user)
    if request.method != "POST":
        return _page(request, register)
    try:
        begun = _begin(request, register)
    except BihuanError as error:
        return _page(request, register, failed=error.why, status=400)
    return _answer(request, register, begun)


def _begin(request: Asked, register: Register) -> Outcome | Work[Outcome]:
    given = request.POST
    if given.get("do") != "apply":
        return importing.preview(register, _chosen(request, register), request.user)
    chosen = Chosen.of(given.get("file_token", ""), register, request.user)
    reason = printable(given.get("reason", "")).strip()
    if not reason:
        raise BihuanError(_("没有写理由：写明为什么导入，它留在变更记录里。请重新预览。"))
    return importing.take(register, chosen, request.user, given.get("digest", ""), reason)


def _chosen(request: Asked, register: Register) -> Chosen:
    """The file that was sent, kept before it is read; or one that is kept already, with the layer that was chosen now."""
    if token := request.POST.get("file_token", ""):
        return replace(Chosen.of(token, register, request.user), layer=request.POST.get("layer", ""))
    upload = uploads.chosen(request)
    kept = keep(upload.path, upload.name)
    upload.drop()
    uploads.forget(request)
    return Chosen(kept, forms.system_of(request.POST))


def _answer(request: Asked, register: Register, begun: Outcome | Work[Outcome]) -> HttpResponse:
    if isinstance(begun, Work):
        return redirect("register_work", register.kind, begun.number)
    if begun.batch is not None:
        messages.success(request, _done(begun))
        return redirect("register_batch", register.kind, begun.batch.pk)
    return _page(request, register, **_shown(request, register, begun))


def _done(outcome: Outcome) -> str:
    counts = importing.counted(outcome.plan)
    refused = counts.get("refused", 0)
    said = _("已导入：新增 %(new)s，修改 %(changed)s") % {
        "new": counts.get("new", 0),
        "changed": counts.get("changed", 0),
    }
    return said + (_("；%(refused)s 行没有导入，改正后再导") % {"refused": refused} if refused else "")


def _shown(request: Asked, register: Register, outcome: Outcome) -> dict[str, Any]:
    assert outcome.chosen is not None
    return {
        "file": outcome.chosen.kept.file,
        "file_token": outcome.chosen.token(register, request.user),
        "layers": outcome.plan.layers,
        "layer": outcome.chosen.layer,
        "digest": outcome.digest,
        "moved": outcome.moved,
        "preview": None if outcome.undecided else previews.previewed(outcome.plan),
        "system": outcome.chosen.system,
    }


def _page(request: Asked, register: Register, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "register": register,
        "systems": forms.SYSTEMS.items() if register.placed else (),
        "batches": batches_of(request, register)[:RECENT],
        "most": previews.SHOWN,
        "accepted": ",".join((*TABLES, *(ENDINGS if register.has("geometry") else ()))),
        **more,
    }
    return render(request, "web/register_import.html", context, status=status)


def work(request: Asked, register_kind: str, number: str) -> HttpResponse:
    """How far a large file is, or what came of it; the page asks again by itself until then."""
    register = register_of(register_kind)
    demand_writer(register, request.user)
    begun = importing.WORKS.find(number, request.user.pk)
    if begun is None:
        raise BihuanError(_("没有这次导入的进度（服务可能重启过）。请看批次列表里有没有它；没有就再导一次。"))
    try:
        outcome = begun.result()
    except BihuanError as error:
        return _page(request, register, failed=error.why, status=400)
    return watched(
        request, register, begun, reverse("register_work", args=[register.kind, number]),
        None if outcome is None else lambda: _answer(request, register, outcome),
    )  # fmt: skip


def watched(
    request: Asked,
    register: Register,
    begun: Work[Any],
    address: str,
    answer: Callable[[], HttpResponse] | None,
) -> HttpResponse:
    """How far a work is, for a page that asks again by itself; `answer` once it is done, on a page of its own (`address`)."""
    part = request.headers.get("HX-Request") == "true"
    if answer is None:
        name = "web/_register_work.html" if part else "web/register_work.html"
        return render(request, name, {"register": register, "work": begun, "address": address})
    return HttpResponse(headers={"HX-Redirect": address}) if part else answer()


def batches_of(request: Asked, register: Register) -> "QuerySet[Batch]":
    """The batches of a register that the person may see: the own ones, those who read the log of the city: all."""
    rows = Batch.objects.filter(kind=register.label)
    seen = Q(person=request.user) | Q(pk__in=visible(rows, request.user).order_by().values("pk"))
    return rows.filter(seen).select_related("person", "undone_by").order_by("-pk")


def batch(request: Asked, register_kind: str, pk: int) -> HttpResponse:
    """One batch: who did it, when, why, and each of its changes; with the form that takes it back."""
    register = register_of(register_kind)
    return _batch(request, register, get_object_or_404(batches_of(request, register), pk=pk))


def _batch(request: Asked, register: Register, found: Batch, status: int = 200, **more: Any) -> HttpResponse:
    rows = found.rows.select_related("batch__person").order_by("pk")
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(told, url_of(register, told.change.key)) for told in history.told(register, shown)]
    context = {
        "register": register,
        "batch": found,
        "undone_by": getattr(found, "undone_by", None),
        "lines": lines,
        "page": shown,
        "writer": writes(register, request.user),
        **more,
    }
    return render(request, "web/register_batch.html", context, status=status)


@require_POST
def take_back(request: Asked, register_kind: str, pk: int) -> HttpResponse:
    """Undo a batch; what was changed or used since stays, and says why."""
    register = register_of(register_kind)
    demand_writer(register, request.user)
    found = get_object_or_404(batches_of(request, register), pk=pk)
    try:
        begun = importing.take_back(register, found, request.user, printable(request.POST.get("reason", "")))
    except Refused as error:
        return _batch(request, register, found, 400, failed=error.why)
    if isinstance(begun, Work):
        return redirect("register_work", register.kind, begun.number)
    return _undone(request, register, found, begun)


def _undone(request: Asked, register: Register, found: Batch, outcome: Outcome) -> HttpResponse:
    refused = previews.refusals(outcome.plan)
    if outcome.batch is None:
        return _batch(request, register, found, 400, refused=refused)
    messages.success(request, _("已撤销 %(n)s 项") % {"n": outcome.batch.changes})
    return _batch(request, register, outcome.batch, refused=refused)
