"""Records of field loggers, long: one row per device, command, data time and key of CP.

They have a journal of their own: loggers send day and night, and imports of files should not read past all that.
Inside, `site` is the device (MN) and `start` the DataTime of the packet as an instant: in HJ 212 periods are labelled
by their START, real-time values by their moment. A later, different value is a further row; the one received last counts.

`code` is empty for keys that have none, `subject` is the PolId that speaks of a row. `place` tells rows apart that have all else of
their key in common: the place among them in their packet, of a log the checksum of its text, as every log is kept.
"""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import polars as pl

from bihuan.archive.sent import Layout, Sent
from bihuan.domain.timeaxis import INSTANT

COLUMNS: dict[str, pl.DataType] = {
    "site": pl.String(),
    "start": INSTANT,
    "cn": pl.String(),
    "st": pl.String(),
    "code": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "number": pl.Float64(),
    "flag": pl.String(),
    "edition": pl.Int64(),
    "time_from": pl.String(),
    "received": INSTANT,
    "journal": pl.Int64(),
    "subject": pl.String(),
    "place": pl.Int64(),
}
KEY = ["site", "cn", "start", "code", "field", "subject", "place"]
LATER = {"subject": "", "place": 0}
"""Columns that parts of before 2026-12 do not have, and what they hold there."""
SAID = ["value", "flag"]

LAYOUT = Layout(COLUMNS, KEY, SAID, LATER)


def last_of_each(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of several versions of a record, the one that came last; in no promised order."""
    return LAYOUT.last_of_each(rows)


class Devices(Sent):
    """The devices' journal and table in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open, and make what is missing."""
        super().__init__(folder, LAYOUT)
        self.forwarded = folder / "forward"

    def last_of(self, sites: Collection[str], as_of: datetime) -> dict[str, tuple[datetime, datetime]]:
        """Of each of these devices that had sent any by `as_of`: start of its latest record, and when that was received.

        Newest parts first, until none that is left can hold a later one, and ever more at once; parts are sorted by
        device, so that looking for one reads little.
        """
        found: dict[str, tuple[datetime, datetime]] = {}
        left, count = sorted(self.parts.listed(), key=lambda p: p.last, reverse=True), 1
        while left:
            reach = left[0].last
            asked = [site for site in sites if site not in found or found[site][0] <= reach]
            if not asked:
                break
            rows = LAYOUT.scan([p.path for p in left[:count]])
            mine = rows.filter(pl.col("site").is_in(asked) & (pl.col("received") <= as_of))
            latest = mine.group_by("site").agg(
                pl.col("start", "received").sort_by("start", "received").last()
            )
            for site, *times in latest.collect().iter_rows():
                found[site] = max(found.get(site, tuple(times)), tuple(times))
            left, count = left[count:], 2 * count
        return found

    def files(self) -> list[Path]:
        """All files that make up table and journal now, and the ended requests to devices. Needs the writer lock."""
        return [*super().files(), *sorted((self.folder / "commands" / "done").rglob("[0-9]*.json"))]
