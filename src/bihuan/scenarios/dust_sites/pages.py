"""扬尘工地和堆场: all sites with their flags, the month's ranking with the red and black list, one site, one monitor."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion
from bihuan.cases.models import Finding
from bihuan.domain.dust.emission import of_loading, of_site
from bihuan.domain.dust.flags import ITEMS
from bihuan.domain.dust.limits import rules_for
from bihuan.domain.timeaxis import next_month, parse_moment
from bihuan.english import Written
from bihuan.kit.downloads import download_book
from bihuan.kit.found import found_about
from bihuan.kit.inspection.answers import answers_of
from bihuan.kit.inspection.measurements import said
from bihuan.kit.regions import region_asked
from bihuan.kit.spans import month_asked, today
from bihuan.kit.tables import Sheet, Table
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Emitter, Measure, Region
from bihuan.registry.subjects import there_on
from bihuan.scenarios.dust_sites.charts import panels_of
from bihuan.scenarios.dust_sites.entrance import receive
from bihuan.scenarios.dust_sites.inspections import FORM, seen
from bihuan.scenarios.dust_sites.models import DustSite, Monitor
from bihuan.scenarios.dust_sites.registers import MONITOR, SITE
from bihuan.scenarios.dust_sites.standing import Line, black_list, lines_of, red_list, sites_seen
from bihuan.scenarios.dust_sites.words import FLAGS, POLLUTANTS, TONES

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHOWN = 20


def _regions(request: Asked) -> Any:
    codes = visible(DustSite.objects.order_by(), request.user).values("region")
    return Region.objects.filter(pk__in=codes).order_by("code")


def index(request: Asked) -> HttpResponse:
    """Every site as it stands now: flag, inspection, the last seven days."""
    region = region_asked(request)
    lines = lines_of(list(sites_seen(request.user, region)), today() - WEEK + DAY, today() + DAY, clock.now())
    flags = Counter(x.flag for x in lines)
    order = {"red": 0, "yellow": 1, "": 2, "green": 3}
    context = {
        "lines": [_shown(x) for x in sorted(lines, key=lambda x: (order[x.flag], x.site.code))],
        "flags": [(_(word), flags[key], TONES[key]) for key, word in FLAGS.items()],
        "region": region, "regions": _regions(request), "form": FORM.key,
    }  # fmt: skip
    return render(request, "dust_sites/index.html", context)


def _shown(line: Line) -> dict[str, Any]:
    return {
        "x": line,
        "word": _(FLAGS[line.flag]),
        "tone": TONES[line.flag],
        "failed": [_(ITEMS[i]) for i in line.seen.score.failed] if line.seen else [],
    }


def ranking(request: Asked) -> HttpResponse:
    """A month: the ranking, the red and the black list."""
    month, region = month_asked(request.GET.get("month", "")), region_asked(request)
    lines = lines_of(list(sites_seen(request.user, region)), month, next_month(month), clock.now())
    if request.GET.get("as") == "xlsx":
        return download_book(_("扬尘工地排名 %(month)s") % {"month": f"{month:%Y-%m}"}, *_sheets(lines))
    ahead = next_month(month)
    context = {
        "lines": [_shown(x) for x in lines], "red": [_shown(x) for x in red_list(lines)], "black": [_shown(x) for x in black_list(lines)],
        "month": f"{month:%Y-%m}", "previous": f"{next_month(month, -1):%Y-%m}", "next": f"{ahead:%Y-%m}" if ahead <= today() else "",
        "region": region, "regions": _regions(request),
    }  # fmt: skip
    return render(request, "dust_sites/ranking.html", context)


HEADS = ("名次", "工地", "编码", "区划", "责任单位", "旗", "PM10 均值 (µg/m³)", "高出县区背景 (µg/m³)", "有效小时比例", "近七天超限天数", "六个百分百应查", "六个百分百达标", "不达标项", "模拟")  # fmt: skip


def _sheets(lines: list[Line]) -> list[Sheet]:
    of = {"排名": lines, "红榜": red_list(lines), "黑榜": black_list(lines)}
    note = "高出县区背景由低到高排名，小时不足九成的不排名；官方沙尘时段不计；红榜为绿旗，黑榜为红旗。"
    return [Sheet(name, Table(HEADS, [_row(x) for x in rows]), note) for name, rows in of.items()]


def _row(x: Line) -> list[Any]:
    m, score = x.measured, x.seen.score if x.seen else None
    return [
        x.rank, Written(x.site.name), x.site.code, Written(x.site.region.name), Written(str(x.site.organisation or "")), FLAGS[x.flag],
        None if m.pm10 is None else round(m.pm10), None if m.over is None else round(m.over), None if m.hours is None else round(m.hours, 3),
        m.over_days if m.judged_days else None, score.due if score else None, score.passed if score else None,
        "、".join(ITEMS[i] for i in score.failed) if score else "", "模拟" if x.site.simulated else "",
    ]  # fmt: skip


def site(request: Asked, code: str) -> HttpResponse:
    """One site: limits, monitors, inspection, emission, measures, findings."""
    found = get_object_or_404(sites_seen(request.user), pk=code)
    (line,) = lines_of([found], today() - WEEK + DAY, today() + DAY, clock.now())
    monitors = Monitor.objects.filter(there_on(today()), site=found).order_by("code")
    answers = answers_of(FORM, request.user).filter(target=code).order_by("-at")[:SHOWN]
    rows = Finding.objects.filter(target_kind=SITE, target=code) | Finding.objects.filter(
        target_kind=MONITOR, target__in=[m.pk for m in monitors]
    )
    context = {
        "near": urlencode({"site": found.pk}), "site": found, "line": _shown(line), "monitors": monitors, "form": FORM.key, "rules": rules_for(found.region_id, today(), found.phase, found.setting),
        "items": _items(line), "answers": [(a, seen(a).score) for a in answers], "exits": found.exits.all(), "permits": found.nightpermits.all()[:SHOWN],
        "waterings": found.waterings.all()[:SHOWN], "emissions": _emissions(line), "emitter": _emitter(request, found), **found_about(rows, request.user),
    }  # fmt: skip
    return render(request, "dust_sites/site.html", context)


def _items(line: Line) -> list[tuple[str, str]]:
    """The six of 六个百分百 with what the newest inspection says of each."""
    told = said(line.seen.answer) if line.seen else {}
    return [(_(name), told.get(key, "")) for key, name in ITEMS.items()]


def _emissions(line: Line) -> list[tuple[str, float, str, str]]:
    """Pollutant, kg of a day, source, mark; of yards by the mean wind of its monitors in the last seven days."""
    found = line.site
    if found.kind == DustSite.Kind.YARD:
        amounts = of_loading(found.daily_tonnes, line.measured.wind, found.moisture, today())
    else:
        amounts = of_site(found.area, found.phase, today())
    return [(POLLUTANTS[a.factor.pollutant], a.kg, a.factor.source, a.factor.mark) for a in amounts]


def _emitter(request: Asked, found: DustSite) -> dict[str, Any] | None:
    """What the reduction list asks of it at each level of warning; None where it is not on the list or that is not seen."""
    emitter = (
        visible(Emitter.objects.filter(pk=found.emitter), request.user).first() if found.emitter else None
    )
    if emitter is None:
        return None
    return {"emitter": emitter, "measures": Measure.objects.filter(emitter=emitter).order_by("pk")}


def monitor(request: Asked, code: str) -> HttpResponse:
    """One monitor: where it stands, its chart, what was found about it."""
    found = _monitor(request, code)
    context = {
        "monitor": found,
        **found_about(Finding.objects.filter(target_kind=MONITOR, target=code), request.user),
    }
    return render(request, "dust_sites/monitor.html", context)


def _monitor(request: Asked, code: str) -> Monitor:
    rows = visible(Monitor.objects.filter(there_on(today())), request.user).select_related(
        "region", "site", "organisation"
    )
    return get_object_or_404(rows, pk=code)


def _until(request: Asked) -> datetime:
    text = request.GET.get("until", "")
    try:
        return parse_moment(text) if text else clock.now()
    except ValueError as error:
        raise BadQuestion(_("%(text)s 不是时间") % {"text": text[:40]}) from error


def _series(panels: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse({"now": int(clock.now().timestamp() * 1000), "panels": panels})


def site_series(request: Asked, code: str) -> JsonResponse:
    """The chart of all monitors of a site."""
    found = get_object_or_404(sites_seen(request.user), pk=code)
    monitors = list(Monitor.objects.filter(there_on(today()), site=found).order_by("code"))
    return _series(panels_of(found, monitors, _until(request)))


def monitor_series(request: Asked, code: str) -> JsonResponse:
    """The chart of one monitor."""
    found = _monitor(request, code)
    return _series(panels_of(found.site, [found], _until(request)))


urlpatterns = [
    path("receive/", receive, name="receive"),
    path("", index, name="index"),
    path("ranking/", ranking, name="ranking"),
    path("at/<str:code>/", site, name="site"),
    path("at/<str:code>/series.json", site_series, name="site_series"),
    path("monitor/<str:code>/", monitor, name="monitor"),
    path("monitor/<str:code>/series.json", monitor_series, name="monitor_series"),
]
