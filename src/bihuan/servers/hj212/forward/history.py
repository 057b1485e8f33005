"""Requests of the platform above: history is sent again from what is stored; everything else is declined.

9011, then every record of the span as it was sent, then 9012 (HJ 212-2017, 7 and tables C.47 to C.50).
"""

import asyncio
from datetime import timedelta

from bihuan.archive.devices import Devices
from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.encode import CannotBuild, execution_result, request_answer
from bihuan.loggers.forward import Target, Upload, uploads_of
from bihuan.loggers.reconcile import HISTORY
from bihuan.pipeline.packets import read_time
from bihuan.servers.hj212.forward.link import AGREED, Link, field_of

DECLINED = 2  # QnRtn
DONE, TIMED_OUT, NO_DATA = 1, 4, 100  # ExeRtn
WINDOW = 200  # packets on their way at once


def asked_for(piece: Piece, target: Target, devices: Devices) -> list[Upload] | None:
    """The packets of a request for history; None when it is none, or of what the target does not get."""
    cn, above, top = field_of(piece, "CN"), field_of(piece, "MN"), piece.cp["top"]
    first, last = read_time(top.get("BeginTime")), read_time(top.get("EndTime"))
    mn = next((here for here, there in target.names.items() if there == above), above)
    if (
        cn not in HISTORY
        or first is None
        or last is None
        or not any(target.wants(mn, st, cn) for st in target.st or ("",))
    ):
        return None
    rows = devices.versions(first, last + timedelta(seconds=1) - timedelta(microseconds=1), mn)
    positions = rows.filter(cn=cn).select("journal").unique().sort("journal").collect()["journal"]
    entries = map(devices.journal.read, positions.to_list())
    found = (upload for entry in entries for upload in uploads_of(entry, target)[0])
    return [upload for upload in found if (upload.mn, upload.cn) == (mn, cn)]


async def answer(link: Link, piece: Piece, target: Target, devices: Devices) -> None:
    """Do what was asked, or decline. Raises LinkDown."""
    if not piece.flag.A or field_of(piece, "CN").startswith("9"):
        return
    edition = piece.edition or 0
    uploads = await asyncio.to_thread(asked_for, piece, target, devices)
    try:
        await link.send(request_answer(piece.header, edition, DECLINED if uploads is None else AGREED))
        if uploads is None:
            return
        for first in range(0, len(uploads), WINDOW):
            outcomes, down = await link.exchange(uploads[first : first + WINDOW])
            if down is not None:
                raise down
            if not outcomes:
                await link.send(execution_result(piece.header, edition, TIMED_OUT))
                return
        await link.send(execution_result(piece.header, edition, DONE if uploads else NO_DATA))
    except CannotBuild:  # a header so long that its answer would be no packet
        return
