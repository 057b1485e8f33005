"""The JSON answer of the national platform of water stations: `thead` names the columns, `tbody` has a row per section.

Cells are HTML: `<span title='原始值：8.26305'>8.26</span>` says the value before it was rounded, which is taken.
"""

import html
import json
import re
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.feeds.lines import ROW, Piece, unique_header
from bihuan.feeds.reading import Refusal, Unreadable, open_plain
from bihuan.reasons import Reason

TAG = re.compile(r"<[^>]*>")
RAW = re.compile(r"title='原始值[:：]([^']*)'")
HEAD = 4096


def fits(path: Path) -> bool:
    """Whether a file is such an answer, by its begin."""
    with open_plain(path) as file:
        head = file.read(HEAD).lstrip(b"\xef\xbb\xbf \r\n\t")
    return head[:1] == b"{" and (b'"thead"' in head or b'"tbody"' in head)


def _text(cell: Any, *, raw: bool = True) -> str | None:
    if cell is None:
        return None
    text = str(cell)
    unrounded = RAW.search(text) if raw else None
    return html.unescape(unrounded[1] if unrounded else TAG.sub("", text)).strip()


def piece(path: Path) -> Piece:
    """The rows as texts; `#row` is the place in `tbody`, from 1. Raises Unreadable."""
    head, body = _parts(path)
    names = unique_header([_text(name, raw=False) or "" for name in head])
    good, wrong = list[tuple[Any, ...]](), list[Refusal]()
    for number, row in enumerate(body, start=1):
        if len(row) == len(names):
            good.append((number, *(_text(cell) for cell in row)))
        else:
            why = Reason("answer_wrong_width", fields=len(row), width=len(names))
            wrong.append(Refusal(path.name, number, "", str(row)[:200], why))
    schema = {ROW: pl.UInt32, **dict.fromkeys(names, pl.String)}
    return Piece(pl.DataFrame(good, schema=schema, orient="row"), tuple(wrong))


def _parts(path: Path) -> tuple[list[Any], list[list[Any]]]:
    """`thead` and `tbody`. Raises Unreadable."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        head, body = found["thead"], found["tbody"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(Reason("no_answer", file=path.name, error=str(error))) from error
    except RecursionError as error:
        raise Unreadable(Reason("answer_too_deep", file=path.name)) from error
    if not isinstance(head, list) or not isinstance(body, list) or not all(isinstance(r, list) for r in body):
        raise Unreadable(Reason("answer_without_lists", file=path.name))
    if not body:
        raise Unreadable(Reason("empty_table", file=path.name))
    return head, body
