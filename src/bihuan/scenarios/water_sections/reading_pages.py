"""The readings of a section around a moment, as a chart beside a finding."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import polars as pl
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.observations import Asked as AskedOf
from bihuan.asked import instant
from bihuan.domain.quantities import LONG
from bihuan.registry.access import Asked
from bihuan.scenarios.water_sections.quality.frames import ITEMS
from bihuan.scenarios.water_sections.values import values_of
from bihuan.scenarios.water_sections.view import sections_of

BEFORE, AFTER = timedelta(days=5), timedelta(days=1)
CHARTED = ("nh3n", "tp", "codmn", "do", "ph")
MOMENTS = ("4h", "realtime", "hour")


def chart_around(code: str, item: str, moment: datetime) -> str:
    """The address of a section's readings around a moment: of an item, by its code, else of those by which it is judged."""
    asked = {"until": int(moment.timestamp())} | ({"item": item} if item else {})
    return f"{reverse('water_sections:around', args=[code])}?{urlencode(asked)}"


def around(request: Asked, code: str) -> HttpResponse:
    """Panels of a section: its readings from five days before `until` (s) to a day after, of `item` or of five."""
    section = get_object_or_404(sections_of(request.user), pk=code)
    now = clock.now()
    moment = min(instant(request, "until") or now, now)
    item = request.GET.get("item", "")
    wanted = [item] if item in ITEMS.values() else [ITEMS[name] for name in CHARTED]
    rows = values_of(AskedOf([code], wanted, MOMENTS, moment - BEFORE, min(moment + AFTER, now), now))
    known = rows.filter(pl.col("value").is_not_null()).sort("start")
    there = [code for code in wanted if code in known["quantity"]]
    panels = [_panel(known.filter(pl.col("quantity") == code), code, section.name) for code in there]
    return JsonResponse({"now": int(now.timestamp() * 1000), "panels": panels})


def _panel(rows: pl.DataFrame, code: str, name: str) -> dict[str, object]:
    line = {"name": name, "times": rows["start"].dt.epoch("ms").to_list(), "data": rows["value"].to_list()}
    quantity = LONG[code]
    return {"title": _(quantity.chinese), "unit": quantity.unit, "bands": [], "limits": [], "series": [line]}


urlpatterns = [path("<path:code>/around.json", around, name="around")]
