"""Files that a page answers with, to be kept."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from bihuan.errors import BihuanError
from bihuan.kit.tables import EXCEL, Sheet, Table, as_book, as_csv, as_excel

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""Media type of a Word paper."""


def download(content: bytes, name: str, media: str) -> HttpResponse:
    """A file with a name, in which Chinese is allowed."""
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def download_table(kind: str, name: str, taken: Table) -> HttpResponse:
    """A table as `csv` or `xlsx`. Raises BihuanError for another kind."""
    if kind not in ("csv", "xlsx"):
        raise BihuanError(_("不支持导出为 %(kind)s；可选 csv 或 xlsx") % {"kind": kind})
    content, media = (as_csv(taken), "text/csv") if kind == "csv" else (as_excel(taken, name), EXCEL)
    return download(content, f"{name}.{kind}", media)


def download_book(name: str, *sheets: Sheet) -> HttpResponse:
    """A workbook of several sheets."""
    return download(as_book(*sheets), f"{name}.xlsx", EXCEL)
