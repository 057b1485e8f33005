"""The answer with a list to take away, and what lists are called by."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bihuan.errors import BihuanError
from bihuan.scenarios.catalogue import titles_of_checks
from bihuan.taken_away import EXCEL, Table, as_csv, as_excel

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def title_of_check(key: str) -> str:
    """The title of a check by its key; what no check found was entered by people."""
    title = titles_of_checks().get(key)
    return _(title) if title else _("人工登记")


def answer_table(kind: str, name: str, taken: Table) -> HttpResponse:
    """A download as `csv` or `xlsx`."""
    if kind not in ("csv", "xlsx"):
        raise BihuanError(_("不支持导出为 %(kind)s；可选 csv 或 xlsx") % {"kind": kind})
    content, media = (as_csv(taken), "text/csv") if kind == "csv" else (as_excel(taken, name), EXCEL)
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
