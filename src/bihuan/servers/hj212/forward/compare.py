"""What the platform above says it has of a day: it is asked for history, and its records are counted."""

import asyncio
import logging
from datetime import date, timedelta

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.feeds.hj212.encode import command, data_answer
from bihuan.loggers.forward import Target
from bihuan.loggers.forward_ledger import Ledger
from bihuan.loggers.reconcile import HISTORY
from bihuan.servers.hj212.forward.link import AGREED, Link, LinkDown, Waits, code_of, connected, field_of

log = logging.getLogger(__name__)

STATION = "31"  # of the request; what counts is the device
DONE, NO_DATA = 1, 100  # ExeRtn


def _qn(number: int) -> str:
    moment = clock.now().astimezone(CST) + timedelta(milliseconds=number)
    return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"


async def compare(target: Target, ledger: Ledger, day: date, waits: Waits) -> int:
    """Ask for every device and kind of record that was accepted of that day; returns how many were told.

    A target that refuses or is silent says nothing: it is noted as not known.
    """
    asked = [key for key in sorted(ledger.counts(f"{day}")) if key[1] in HISTORY]
    told = 0
    try:
        async with connected(target, waits) as link:
            for number, (mn, cn) in enumerate(asked):
                has = await _ask(link, target, mn, cn, day, _qn(number), waits)
                await asyncio.to_thread(ledger.note_upper, f"{day}", mn, cn, has)
                told += has is not None
    except LinkDown as down:
        log.warning("%s did not say what it has of %s: %s", target.name, day, down)
    return told


async def _ask(link: Link, target: Target, mn: str, cn: str, day: date, qn: str, waits: Waits) -> int | None:
    to = target.address(mn)
    span = {"BeginTime": f"{day:%Y%m%d}000000", "EndTime": f"{day:%Y%m%d}235959"}
    await link.send(
        command(HISTORY[cn], qn=qn, st=STATION, pw=to.password, mn=to.mn, edition=to.edition, cp=span)
    )
    times: set[str] = set()
    while (pieces := await link.pieces(waits.answer)) is not None:
        for piece in pieces:
            kind = field_of(piece, "CN")
            if kind == "9012" and piece.qn == qn:
                code = code_of(piece, "ExeRtn")
                return len(times) if code == DONE else 0 if code == NO_DATA and not times else None
            if kind == "9011" and piece.qn == qn and code_of(piece, "QnRtn") != AGREED:
                return None
            if kind == cn and field_of(piece, "MN") == to.mn:
                times.add(str(piece.cp["top"].get("DataTime", "")))
                if piece.flag.A:
                    await link.send(data_answer(piece.header, piece.edition or 0))
    return None
