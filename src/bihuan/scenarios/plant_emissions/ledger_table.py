"""The rows of a ledger as a table of a page; some thousand cells, which a template's tags would take half a second for."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WORDS = ("污染物", "有效月")


def table(rows: list[dict[str, Any]]) -> SafeString:
    """The table of rows that all have the same columns; the first column is text, the others are numbers or words."""
    head = format_html_join(
        "", '<th class="{}">{}</th>', ((_kind(n), _(name)) for n, name in enumerate(rows[0]))
    )
    body = format_html_join("", "<tr>{}</tr>", ((_row(r),) for r in rows))
    return format_html('<table class="t"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)


def _kind(column: int) -> str:
    return "num" if column else ""


def _row(row: dict[str, Any]) -> SafeString:
    cells = ((_kind(n), _cell(name, value)) for n, (name, value) in enumerate(row.items()))
    return format_html_join("", '<td class="{}">{}</td>', cells)


def _cell(name: str, value: Any) -> Any:
    if name == "编码":
        return format_html('<a href="{}">{}</a>', reverse("plant_emissions:outlet", args=[value]), value)
    if name == "模拟":
        return format_html('<span class="tag sim">{}</span>', _("模拟")) if value else ""
    if value is None:
        return "—"
    return _(value) if name in WORDS else value
