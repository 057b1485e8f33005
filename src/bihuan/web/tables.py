"""Every list can be taken away in the language of the reader: CSV and Excel of the rows that a page shows."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.english import told, told_cell
from bihuan.errors import BihuanError
from bihuan.files import defused
from bihuan.printable import Book
from bihuan.scenarios.catalogue import titles_of_checks

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return (
            value.astimezone(CST).strftime("%Y-%m-%d %H:%M")
            if value.tzinfo
            else value.strftime("%Y-%m-%d %H:%M")
        )
    return value


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """UTF-8 with BOM, so that Excel in China opens it right."""
    text = io.StringIO()
    writer = csv.writer(text)
    if rows:
        writer.writerow([told(head) for head in rows[0]])
        writer.writerows([defused(told_cell(_shown(v))) for v in row.values()] for row in rows)
    return ("\ufeff" + text.getvalue()).encode()


def as_excel(rows: Sequence[dict[str, Any]], title: str) -> bytes:
    """One sheet with a frozen head."""
    memory = io.BytesIO()
    with Book(memory) as book:
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True, "bottom": 1})
        for j, name in enumerate(rows[0] if rows else ()):
            sheet.write(0, j, name, bold)
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row.values()):
                sheet.write(i, j, _shown(value))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return memory.getvalue()


def title_of_check(key: str) -> str:
    """The title of a check by its key; what no check found was entered by people."""
    title = titles_of_checks().get(key)
    return _(title) if title else _("人工登记")


def answer_table(kind: str, name: str, rows: Sequence[dict[str, Any]]) -> HttpResponse:
    """A download as `csv` or `xlsx`."""
    if kind not in ("csv", "xlsx"):
        raise BihuanError(_("不支持导出为 %(kind)s；可选 csv 或 xlsx") % {"kind": kind})
    content, media = (as_csv(rows), "text/csv") if kind == "csv" else (as_excel(rows, name), EXCEL)
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
