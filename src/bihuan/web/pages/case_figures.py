"""The closed loop in numbers (办理统计): by groups, for a period, as of any moment; every number leads to its cases."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, day_of
from bihuan.cases import statistics
from bihuan.cases.deadlines import local_day
from bihuan.cases.key_sets import among
from bihuan.cases.models import Case
from bihuan.cases.statistics import ALL, COUNTED, RATES, Rate, Statistics
from bihuan.cases.weekly import WEEK, Week, figures, weeks_until
from bihuan.english import told
from bihuan.kit.downloads import WORD, download, download_table
from bihuan.kit.listing.declared import whole
from bihuan.kit.listing.shown import listed
from bihuan.kit.tables import Table
from bihuan.registry.access import Asked, visible
from bihuan.web import case_list
from bihuan.web.figures.letter import document
from bihuan.web.figures.question import ASKED, BY, PERIODS, Question, asked, marks_for
from bihuan.web.figures.ranking import RULE, ranked

NUMBERS = (
    ("dispatched", "交办"), ("open", "未销号"), ("overdue_open", "超期"), ("awaiting_verification", "申请销号"),
    ("verified", "核查通过"), ("closed", "已销号"), ("unproven", "特批销号"), ("reopened", "反弹"), ("relapsed", "监测反弹"),
)  # fmt: skip
OF_BOARD = (
    ("dispatched", "交办"), ("due", "到期"), ("overdue_open", "超期"), ("closed", "已销号"), ("reopened", "反弹"),
)  # fmt: skip
RATES_OF_BOARD = tuple(r for r in RATES if r.name in ("按期完成率", "超期率", "退回率", "反弹率"))
WEEKS = 12
"""Letters that the board offers."""
RANKED_BY = ("region", "unit", "handler")


def page(request: Asked) -> HttpResponse:
    """The table of the ledger, as a page or to take away."""
    question = asked(request)
    rows = question.of(marks_for(request.user, question.as_of))
    ledger = statistics.grouped(rows, question.as_of, question.by)
    if "as" in request.GET:
        simulated = set(rows.filter("simulated")[question.by])
        return download_table(request.GET["as"], "case-figures", _table(ledger, question, simulated))
    context = _frame(question) | {
        "ledger": {name: (s, _rates(s, RATES)) for name, s in ledger.items()},
        "empty": rows.is_empty(),
        "rates": RATES,
        "numbers": NUMBERS,
        "by": BY,
    }
    return render(request, "web/figures.html", context)


def board(request: Asked) -> HttpResponse:
    """排名: counties, units or people by how they keep deadlines."""
    question = asked(request)
    if question.by not in RANKED_BY:
        raise BadQuestion(_("只按区划、承办单位或经办人排名"))
    now, then = (
        statistics.grouped(q.of(marks_for(request.user, q.as_of)), q.as_of, q.by)
        for q in (question, question.before)
    )
    lines = ranked(now, then)
    if "as" in request.GET:
        return download_table(request.GET["as"], "case-board", _board_table(lines, question))
    context = _frame(question) | {
        "lines": [(line, _rates(line.of, RATES_OF_BOARD)) for line in lines],
        "rates": RATES_OF_BOARD,
        "numbers": OF_BOARD,
        "by": tuple(pair for pair in BY if pair[0] in RANKED_BY),
        "rule": RULE,
        "weeks": weeks_until(local_day(clock.now()), WEEKS),
    }
    return render(request, "web/board.html", context)


def letter(request: Asked, monday: str) -> HttpResponse:
    """闭环周报 of the week that begins on this day, as Word."""
    try:
        first = day_of(monday)
    except ValueError as error:
        raise BadQuestion(_("没有这一周，请从排名页进入")) from error
    now = clock.now()
    if first.weekday() or first > local_day(now):
        raise BadQuestion(_("没有这一周，请从排名页进入"))
    seen = visible(Case.objects.all(), request.user)
    week, before = (figures(seen, Week(day), now) for day in (first, first - WEEK))
    return download(document(week, before), f"闭环周报-{first}.docx", WORD)


def _frame(question: Question) -> dict[str, Any]:
    return {"question": question, "periods": PERIODS, "all": ALL}


def behind(request: Asked) -> HttpResponse:
    """The cases behind one number: of a group, and of the counts named in the address."""
    question, counts = asked(request), request.GET.getlist("count")
    if not counts or not set(counts) <= set(COUNTED):
        raise BadQuestion(_("没有这项统计，请从统计页进入"))
    group, rows = request.GET.get("group", ALL), question.of(marks_for(request.user, question.as_of))
    of_group = rows if group == ALL else rows.filter(rows[question.by] == group)
    cases = case_list.seen_by(request.user).filter(pk__in=among(statistics.behind(of_group, counts)))
    listing = case_list.listing_of(
        whole(cases.filter), clock.now(), title=told(group), hint=_title(counts, question), kept=ASKED
    )
    return listed(request, listing, "web/figure_cases.html")


def _title(counts: list[str], question: Question) -> str:
    known = {rate.part: f"{_(rate.name)} ({_(rate.meaning)})" for rate in RATES}
    plain = {(name,): _(title) for name, title in (*NUMBERS, *OF_BOARD)}
    title = (plain | known).get(tuple(counts), "")
    if question.now:
        return title
    return _("%(title)s；截至 %(moment)s 的，状态是现在的") % {
        "title": title, "moment": question.as_of_text.replace("T", " "),
    }  # fmt: skip


def _rates(s: Statistics, rates: tuple[Rate, ...]) -> list[dict[str, Any]]:
    return [
        {"rate": r, "share": statistics.share(s.part(r), s.whole(r)), "part": s.part(r), "whole": s.whole(r)}
        for r in rates
    ]


def _table(ledger: dict[str, Statistics], question: Question, simulated: set[str]) -> Table:
    heads = [
        dict(BY)[question.by],
        "起",
        "止",
        "截至",
        *dict(NUMBERS).values(),
        *(f"{_(r.name)} %" for r in RATES),
    ]
    rows = [
        (
            name, question.first, question.last, question.as_of, *(getattr(s, key) for key, _title in NUMBERS),
            *(_percent(s, rate) for rate in RATES), s.mean_days, s.median_days, _mark(name, simulated),
        )
        for name, s in ledger.items()
    ]  # fmt: skip
    return Table([*heads, "平均天数", "天数中位数", "模拟"], rows)


def _board_table(lines: list[Any], question: Question) -> Table:
    heads = [
        "名次",
        "升降",
        dict(BY)[question.by],
        *dict(OF_BOARD).values(),
        *(f"{_(r.name)} %" for r in RATES_OF_BOARD),
    ]
    rows = [
        (
            line.place, line.moved, line.name, *(getattr(line.of, key) for key, _title in OF_BOARD),
            *(_percent(line.of, rate) for rate in RATES_OF_BOARD), line.of.median_days, question.as_of,
        )
        for line in lines
    ]  # fmt: skip
    return Table([*heads, "天数中位数", "截至"], rows)


def _percent(s: Statistics, rate: Rate) -> float | None:
    share = statistics.share(s.part(rate), s.whole(rate))
    return None if share is None else round(share * 100, 1)


def _mark(name: str, simulated: set[str]) -> str:
    return "含模拟" if (simulated if name == ALL else name in simulated) else ""
