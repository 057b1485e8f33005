"""机动车排放检验机构: the ranking of a month, one station, the list of tests with filters, one test with its curves beside those it is like."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import polars as pl
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST, next_month
from bihuan.domain.vehicle_tests.limits import judged
from bihuan.domain.vehicle_tests.tables import METHODS, UNITS, VALUES
from bihuan.english import Written, told
from bihuan.kit.downloads import download_book, download_table
from bihuan.kit.found import found_about
from bihuan.kit.inspection.answers import answers_of
from bihuan.kit.inspection.rounds.planning import rounds_of
from bihuan.kit.regions import region_asked
from bihuan.kit.spans import month_asked, today
from bihuan.kit.tables import Sheet, Table
from bihuan.registry.access import Asked, visible
from bihuan.registry.hours import archive
from bihuan.registry.models import Region
from bihuan.scenarios.inspection_stations import reading
from bihuan.scenarios.inspection_stations.inspections import FORM
from bihuan.scenarios.inspection_stations.models import Inspector, Station
from bihuan.scenarios.inspection_stations.models import Line as TestLine
from bihuan.scenarios.inspection_stations.registers import TARGET
from bihuan.scenarios.inspection_stations.settings import level_on
from bihuan.scenarios.inspection_stations.standing import (
    TITLES,
    Line,
    found_in_month,
    lines_of,
    stations_seen,
)

SHOWN, PAGE, MONTHS = 20, 50, 6
RESULTS = {"pass": "合格", "fail": "不合格"}
HEADS = (
    "名次",
    "检验机构",
    "编码",
    "区划",
    "得分",
    "检验次数",
    "合格次数",
    "无逐秒数据",
    "首检合格率",
    "其他机构",
    "扣分项",
    "模拟",
)
TEST_HEADS = (
    "检验流水号",
    "检验机构",
    "检测线",
    "检验员",
    "号牌号码",
    "检验方法",
    "检验开始时间",
    "检验结束时间",
    "检验结果",
    "疑点",
)
CURVE_NAMES = {
    "co": "CO",
    "co2": "CO₂",
    "hc": "HC",
    "no": "NO",
    "o2": "O₂",
    "k": "k",
    "speed": "车速",
    "power": "功率",
}


def _around(request: Asked) -> dict[str, Any]:
    month = month_asked(request.GET.get("month", ""))
    ahead = next_month(month)
    return {
        "first": month, "month": f"{month:%Y-%m}", "previous": f"{next_month(month, -1):%Y-%m}", "next": f"{ahead:%Y-%m}" if ahead <= today() else "",
    }  # fmt: skip


def index(request: Asked) -> HttpResponse:
    """The stations of a month by score; as a workbook."""
    around, region = _around(request), region_asked(request)
    lines = lines_of(stations_seen(request.user, region), around["first"])
    if request.GET.get("as") == "xlsx":
        name = _("机动车检验机构排名 %(month)s") % {"month": around["month"]}
        note = "得分为自有方法：疑点按占检验次数的比例扣分，不是违法认定。"
        return download_book(name, Sheet("排名", Table(HEADS, [_row(x) for x in lines]), note))
    codes = visible(Station.objects.order_by(), request.user).values("region")
    context = {
        **around, "lines": lines, "region": region, "regions": Region.objects.filter(pk__in=codes).order_by("code"), "form": FORM.key,
        "rounds": rounds_of(request.user).filter(form=FORM.key).order_by("-pk")[:5], "tests": sum(x.tests for x in lines),
    }  # fmt: skip
    return render(request, "inspection_stations/index.html", context)


def _row(x: Line) -> list[Any]:
    share = [None if v is None else round(v, 4) for v in (x.rate, x.expected)]
    parts = "；".join(f"{p.title} {p.count} 次扣 {p.points:.1f}" for p in x.parts)
    return [
        x.rank, Written(x.station.name), x.station.code, Written(x.station.region.name), None if x.score is None else round(x.score, 1), x.tests, x.passed,
        x.no_trace, *share, Written(parts), "模拟" if x.station.simulated else "",
    ]  # fmt: skip


def _station(request: Asked, code: str) -> Station:
    rows = visible(Station.objects.all(), request.user).select_related("region", "organisation")
    return get_object_or_404(rows, pk=code)


def station(request: Asked, code: str) -> HttpResponse:
    """One station: score with its parts, the months before, lines, inspectors, findings, inspections."""
    of, around = _station(request, code), _around(request)
    (line,) = [x for x in _lines_beside(around["first"]) if x.station.pk == of.pk] or lines_of(
        [of], around["first"]
    )
    months = [next_month(around["first"], -n) for n in reversed(range(MONTHS))]
    trend = [(f"{m:%Y-%m}", lines_of([of], m)[0]) for m in months]
    context = {
        **around, "station": of, "line": line, "trend": trend, "form": FORM.key,
        "lines": TestLine.objects.filter(station=of), "inspectors": Inspector.objects.filter(station=of),
        "answers": answers_of(FORM, request.user).filter(target=code).order_by("-at")[:SHOWN], "today": today(),
        **found_about(Finding.objects.filter(target_kind=TARGET, target=code), request.user),
    }  # fmt: skip
    return render(request, "inspection_stations/station.html", context)


def _lines_beside(month: Any) -> list[Line]:
    """All stations of the city: only so a rank is known. No name of them is shown."""
    return lines_of(list(Station.objects.select_related("region").order_by("code")), month)


def tests(request: Asked) -> HttpResponse:
    """The tests of a month, filtered; as CSV or Excel all that were filtered."""
    around = _around(request)
    stations = {s.pk: s for s in stations_seen(request.user)}
    found = found_in_month(around["first"])
    rows = _filtered(request, found.seen.filter(pl.col("site").is_in(list(stations))), found.suspects)
    asked = request.GET.get("as", "")
    if asked:
        name = _("机动车检验记录 %(month)s") % {"month": around["month"]}
        return download_table(asked, name, Table(TEST_HEADS, _test_rows(rows, stations)))
    number = request.GET.get("page", "1")
    page = min(int(number), 1_000_000) if number.isascii() and number.isdigit() and number.strip("0") else 1
    shown = rows.slice((page - 1) * PAGE, PAGE)
    asked_for = {k: request.GET.get(k, "")[:60] for k in ("station", "method", "result", "kind", "q")}
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **around, **asked_for, "rows": [_shown(r, stations) for r in shown.iter_rows(named=True)], "count": rows.height, "page": page,
        "last": max(1, -(-rows.height // PAGE)), "query": query.urlencode(), "stations": stations.values(),
        "methods": [(m, told(t)) for m, t in METHODS.items()], "kinds": [(k, told(t)) for k, t in TITLES.items() if k != "first_pass"],
    }  # fmt: skip
    return render(request, "inspection_stations/tests.html", context)


def _filtered(request: Asked, seen: pl.DataFrame, suspects: pl.DataFrame) -> pl.DataFrame:
    """By station, method, result, suspicion and words in number or plate; the newest first."""
    kinds = suspects.group_by("test").agg(kinds=pl.col("kind").unique().sort())
    rows = seen.join(kinds, on="test", how="left").with_columns(pl.col("kinds").fill_null([]))
    for name, column in (("station", "site"), ("method", "method"), ("result", "result")):
        if value := request.GET.get(name, ""):
            rows = rows.filter(pl.col(column) == value)
    if kind := request.GET.get("kind", ""):
        wanted = pl.col("kinds").list.len() > 0 if kind == "any" else pl.col("kinds").list.contains(kind)
        rows = rows.filter(wanted)
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(
            pl.any_horizontal(
                pl.col(c).str.contains(words, literal=True) for c in ("test", "plate", "vin", "inspector")
            )
        )
    return rows.sort("start", "test", descending=True)


def _shown(row: dict[str, Any], stations: dict[str, Station]) -> dict[str, Any]:
    return row | {
        "station": stations[row["site"]], "method_title": told(METHODS[row["method"]]), "kind_titles": [told(TITLES[k]) for k in row["kinds"]],
    }  # fmt: skip


def _test_rows(rows: pl.DataFrame, stations: dict[str, Station]) -> Iterator[list[Any]]:
    for r in rows.iter_rows(named=True):
        kinds = "、".join(TITLES[k] for k in r["kinds"])
        times = [t.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S") for t in (r["start"], r["until"])]
        words = [Written(r[c]) for c in ("line", "inspector", "plate")]
        yield [
            Written(r["test"]),
            Written(stations[r["site"]].name),
            *words,
            METHODS[r["method"]],
            *times,
            RESULTS[r["result"]],
            kinds,
        ]


def _test(request: Asked, name: str) -> tuple[dict[str, Any], Station]:
    """A test of a station that the person may see. Raises Http404."""
    row = reading.test_of(name, clock.now())
    if row is None:
        raise Http404(name)
    return row, _station(request, str(row["site"]))


def _likes(row: dict[str, Any]) -> list[dict[str, Any]]:
    """What is suspected of a test."""
    found = found_in_month(row["start"].astimezone(CST).date().replace(day=1))
    return list(found.suspects.filter(pl.col("test") == row["test"]).iter_rows(named=True))


def test(request: Asked, name: str) -> HttpResponse:
    """One test: what it says, its limits, what is suspected, its curves, and the curves that they are like."""
    row, of = _test(request, name)
    day = row["start"].astimezone(CST).date()
    verdict = judged(
        row["method"],
        day,
        {v: row[v] for v in VALUES},
        level=level_on(day),
        rated_kw=row["rated_kw"],
        mil=row["mil"],
    )
    likes = _likes(row)
    limited = {i.limit.value for i in verdict.items}
    context = {
        "row": row, "station": of, "method": told(METHODS[row["method"]]), "verdict": verdict,
        "items": [(told(i.name), i) for i in verdict.items],
        "others": [(told(VALUES[v][0]), row[v], VALUES[v][1]) for v in VALUES if row[v] is not None and v not in limited],
        "suspicions": [s | {"title": told(TITLES[s["kind"]]), "open": _may_see(request, s["other"])} for s in likes],
        "traced": archive().vehicle_tests.trace(name, clock.now()).height > 0, "copy": next((s for s in likes if s["kind"] == "copied"), None),
        "level": level_on(day),
    }  # fmt: skip
    return render(request, "inspection_stations/test.html", context)


def _may_see(request: Asked, test_name: str) -> bool:
    row = reading.test_of(test_name, clock.now()) if test_name else None
    return row is not None and visible(Station.objects.filter(pk=row["site"]), request.user).exists()


def series(request: Asked, name: str) -> JsonResponse:
    """The curves of a test, in its own time; of a copy the other's beside them, moved to the same begin."""
    row, _of = _test(request, name)
    tables, now = archive().vehicle_tests, clock.now()
    own = tables.trace(name, now)
    copy = next((s for s in _likes(row) if s["kind"] == "copied"), None)
    other = tables.trace(copy["other"], now) if copy else own.clear()
    begin = row["start"]
    panels = [
        {
            "title": _(CURVE_NAMES[c]), "unit": unit, "bands": [], "limits": [],
            "series": [
                _curve(_("本次检验"), begin, own[c][0]),
                *([_curve(_("对照的检验"), begin, other[c][0], accent=True, dashed=True)] if _has(other, c) else []),
            ],
        }
        for c, unit in UNITS.items()
        if _has(own, c)
    ]  # fmt: skip
    return JsonResponse({"now": int(row["until"].timestamp() * 1000), "panels": panels})


def _has(trace: pl.DataFrame, channel: str) -> bool:
    return trace.height > 0 and trace[channel][0] is not None


def _curve(name: str, begin: Any, values: Sequence[float | None], **more: Any) -> dict[str, Any]:
    times = [int((begin + timedelta(seconds=n)).timestamp() * 1000) for n in range(len(values))]
    return {
        "name": name,
        "times": times,
        "data": [None if v is None else round(float(v), 3) for v in values],
        **more,
    }


urlpatterns = [
    path("", index, name="index"),
    path("tests/", tests, name="tests"),
    path("test/<str:name>/", test, name="test"),
    path("test/<str:name>/series/", series, name="series"),
    path("at/<str:code>/", station, name="station"),
]
