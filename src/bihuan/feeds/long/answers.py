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

TAG = re.compile(r"<[^>]*>")
RAW = re.compile(r"title='原始值[:：]([^']*)'")
WRONG_WIDTH = "the line has {} fields, the header has {}"
FETCH = "fetch the file again"
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
            why = WRONG_WIDTH.format(len(row), len(names))
            wrong.append(Refusal(path.name, number, "", str(row)[:200], why, FETCH))
    schema = {ROW: pl.UInt32, **dict.fromkeys(names, pl.String)}
    return Piece(pl.DataFrame(good, schema=schema, orient="row"), tuple(wrong))


def _parts(path: Path) -> tuple[list[Any], list[list[Any]]]:
    """`thead` and `tbody`. Raises Unreadable."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        head, body = found["thead"], found["tbody"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{path.name} is no JSON with thead and tbody ({error}); fetch it again") from error
    except RecursionError as error:
        raise Unreadable(f"{path.name} is nested too deeply for a table; fetch it again") from error
    if not isinstance(head, list) or not isinstance(body, list) or not all(isinstance(r, list) for r in body):
        raise Unreadable(f"{path.name} is no JSON with thead and tbody (they are no lists); fetch it again")
    if not body:
        raise Unreadable(f"{path.name} is empty: the table has no rows")
    return head, body
