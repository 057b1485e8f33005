"""The board of a day under an order: on screen, and as a table that is taken away."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, day_of
from bihuan.domain.timeaxis import CST, day_start
from bihuan.english import Written
from bihuan.kit.downloads import download_table
from bihuan.kit.spans import today
from bihuan.kit.tables import Table, table
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Region
from bihuan.registry.subjects import there_on
from bihuan.registry.transport import VehicleUser
from bihuan.scenarios.resolved import orders
from bihuan.scenarios.vehicle_users.board import COUNTS, HOURS, Row, board
from bihuan.scenarios.vehicle_users.inputs import gates_of

BACK = 8
"""Without a day asked for, the newest one of so many under an order."""
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)


def _asked(request: Asked, units: Iterable[VehicleUser]) -> date:
    """The day asked for; without one the newest under an order, today where none was. Raises BadQuestion."""
    text = request.GET.get("day", "")
    if not text:
        return _newest_ordered({u.region_id for u in units})
    try:
        day = day_of(text)
    except ValueError as error:
        raise BadQuestion(_("%(text)s 不是日期，写成 2019-01-11") % {"text": text[:20]}) from error
    return min(day, today())


def _newest_ordered(codes: set[str]) -> date:
    """The newest of the last days on which an order ran."""
    begin = day_start(today() - (BACK - 1) * DAY)
    spans = [
        span for region in Region.objects.filter(pk__in=codes) for span in orders(region, begin, clock.now())
    ]
    if not spans:
        return today()
    return (max(span.end for span in spans) - INSTANT).astimezone(CST).date()


def hours(request: Asked) -> HttpResponse:
    """All units of a day, hour by hour."""
    there = VehicleUser.objects.select_related("region").order_by("code")
    units = list(visible(there.filter(there_on(today())), request.user))
    day = _asked(request, units)
    gates = gates_of(units, day_start(day), clock.now(), day_start(day + DAY))
    rows = board(units, gates, day)
    if kind := request.GET.get("as", ""):
        return download_table(kind, _("预警日逐时放行 %(day)s") % {"day": day}, _table(rows))
    context = {
        "day": day, "before": day - DAY, "after": day + DAY if day < today() else None, "rows": [r for r in rows if r.last], "silent": [r.unit for r in rows if r.last is None], "hours": HOURS, "ordered": any(r.level for r in rows),
        "sums": {name: sum(r.sums[name] for r in rows) for name in COUNTS},
        "leaky": sum(r.sums["barred"] > 0 for r in rows),
    }  # fmt: skip
    return render(request, "vehicle_users/hours.html", context)


def _table(rows: Iterable[Row]) -> Table:
    """One line for each unit and hour of which anything was told."""
    return table(
        {
            "单位编码": lambda x: Written(x[0].unit.pk),
            "用车单位": lambda x: Written(x[0].unit.name),
            "区划": lambda x: Written(x[0].unit.region.name),
            "预警级别": lambda x: x[0].title,
            "小时": lambda x: f"{x[1].hour:02}:00",
            "进入": lambda x: x[1].ins,
            "拒绝": lambda x: x[1].denied,
            "禁行车进入": lambda x: x[1].barred,
            "阶段不明": lambda x: x[1].unknown,
        },
        ((row, cell) for row in rows for cell in row.cells if cell.told),
    )


urlpatterns = [path("hours/", hours, name="hours")]
