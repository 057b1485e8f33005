"""The ledger as a workbook: one row for each case, the columns that nobody may change in grey, choices where there are some."""

import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from bihuan.cases.models import Case, Level
from bihuan.kit.case_ledger.columns import COLUMNS, Who
from bihuan.printable import CELL_CHARACTERS, printable

SHEET = "台账"
FREE_ROWS = 200
"""Rows below the last case that offer choices: for problems that are not there yet."""
COLOURS = {
    Who.NOBODY: "#d9dde3",
    Who.NEW: "#eef1f5",
    Who.OFFICE: "#fff4d6",
    Who.BOTH: "#e3f4e1",
    Who.UNIT: "#dcecfb",
}


def workbook(cases: Iterable[Case]) -> bytes:
    """All cases as an .xlsx. Its heads and words are Chinese in every language, so that it can be taken in again."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, text = (
            book.add_worksheet(SHEET),
            book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        )
        for place, column in enumerate(COLUMNS):
            head = book.add_format({"bold": True, "border": 1, "bg_color": COLOURS[column.who]})
            sheet.set_column(place, place, column.width, text)
            sheet.write_string(0, place, column.title, head)
            if column.who is not Who.NOBODY:
                sheet.write_comment(0, place, _hint(column.who))
        last = 0
        for last, case in enumerate(cases, 1):
            for place, column in enumerate(COLUMNS):
                sheet.write_string(last, place, printable(column.cell(case))[:CELL_CHARACTERS], text)
        places = {column.name: place for place, column in enumerate(COLUMNS)}
        for name, choices in (("level", Level.choices), ("source", Case.Source.choices)):
            listed = {"validate": "list", "source": [str(label) for _value, label in choices]}
            sheet.data_validation(last + 1, places[name], last + FREE_ROWS, places[name], listed)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(last, 1), len(COLUMNS) - 1)
    return out.getvalue()


def _hint(who: Who) -> str:
    return {
        Who.NEW: _("新登记的问题填写；已有的问题在页面上办理"),
        Who.OFFICE: _("由调度岗、负责人填写"),
        Who.BOTH: _("由调度岗、负责人或承办单位填写"),
        Who.UNIT: _("由承办单位填写，导入后成为一次报进展"),
    }[who]
