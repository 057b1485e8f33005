"""The map: points of remote sensing, coloured by the share of the last week's valid records that exceeded."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import polars as pl
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.roadside.sensing import FINE
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.roadside_checks.models import SensingPoint
from bihuan.scenarios.roadside_checks.reading import records_of

WEEK = timedelta(days=7)


def _rows(view: View) -> list[Keyed]:
    there = SensingPoint.objects.filter(there_on(view.moment.astimezone(CST).date()))
    rows = view.inside(visible(there, view.person)).order_by().values_list("pk", "lon", "lat")
    return [Keyed(*row) for row in rows]


def _marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    keys = [spot.pk for spot in spots]
    found = records_of(view.moment - WEEK, view.moment, view.now, keys)
    shares = (
        found.filter(pl.col("why") == FINE)
        .group_by("site")
        .agg(n=pl.len(), over=(pl.col("over") != "").sum())
    )
    told = {site: (n, over) for site, n, over in shares.iter_rows()}
    for point in SensingPoint.objects.filter(pk__in=keys):
        n, over = told.get(point.pk, (0, 0))
        said = _("近七天有效记录 %(n)s 条，超标 %(over)s 条") % {"n": n, "over": over}
        yield Mark(
            point.lon, point.lat, point.name, said, reverse("roadside_checks:point", args=[point.pk]), tone="warn" if over else "good" if n else "dim",
            simulated=point.simulated,
        )  # fmt: skip


LAYERS = (Layer("sensing-points", "遥感监测点位", _rows, _marks, opens="点位", shown=False, timed=True),)
