"""How much of a day a platform above has: stored here, sent, accepted, refused, pending, and what it says itself."""

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import polars as pl

from bihuan.archive.devices import Devices
from bihuan.domain.timeaxis import CST
from bihuan.loggers.forward import Target, ledger_file, uploads_of
from bihuan.loggers.forward_ledger import Ledger
from bihuan.pipeline.packets import ACCEPTED

HISTORY = {"2031": "fetch_days", "2051": "fetch_minutes", "2061": "fetch_hours"}
"""Commands whose records the target can be asked for: the request of each."""

WAITING_MOST = 50_000  # journal entries behind the target's place that are looked through
COUNTS = ("stored", "sent", "accepted", "refused", "pending")
"""Counts of packets."""
RECORDS = ("records", "upper")
"""Counts of data times: here, and at the target."""


def _stored(devices: Devices, day: date, target: Target) -> dict[tuple[str, str], tuple[int, int]]:
    """By MN and CN, what is stored of the day that the target wants: packets, and records (data times) in them.

    A packet of several data times belongs to the day of its first one, as on its way up.
    """
    first = datetime.combine(day, time(), CST)
    until = first + timedelta(days=1)
    rows = devices.versions(first - timedelta(days=1), until)
    wanted = rows if not target.codes else rows.filter(pl.col("code").is_in(list(target.codes)))
    of_day = pl.col("start").is_between(first, until, closed="left")
    keys = ["site", "st", "cn"]
    begun = wanted.filter(pl.col("start").min().over(*keys, "journal") >= first)
    packets = begun.filter(of_day).group_by(keys).agg(pl.col("journal").n_unique())
    records = wanted.filter(of_day).group_by(keys).agg(pl.col("start").n_unique())
    counted = (
        records.join(packets, on=keys, how="left").with_columns(pl.col("journal").fill_null(0)).collect()
    )
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for mn, st, cn, times, sent in counted.iter_rows():
        if target.wants(mn, st, cn):
            before = found.get((mn, cn), (0, 0))
            found[mn, cn] = (before[0] + sent, before[1] + times)
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
    """A row per device and command. COUNTS are packets; `records` (here) and `upper` (there, None: not known) data times.

    `agrees`: nothing refused or pending, all that is stored was accepted, and the target has as many records.
    """
    ledger = Ledger(ledger_file(devices, target))
    counts, upper, stored = ledger.counts(f"{day}"), ledger.upper(f"{day}"), _stored(devices, day, target)
    waiting = _waiting(devices, day, target, ledger.position())
    rows = []
    for mn, cn in sorted({*counts, *stored, *waiting}):
        said = counts.get((mn, cn), {})
        accepted, refused, unanswered = (said.get(key, 0) for key in ("accepted", "refused", "unanswered"))
        packets, records = stored.get((mn, cn), (0, 0))
        row = {
            "target": target.name,
            "day": f"{day}",
            "mn": mn,
            "cn": cn,
            "stored": packets,
            "sent": accepted + refused + unanswered,
            "accepted": accepted,
            "refused": refused,
            "pending": unanswered + waiting.get((mn, cn), 0),
            "records": records,
            "upper": upper.get((mn, cn)),
        }
        whole = accepted >= packets and not (row["refused"] or row["pending"])
        row["agrees"] = whole and row["upper"] in (None, records)
        rows.append(row)
    return rows
