"""The closed loop in numbers (办理统计): by county, unit, level or source, for a period; every number leads to its cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, day_of
from bihuan.cases import statistics
from bihuan.cases.deadlines import DAY, end_of_day, local_day
from bihuan.cases.histories import History
from bihuan.cases.models import Case, Level, Step
from bihuan.cases.statistics import ALL, COUNTED, RATES, Marks, Rate, Statistics
from bihuan.english import told
from bihuan.kit.downloads import download_table
from bihuan.kit.listing.declared import whole
from bihuan.kit.listing.shown import listed
from bihuan.kit.tables import Table
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.models import Person
from bihuan.web import case_list

BY = (("region", "区划"), ("unit", "承办单位"), ("level", "级别"), ("source", "问题来源"))
PERIODS = (("all", "全部"), ("month", "本月"), ("last", "上月"), ("quarter", "本季"), ("year", "本年"))
NUMBERS = (
    ("dispatched", "交办"), ("open", "未销号"), ("overdue_open", "超期"), ("awaiting_verification", "申请销号"),
    ("verified", "核查通过"), ("closed", "已销号"), ("unproven", "特批销号"), ("reopened", "反弹"), ("relapsed", "监测反弹"),
)  # fmt: skip
ASKED = ("by", "period", "from", "to", "group", "count")
"""What the address of the cases behind a number says."""
NONE = "—"
GROUPS: dict[str, Callable[[History], str]] = {
    "region": lambda c: c.region,
    "unit": lambda c: c.unit or NONE,
    "level": lambda c: str(Level(c.level).label),
    "source": lambda c: str(Case.Source(c.source).label),
}


@dataclass(frozen=True)
class Question:
    """What the page was asked: how to group, and which cases by the day on which they entered the ledger."""

    by: str
    period: str
    first: date | None
    last: date | None

    def holds(self, history: History) -> bool:
        """Did the case enter the ledger within the period?"""
        after = self.first is None or history.entered >= end_of_day(self.first - DAY).timestamp()
        return after and (self.last is None or history.entered < end_of_day(self.last).timestamp())


def page(request: Asked) -> HttpResponse:
    """The table of the ledger, as a page or to take away."""
    now = _minute()
    question = _asked(request, now)
    rows = [m for m in _known(request, now) if question.holds(m.history)]
    ledger = statistics.grouped(rows, now, GROUPS[question.by])
    if "as" in request.GET:
        simulated = {GROUPS[question.by](m.history) for m in rows if m.history.simulated}
        return download_table(request.GET["as"], "case-figures", _table(ledger, question, simulated))
    context = {
        "ledger": {name: (s, _rates(s)) for name, s in ledger.items()},
        "empty": not rows,
        "rates": RATES,
        "numbers": NUMBERS,
        "question": question,
        "by": BY,
        "periods": PERIODS,
        "all": ALL,
    }
    return render(request, "web/figures.html", context)


def behind(request: Asked) -> HttpResponse:
    """The cases behind one number: of a group, and of the counts named in the address."""
    now = _minute()
    question, counts = _asked(request, now), request.GET.getlist("count")
    if not counts or not set(counts) <= set(COUNTED):
        raise BadQuestion(_("没有这项统计，请从统计页进入"))
    group, of = request.GET.get("group", ALL), GROUPS[question.by]
    rows = [m for m in _known(request, now) if question.holds(m.history) and group in (ALL, of(m.history))]
    cases = case_list.seen_by(request.user).filter(pk__in=statistics.behind(rows, counts))
    listing = case_list.listing_of(
        whole(cases.filter), clock.now(), title=told(group), hint=_title(counts), kept=ASKED
    )
    return listed(request, listing, "web/figure_cases.html")


def _title(counts: list[str]) -> str:
    known = {rate.part: f"{_(rate.name)} ({_(rate.meaning)})" for rate in RATES}
    plain = {(name,): _(title) for name, title in NUMBERS}
    return (plain | known).get(tuple(counts), "")


def _minute() -> datetime:
    return clock.now().replace(second=0, microsecond=0)


def _asked(request: Asked, now: datetime) -> Question:
    """Raises BadQuestion for a period or a grouping that cannot be meant."""
    by, period = request.GET.get("by", "region"), request.GET.get("period", "all")
    if by not in GROUPS or period not in dict(PERIODS):
        raise BadQuestion(_("没有这种分组或时段，请从统计页进入"))
    first, last = _span(period, local_day(now))
    try:
        first = day_of(request.GET["from"]) if request.GET.get("from") else first
        last = day_of(request.GET["to"]) if request.GET.get("to") else last
    except ValueError as error:
        raise BadQuestion(_("起止日期写成 2019-01-18 的样子")) from error
    if first and last and first > last:
        raise BadQuestion(_("起始日期晚于截止日期"))
    return Question(by, period, first, last)


def _span(period: str, today: date) -> tuple[date | None, date | None]:
    match period:
        case "month":
            return today.replace(day=1), today
        case "last":
            end = today.replace(day=1) - timedelta(days=1)
            return end.replace(day=1), end
        case "quarter":
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today
        case "year":
            return today.replace(month=1, day=1), today
    return None, None


def _known(request: Asked, minute: datetime) -> tuple[Marks, ...]:
    newest = Step.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    posts = tuple(p.pk for p in scope_of(request.user).posts)
    return _folded(request.user.pk, posts, newest, minute)


@lru_cache(maxsize=16)
def _folded(person: int, posts: tuple[int, ...], newest_step: int, minute: datetime) -> tuple[Marks, ...]:
    """Folding all steps of ten thousand cases takes a third of a second; nothing changes without a new step or post."""
    seen = visible(Case.objects.all(), Person.objects.get(pk=person))
    return tuple(statistics.marks(seen, minute))


def _rates(s: Statistics) -> list[dict[str, Any]]:
    return [
        {"rate": r, "share": statistics.share(s.part(r), s.whole(r)), "part": s.part(r), "whole": s.whole(r)}
        for r in RATES
    ]


def _table(ledger: dict[str, Statistics], question: Question, simulated: set[str]) -> Table:
    heads = [dict(BY)[question.by], "起", "止", *dict(NUMBERS).values(), *(f"{_(r.name)} %" for r in RATES)]
    rows = [
        (
            name, question.first, question.last, *(getattr(s, key) for key, _title in NUMBERS),
            *(_percent(s, rate) for rate in RATES), s.mean_days, _mark(name, simulated),
        )
        for name, s in ledger.items()
    ]  # fmt: skip
    return Table([*heads, "平均天数", "模拟"], rows)


def _percent(s: Statistics, rate: Rate) -> float | None:
    share = statistics.share(s.part(rate), s.whole(rate))
    return None if share is None else round(share * 100, 1)


def _mark(name: str, simulated: set[str]) -> str:
    return "含模拟" if (simulated if name == ALL else name in simulated) else ""
