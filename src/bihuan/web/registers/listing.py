"""The list of a register: its columns, what it is narrowed and ordered by, and its rows as lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.listing.declared import Cell, Column, Listing
from bihuan.kit.listing.shown import Shown
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.references import naming_field
from bihuan.registry.models import Person
from bihuan.web.registers.filters import filters_of, searched
from bihuan.web.registers.kinds import objects_of, url_of
from bihuan.web.registers.shown import NOTHING, Names, names_of, of_simulated, referred, text_of, values_of
from bihuan.web.registers.terms import days, lapsed, tabs_of

NUMBERS = (Form.NUMBER, Form.WHOLE)


@dataclass(frozen=True)
class Line:
    """An object with its plain values and what those are called that they refer to. lapsed: why it does not hold today."""

    url: str
    values: Mapping[str, Any]
    names: Names
    simulated: bool
    lapsed: str


def listing_of(register: Register, person: Person, today: date, *, writer: bool = False) -> Listing[Line]:
    """The list of the objects that the person may see."""
    rows = light(register, objects_of(register, person))
    return Listing(
        name=_(register.title),
        title=_(register.title),
        hint=_(register.note) if register.note else "",
        tabs=tabs_of(register, rows, today, empty_words(writer=writer)),
        state="state",
        columns=[_column(register, name, first=n == 0) for n, name in enumerate(shown_columns(register))],
        filters=filters_of(register, person),
        search=partial(searched, register) if any(c.searched for c in register.columns) else None,
        place=_("编码、名称"),
        order=(*(register.attribute(n) for n in register.key), "pk"),
        lines=partial(lines_of, register, today),
        dim=lambda line: bool(line.lapsed),
        kept=("view",),
        unit=_("个"),
        unmatched=_("没有符合条件的登记，可换个词或清除筛选。"),
    )


def rows_of(register: Register, person: Person, asked: Mapping[str, str], today: date) -> "QuerySet[Any]":
    """The objects that the list shows for an address, with all their fields. Raises BadQuestion."""
    rows = Shown(listing_of(register, person, today), asked).rows
    assert isinstance(rows, QuerySet)
    return rows.defer(None)


def shown_columns(register: Register) -> list[str]:
    """Names of the columns of the list."""
    return [n for n, c in register.named.items() if c.listed and register.form(n) is not Form.SHAPE]


def light(register: Register, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Only the fields that the list needs: a boundary is not read for its region's name."""
    also = [*days(register), *(["simulated"] if register.has("simulated") else [])]
    return rows.only("pk", *{register.field(n).name for n in (*shown_columns(register), *also)})


def lines_of(register: Register, today: date, objects: Sequence[Model]) -> list[Line]:
    """Some objects as lines; what they refer to is asked for together."""
    columns = shown_columns(register)
    valued = [values_of(register, each, columns) for each in objects]
    names = names_of(register, valued)
    return [
        Line(
            url_of(register, each.pk), values, names,
            bool(getattr(each, "simulated", False)) or of_simulated(register, values, names),
            lapsed(register, each, today),
        )
        for each, values in zip(objects, valued, strict=True)
    ]  # fmt: skip


def _column(register: Register, name: str, *, first: bool) -> Column[Line]:
    reference, number = register.form(name) is Form.REFERENCE, register.form(name) in NUMBERS
    text = partial(_text, register, name)
    return Column(
        register.title_of(name),
        (lambda line: line.values[name]) if number else partial(_filed, text),
        partial(_first, text) if first else text,
        unit=register.named[name].unit,
        number=number,
        order=f"{name}__{naming_field(referred(register, name))}" if reference else name,
        key=name,
    )


def _text(register: Register, name: str, line: Line) -> str:
    return Written(text_of(register, name, line.values[name], line.names))


def _filed(text: Callable[[Line], str], line: Line) -> str:
    found = text(line)
    return "" if found == NOTHING else found


def _first(text: Callable[[Line], str], line: Line) -> Cell:
    tags = [(_("模拟"), "sim")] * line.simulated + [(line.lapsed, "")] * bool(line.lapsed)
    return Cell(text(line), line.url, tags=tags)


def empty_words(*, writer: bool) -> str:
    """What an empty register says: why, and what to do."""
    if writer:
        return _("还没有登记。下载模板填好后导入，或逐个新增。")
    return _("您的职务范围内还没有登记。")
