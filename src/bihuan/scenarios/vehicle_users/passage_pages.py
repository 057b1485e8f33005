"""One passage: all that its record says, what was noted, the vehicle as it is registered, its visit, its pictures, the record as it came."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import polars as pl
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import instant
from bihuan.cases.errors import BadFile
from bihuan.cases.file_kinds import look
from bihuan.domain.vehicles import noted as notes
from bihuan.domain.vehicles import plates, stages
from bihuan.domain.vehicles.decisions import RULES, USUAL
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.ledger import MARKS, marks
from bihuan.domain.vehicles.passages import IN, PASSAGES
from bihuan.english import told
from bihuan.registry.access import Asked, visible
from bihuan.registry.gate_rules import city_rules
from bihuan.registry.transport import Gate, Vehicle, VehicleUser
from bihuan.scenarios.vehicle_users import reading
from bihuan.scenarios.vehicle_users.ledger_list import OPENED, passage_url, when
from bihuan.scenarios.vehicle_users.pictures import path_of, pictures_of
from bihuan.scenarios.vehicle_users.raw import raw_of

FUEL_TITLES = {k: f.title for k, f in FUELS.items()}
WORDS: Mapping[str, Mapping[str, str]] = {
    "colour": plates.COLOURS, "fuel": FUEL_TITLES, "stage": stages.TITLES, "stage_source": stages.SOURCES, "opened": OPENED,
    "decided_by": {"centre": "指挥中心", "file": "规则文件（离线判定）"},
}  # fmt: skip
OF_VEHICLE = ("colour", "vehicle_type", "vin", "engine_no", "registered", "fuel", "stage", "stage_source", "use", "owner", "permitted_kg", "curb_kg")  # fmt: skip
OF_LOAD = ("cargo", "gross_kg", "tare_kg", "net_kg", "waybill")
COMPARED = ("vin", "engine_no", "vehicle_type", "fuel", "stage", "registered", "owner", "permitted_kg", "curb_kg")  # fmt: skip
"""Fields of which another value than the register's is shown as such."""


def titles() -> dict[str, str]:
    """What the fields are called."""
    return {
        "colour": _("号牌颜色"), "vehicle_type": _("车辆类型"), "vin": _("车辆识别代号"), "engine_no": _("发动机号"), "registered": _("登记日期"),
        "fuel": _("燃料"), "stage": _("排放阶段"), "stage_source": _("阶段来源"), "use": _("使用性质"), "owner": _("所有人"), "permitted_kg": _("总质量") + " (kg)",
        "curb_kg": _("整备质量") + " (kg)", "cargo": _("货物"), "gross_kg": _("毛重") + " (kg)", "tare_kg": _("皮重") + " (kg)", "net_kg": _("净重") + " (kg)",
        "waybill": _("运单号"),
    }  # fmt: skip


def unit_of(request: Asked, code: str) -> VehicleUser:
    """A unit that the person may see, in use or ended: its ledger is kept."""
    return get_object_or_404(visible(VehicleUser.objects.select_related("region"), request.user), pk=code)


def _asked(request: Asked, unit: VehicleUser) -> Mapping[str, Any]:
    at = instant(request, "at", per_second=1_000_000)
    if at is None:
        raise Http404
    site, number = request.GET.get("site", ""), request.GET.get("number", "")
    row = reading.passage(unit.pk, site, at, number, clock.now())
    if row is None:
        raise Http404
    return row


def word(name: str, value: Any) -> str:
    """A value of a field in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, float):
        return f"{value:,.10g}"
    known = WORDS.get(name, {})
    return told(known[value]) if value in known else str(value)


def passage(request: Asked, code: str) -> HttpResponse:
    """The page of one."""
    unit = unit_of(request, code)
    row = _asked(request, unit)
    (marked,) = marks(pl.DataFrame([row]).select(list(PASSAGES)).cast(dict(PASSAGES))).to_dicts()  # type: ignore[arg-type]
    other, belongs = reading.other_half(row, clock.now())
    key = passage_url(code, row["site"], row["start"], row["number"]).partition("?")[2]
    context = {
        "unit": unit, "row": row, "incoming": row["direction"] == IN, "gate": Gate.objects.filter(pk=row["site"]).first(),
        "noted": [told(notes.NOTED.get(n, n)) for n in row["noted"].split()], "marked": [told(MARKS[m]) for m in marked["marked"].split()],
        "hint": told(stages.TITLES.get(marked["stage_hint"] or "", "")), "load": [(titles()[n], word(n, row[n])) for n in OF_LOAD],
        "vehicle": list(_vehicle(request, row)), "listed": _listed(request, row) is not None, "rule": rule_title(row["rule"]), "decided_by": word("decided_by", row["decided_by"]),
        "opened": word("opened", row["opened"]), "other": other, "belongs": belongs, "other_url": _url(unit, other), "stay": _stay(row, other),
        "pictures": [(p, f"{reverse('vehicle_users:picture', args=[code])}?{key}&name={quote(p.name)}") for p in pictures_of(row)], "other_hour": notes.PHOTO_HOUR in row["noted"].split(), "start": when(row["start"]), "raw": raw_of(row),
        "photo_time": when(row["photo_time"]),
    }  # fmt: skip
    return render(request, "vehicle_users/passage.html", context)


def _url(unit: VehicleUser, row: Mapping[str, Any] | None) -> str:
    return passage_url(unit.pk, row["site"], row["start"], row["number"]) if row else ""


def _stay(row: Mapping[str, Any], other: Mapping[str, Any] | None) -> float | None:
    """Minutes inside."""
    return None if other is None else abs((other["start"] - row["start"]).total_seconds()) / 60


def rule_title(rule: str | None) -> str:
    """A rule of decisions in words; empty for one that is not ours."""
    if not rule:
        return ""
    barred = {b.rule: b.title for b in (*USUAL, *city_rules().barred)}
    return told(RULES.get(rule) or barred.get(rule, ""))


def _listed(request: Asked, row: Mapping[str, Any]) -> Vehicle | None:
    rows = visible(Vehicle.objects.filter(plate=row["plate"]), request.user) if row["plate"] else Vehicle.objects.none()  # fmt: skip
    return rows.filter(colour=row["colour"]).first() if row["colour"] else rows.first()


def _vehicle(request: Asked, row: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Title, what the record says, what the list of vehicles says, and whether the two differ; of each field."""
    listed = _listed(request, row)
    for name in OF_VEHICLE:
        known = getattr(listed, name, None)
        ours = known.isoformat() if isinstance(known, date) else known
        differ = (
            name in COMPARED and row[name] not in (None, "") and ours not in (None, "") and row[name] != ours
        )
        yield titles()[name], word(name, row[name]), word(name, ours), differ


def picture(request: Asked, code: str) -> HttpResponse:
    """A picture that a passage of the unit names: of no other one may any be asked for."""
    row = _asked(request, unit_of(request, code))
    name = request.GET.get("name", "")
    path = path_of(name) if name in {p.name for p in pictures_of(row)} else None
    if path is None:
        raise Http404
    content = path.read_bytes()
    try:
        looked = look(f"{name}.jpg", content)
    except BadFile as error:
        raise Http404 from error
    return HttpResponse(content, content_type=looked.media_type)
