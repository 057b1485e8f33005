"""Registering a problem by hand (登记问题): from the office, or by a grid worker on a phone."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.cases import reporting, texts
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.models import Level
from bihuan.cases.term_settings import rulebook
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.models import Emitter, Organisation, Region, Site
from bihuan.registry.roles import OFFICE
from bihuan.web import drafts
from bihuan.web.fields import chosen, deadline

FORM = "new"
TYPED = ("title", "description", "requirement", "place", "source", "level")


def page(request: Asked) -> HttpResponse:
    """The form; a refusal comes back with everything that was typed and the accepted photos."""
    places = reporting.regions(request.user)
    if not places:
        raise IllegalMove(_("登记问题由网格员、调度岗、核查岗或负责人办理, 您没有这个职务"))
    if request.method == "POST":
        return _register(request)
    hands_over = any(may(request.user, *OFFICE, region=r) for r in places)
    context = {
        "draft": drafts.load(request, FORM),
        "regions": places,
        "here": "" if hands_over else places[0].pk,
        "sources": reporting.sources(request.user),
        "levels": Level.choices,
        "units": _units(request) if hands_over else (),
        "names": sorted({*_names(request, Emitter.objects.all()), *_names(request, Site.objects.all())}),
        "terms": rulebook().offered(),
        "limits": {name: texts.limit_of(name) for name in TYPED},
    }
    return render(request, "web/new_case.html", context)


def _units(request: Asked) -> "QuerySet[Organisation]":
    return visible(Organisation.objects.exclude(kind="centre"), request.user)


def _names(request: Asked, rows: "QuerySet[Any]") -> "QuerySet[Any, str]":
    return visible(rows, request.user).values_list("name", flat=True)


def _register(request: Asked) -> HttpResponse:
    files, refused = drafts.files_of(request, FORM, "files")
    try:
        if refused:
            raise refused[0]
        case = reporting.report(request.user, files=files, **_fields(request))
    except (IllegalMove, BadFile) as error:
        drafts.refused(request, FORM, error, files)
        return redirect("case_new")
    drafts.drop(request, FORM)
    done = _("已交办 %(unit)s") % {"unit": case.organisation} if case.organisation else _("已报送, 等待交办")
    messages.success(request, _("已登记 %(number)s：%(done)s。") % {"number": case.number, "done": done})
    return redirect("case", case.number)


def _fields(request: Asked) -> dict[str, Any]:
    """The form's fields, each checked. Raises IllegalMove, which names the field."""
    given = request.POST
    about = _about(request, given.get("about", "").strip())
    region = chosen(given, "region", "区划", Region.objects.filter(pk__in=[r.pk for r in reporting.regions(request.user)]))  # fmt: skip
    fields: dict[str, Any] = {name: given.get(name, "") for name in TYPED}
    region = region or (about.region if about else None)
    if region is None:
        raise IllegalMove(_("请选择区划"), "region")
    organisation = chosen(given, "organisation", "承办单位", _units(request))
    where: dict[str, Any] = {"lat": given.get("lat", "").strip(), "lon": given.get("lon", "").strip()}
    if about is not None:
        fields["place"] = fields["place"] or about.name
        where = where if all(where.values()) else {"lat": about.lat, "lon": about.lon}
    due = deadline(given) if organisation else None
    return {**fields, **where, "region": region, "organisation": organisation, "due": due, "immediate": "immediate" in given}  # fmt: skip


def _about(request: Asked, name: str) -> Emitter | Site | None:
    """The enterprise or station of this name that the person may see; None for no name. Raises IllegalMove."""
    if not name:
        return None
    found = (
        visible(Emitter.objects.filter(name=name), request.user).first()
        or visible(Site.objects.filter(name=name), request.user).first()
    )
    if found is None:
        raise IllegalMove(
            _("没有名为“%(name)s”的企业或点位; 请从列表中选, 或留空并填写地点") % {"name": name[:40]},
            "about",
        )
    return found
