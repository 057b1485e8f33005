"""The list of a register: its columns, its order, its rows as cells, and the same taken away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.references import naming_field
from bihuan.kit.tables import Table
from bihuan.registry.models import Person
from bihuan.web.registers.filters import narrowed
from bihuan.web.registers.kinds import objects_of, url_of
from bihuan.web.registers.shown import NOTHING, Names, names_of, referred, text_of, values_of

NUMBERS = (Form.NUMBER, Form.WHOLE)
TOGETHER = 2000


@dataclass(frozen=True)
class Head:
    """The head of a column; `sort` asks for its order, `arrow` shows the one that is in force."""

    title: str
    unit: str
    number: bool
    sort: str
    arrow: str


@dataclass(frozen=True)
class Line:
    """A row: its address, its cells as (head, text), and what else tells it from others."""

    url: str
    cells: list[tuple[Head, str]]
    simulated: bool
    ended: bool


def shown_columns(register: Register) -> list[str]:
    """Names of the columns of the list."""
    return [n for n, c in register.named.items() if c.listed and register.form(n) is not Form.SHAPE]


def rows_of(register: Register, person: Person, asked: Mapping[str, str], today: date) -> "QuerySet[Any]":
    """The objects asked for that the person may see, in the order asked for. Raises BadQuestion."""
    rows = narrowed(register, person, objects_of(register, person), asked, today)
    return rows.order_by(*_order(register, asked.get("sort", "")))


def _order(register: Register, sort: str) -> tuple[str, ...]:
    """By one column and, where that leaves it open, by key; by the columns of the key for anything unknown."""
    name = sort.removeprefix("-")
    if name not in shown_columns(register):
        return (*(register.attribute(n) for n in register.key), "pk")
    path = name
    if register.form(name) is Form.REFERENCE:
        path = f"{name}__{naming_field(referred(register, name))}"
    return f"-{path}" if sort.startswith("-") else path, "pk"


def heads_of(register: Register, sort: str) -> list[Head]:
    """Heads of the columns; asking again for the order in force turns it round."""
    heads = []
    for name in shown_columns(register):
        arrow = {name: "▲", f"-{name}": "▼"}.get(sort, "")
        turned = f"-{name}" if sort == name else name
        number = register.form(name) in NUMBERS
        heads.append(Head(register.title_of(name), register.named[name].unit, number, turned, arrow))
    return heads


def light(register: Register, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Only the fields that the list needs: a boundary is not read for its region's name."""
    also = [name for name in ("until", "simulated") if register.has(name)]
    return rows.only("pk", *{register.field(n).name for n in (*shown_columns(register), *also)})


def lines_of(register: Register, page: Iterable[Model], heads: list[Head], today: date) -> list[Line]:
    """The rows of one page."""
    objects = list(page)
    columns = shown_columns(register)
    valued = [values_of(register, each, columns) for each in objects]
    names = names_of(register, valued)
    return [
        Line(
            url_of(register, each.pk),
            [(head, text_of(register, n, values[n], names)) for head, n in zip(heads, columns, strict=True)],
            bool(getattr(each, "simulated", False)),
            bool((until := getattr(each, "until", None)) and until <= today),
        )
        for each, values in zip(objects, valued, strict=True)
    ]


def table_of(register: Register, rows: "QuerySet[Any]") -> Table:
    """The list as it is shown, all pages of it; numbers stay numbers."""
    heads = [Written(register.head_of(name)) for name in shown_columns(register)]
    return Table(heads, _cells(register, light(register, rows)))


def _cells(register: Register, rows: "QuerySet[Any]") -> Iterator[list[Any]]:
    columns, block = shown_columns(register), list[dict[str, Any]]()
    for each in rows.iterator(chunk_size=TOGETHER):
        block.append(values_of(register, each, columns))
        if len(block) == TOGETHER:
            yield from _told(register, block)
            block = []
    yield from _told(register, block)


def _told(register: Register, block: list[dict[str, Any]]) -> Iterator[list[Any]]:
    names = names_of(register, block)
    for values in block:
        yield [_cell(register, name, value, names) for name, value in values.items()]


def _cell(register: Register, name: str, value: Any, names: Names) -> Any:
    if register.form(name) in NUMBERS:
        return value
    text = text_of(register, name, value, names)
    return "" if text == NOTHING else Written(text)


def empty_words(register: Register, asked: Mapping[str, str], *, writer: bool) -> str:
    """What an empty list says: why, and what to do."""
    if any(value for key, value in asked.items() if key not in ("page", "sort", "view")):
        return _("没有符合条件的登记，可换个词或清除筛选。")
    if writer:
        return _("还没有登记。下载模板填好后导入，或逐个新增。")
    return _("您的职务范围内还没有登记。")
