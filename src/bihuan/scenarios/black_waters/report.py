"""The progress as a Word paper and a workbook: counties, bodies, rounds with points and what is lacking."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.shown import percent
from bihuan.kit.tables import Sheet, Table
from bihuan.kit.tables import table as columns
from bihuan.scenarios.black_waters.bodies import Round, Standing
from bihuan.scenarios.black_waters.listing import columns as of_list
from bihuan.scenarios.black_waters.models import State
from bihuan.scenarios.black_waters.progress import County, Progress
from bihuan.scenarios.black_waters.words import together

TITLE = "黑臭水体整治进展"
METHOD = "按《城市黑臭水体整治工作指南》（2015）分级：一个测点有一项 60% 以上、或两项以上各 30% 以上的数据为重度的，该点为重度；60% 以上测点重度的，整个水体为重度。"


def sentences(progress: Progress) -> Iterator[str]:
    """The whole in words, and what is wrong by name."""
    whole = progress.whole
    yield f"在册黑臭水体 {whole.total} 个，已消除 {whole.gone} 个，消除比例 {percent(whole.share, 1)}。"
    for text, names in _named(progress):
        if names:
            yield f"{text}：{'、'.join(names)}。"


def _named(progress: Progress) -> Iterator[tuple[str, list[str]]]:
    found = progress.standings
    yield "销号后再次黑臭的", [s.body.name for s in found if s.state == State.RELAPSED]
    yield "超过治理期限的", [s.body.name for s in found if s.overdue]
    yield "上一季度没有完整监测的", [s.body.name for s in found if s.late]
    yield "长制久清但公众满意度不足或没有登记的", [s.body.name for s in found if s.unsatisfied]


def as_word(progress: Progress) -> bytes:
    """The paper."""
    page = a4()
    line(page, TITLE, size=16, bold=True, centre=True)
    for sentence in sentences(progress):
        line(page, sentence)
    table(
        page,
        ("区划", "总数", *(s.label for s in State), "消除比例"),
        [_county(row) for row in (*progress.rows, progress.whole)],
    )
    line(page, "各水体", bold=True)
    head = ("黑臭水体", "区划", "状态", "黑臭级别", "最近一轮", "黑臭测点", "没有测到的")
    table(page, head, [_body(s) for s in progress.standings])
    line(page, METHOD)
    return as_docx(page)


def _county(row: County) -> tuple[str, ...]:
    name = Written(row.region.name) if row.region else "合计"
    return (name, str(row.total), *(str(n) for _state, n in row.counts), percent(row.share, 1))


def _body(standing: Standing) -> tuple[str, ...]:
    last = standing.last
    newest = standing.rounds[0] if standing.rounds else None
    return (
        Written(standing.body.name), Written(standing.body.region.name), str(standing.state.label), last.word if last else "没有完整监测",
        f"{last.first} 至 {last.until}" if last else "—", f"{last.black} / {last.judged}" if last else "—",
        together(newest.lacking) if newest and newest.lacking else "—",
    )  # fmt: skip


def sheets(progress: Progress) -> list[Sheet]:
    """Counties, bodies as in the list, and every round that is known of a year."""
    bodies = columns({c.head: c.value for c in of_list()}, progress.standings)
    return [
        Sheet(_("进展"), _counties(progress)),
        Sheet(_("黑臭水体"), bodies),
        Sheet(_("监测轮次"), _rounds(progress)),
    ]


def _counties(progress: Progress) -> Table:
    heads: dict[str, Callable[[County], Any]] = {
        _("区划"): lambda row: Written(row.region.name) if row.region else "合计",
        _("总数"): lambda row: row.total,
        **{_(state.label): _in(state) for state in State},
        _("消除比例"): lambda row: row.share,
        _("逾期未测"): lambda row: row.late,
        _("治理超期"): lambda row: row.overdue,
        _("满意度不足"): lambda row: row.unsatisfied,
    }
    return columns(heads, (*progress.rows, progress.whole))


def _in(state: State) -> Callable[[County], int]:
    return lambda row: row.states[state]


def _rounds(progress: Progress) -> Table:
    lines: list[tuple[Standing, Round]] = [(s, r) for s in progress.standings for r in s.rounds]
    return columns(
        {
            _("黑臭水体"): lambda pair: Written(pair[0].body.name),
            _("开始"): lambda pair: pair[1].first,
            _("结束"): lambda pair: pair[1].until,
            _("监测天数"): lambda pair: pair[1].days,
            _("测点数"): lambda pair: pair[1].points,
            _("评价测点数"): lambda pair: pair[1].judged,
            _("黑臭测点数"): lambda pair: pair[1].black,
            _("重度测点数"): lambda pair: pair[1].heavy,
            _("黑臭级别"): lambda pair: pair[1].word,
            _("是否完整"): lambda pair: "完整" if pair[1].whole else "未完成",
            _("没有测到的"): lambda pair: together(pair[1].lacking),
        },
        lines,
    )
