"""The JSON form: `{"tests": [{..., "trace": {"second": [...], "co": [...], ...}}], "daily": [...]}`, names as the English heads of the tables.

Each list becomes the table that it stands for and is read as that; the row that a refusal names is the place in its list, from 1.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.feeds.cells import Cells
from bihuan.feeds.lines import ROW, Piece
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.feeds.vehicle_tests import daily_table, tests_table, traces_table
from bihuan.feeds.vehicle_tests.cells import Template, of_edition
from bihuan.reasons import Reason

NAME = "vehicle_json"
HIGHEST_BYTES = 400 * 1024 * 1024


@dataclass(frozen=True)
class Parts:
    """What a JSON file gives: of each table a reading, None where it holds nothing of it."""

    tests: Reading | None
    traces: Reading | None
    daily: Reading | None


def fits(path: Path) -> bool:
    """Does the file begin as JSON and speak of tests?"""
    with path.open("rb") as file:
        head = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and (b'"tests"' in head or b'"daily"' in head)


def read(path: Path) -> Parts:
    """The whole file. Raises Unreadable."""
    if path.stat().st_size > HIGHEST_BYTES:
        raise Unreadable(Reason("json_too_big", file=path.name, most=HIGHEST_BYTES // 1024 // 1024))
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(Reason("no_json_of_tests", file=path.name, error=str(error).splitlines()[0])) from error  # fmt: skip
    tests = _objects(path, whole, "tests")
    return Parts(
        _table(path, tests, tests_table.HEADS, tests_table.read),
        _table(path, _seconds(tests), traces_table.HEADS, traces_table.read),
        _table(path, _objects(path, whole, "daily"), daily_table.HEADS, daily_table.read),
    )


def batches(path: Path) -> Iterator[Reading]:
    """What it gives, for a look. Raises Unreadable."""
    parts = read(path)
    yield from (one for one in (parts.tests, parts.traces, parts.daily) if one is not None)


def _objects(path: Path, whole: Any, name: str) -> list[dict[str, Any]]:
    found = whole.get(name, []) if isinstance(whole, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Unreadable(Reason("no_json_of_tests", file=path.name, error=f"{name} is no list of objects"))
    return found


def _seconds(tests: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The curves of tests as rows of the table of curves; a list that is shorter than others ends early."""
    rows = []
    for test in tests:
        trace = test.get("trace")
        if not isinstance(trace, dict):
            continue
        lists = {name: values for name, values in trace.items() if isinstance(values, list)}
        seconds = lists.pop("second", None) or range(max(map(len, lists.values()), default=0))
        for n, second in enumerate(seconds):
            at = {name: values[n] for name, values in lists.items() if n < len(values)}
            rows.append({"test": test.get("test"), "second": second, **at})
    return rows


def _table(path: Path, rows: Sequence[Mapping[str, Any]], heads: Template, reader: Any) -> Reading | None:
    if not rows:
        return None
    names = list(dict.fromkeys(name for row in rows for name in row if name != "trace"))
    texts = {name: [_text(row.get(name)) for row in rows] for name in names}
    frame = pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String)).with_row_index(ROW, offset=1)
    found, unknown = heads.whole(path.name, names)
    reading: Reading = reader(of_edition(Cells(path.name, Piece(frame), found)), unknown)
    return reading


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
