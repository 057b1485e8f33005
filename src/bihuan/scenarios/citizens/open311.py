"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2): other programs ask for services, send reports, follow them.

What it gives of a report is what everybody may know: kind, time, how it stands, who has it, the region, a point rounded to
about a hundred metres. Never what was written, photos or names. The identifier is the code that the sender got.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from bihuan import clock
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import uploads
from bihuan.domain.timeaxis import CST, parse_moment
from bihuan.errors import BihuanError
from bihuan.registry.addresses import address_of
from bihuan.registry.city import own_city
from bihuan.scenarios.citizens.models import Report
from bihuan.scenarios.citizens.receiving import Said, TooMany, receive
from bihuan.scenarios.citizens.services import SERVICES, TITLES, Service
from bihuan.scenarios.citizens.standing import standing

SPAN = timedelta(days=90)
MOST = 1000
DECIMALS = 3
FORMS = ("json", "xml")
Rows = Sequence[dict[str, Any]]
View = Callable[..., HttpResponse]


class Refused(BihuanError):
    """A question that cannot be answered; `status` is that of the answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _endpoint(view: View) -> View:
    """Open to everybody, in the form asked for; a refusal is an answer in the same form."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, form: str, **named: Any) -> HttpResponse:
        try:
            if form not in FORMS:
                raise Refused(404, _("只有 json 和 xml 两种格式"))
            _of_this_city(request)
            return view(request, *args, form=form, **named)
        except TooMany as error:
            return _errors(form, 429, error)
        except Refused as error:
            return _errors(form, error.status, error)
        except (IllegalMove, BadFile) as error:
            return _errors(form, 400, error)

    return answered


def _of_this_city(request: HttpRequest) -> None:
    """Raises Refused for another jurisdiction: this installation has one."""
    asked, city = request.GET.get("jurisdiction_id", ""), own_city()
    if asked and (city is None or asked != city.code):
        raise Refused(404, _("没有编号为 %(code)s 的辖区") % {"code": asked[:40]})


@_endpoint
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """What may be reported."""
    return _answer(form, "services", "service", [_service(s) for s in SERVICES])


@_endpoint
def service(request: HttpRequest, *, code: str, form: str) -> HttpResponse:
    """What a service asks for beside the usual fields: nothing."""
    if code not in TITLES:
        raise Refused(404, _("没有编号为 %(code)s 的类别") % {"code": code[:40]})
    said = {"service_code": code, "attributes": []}
    if form == "xml":
        return _xml(_element("service_definition", said))
    return JsonResponse(said)


@_endpoint
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """GET: reports of the last 90 days or of a span, by service and status; POST: take one in."""
    if request.method == "POST":
        made = _received(request)
        notice = _("用这个查询码查看进展")
        return _answer(form, "service_requests", "request", [{"service_request_id": made.code, "service_notice": notice, "account_id": ""}])  # fmt: skip
    return _answer(form, "service_requests", "request", _asked_for(request))


@_endpoint
def one(request: HttpRequest, *, code: str, form: str) -> HttpResponse:
    """One report by its code."""
    found = _reports().filter(code=code.upper()).first()
    if found is None:
        raise Refused(404, _("没有这个查询码，请核对"))
    return _answer(form, "service_requests", "request", [_request(found)])


def _received(request: HttpRequest) -> Report:
    given = request.POST
    name = " ".join(filter(None, (given.get("last_name", ""), given.get("first_name", ""))))
    said = Said(
        service=given.get("service_code", ""), text=given.get("description", ""), place=given.get("address_string", ""),
        lat=given.get("lat", ""), lon=given.get("long", ""), name=name, phone=given.get("phone", ""), email=given.get("email", ""),
    )  # fmt: skip
    if not (said.place or (said.lat and said.lon)):
        raise Refused(400, _("请给出 lat 和 long，或者 address_string"))
    return receive(said, address_of(request), uploads(request.FILES.getlist("media")))


def _reports() -> Any:
    rows = Report.objects.filter(received_at__lte=clock.now()).select_related("region")
    return rows.prefetch_related("acts__case__organisation")


def _asked_for(request: HttpRequest) -> Rows:
    asked, rows = request.GET, _reports()
    if ids := asked.get("service_request_id", ""):
        codes = [code.strip().upper() for code in ids.split(",")][:MOST]
        return [_request(r) for r in rows.filter(code__in=codes)]
    first, last = _span(asked.get("start_date", ""), asked.get("end_date", ""))
    rows = rows.filter(received_at__range=(first, last))
    if kinds := asked.get("service_code", ""):
        rows = rows.filter(service__in=[kind.strip() for kind in kinds.split(",")])
    found = [_request(r) for r in rows[:MOST]]
    states = {state.strip() for state in asked.get("status", "").split(",") if state.strip()}
    return [row for row in found if not states or row["status"] in states]


def _span(start: str, end: str) -> tuple[datetime, datetime]:
    """At most 90 days, the last ones unless said otherwise. Raises Refused."""
    first, last = _moment(start), _moment(end)
    last = last or (first + SPAN if first else clock.now())
    first = first or last - SPAN
    if last - first > SPAN:
        raise Refused(400, _("一次最多查询 %(n)d 天") % {"n": SPAN.days})
    return first, last


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_moment(text)
    except ValueError as error:
        said = {"text": text[:40]}
        raise Refused(400, _("“%(text)s”不是时间，请写成 2019-01-11T08:00:00+08:00") % said) from error


def _service(service: Service) -> dict[str, Any]:
    return {
        "service_code": service.code, "service_name": _(service.title), "description": _(service.meaning),
        "metadata": False, "type": "realtime", "keywords": "", "group": _("生态环境"),
    }  # fmt: skip


def _request(report: Report) -> dict[str, Any]:
    now = standing(report)
    return {
        "service_request_id": report.code,
        "status": "closed" if now.closed else "open",
        "status_notes": "：".join(filter(None, (now.text, now.answer))),
        "service_name": _(TITLES[report.service]),
        "service_code": report.service,
        "description": None,
        "agency_responsible": now.unit,
        "service_notice": None,
        "requested_datetime": _written(report.received_at),
        "updated_datetime": _written(now.at),
        "expected_datetime": _written(now.due),
        "address": report.region.name,
        "address_id": report.region_id,
        "zipcode": None,
        "lat": None if report.lat is None else round(report.lat, DECIMALS),
        "long": None if report.lon is None else round(report.lon, DECIMALS),
        "media_url": None,
    }


def _written(at: datetime | None) -> str | None:
    return at.astimezone(CST).isoformat(timespec="seconds") if at else None


def _answer(form: str, whole: str, each: str, rows: Rows) -> HttpResponse:
    if form == "json":
        return JsonResponse(list(rows), safe=False, json_dumps_params={"ensure_ascii": False})
    root = Element(whole)
    root.extend([_element(each, row) for row in rows])
    return _xml(root)


def _errors(form: str, status: int, error: BihuanError) -> HttpResponse:
    answer = _answer(
        "xml" if form == "xml" else "json", "errors", "error", [{"code": status, "description": str(error)}]
    )
    answer.status_code = status
    return answer


def _element(name: str, values: dict[str, Any]) -> Element:
    made = Element(name)
    for key, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else "" if value in (None, []) else str(value)
        SubElement(made, key).text = text
    return made


def _xml(root: Element) -> HttpResponse:
    return HttpResponse(
        tostring(root, encoding="utf-8", xml_declaration=True), content_type="text/xml; charset=utf-8"
    )
