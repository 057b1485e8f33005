"""The map: segments as lines, coloured by the grade of their silt, or where nobody sampled by their rank among the dirtiest of the last month that is over."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.road_dust.grades import SILT, grade_of
from bihuan.domain.timeaxis import CST, next_month
from bihuan.kit.layers import Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.subjects import there_on
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.road_dust.view import newest_samples, scored
from bihuan.scenarios.road_dust.words import GRADES

TONES = {"good": "good", "fair": "accent", "poor": "warn", "bad": "bad"}
WORST = 0.1
"""Share of the ranked segments that are drawn as the worst."""


def _month(view: View) -> date:
    return next_month(view.moment.astimezone(CST).date(), -1)


def _rows(view: View) -> list[Keyed]:
    there = Segment.objects.filter(there_on(view.moment.astimezone(CST).date()))
    rows = list(view.inside(visible(there, view.person)).order_by().values_list("pk", "lon", "lat", "kind"))
    month = _month(view)
    samples, ranks = (
        newest_samples([r[0] for r in rows], next_month(month) - timedelta(days=1)),
        scored(month),
    )
    found = []
    for pk, lon, lat, kind in rows:
        sample = samples.get(pk)
        silt = sample.silt if sample else None
        grade = grade_of(SILT, kind, silt, sample.day) if sample and silt is not None else None
        share = ranks.get(pk, {}).get("share")
        tone = TONES[grade] if grade else "warn" if share is not None and share <= WORST else "dim"
        found.append(Keyed(pk, lon, lat, tone))
    return found


def _marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    month = _month(view)
    keys = [spot.pk for spot in spots]
    known, ranks, samples = (
        Segment.objects.in_bulk(keys),
        scored(month),
        newest_samples(keys, next_month(month) - timedelta(days=1)),
    )
    for spot in spots:
        if (segment := known.get(spot.pk)) is None:
            continue
        sample, rank = samples.get(spot.pk), ranks.get(spot.pk, {}).get("rank")
        silt = sample.silt if sample else None
        grade = grade_of(SILT, segment.kind, silt, sample.day) if sample and silt is not None else None
        of_silt = (
            _("积尘 %(v).2f g/m² %(grade)s") % {"v": silt, "grade": _(GRADES[grade])}
            if grade
            else _("没有积尘采样")
        )
        of_rank = (
            _("%(month)s 倒数第 %(n)d") % {"month": f"{month:%Y-%m}", "n": rank}
            if rank
            else _("%(month)s 没有排名") % {"month": f"{month:%Y-%m}"}
        )
        url = reverse("road_dust:segment", args=[segment.pk])
        yield Mark(
            spot.lon,
            spot.lat,
            segment.name,
            f"{of_silt} · {of_rank}",
            url,
            tone=spot.tone,
            simulated=segment.simulated,
            shape=segment.geometry,
        )


LAYERS = (Layer("road-dust", "道路扬尘", _rows, _marks, opens="路段", shown=False),)
