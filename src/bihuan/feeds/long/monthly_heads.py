"""The tables of a workbook with results of water: where each begins, and what stands in which of its columns.

A table begins with a row that names the place (a section 断面, or a works 厂); rows below it without a place and without a number still are
its head: names of items below a merged head, and units. It ends where the next begins. A column without an item is not read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from bihuan.domain.quantities import LONG, water_code_of
from bihuan.domain.units import factor, unit_of
from bihuan.feeds.values import MISSING
from bihuan.reasons import Reason

SECTION = (
    "断面名称",
    "断面",
    "监测断面",
    "断面名",
    "点位名称",
    "测点名称",
    "监测点位",
    "点位编码",
    "测点编码",
    "section",
)
PROVINCE = ("省份", "省", "province")
DATE = ("采样日期", "采样时间", "监测日期", "监测时间", "日期", "时间", "date", "time")
MONTHS = ("月份", "监测月份", "年月", "监测年月", "month")
YEAR, MONTH, DAY = ("年", "年份", "year"), ("月",), ("日",)
PARTS = {"section": SECTION, "province": PROVINCE, "date": DATE, "months": MONTHS, "year": YEAR, "month": MONTH, "day": DAY}  # fmt: skip
STATUS = ("站点情况", "status")
"""Automatic stations say it; such a table is of theirs."""
ALIASES = {
    "nh3-n": "w21003",
    "codmn": "w01019",
    "codcr": "w01018",
    "bod": "w01017",
    "五日生化需氧量bod5": "w01017",
    "生化需氧量": "w01017",
    "ph": "w01001",
    "ph值": "w01001",
    "铬六价": "w20117",
    "阴离子表面活性剂las": "w19002",
    "粪大肠菌群数": "w02003",
    "氟离子": "w21017",
    "叶绿素a": "w01016",
    "透明度sd": "sd",
    "氧化还原电位orp": "orp",
    "溶解氧do": "w01009",
    "氨氮nh3-n": "w21003",
}
"""How laboratories call items, without brackets."""
BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]*)[)）\]]")
NUMBER = re.compile(r"^[<＜]?\s*-?\d")
MOST_HEAD = 4
PLAIN_UNITS = ("mg/L", "", "°C", "µS/cm", "NTU", "mV")
"""Units that everybody means where none is said. Of metals some say mg/L and some µg/L."""


@dataclass(frozen=True)
class Item:
    """A column with the values of one item: its letters, its head, what a cell is multiplied with, what the site ends with."""

    column: str
    head: str
    code: str
    factor: Fraction
    suffix: str = ""


Found = Item | tuple[str, Reason] | None
"""A column's item; its head and why not, where its unit is none of its item; None: no item."""


@dataclass(frozen=True)
class Kind:
    """What tables of one kind name. parts: by name, the heads of what says where and when; place: the part that a table begins with.

    item: the item of a column by its letters and its head from top to bottom. heads: is a text of a further row a head besides names of items and units?
    """

    place: str
    parts: Mapping[str, tuple[str, ...]]
    item: Callable[[str, Sequence[str]], Found]
    heads: Callable[[str], bool] = lambda _text: False

    @property
    def names(self) -> tuple[str, ...]:
        """What stands above the places."""
        return self.parts[self.place]


@dataclass(frozen=True)
class Table:
    """Rows `first` to `end` (exclusive, from 0) of a sheet. parts: the letters of what says where and when.

    refused: (letters, head, why) of columns whose unit is no unit of their item.
    """

    head: int
    first: int
    end: int
    parts: dict[str, str]
    items: tuple[Item, ...]
    refused: tuple[tuple[str, str, Reason], ...]
    others: tuple[str, ...]


def tables(cells: pl.DataFrame, kind: Kind) -> Iterator[Table]:
    """The tables of a sheet from the top; those side by side one after the other."""
    named = cells.select(
        pl.any_horizontal(pl.all().str.strip_chars().is_in(kind.names)).fill_null(value=False)
    )
    rows = named.to_series().arg_true().to_list()
    heads = [row for row in rows if row - 1 not in rows]  # a name merged over several rows is one head
    for head, end in zip(heads, [*heads, cells.height][1:], strict=True):
        for columns in _side_by_side(cells, head, kind.names):
            found = _table(cells.select(columns), head, end, kind)
            if found.items or found.refused:
                yield found


def _side_by_side(cells: pl.DataFrame, head: int, names: Sequence[str]) -> list[list[str]]:
    """The columns of each table of a head row: a second place begins a second table."""
    row = [(c or "").strip() for c in cells.row(head)]
    starts = [place for place, cell in enumerate(row) if cell in names]
    starts = [s for n, s in enumerate(starts) if n == 0 or s > starts[n - 1] + 1] or [0]
    starts[0] = 0
    return [cells.columns[a:b] for a, b in zip(starts, [*starts[1:], cells.width], strict=True)]


def _table(cells: pl.DataFrame, head: int, end: int, kind: Kind) -> Table:
    rows = _head_rows(cells, head, end, kind)
    parts: dict[str, str] = {}
    items, refused, others = list[Item](), list[tuple[str, str, Reason]](), list[str]()
    for place, column in enumerate(cells.columns):
        stack = [text for row in rows if (text := (row[place] or "").strip())]
        part = next((p for p, names in kind.parts.items() for t in stack[:1] if _bare(t) in names), "")
        if part:
            parts.setdefault(part, column)
            continue
        found = kind.item(column, stack)
        if isinstance(found, Item):
            items.append(found)
        elif found is not None:
            refused.append((column, *found))
        elif stack:
            others.append(stack[-1])
    return Table(head, head + len(rows), end, parts, tuple(items), tuple(refused), tuple(others))


def _head_rows(cells: pl.DataFrame, head: int, end: int, kind: Kind) -> list[tuple[str | None, ...]]:
    """The row with the place, and those below it that belong to the head."""
    names = kind.names
    rows = [cells.row(head)]
    place = next(n for n, cell in enumerate(rows[0]) if (cell or "").strip() in names)
    for number in range(head + 1, min(head + MOST_HEAD, end)):
        row = cells.row(number)
        said = [c.strip() for c in row if c and c.strip()]
        section = (row[place] or "").strip()
        of_head = section in (*names, "", "单位") and said and not any(NUMBER.match(c) for c in said)
        if not of_head or not any(_is_head(c, names) or kind.heads(c) for c in said):
            break
        rows.append(row)
    return rows


def _is_head(text: str, names: Sequence[str]) -> bool:
    return bool(code_of_head(text)) or text in MISSING or bool(unit_of(text)) or text in ("无量纲", *names)


def _bare(text: str) -> str:
    return BRACKETS.sub("", "".join(text.split())).casefold()


def code_of_head(text: str) -> str | None:
    """The code of the item that a head names."""
    whole = "".join(text.split())
    plain = _bare(text)
    unbracketed = re.sub(r"[()（）\[\]]", "", whole).casefold()
    return next(
        (c for w in (whole, plain) if (c := water_code_of(w))),
        ALIASES.get(unbracketed) or ALIASES.get(plain),
    )


def item_of(column: str, stack: Sequence[str]) -> Found:
    """The item that a column's head names, from top to bottom."""
    named = [(n, code) for n, text in enumerate(stack) if (code := code_of_head(text))]
    if not named:
        return None
    at, code = named[-1]
    wanted, head = LONG[code].unit, stack[at]
    said = unit_of_head(stack, at)
    if said is None:
        if wanted in PLAIN_UNITS:
            return Item(column, head, code, Fraction(1))
        return head, Reason("unit_not_said", unit=wanted)
    unit = unit_of(said)
    into = None if unit is None else factor(unit, wanted)
    if into is not None:
        return Item(column, head, code, into)
    return head, Reason("unit_of_field", unit=wanted) if wanted else Reason("no_unit_of_column")


def unit_of_head(stack: Sequence[str], at: int) -> str | None:
    """The unit that is said nearest to a name: below it, in its brackets, in those of the head above it."""
    below = [text for text in stack[at + 1 :] if text not in MISSING]
    if below:
        return below[-1]
    for text in (stack[at], *reversed(stack[:at])):
        units = [u for u in BRACKETS.findall(text) if unit_of(u) is not None or "/" in u]
        if units:
            return str(units[-1])
    return None


SECTIONS = Kind("section", PARTS, item_of)
"""Manual results of sections."""
