"""道路扬尘: the ranking of a month, one segment, the coverage of the work log."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import day_start, next_month
from bihuan.kit.downloads import download_table
from bihuan.kit.found import found_about
from bihuan.kit.inspection.models import Answer
from bihuan.kit.shown import number, percent
from bihuan.kit.spans import month_asked, today
from bihuan.registry.access import Asked, visible
from bihuan.scenarios.road_dust import tables
from bihuan.scenarios.road_dust.inspections import FORM
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.road_dust.reading import passes_of, work_between
from bihuan.scenarios.road_dust.registers import TARGET
from bihuan.scenarios.road_dust.view import (
    MONTHS,
    SHOWN,
    Line,
    coverage_of,
    days_over,
    emission_of,
    groups_of,
    lines_of,
    scored,
    segments_seen,
    washes_a_day,
    wet_days_of,
)
from bihuan.scenarios.road_dust.words import METHODS, POLLUTANTS, STATES, WORK

LAST = 12
"""Of passes and work of a month so many of the newest are shown."""


def _month(request: Asked) -> date:
    """The month asked for; the last that is over without one. Raises BadQuestion."""
    text = request.GET.get("month", "")
    return month_asked(text) if text else next_month(today(), -1)


def _moved(month: date) -> dict[str, Any]:
    after = next_month(month)
    return {
        "month": month, "previous": f"{next_month(month, -1):%Y-%m}", "next": f"{after:%Y-%m}" if after <= today() else "",
        "running": after > today(),
    }  # fmt: skip


def _unit(segment: Segment) -> str:
    return str(segment.organisation) if segment.organisation else _("没有登记责任单位")


def index(request: Asked) -> HttpResponse:
    """The dirtiest and the cleanest of a month, units and counties; as CSV or Excel all segments."""
    month = _month(request)
    lines = lines_of(list(segments_seen(request.user)), month)
    if kind := request.GET.get("as", ""):
        return download_table(
            kind, _("道路扬尘排名 %(month)s") % {"month": f"{month:%Y-%m}"}, tables.ranking(lines)
        )
    ranked = [x for x in lines if x.rank is not None]
    context = {
        "lines": lines, "ranked": ranked, "few": len(lines) - len(ranked), "dirtiest": ranked[:SHOWN], "cleanest": _cleanest(ranked),
        "units": groups_of(lines, _unit), "counties": groups_of(lines, lambda s: s.region.name), "form": FORM.key, **_moved(month),
    }  # fmt: skip
    return render(request, "road_dust/index.html", context)


def _cleanest(ranked: Sequence[Line]) -> list[Line]:
    """The cleanest first, none that stands among the dirtiest too."""
    return list(reversed(ranked[SHOWN:]))[:SHOWN]


def segment(request: Asked, code: str) -> HttpResponse:
    """One segment: its score and silt, a year of months, passes, work, what it lets rise, findings."""
    found, month = get_object_or_404(segments_seen(request.user), pk=code), _month(request)
    (line,) = lines_of([found], month)
    known, days = clock.now(), days_over(month)
    passes = passes_of(month, known)
    mine = passes.filter(passes["segment"] == code).sort("start", descending=True)
    work = work_between([code], day_start(month), day_start(next_month(month)), known)
    wet = wet_days_of(found, today(), known)
    answers = visible(Answer.objects.filter(form__form=FORM.key, target=code), request.user)
    context = {
        "segment": found, "line": line, "ribbon": [(m, scored(m).get(code, {})) for m in _year(month)],
        "passes": [(row, STATES[row["state"]]) for row in mine.head(LAST).iter_rows(named=True)], "driven": mine.height,
        "work": [(row, METHODS[row["method"]]) for row in work.sort("start", descending=True).head(LAST).iter_rows(named=True)],
        "covered": [(row, WORK[row["kind"]]) for row in coverage_of([found], month).iter_rows(named=True)],
        "emitted": [(e, POLLUTANTS[e.pollutant]) for e in emission_of(line, washes_a_day(work, days), wet)], "wet": wet,
        "samples": found.samples.order_by("-day")[:12], "form": FORM.key, "answer": answers.order_by("-at").first(),
        **found_about(Finding.objects.filter(target_kind=TARGET, target=code), request.user), **_moved(month),
    }  # fmt: skip
    return render(request, "road_dust/segment.html", context)


def _year(month: date) -> list[date]:
    return [next_month(month, -n) for n in range(MONTHS - 1, -1, -1)]


def coverage(request: Asked) -> HttpResponse:
    """What the work log shows of what was planned, by segment and kind of work."""
    month = _month(request)
    segments = {s.pk: s for s in segments_seen(request.user)}
    rows = [
        (segments[r["segment"]], r) for r in coverage_of(list(segments.values()), month).iter_rows(named=True)
    ]
    if kind := request.GET.get("as", ""):
        return download_table(
            kind, _("保洁作业完成 %(month)s") % {"month": f"{month:%Y-%m}"}, tables.coverage(rows)
        )
    shown = [
        (s, r, WORK[r["kind"]])
        for s, r in sorted(rows, key=lambda x: (x[1]["share"] is not None, x[1]["share"] or 0))
    ]
    planned, done = (sum(r[c] or 0 for _s, r in rows if r["rows"]) for c in ("planned", "done"))
    context = {
        "rows": shown, "share": percent(done / planned if planned else None), "silent": sum(1 for _s, r in rows if not r["rows"]),
        "planned": number(planned / 10_000, 1), "done": number(done / 10_000, 1), **_moved(month),
    }  # fmt: skip
    return render(request, "road_dust/coverage.html", context)


urlpatterns = [
    path("", index, name="index"),
    path("coverage/", coverage, name="coverage"),
    path("at/<str:code>/", segment, name="segment"),
]
