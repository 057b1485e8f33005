"""Who is let in: the head of a request is looked at before any of its body is read, the signature when all of it is there."""

import hmac
from dataclasses import dataclass
from urllib.parse import unquote

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.feeds.gates.signing import LONGEST_NONCE, NONCE, SIGNATURE, TIME, UNIT, signature
from bihuan.reasons import Reason
from bihuan.servers.gates.answers import Receive, Refused, Scope
from bihuan.servers.gates.known import Registers
from bihuan.servers.gates.limits import Limits
from bihuan.servers.gates.nonces import Nonces


@dataclass(frozen=True)
class Request:
    """A request that was signed by a unit."""

    unit: str
    dialect: str
    nonce: str
    path: str
    body: bytes


class Admission:
    """The door. The bytes of all bodies that are being received are counted: none is read when there are too many."""

    def __init__(self, registers: Registers, limits: Limits, nonces: Nonces) -> None:
        self._registers, self._limits, self._nonces = registers, limits, nonces
        self._held = 0

    async def let_in(self, scope: Scope, headers: dict[str, str], receive: Receive, most: int) -> Request:
        """Read and verify a request of at most so many bytes. Raises Refused."""
        unit, time, nonce = self._head(headers)
        body = await self._body(headers, receive, most)
        given = headers.get(SIGNATURE, "")
        path = str(scope["path"])
        for key in self._registers.keys.get(unit, ()):
            own = signature(key.secret, str(scope["method"]), path, headers[TIME], nonce, body)
            if hmac.compare_digest(own.encode(), given.encode()):
                break
        else:
            raise Refused(401, Reason("gate_wrong_signature"))
        if not self._nonces.use(unit, nonce, time, clock.now().timestamp()):
            raise Refused(409, Reason("gate_replayed"))
        return Request(unit, key.dialect, nonce, path, body)

    def _head(self, headers: dict[str, str]) -> tuple[str, float, str]:
        for name in (UNIT, TIME, NONCE, SIGNATURE):
            if not headers.get(name):
                raise Refused(401, Reason("gate_not_signed", header=name))
        unit, nonce = unquote(headers[UNIT]), headers[NONCE]
        if len(nonce) > LONGEST_NONCE or ":" in nonce or not nonce.isascii():
            raise Refused(401, Reason("gate_not_signed", header=NONCE))
        if unit not in self._registers.keys:
            raise Refused(401, Reason("gate_wrong_signature"))
        text, now = headers[TIME], clock.now()
        if not (text.isascii() and text.isdecimal() and len(text) <= 12):
            raise Refused(401, Reason("gate_not_signed", header=TIME))
        apart = abs(int(text) - now.timestamp())
        if apart > self._limits.skew:
            shown = f"{now.astimezone(CST):%Y-%m-%dT%H:%M:%S}"
            raise Refused(401, Reason("gate_clock", seconds=apart, now=shown, most=self._limits.skew))
        return unit, float(text), nonce

    async def _body(self, headers: dict[str, str], receive: Receive, most: int) -> bytes:
        """The whole body. Raises Refused when it is or says to be too large."""
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise Refused(413, Reason("gate_too_large", most=most / 1024))
        pieces: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionResetError
                piece = message.get("body", b"")
                pieces.append(piece)
                size += len(piece)
                self._held += len(piece)
                if size > most:
                    raise Refused(413, Reason("gate_too_large", most=most / 1024))
                if self._held > self._limits.held:
                    raise Refused(503, Reason("gate_busy"), wait=3)
                if not message.get("more_body"):
                    return b"".join(pieces)
        finally:
            self._held -= size
