"""Daily figures of sewage works (污水处理厂运行日报): workbooks with a row for each works and day.

How such tables are read is said in `book_table`. A column belongs to what its head, or the merged head above it, says: 进水, 出水, 再生水 or
rain. Water in and out of one works, and what it makes and sends of reused water, are one quantity at four sites: `<works>-in`, `-out`,
`-made`, `-sent`, where <works> is what is written of it; flow is the mean of the day [L/s], as all flows of water. Rain is that of the works.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import polars as pl

from bihuan.feeds.long.book_table import readings
from bihuan.feeds.long.monthly_heads import (
    BRACKETS,
    DATE,
    DAY,
    MONTH,
    MONTHS,
    YEAR,
    Found,
    Item,
    Kind,
    item_of,
)
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.sheets import sheets
from bihuan.feeds.tables import kind_of
from bihuan.reasons import Reason

NAME = "works_daily"
LOOKED_AT = 30
"""Rows of a sheet among which its first table is looked for."""
WORKS = (
    "厂",
    "厂名",
    "厂站",
    "厂站名称",
    "污水厂",
    "污水厂名称",
    "污水处理厂",
    "污水处理厂名称",
    "处理厂名称",
    "works",
)
IN, OUT, MADE, SENT = "-in", "-out", "-made", "-sent"
FLOW, RAIN = "w00000", "rainfall"
SIDES = (
    (SENT, re.compile("(再生水|中水|回用水).*(外供|供水|供应|外送|输送|销售)|(外供|外送).*(再生水|中水)")),
    (MADE, re.compile("再生水|中水|回用水")),
    (IN, re.compile("进水|进厂|入厂|原水|进口")),
    (OUT, re.compile("出水|出厂|外排|排放|出口")),
)
"""In this order; the lowest head that says one counts."""
WORDS = re.compile("进水|进厂|入厂|原水|进口|出水|出厂|外排|排放|出口|浓度|水质|平均|日均")
"""What stands before the name of an item."""
VOLUME = re.compile("水量|流量|处理量|产量|产水|供量|供水|外送|^(再生水|中水)$")
RAINFALL = re.compile("降雨|降水|雨量")
MM = re.compile("^(mm|毫米)$", re.IGNORECASE)
A_DAY = Fraction(1000, 86400)
"""L/s in one m³/d."""
PLAIN_VOLUMES = ("m3", "m3/d", "t", "t/d", "吨", "吨/d", "立方米", "立方米/d")
VOLUMES = {
    **dict.fromkeys(PLAIN_VOLUMES, A_DAY),
    **{f"万{unit}": A_DAY * 10_000 for unit in PLAIN_VOLUMES},
    "l/s": Fraction(1),
    "m3/h": Fraction(1000, 3600),
    "m3/s": Fraction(1000),
}  # fmt: skip


def _item(column: str, stack: Sequence[str]) -> Found:
    """What a column holds, by its head from top to bottom."""
    plain = ["".join(text.split()) for text in stack]
    if rain := [n for n, text in enumerate(plain) if RAINFALL.search(text)]:
        return _rain(column, stack, rain[-1])
    side = next((s for text in reversed(plain) for s, words in SIDES if words.search(text)), "")
    if at := [n for n, text in enumerate(plain) if VOLUME.search(BRACKETS.sub("", text))]:
        handled = "处理" in plain[at[-1]] and not side  # 处理水量 is what came in
        return _volume(column, stack, at[-1], side or (IN if handled else ""))
    if side not in (IN, OUT):
        return None
    bare = [WORDS.sub("", text) or text for text in plain]
    found = item_of(column, bare)
    if isinstance(found, Item):
        return Item(column, stack[bare.index(found.head)], found.code, found.factor, side)
    return found


def _rain(column: str, stack: Sequence[str], at: int) -> Found:
    said = _unit(stack, at)
    if said and not MM.match(said):
        return stack[at], Reason("unit_of_field", unit="mm")
    return Item(column, stack[at], RAIN, Fraction(1))


def _volume(column: str, stack: Sequence[str], at: int, side: str) -> Found:
    if not side:
        return stack[at], Reason("water_of_what")
    said = _unit(stack, at)
    if said is None:
        return stack[at], Reason("volume_unit_not_said")
    plain = "".join(said.split()).casefold().replace("³", "3")
    factor = VOLUMES.get(re.sub("/[日天]$", "/d", plain))
    if factor is None:
        return stack[at], Reason("unit_of_field", unit="m³/d")
    return Item(column, stack[at], FLOW, factor, side)


def _unit(stack: Sequence[str], at: int) -> str | None:
    """What stands below the name, or in brackets in it or above it."""
    if stack[at + 1 :]:
        return stack[-1].strip("()（）")
    return next(
        (str(u) for text in (stack[at], *reversed(stack[:at])) for u in BRACKETS.findall(text)[-1:]), None
    )


PARTS = {"works": WORKS, "date": DATE, "months": MONTHS, "year": YEAR, "month": MONTH, "day": DAY}
DAYS = Kind("works", PARTS, _item, lambda text: bool(VOLUME.search(text) or RAINFALL.search(text)))


def fits(path: Path) -> bool:
    """Whether a file is a workbook with such a table. Raises Unreadable for a damaged one."""
    if kind_of(path) != "excel":
        return False
    return any(_works(sheet.cells) for sheet in sheets(path, LOOKED_AT))


def _works(cells: pl.DataFrame) -> bool:
    """A row names works, and somewhere at the top water comes in, goes out or is used again."""
    texts = [{(c or "").strip() for c in row} for row in cells.iter_rows()]
    return any(row & set(WORKS) for row in texts) and any(
        words.search(cell) for row in texts for cell in row for _side, words in SIDES
    )


def batches(path: Path) -> Iterator[Reading]:
    """The file table by table. Raises Unreadable."""
    found = False
    for reading in readings(path, DAYS) if kind_of(path) == "excel" else ():
        found = True
        yield reading
    if not found:
        raise Unreadable(Reason("no_works_daily", file=path.name))
