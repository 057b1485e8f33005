"""The file that a bureau fills in: heads with units, lists to choose from, and a sheet that says what each column means."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.references import References
from bihuan.printable import Book

FILLED = 5000
"""Rows for which Excel offers the lists."""
LISTED = 2000
"""Objects of another register that a list offers at most; of more, the notes say where to find them."""


def heads(register: Register) -> list[str]:
    """The heads of a template; what must be filled in is marked."""
    named = [f"{register.head_of(n)}{'*' if register.required(n) else ''}" for n in register.named]
    return [*named, *map(register.title_of, register.hidden)]


def csv_template(register: Register) -> bytes:
    """Only the heads, UTF-8 with BOM."""
    text = io.StringIO()
    csv.writer(text).writerow(heads(register))
    return text.getvalue().encode("utf-8-sig")


def excel_template(register: Register, references: dict[str, References]) -> bytes:
    """A workbook to fill in, with notes."""
    memory = io.BytesIO()
    with Book(memory) as book:
        sheet = book.add_worksheet(Written(_(register.title)))
        notes = book.add_worksheet(_("填写说明"))
        lists = book.add_worksheet(_("可选项"))
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.write_row(0, 0, map(Written, heads(register)), bold)
        sheet.freeze_panes(1, 0)
        _notes(register, notes, bold)
        for place, name in enumerate(register.named):
            _list(sheet, lists, place, choices(register, name, references.get(name)))
        sheet.autofit()
        lists.hide()
    return memory.getvalue()


def choices(register: Register, name: str, references: References | None = None) -> list[str]:
    """What a cell of a column can hold, where that is a list; empty where it is not."""
    match register.form(name):
        case Form.CHOICE:
            return [_(str(label)) for _value, label in register.field(name).flatchoices]
        case Form.YES_NO:
            return ["是", "否"]
        case Form.REFERENCE if references is not None and len(references.texts) <= LISTED:
            return list(references.texts.values())
    return []


def _list(sheet: Any, lists: Any, place: int, options: Sequence[str]) -> None:
    if not options:
        return
    lists.write_column(0, place, map(Written, options))
    column = _letters(place)
    source = f"='{lists.get_name()}'!${column}$1:${column}${len(options)}"
    sheet.data_validation(
        1, place, FILLED, place, {"validate": "list", "source": source, "error_type": "warning"}
    )


def _letters(place: int) -> str:
    """A column as Excel calls it: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _notes(register: Register, sheet: Any, bold: Any) -> None:
    titles = (_("列"), _("必填"), _("单位"), _("含义"), _("格式"), _("来源"), _("示例"))
    sheet.write_row(0, 0, map(Written, titles), bold)
    for number, row in enumerate(column_notes(register), 1):
        sheet.write_row(number, 0, map(Written, row))
    after = len(register.named) + len(register.secrets) + 2
    sheet.write(after, 0, Written(_(register.note) if register.note else _(register.title)))
    sheet.write(after + 1, 0, Written(_("文件里没有的列保持原样，有列而为空的清空；列的顺序不限。")))
    sheet.autofit()


def column_notes(register: Register) -> list[tuple[str, ...]]:
    """For each column: title, whether it must be filled in, unit, meaning, form, source, example; as people read it."""
    rows = []
    for name, column in register.named.items():
        demanded = _("是") if register.required(name) else ""
        told = (_(text) if text else "" for text in (column.meaning, _format(register, name), column.source))
        rows.append((register.title_of(name), demanded, column.unit, *told, column.example))
    unseen = _("只写不读：空着不变")
    rows += [(_(s.title), "", "", _(s.meaning), unseen, "", "") for s in register.secrets]
    return rows


def _format(register: Register, name: str) -> str:
    form = register.form(name)
    if form is Form.TEXT:
        most = register.field(name).max_length
        return _("文字，最多 %(most)s 个字符") % {"most": most} if most else _("文字")
    if form in (Form.CHOICE, Form.YES_NO):
        return "、".join(choices(register, name))
    return {
        Form.NUMBER: _("数字"), Form.WHOLE: _("整数"), Form.DAY: _("日期，如 2024-01-31"),
        Form.MOMENT: _("北京时间，如 2024-01-31 08:00"), Form.REFERENCE: _("已登记的编码或全称"), Form.SHAPE: "GeoJSON",
    }[form]  # fmt: skip
