"""The rows of a ledger as a table of a page; ten thousand cells, which a template's tags would take half a second for."""

from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

WORDS = ("污染物", "有效月")


def table(rows: list[dict[str, Any]]) -> SafeString:
    """The table of rows that all have the same columns; the first column is text, the others are numbers or words."""
    head = "".join(_put("th", n, escape(_(name))) for n, name in enumerate(rows[0]))
    body = "".join(f"<tr>{_row(row)}</tr>" for row in rows)
    whole = f'<table class="t"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return mark_safe(whole)  # every text in it went through `escape`


def _row(row: dict[str, Any]) -> str:
    return "".join(_put("td", n, _cell(name, value)) for n, (name, value) in enumerate(row.items()))


def _put(tag: str, column: int, inside: str) -> str:
    return f'<{tag} class="num">{inside}</{tag}>' if column else f"<{tag}>{inside}</{tag}>"


def _cell(name: str, value: Any) -> str:
    """HTML of a value."""
    if name == "模拟":
        return f'<span class="tag sim">{escape(_("模拟"))}</span>' if value else ""
    if isinstance(value, int | float):
        return str(value)
    if value is None:
        return "—"
    if name == "编码":
        return f'<a href="{escape(reverse("plant_emissions:outlet", args=[value]))}">{escape(value)}</a>'
    return escape(_(value) if name in WORDS else value)
