"""Rows of checks for tests of filing: what a check would say at a moment about the hours of one target."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from bihuan.cases.joining import Row
from bihuan.domain.checks import FINDINGS, Check, check, with_titles
from bihuan.registry.models import Region

HOUR = timedelta(hours=1)
START = datetime(2019, 1, 10, tzinfo=UTC)
PHRASE = "自 [start] 起 [hours] 小时"


def at(hours: float) -> datetime:
    """An instant, by hours after START."""
    return START + hours * HOUR


def row(region: Region, start: float, until: float, magnitude: float | None = 1.0, **changes: Any) -> Row:
    """A row about target S1, from and to by hours after START."""
    fields: dict[str, Any] = {
        "check_key": "test.check", "item": "pm25", "target_kind": "site", "target": "S1", "target_name": "站",
        "region": region, "organisation": None, "title": "", "phrase": f"{magnitude} 倍，{PHRASE}",
        "start": at(start), "until": at(until), "magnitude": magnitude, "unit": "倍", "severity": "moderate",
        "evidence": {"m": magnitude},
    }  # fmt: skip
    return Row(**{**fields, **changes})


def seen(region: Region, hours: Mapping[int, float], first: int, last: int) -> list[Row]:
    """What a check says that looks at hours `first` to `last` (exclusive): consecutive hours are one row, its worst the size."""
    rows: list[list[int]] = []
    for hour in sorted(h for h in hours if first <= h < last):
        if rows and rows[-1][-1] == hour - 1:
            rows[-1].append(hour)
        else:
            rows.append([hour])
    return [row(region, r[0], r[-1] + 1, max(hours[h] for h in r)) for r in rows]


def table(targets: Iterable[str], start: float, until: float, *, kind: str = "site") -> pl.DataFrame:
    """A check's table with one row for each target."""
    rows = [
        (kind, t, at(start), at(until), "pm25", until - start, "h", PHRASE, '{"n": 1}', None) for t in targets
    ]
    return with_titles(pl.DataFrame(rows, schema=FINDINGS, orient="row"))


def probe(key: str = "test.check", **given: Any) -> Check:
    """A check that nobody runs."""
    return check(key, title="试", basis="试", severity="minor", **given)(pl.DataFrame)
