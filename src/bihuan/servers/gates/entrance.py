"""The ASGI application: a request is verified, read, journalled with others in one flush, and only then answered."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bihuan import clock
from bihuan.archive.passages import Passages
from bihuan.domain.timeaxis import CST
from bihuan.feeds.gates.body import NoBody, records_of
from bihuan.feeds.gates.records import Read, read_record
from bihuan.feeds.gates.signing import PASSAGES, PHOTOS
from bihuan.pipeline.passages import From
from bihuan.reasons import Reason
from bihuan.servers.gates.admission import Admission, Request
from bihuan.servers.gates.answers import Receive, Refused, Scope, Send, answer, language_of, said
from bihuan.servers.gates.incoming import Incoming
from bihuan.servers.gates.known import Registers
from bihuan.servers.gates.limits import Limits
from bihuan.servers.gates.rate import Rate
from bihuan.servers.hj212.receive.group_commit import GroupCommit
from bihuan.servers.rare_log import RareLog

log = RareLog(__name__)
PICTURES = ((b"\xff\xd8\xff", 0), (b"\x89PNG\r\n\x1a\n", 0), (b"WEBP", 8))
"""How JPEG, PNG and WebP begin, and where."""
Work = Callable[[Request, str], Awaitable[tuple[int, Any]]]


class Entrance:
    """The addresses of docs/gates.md. further: those beside passages and pictures, each with the most bytes of its body."""

    def __init__(
        self,
        passages: Passages,
        registers: Registers,
        commit: GroupCommit,
        admission: Admission,
        limits: Limits,
    ) -> None:
        self._passages, self._registers, self._commit = passages, registers, commit
        self._admission, self._limits, self._rate = admission, limits, Rate(limits.records)
        self.further: dict[tuple[str, str], tuple[int, Work]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        language, body = language_of(headers), Incoming(receive)
        try:
            most, work = self._work(str(scope["method"]), str(scope["path"]))
            request = await self._admission.let_in(scope, headers, body.receive, most)
            status, content = await work(request, language)
        except Refused as refused:
            about = {"error": said(refused.why, language)}
            await body.read_on(headers)
            await answer(send, refused.status, about, close=True, wait=refused.wait)
        except ConnectionResetError:
            return
        else:
            await answer(send, status, content)

    def _work(self, method: str, path: str) -> tuple[int, Work]:
        if (method, path) == ("POST", PASSAGES):
            return self._limits.body, self._take
        if method == "PUT" and path.startswith(PHOTOS):
            return self._limits.picture, self._picture
        if found := self.further.get((method, path)):
            return found
        raise Refused(404, Reason("gate_no_address", path=f"{method} {path[:100]}"))

    async def _kept(self, request: Request, received: datetime) -> None:
        """Wait until the request is on disk."""
        source = From(request.dialect, request.nonce, request.unit).source
        if self._commit.full:
            raise Refused(503, Reason("gate_busy"), wait=3)
        done = asyncio.get_running_loop().create_future()
        self._commit.put([(source, request.body, received)])
        self._commit.then(lambda: None if done.done() else done.set_result(None))
        await done

    async def _take(self, request: Request, language: str) -> tuple[int, Any]:
        received = clock.now()
        sender = self._registers.known.sender(request.unit, request.dialect)
        try:
            records = records_of(request.body, sender.dialect)
        except NoBody as error:
            await self._kept(request, received)  # it stays raw and is listed
            return 422, {"error": said(error.why, language)}
        if wait := self._rate.take(request.unit, len(records)):
            raise Refused(429, Reason("gate_too_many", most=self._rate.a_minute, wait=wait), wait=wait)
        found = [read_record(record, sender, received) for record in records]
        await self._kept(request, received)
        return 200, _told(found, received, language)

    async def _picture(self, request: Request, language: str) -> tuple[int, Any]:
        name = request.path.removeprefix(PHOTOS)
        if not any(request.body[at : at + len(begin)] == begin for begin, at in PICTURES):
            raise Refused(415, Reason("gate_no_picture"))
        try:
            new = await asyncio.to_thread(self._passages.keep_picture, name, request.body)
        except ValueError as error:
            raise Refused(422, Reason("gate_picture_sum")) from error
        except OSError as error:
            log.error("a picture cannot be kept: %s", error)
            raise Refused(503, Reason("gate_busy"), wait=30) from error
        return (201 if new else 200), {"photo": name, "new": new}


def _told(found: list[Read], received: datetime, language: str) -> dict[str, Any]:
    """What became of each record, by its place in the request (from 1) and its number."""
    records = [_one(place, read, language) for place, read in enumerate(found, 1)]
    counts = {name: sum(r["result"] == name for r in records) for name in ("taken", "marked", "refused")}
    return {
        "received": received.astimezone(CST).isoformat(timespec="milliseconds"),
        **counts,
        "records": records,
    }


def _one(place: int, read: Read, language: str) -> dict[str, Any]:
    result = "refused" if read.row is None else "marked" if read.noted else "taken"
    told: dict[str, Any] = {"record": place, "number": read.number, "result": result}
    if read.noted:
        told["noted"] = read.noted
    if read.faults:
        told["faults"] = [{"field": f.field, "value": f.value, **said(f.why, language)} for f in read.faults]
    return told
