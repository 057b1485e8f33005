"""The progress of a year as a Word paper and a workbook."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.kit.shown import percent
from bihuan.kit.tables import Sheet
from bihuan.kit.tables import table as columns
from bihuan.scenarios.outfalls.progress import Progress, Share, Year

NAMES = ("排查", "溯源", "整治")


def title_of(year: Year) -> str:
    """What the report is called."""
    return f"入河排污口{year.year}年工作进展"


def sentences(year: Year) -> Iterator[str]:
    """The whole in words, and which counties still lack how much."""
    whole = year.whole
    done = "，".join(
        f"{name}完成 {share.done} 个（{percent(share.share, 1)}）"
        for name, share in zip(NAMES, whole.shares, strict=True)
    )
    yield f"在册入河排污口 {whole.total} 个，{done}。"
    for row in year.rows:
        lacks = "，".join(
            f"{n}还差 {s.missing} 个" for n, s in zip(NAMES, row.shares, strict=True) if s.missing
        )
        if lacks and row.region:
            yield f"{row.region.name}：距年度目标{lacks}。"
    without = [row.region.name for row in year.rows if row.region and row.surveyed.goal is None]
    if without:
        yield f"没有登记年度目标的：{'、'.join(without)}。"


def as_word(year: Year) -> bytes:
    """The paper."""
    page = a4()
    line(page, title_of(year), size=16, bold=True, centre=True)
    for sentence in sentences(year):
        line(page, sentence)
    head = ("区划", "总数", *(f"{name}{what}" for name in NAMES for what in ("完成", "完成率", "目标")))
    table(page, head, [_row(row) for row in (*year.rows, year.whole)])
    line(page, "溯源完成：责任单位明确。整治完成：已验收销号。重复、误报和已停用的不计。")
    return as_docx(page)


def _row(row: Progress) -> tuple[str, ...]:
    cells = (cell for share in row.shares for cell in (str(share.done), percent(share.share, 1), goal(share)))
    return (Written(row.region.name) if row.region else "合计", str(row.total), *cells)


def goal(share: Share) -> str:
    """The goal as people write it; a dash for none."""
    return "—" if share.goal is None else f"{share.goal:.4g}%"


def sheet(year: Year) -> Sheet:
    """The same numbers as a sheet."""
    heads: dict[str, Callable[[Progress], Any]] = {
        _("区划"): lambda row: Written(row.region.name) if row.region else "合计",
        _("总数"): lambda row: row.total,
    }
    for n, name in enumerate(NAMES):
        heads |= _cells(n, name)
    return Sheet(_("进展"), columns(heads, (*year.rows, year.whole)))


def _cells(n: int, name: str) -> dict[str, Callable[[Progress], Any]]:
    return {
        f"{name}完成": lambda row: row.shares[n].done,
        f"{name}完成率": lambda row: row.shares[n].share,
        f"{name}目标（%）": lambda row: row.shares[n].goal,
        f"{name}还差": lambda row: row.shares[n].missing,
    }
