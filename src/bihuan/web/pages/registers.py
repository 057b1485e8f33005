"""登记: all registers, the list of one, and one object with its history and what was found about it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.deadlines import local_day
from bihuan.errors import BihuanError
from bihuan.kit.downloads import download
from bihuan.kit.listing.shown import listed
from bihuan.kit.registers.actions import writes
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.export import csv_of, excel_of, geojson_of
from bihuan.kit.registers.map_layer import own_page
from bihuan.kit.registers.planning import references_of
from bihuan.kit.registers.template import csv_template, excel_template
from bihuan.kit.tables import EXCEL
from bihuan.registry.access import Asked
from bihuan.registry.changes import Batch, changes_of
from bihuan.scenarios import resolved
from bihuan.web.registers import around, history, listing, versions
from bihuan.web.registers.kinds import demand_writer, may_write, object_of, objects_of, register_of
from bihuan.web.registers.layers import layer_key
from bihuan.web.registers.shown import names_of, text_of, values_of

PER_PAGE = 50
TABLES = {"csv": (csv_of, "text/csv"), "xlsx": (excel_of, EXCEL)}
MAPS = {"geojson": (geojson_of, "application/geo+json")}


def wholes(register: Register) -> Mapping[str, tuple[Callable[[Register, Any], bytes], str]]:
    """All columns of the objects shown, in files that can be imported again; on a map only what lies somewhere."""
    return TABLES | (MAPS if register.placed else {})


def index(request: Asked) -> HttpResponse:
    """Every register, how much of it the person sees, and when it was last changed."""
    rows = [
        {
            "register": register,
            "count": objects_of(register, request.user).count(),
            "last": Batch.objects.filter(kind=register.label).order_by("pk").last(),
            "writer": writes(register, request.user),
        }
        for register in resolved.every_register().values()
    ]
    return render(request, "web/registers.html", {"rows": rows})


def of_kind(request: Asked, register_kind: str) -> HttpResponse:
    """The list of a register; `as` takes away what it shows, `whole` all columns of it."""
    register, asked, today = register_of(register_kind), request.GET, local_day(clock.now())
    if "whole" in asked:
        return _whole(register, listing.rows_of(register, request.user, asked, today), asked["whole"])
    writer, layer = writes(register, request.user), layer_key(register)
    context = {
        "register": register,
        "writer": writer,
        "wholes": list(wholes(register)),
        "layer": layer,
        "map": asked.get("view") == "map" and bool(layer),
    }
    made = listing.listing_of(register, request.user, today, writer=writer)
    return listed(request, made, "web/register.html", context)


def _whole(register: Register, rows: Any, form: str) -> HttpResponse:
    offered = wholes(register)
    if form not in offered:
        raise BihuanError(
            _("不支持导出为 %(kind)s；可选 %(all)s") % {"kind": form[:20], "all": _("、").join(offered)}
        )
    make, media = offered[form]
    return download(make(register, rows), f"{_(register.title)}.{form}", media)


def template(request: Asked, register_kind: str, form: str) -> HttpResponse:
    """The file to fill in, with notes and lists to choose from (xlsx), or only its heads (csv)."""
    register = register_of(register_kind)
    demand_writer(register, request.user)
    if form == "csv":
        return download(csv_template(register), f"{_(register.title)}.csv", "text/csv")
    if form != "xlsx":
        raise Http404
    references = references_of(register, request.user)
    return download(excel_template(register, references), f"{_(register.title)}.xlsx", EXCEL)


def detail(request: Asked, register_kind: str, key: str) -> HttpResponse:
    """One object: its fields, its history, its findings with cases and photos, what else names it."""
    register = register_of(register_kind)
    target: Any = object_of(register, request.user, key)
    findings = around.findings_of(register, target, request.user)
    cases = around.cases_of(target, findings, request.user)
    changes = Paginator(changes_of(register.model, target.pk), PER_PAGE).get_page(request.GET.get("page"))
    until = getattr(target, register.end, None) if register.end else None
    context = {
        "register": register,
        "object": target,
        "fields": _fields(register, target),
        "layer": layer_key(register),
        "own": own_page(register, target.pk),
        "writer": may_write(register, request.user, target),
        "ends": register.end and not (register.succession and until),
        "ended": until is not None and until <= local_day(clock.now()),
        "versions": versions.told(register, target, local_day(clock.now())) if register.succession else [],
        "until": until,
        "today": local_day(clock.now()),
        "page": changes,
        "history": history.told(register, changes),
        "findings": findings[: around.SHOWN],
        "cases": cases[: around.SHOWN],
        "photos": around.photos_of(cases, request.user),
        "others": around.others_of(target, request.user),
    }
    return render(request, "web/register_object.html", context)


def _fields(register: Register, target: Any) -> list[dict[str, str]]:
    values = values_of(register, target, register.named)
    names = names_of(register, [values])
    return [
        {
            "title": register.title_of(name),
            "text": text_of(register, name, values[name], names),
            "unit": column.unit if values[name] is not None else "",
            "source": column.source,
            "meaning": column.meaning,
        }
        for name, column in register.named.items()
    ]
