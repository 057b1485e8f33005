"""How much of a day a platform above has: stored here, sent, accepted, refused, pending, and what it says itself."""

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import polars as pl

from bihuan.archive.devices import Devices
from bihuan.domain.timeaxis import CST
from bihuan.loggers.forward import Target, ledger_file, uploads_of
from bihuan.loggers.forward_ledger import Ledger
from bihuan.receiving import ACCEPTED

HISTORY = {"2031": "fetch_days", "2051": "fetch_minutes", "2061": "fetch_hours"}
"""Commands whose records the target can be asked for: the request of each."""

WAITING_MOST = 50_000  # journal entries behind the target's place that are looked through
COUNTS = ("stored", "sent", "accepted", "refused", "pending")


def _stored(devices: Devices, day: date, target: Target) -> dict[tuple[str, str], int]:
    """Records (device, command, data time) of the day that the target wants."""
    first = datetime.combine(day, time(), CST)
    rows = devices.versions(first, first + timedelta(days=1) - timedelta(microseconds=1))
    wanted = rows if not target.codes else rows.filter(pl.col("code").is_in(list(target.codes)))
    counted = wanted.group_by("site", "st", "cn").agg(pl.col("start").n_unique()).collect()
    found: dict[tuple[str, str], int] = {}
    for mn, st, cn, count in counted.iter_rows():
        if target.wants(mn, st, cn):
            found[mn, cn] = found.get((mn, cn), 0) + count
    return found


def _waiting(devices: Devices, day: date, target: Target, position: int) -> dict[tuple[str, str], int]:
    """Packets of the day that lie in the journal and were not sent yet."""
    found: dict[tuple[str, str], int] = {}
    for entry in islice(devices.journal.entries(after=position, source=ACCEPTED), WAITING_MOST):
        for upload in uploads_of(entry, target)[0]:
            if upload.day == f"{day}":
                found[upload.mn, upload.cn] = found.get((upload.mn, upload.cn), 0) + 1
    return found


def report(devices: Devices, target: Target, day: date) -> list[dict[str, Any]]:
    """A row per device and command. Counts are packets, `stored` and `upper` records (upper None: not known).

    `agrees`: nothing refused or pending, all that is stored was accepted, and the target says no other number.
    """
    ledger = Ledger(ledger_file(devices, target))
    counts, upper, stored = ledger.counts(f"{day}"), ledger.upper(f"{day}"), _stored(devices, day, target)
    waiting = _waiting(devices, day, target, ledger.position())
    rows = []
    for mn, cn in sorted({*counts, *stored, *waiting}):
        said = counts.get((mn, cn), {})
        accepted, refused, unanswered = (said.get(key, 0) for key in ("accepted", "refused", "unanswered"))
        row = {
            "target": target.name,
            "day": f"{day}",
            "mn": mn,
            "cn": cn,
            "stored": stored.get((mn, cn), 0),
            "sent": accepted + refused + unanswered,
            "accepted": accepted,
            "refused": refused,
            "pending": unanswered + waiting.get((mn, cn), 0),
            "upper": upper.get((mn, cn)),
        }
        whole = accepted >= stored.get((mn, cn), 0) and not (row["refused"] or row["pending"])
        row["agrees"] = whole and row["upper"] in (None, row["stored"])
        rows.append(row)
    return rows
