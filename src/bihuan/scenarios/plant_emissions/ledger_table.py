"""The rows of a ledger as a table of a page; ten thousand cells, which a template's tags would take half a second for."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bihuan.english import told
from bihuan.scenarios.plant_emissions.items import LABELS

WORDS = ("污染物", "有效月")
AMOUNT = "排放量 kg"
ITEM = {label: item for item, label in LABELS.items()}


def table(rows: list[dict[str, Any]], month: date) -> SafeString:
    """The table of rows that all have the same columns; the first column is text, the others are numbers or words.

    An outlet's amount leads to the hours of the month that it is the sum of.
    """
    head = "".join(_put("th", n, escape(told(name))) for n, name in enumerate(rows[0]))
    cells: dict[tuple[str, str], str] = {}
    body = "".join(f"<tr>{_row(row, cells, month)}</tr>" for row in rows)
    whole = f'<table class="t wide"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return mark_safe(whole)  # every text in it went through `escape`


def _row(row: dict[str, Any], texts: dict[tuple[str, str], str], month: date) -> str:
    """texts: the cells of text that are made already; most of them come again and again."""
    cells = []
    for n, (name, value) in enumerate(row.items()):
        if isinstance(value, str):
            if (name, value) not in texts:
                texts[name, value] = _put("td", n, _text(name, value))
            cells.append(texts[name, value])
        elif name == AMOUNT and "编码" in row:
            cells.append(_put("td", n, f'<a href="{escape(_hours(row, month))}">{value}</a>'))
        else:
            cells.append(_put("td", n, "—" if value is None else str(value)))
    return "".join(cells)


def _hours(row: dict[str, Any], month: date) -> str:
    """The address of the hours of an outlet's pollutant."""
    return f"{_address('amounts', row['编码'])}?month={month:%Y-%m}&item={ITEM[row['污染物']]}"


@lru_cache(maxsize=4096)
def _address(page: str, code: str) -> str:
    """Of a page of an outlet; a table has some hundred, and finding each takes longer than writing its line."""
    return reverse(f"plant_emissions:{page}", args=[code])


def _put(tag: str, column: int, inside: str) -> str:
    return f'<{tag} class="num">{inside}</{tag}>' if column else f"<{tag}>{inside}</{tag}>"


def _text(name: str, value: str) -> str:
    """HTML of a text."""
    if name == "模拟":
        return f'<span class="tag sim">{escape(_("模拟"))}</span>' if value else ""
    if name == "编码":
        return f'<a href="{escape(_address("outlet", value))}">{escape(value)}</a>'
    return escape(_(value) if name in WORDS else value)
