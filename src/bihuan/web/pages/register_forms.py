"""登记: one object is registered, changed, ended, restored by a form; what cannot be taken comes back as it was typed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.asked import day_of
from bihuan.errors import NotAllowed
from bihuan.kit.registers import actions
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.plan import Problem
from bihuan.kit.registers.planning import plan_one
from bihuan.kit.registers.writing import Act, Refused
from bihuan.printable import printable
from bihuan.registry.access import Asked
from bihuan.web.registers import forms
from bihuan.web.registers.kinds import demand_writer, may_write, object_of, refusal, register_of, url_of

PLACE = ("lon", "lat")


def new(request: Asked, register_kind: str) -> HttpResponse:
    """The form of a new object; what is probably registered already must be confirmed."""
    register = register_of(register_kind)
    demand_writer(register, request.user)
    if request.method != "POST":
        return _form(request, register)
    typed = forms.typed_of(register, request.POST)
    try:
        doubts = _doubts(request, register, typed)
        if doubts:
            return _form(request, register, doubts=doubts)
        made = actions.create(register, typed, _act(request), forms.system_of(request.POST))
    except Refused as error:
        return _form(request, register, problems=error.problems, status=400)
    except NotAllowed as error:
        return _form(request, register, problems=[Problem("", "", str(error), "")], status=403)
    messages.success(request, _("已登记：%(what)s") % {"what": made})
    return redirect(url_of(register, made.pk))


def _doubts(request: Asked, register: Register, typed: Mapping[str, str]) -> list[str]:
    """What a person should look at before it is registered, unless it was confirmed."""
    if request.POST.get("sure"):
        return []
    row = plan_one(register, typed, request.user, system=forms.system_of(request.POST))
    return [] if row.problems else row.warnings


def edit(request: Asked, register_kind: str, key: str) -> HttpResponse:
    """The form of an object that is registered; a reason is demanded."""
    register = register_of(register_kind)
    target = object_of(register, request.user, key)
    _demand(request, register, target)
    if register.succession is not None:
        return _follow(request, register, target)
    if request.method != "POST":
        return _form(request, register, target)
    typed, seen = forms.typed_of(register, request.POST), forms.seen_of(register, request.POST)
    texts, system = forms.changed(register, typed, seen), forms.system_of(request.POST)
    try:
        made = actions.change(register, target, texts, _act(request), system, seen)
    except Refused as error:
        return _form(request, register, target, problems=error.problems, status=400)
    except NotAllowed as error:
        return _form(request, register, target, problems=[Problem("", "", str(error), "")], status=403)
    messages.success(request, _("已修改，变更记录里有这一次") if made else _("没有改动"))
    return redirect(url_of(register, target.pk))


def _follow(request: Asked, register: Register, target: Any) -> HttpResponse:
    """What is never changed: the version that follows, filled with what holds now."""
    if request.method != "POST":
        return _form(request, register, target)
    typed = forms.typed_of(register, request.POST)
    try:
        made = actions.create(register, typed, _act(request))
    except Refused as error:
        return _form(request, register, target, problems=error.problems, status=400)
    except NotAllowed as error:
        return _form(request, register, target, problems=[Problem("", "", str(error), "")], status=403)
    messages.success(request, _("已登记新的一版；原来的到它起始为止"))
    return redirect(url_of(register, made.pk))


def _demand(request: Asked, register: Register, target: Any) -> None:
    if not may_write(register, request.user, target):
        raise NotAllowed(refusal(register))


def _act(request: Asked) -> Act:
    return Act(request.user, printable(request.POST.get("reason", "")), request=request)


def _form(
    request: Asked,
    register: Register,
    target: Any = None,
    *,
    problems: Sequence[Problem] = (),
    doubts: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    sent = request.method == "POST"
    typed = forms.typed_of(register, request.POST if sent else {} if target else request.GET)
    seen = forms.cells_of(register, target) if target is not None else {}
    if sent and target is not None:
        seen |= forms.seen_of(register, request.POST)
    shapes = [n for n in register.named if register.form(n) is Form.SHAPE and getattr(target, n, None)]
    context = {
        "register": register,
        "object": target,
        "inputs": forms.inputs_of(register, request.user, seen, typed, problems, new=target is None),
        "general": [p for p in problems if p.name not in {*register.named, *register.hidden}],
        "doubts": doubts,
        "reason": request.POST.get("reason", ""),
        "systems": forms.SYSTEMS.items() if register.has(*PLACE) else (),
        "system": request.POST.get("system", ""),
        "shapes": shapes,
    }
    return render(request, "web/register_form.html", context, status=status)


def choices(request: Asked, register_kind: str, column: str) -> HttpResponse:
    """What a field with too many objects to list proposes for what was typed so far."""
    register = register_of(register_kind)
    demand_writer(register, request.user)
    if column not in register.named or register.form(column) is not Form.REFERENCE:
        raise Http404
    words = printable(request.GET.get(column, "")).strip()
    found = forms.proposals(register, request.user, column, words)
    return render(request, "web/_register_proposals.html", {"found": found})


@require_POST
def end(request: Asked, register_kind: str, key: str) -> HttpResponse:
    """The object is there no more from a day on."""
    return _turn(request, register_kind, key, lambda register, target: _ended(request, register, target))


def _ended(request: Asked, register: Register, target: Any) -> Any:
    return actions.end(register, target, _day(request.POST.get("until", "")), _act(request))


@require_POST
def restore(request: Asked, register_kind: str, key: str) -> HttpResponse:
    """The object that was ended is there again."""
    return _turn(
        request, register_kind, key, lambda register, target: actions.restore(register, target, _act(request))
    )


def _turn(request: Asked, kind: str, key: str, do: Callable[[Register, Any], Any]) -> HttpResponse:
    register = register_of(kind)
    target = object_of(register, request.user, key)
    _demand(request, register, target)
    try:
        do(register, target)
        messages.success(request, _("已办理，变更记录里有这一次"))
    except Refused as error:
        messages.error(request, str(error))
    return redirect(url_of(register, target.pk))


def _day(text: str) -> date:
    try:
        return day_of(text.strip())
    except ValueError as error:
        raise Refused([Problem("until", text[:20], _("不是日期"), _("写成 2024-01-31"))]) from error
