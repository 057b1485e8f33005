"""A passage as it came: the record of its sender's request, word for word, or the file that it stood in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bihuan.archive.journal import Entry, JournalDamaged
from bihuan.feeds.gates.body import NoBody, records_of
from bihuan.feeds.gates.dialects import OURS, Dialect, every_dialect
from bihuan.feeds.gates.values import Unread, instant_of, text_of
from bihuan.pipeline.passages import ROWS, SENT, from_of
from bihuan.registry.hours import archive


@dataclass(frozen=True)
class Raw:
    """text: the record as JSON, empty where none can be shown. dialect: how its sender writes. file: the name of the file that it stood in. kept: is its entry of the journal still there?"""

    text: str = ""
    dialect: str = ""
    file: str = ""
    kept: bool = True


def raw_of(row: Mapping[str, Any]) -> Raw:
    """What the journal has of a passage (site, start, number, journal)."""
    try:
        entry = archive().passages.journal.read(row["journal"])
    except JournalDamaged:
        return Raw(kept=False)
    if entry.source.startswith(ROWS):
        delivered = archive().deliveries.at(int(entry.source.removeprefix(ROWS)))
        return Raw(file=delivered.file if delivered else "?")
    if not entry.source.startswith(SENT):
        return Raw(kept=False)
    dialects = every_dialect()
    dialect = dialects.get(from_of(entry.source).dialect, dialects[OURS])
    return Raw(_record(entry, row, dialect), dialect.title)


def _record(entry: Entry, row: Mapping[str, Any], dialect: Dialect) -> str:
    try:
        records = records_of(entry.data, dialect)
    except NoBody:
        return ""
    found = next((r for r in records if isinstance(r, dict) and _is(dialect.ours(r), row, dialect)), None)
    return "" if found is None else json.dumps(found, ensure_ascii=False, indent=2)


def _is(given: Mapping[str, object], row: Mapping[str, Any], dialect: Dialect) -> bool:
    try:
        names = text_of(given.get("gate")), text_of(given.get("number"))
        return names == (row["site"], row["number"]) and instant_of(given.get("time"), dialect.times) == row["start"]  # fmt: skip
    except Unread:
        return False
