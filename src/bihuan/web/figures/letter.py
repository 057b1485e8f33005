"""闭环周报 as Word: what was done in a week, what is late at its end, the board of the regions, and the roots of the log."""

from datetime import date, timedelta

from django.conf import settings

from bihuan.cases.deadlines import until_text
from bihuan.cases.statistics import ALL, RATES, share
from bihuan.cases.weekly import Figures, Named
from bihuan.domain.timeaxis import CST
from bihuan.english import Written, joined
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.registry import anchors
from bihuan.registry.city import own_city
from bihuan.web.figures.ranking import RULE, ranked

OF_BOARD = tuple(r for r in RATES if r.name in ("按期完成率", "超期率", "退回率", "反弹率", "销号率"))
HEAD = ("编号", "问题", "区划", "承办单位", "期限")


def document(week: Figures, before: Figures) -> bytes:
    """The .docx. before: the week before, for who rose and fell."""
    page = a4(11)
    line(
        page,
        "生态环境问题闭环周报" + (" (含模拟)" if week.simulated else ""),
        size=20,
        bold=True,
        centre=True,
    )
    city = own_city()
    line(
        page,
        joined(
            Written(city.name if city else ""),
            str(week.week),
            f"截至 {week.as_of.astimezone(CST):%Y-%m-%d %H:%M}",
        ),
        centre=True,
    )
    total = week.ledger[ALL]
    line(page, "本周办理", bold=True, size=13)
    table(
        page,
        list(week.done),
        [
            [str(n) for n in week.done.values()],
            [_change(n, before.done[name]) for name, n in week.done.items()],
        ],
    )
    line(
        page,
        f"周末未销号 {total.open} 件，其中超期 {total.overdue_open} 件；待核查 {total.awaiting_verification} 件，核查通过待销号 {total.verified} 件。",
    )
    line(page, "区划排名", bold=True, size=13)
    table(
        page,
        ["名次", "升降", "区划", "交办", "未销号", "超期", *(f"{r.name} %" for r in OF_BOARD)],
        _board(week, before),
    )
    line(page, RULE, size=8)
    _cases(page, "超期未完成", week.overdue, week.many_overdue)
    _cases(page, "下周到期", week.next_week, week.many_next)
    line(page, "本周反弹", bold=True, size=13)
    for case in week.came_back:
        line(page, joined(case.number, Written(case.title), case.region.name))
    if not week.came_back:
        line(page, "无")
    line(page, "存证", bold=True, size=13)
    for text in _roots(week.week.monday):
        line(page, text, size=8)
    line(page, anchors.printed(), size=8)
    return as_docx(page)


def _change(now: int, then: int) -> str:
    return f"比上周 {now - then:+d}" if now != then else "同上周"


def _board(week: Figures, before: Figures) -> list[list[str]]:
    rows = []
    for found in ranked(week.ledger, before.ledger):
        of, moved = found.of, found.moved
        shares = (share(of.part(r), of.whole(r)) for r in OF_BOARD)
        rows.append(
            [
                str(found.place or "—"), f"{moved:+d}" if moved else "", found.name, str(of.dispatched), str(of.open),
                str(of.overdue_open), *("—" if s is None else f"{s * 100:.1f}" for s in shares),
            ]
        )  # fmt: skip
    return rows


def _cases(page: object, title: str, named: list[Named], many: int) -> None:
    line(page, f"{title} {many} 件", bold=True, size=13)
    if not named:
        return
    rows = [
        (
            n.case.number, Written(n.case.title), n.case.region.name, Written(str(n.case.organisation or "—")),
            until_text(n.deadline, "%m-%d"),
        )
        for n in named
    ]  # fmt: skip
    table(page, HEAD, rows)
    if many > len(named):
        line(page, f"另有 {many - len(named)} 件，见平台")


def _roots(monday: date) -> list[str]:
    """The daily roots of the week that the installation has kept."""
    days = {f"{monday + timedelta(days=n)}" for n in range(7)}
    kept = [p for p in anchors.kept(settings.DATA_DIR) if p.stem in days]
    roots = [(p.stem, anchors.read(p)) for p in kept]
    return [f"{day} 存证根：日志 {r.entries} 条，SHA-256 {r.head or '无'}" for day, r in roots]
