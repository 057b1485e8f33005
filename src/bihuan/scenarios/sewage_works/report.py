"""The report of works, networks and reused water over a month or a year: sentences, a Word paper, a workbook."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bihuan.domain.sewage.works.collection import Collected
from bihuan.domain.sewage.works.reuse import Balance
from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line
from bihuan.kit.paper import table as paper_table
from bihuan.kit.shown import number, percent
from bihuan.kit.tables import Sheet, Table, table
from bihuan.scenarios.sewage_works.network import County, Network, Short
from bihuan.scenarios.sewage_works.reused import OfUser, OfWorks, Reuse
from bihuan.scenarios.sewage_works.view import Row

FORMULA = "集中收集率 =（进厂 BOD5 − 已知工业 BOD5）÷（用水总人口 × 45 g/(人·d)），按有数天的日均量计，没有报数的天不当作 0。"
REUSE_FORMULA = "再生水利用率 = 用户用水量 ÷ 污水处理量；没有报数的用户不当作 0。"


def title_of(network: Network) -> str:
    """What the report is called."""
    return f"污水处理厂与再生水{network.span.text}"


def tonnes(volume: float | None) -> str:
    """A volume [m³] in 万m³."""
    return number(None if volume is None else volume / 10_000, 2)


def network_sentences(network: Network) -> Iterator[str]:
    """The collection rate in words, and what it lacks."""
    whole = network.whole
    least = "不低于 " if whole.unmeasured and whole.rate is not None else ""
    yield f"{network.span.text} 城市生活污水集中收集率 {least}{percent(whole.rate, 1)}，用水总人口 {number(whole.people)} 人。"
    if whole.measured:
        yield f"进厂 BOD5 {number(whole.arrived)} kg/d，其中已知工业 {number(whole.industry)} kg/d，折合 {number(whole.served)} 人；有数 {whole.reported} 厂天，应有 {whole.due} 厂天。"
    goal = network.goals.get("collection")
    if goal:
        yield f"目标 {goal.value:g}%：{goal.basis}。"
    yield from lacking(network)


def lacking(network: Network) -> Iterator[str]:
    """What the rate does not know, in words."""
    whole = network.whole
    if whole.unmeasured:
        yield f"没有进水 BOD 数据、没有计入的厂：{_joined(network.named(whole.unmeasured))}。"
    if whole.unsplit:
        yield f"工业负荷不清楚、没有扣除的厂（收集率可能偏高）：{_joined(network.named(whole.unsplit))}。"
    if network.uncounted:
        yield f"没有登记用水总人口、没有计入的县（市、区）：{_joined([r.name for r in network.uncounted])}。"
    if network.towns:
        yield f"建制镇的厂不计入：{_joined([w.name for w in network.towns])}。"


def _joined(names: Sequence[str]) -> str:
    return "、".join(names)


def reuse_sentences(reuse: Reuse) -> Iterator[str]:
    """The balance in words."""
    found = reuse.whole
    least = "不低于 " if found.unknown and found.rate is not None else ""
    yield f"再生水利用率 {least}{percent(found.rate, 1)}：用户用水 {tonnes(found.used)} 万m³，污水处理 {tonnes(found.treated)} 万m³。"
    if reuse.goal:
        yield f"目标 {reuse.goal.value:g}%：{reuse.goal.basis}。"
    if found.given is not None:
        yield f"产水 {tonnes(found.made)} 万m³，外供 {tonnes(found.sent)} 万m³，没有去向 {tonnes(found.unclosed)} 万m³（{percent(found.share, 1)}）。"
    if found.unknown:
        yield f"没有报数的用户月份 {len(found.unknown)} 个：没有去向的水量是上限。"
    if found.gaps:
        yield f"产水、外供缺 {found.gaps} 天数据，水量偏低。"


def as_word(network: Network, reuse: Reuse) -> bytes:
    """The paper, of what the person may see."""
    page = a4()
    line(page, title_of(network), size=16, bold=True, centre=True)
    if network.simulated:
        line(page, "含模拟对象和模拟数据。", centre=True)
    for sentence in network_sentences(network):
        line(page, sentence)
    line(page, FORMULA)
    line(page, "各县（市、区）", bold=True)
    paper_table(page, COUNTY_HEADS, [[str(c) for c in _county(c)] for c in network.counties])
    line(page, "管网短板", bold=True)
    paper_table(
        page, SHORT_HEADS, [_short_row(n, s.works.name, s.row) for n, s in enumerate(network.ranking, 1)]
    )
    line(page, "再生水", bold=True)
    for sentence in reuse_sentences(reuse):
        line(page, sentence)
    line(page, REUSE_FORMULA)
    paper_table(page, BALANCE_HEADS, [_balance_row(row.works.name, row.found) for row in reuse.rows])
    return as_docx(page)


COUNTY_HEADS = (
    "县（市、区）",
    "用水总人口",
    "进厂 BOD5（kg/d）",
    "折合人口",
    "集中收集率",
    "未收集人口",
    "有数厂天",
)
SHORT_HEADS = (
    "名次",
    "污水处理厂",
    "服务人口",
    "未收集人口",
    "未收集 BOD5（kg/d）",
    "进水 BOD（mg/L）",
    "雨旱比",
    "旱天外水",
)
BALANCE_HEADS = (
    "污水处理厂",
    "产水（万m³）",
    "外供（万m³）",
    "用户（万m³）",
    "没有去向（万m³）",
    "占供出",
    "缺数",
)


def _county(county: County) -> tuple[str, ...]:
    found: Collected = county.found
    return (
        Written(county.region.name), number(found.people), number(found.arrived if found.measured else None), number(found.served),
        rate_of(found), number(found.missing), f"{found.reported} / {found.due}",
    )  # fmt: skip


def rate_of(found: Collected) -> str:
    """The rate, marked as a lower bound where a works is missing in it."""
    if found.rate is None:
        return "—"
    return f"≥ {percent(found.rate, 1)}" if found.unmeasured else percent(found.rate, 1)


def foreign_of(row: Row) -> str:
    """The share of foreign water as an interval."""
    low, high = row.get("foreign_low"), row.get("foreign_high")
    return "—" if low is None or high is None else f"{low * 100:.0f}–{high * 100:.0f}%"


def _short_row(place: int, name: str, row: Row) -> tuple[str, ...]:
    return (
        str(place), Written(name), number(row["people"]), number(row["missing"]), number(row["missing_kg"]), number(row["in_bod"], 1),
        number(row["ratio"], 2), foreign_of(row),
    )  # fmt: skip


def _balance_row(name: str, found: Balance) -> tuple[str, ...]:
    return (
        Written(name), tonnes(found.made), tonnes(found.sent), tonnes(found.used), tonnes(found.unclosed), percent(found.share, 1),
        str(len(found.unknown) + found.gaps),
    )  # fmt: skip


def sheets(network: Network, reuse: Reuse) -> list[Sheet]:
    """Counties, the ranking, and the balance by works and by user."""
    users = [(row, user) for row in reuse.rows for user in row.users]
    return [
        Sheet(_("集中收集率"), Table([*COUNTY_HEADS], [_county_cells(c) for c in network.counties])),
        Sheet(
            _("管网短板"),
            Table([*SHORT_HEADS], [_short_cells(n, s) for n, s in enumerate(network.ranking, 1)]),
        ),
        Sheet(_("再生水平衡"), _works_table(reuse.rows)),
        Sheet(_("再生水用户"), _users_table(users)),
    ]


def _county_cells(county: County) -> list[Any]:
    found: Collected = county.found
    return [
        Written(county.region.name), found.people, found.arrived if found.measured else None, found.served, rate_of(found),
        found.missing, f"{found.reported} / {found.due}",
    ]  # fmt: skip


def _short_cells(place: int, short: Short) -> list[Any]:
    row = short.row
    return [
        place, Written(short.works.name), row["people"], row["missing"], row["missing_kg"], row["in_bod"], row["ratio"], foreign_of(row)
    ]  # fmt: skip


def _works_table(rows: Sequence[OfWorks]) -> Table:
    return table(
        {
            _("污水处理厂"): lambda r: Written(r.works.name),
            _("污水处理量（m³）"): lambda r: r.found.treated,
            _("产水（m³）"): lambda r: r.found.made,
            _("外供（m³）"): lambda r: r.found.sent,
            _("用户用水（m³）"): lambda r: r.found.used,
            _("没有去向（m³）"): lambda r: r.found.unclosed,
            _("没有报数的用户月份"): lambda r: len(r.found.unknown),
            _("缺数天数"): lambda r: r.found.gaps,
            _("模拟"): lambda r: _("模拟") if r.works.simulated else "",
        },
        rows,
    )


def _users_table(rows: Sequence[tuple[OfWorks, OfUser]]) -> Table:
    return table(
        {
            _("再生水用户"): lambda r: Written(r[1].user.name),
            _("供水厂"): lambda r: Written(r[0].works.name),
            _("用途"): lambda r: r[1].user.get_purpose_display(),
            _("用水量（m³）"): lambda r: r[1].used,
            _("协议水量（m³）"): lambda r: r[1].agreed,
            _("没有报数的月份"): lambda r: "、".join(f"{m:%Y-%m}" for m in r[1].missing),
            _("模拟"): lambda r: _("模拟") if r[1].user.simulated else "",
        },
        rows,
    )
