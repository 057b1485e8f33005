"""The map: sites and yards in the colour of their flag, and monitors by their newest hour."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST, HOUR
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.dust_sites.inputs import dust_of
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.standing import Line, lines_of
from bihuan.scenarios.dust_sites.words import FLAGS, TONES

FRESH = timedelta(hours=3)


def _lines(view: View, rows: "QuerySet[DustSite]") -> list[Line]:
    day = view.moment.astimezone(CST).date()
    return lines_of(
        list(rows.select_related("region")), day - timedelta(days=6), day + timedelta(days=1), view.moment
    )


def _there(of: Any, view: View) -> "QuerySet[Any]":
    rows = visible(of._default_manager.filter(there_on(view.moment.astimezone(CST).date())), view.person)
    chosen = view.asked.get("site", "")[:40]
    return rows.filter(**{"pk" if of is DustSite else "site": chosen}) if chosen else rows


def _site_rows(view: View) -> list[Keyed]:
    lines = _lines(view, view.inside(_there(DustSite, view)))
    return [Keyed(x.site.pk, x.site.lon, x.site.lat, TONES[x.flag]) for x in lines]


def _site_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    for x in _lines(view, DustSite.objects.filter(pk__in=[spot.pk for spot in spots])):
        line = f"{x.site.get_kind_display()} · {x.site.get_phase_display()} · {_(FLAGS[x.flag])}"
        yield Mark(
            x.site.lon, x.site.lat, x.site.name, line, reverse("dust_sites:site", args=[x.site.pk]), tone=TONES[x.flag],
            simulated=x.site.simulated, shape=x.site.geometry,
        )  # fmt: skip


def _monitor_rows(view: View) -> list[Keyed]:
    rows = view.inside(_there(Monitor, view)).order_by().values_list("pk", "lon", "lat")
    return [Keyed(*row) for row in rows]


def _monitor_marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    chosen = list(Monitor.objects.filter(pk__in=[spot.pk for spot in spots]))
    dust = dust_of([], chosen, view.moment - FRESH - HOUR, view.now, view.moment)
    known = (
        dust.hours.filter(pl.col("pm10").is_not_null())
        .sort("start")
        .unique("monitor", keep="last", maintain_order=True)
    )
    values = dict(known.select("monitor", "pm10").iter_rows())
    for m in chosen:
        value = values.get(m.pk)
        line = f"PM10 {value:.0f} µg/m³" if value is not None else _("近三小时没有数据")
        yield Mark(
            m.lon,
            m.lat,
            m.name,
            line,
            reverse("dust_sites:monitor", args=[m.pk]),
            text="" if value is None else f"{value:.0f}",
            simulated=m.simulated,
        )


LAYERS = (
    Layer("dust-sites", "扬尘工地和堆场", _site_rows, _site_marks, opens="工地", shown=False, timed=True),
    Layer(
        "dust-monitors", "扬尘监测点", _monitor_rows, _monitor_marks, opens="监测点", shown=False, timed=True
    ),
)
