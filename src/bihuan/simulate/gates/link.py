"""A gate's connection with the entrance: signed requests over one connection that is made anew when it breaks."""

import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bihuan.feeds.gates.signing import (
    DECISION,
    NONCE,
    PASSAGES,
    PHOTOS,
    RULES,
    SIGNATURE,
    TIME,
    UNIT,
    signature,
)

PATIENCE = 20.0


class Link:
    """clock: what the gate's clock shows [Unix seconds]; it may be wrong."""

    def __init__(
        self, host: str, port: int, unit: str, secret: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.unit, self._secret, self._clock = unit, secret, clock
        self._to = http.client.HTTPConnection(host, port, timeout=PATIENCE)

    def headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """The signature of a request, new with every call."""
        now, nonce = str(int(self._clock())), secrets.token_hex(8)
        signed = signature(self._secret, method, path, now, nonce, body)
        return {UNIT: self.unit, TIME: now, NONCE: nonce, SIGNATURE: signed}

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and content of the answer. Raises OSError while the network is away."""
        try:
            self._to.request(method, path, body, headers or self.headers(method, path, body))
            answered = self._to.getresponse()
            text = answered.read()
        except (OSError, http.client.HTTPException) as error:
            self._to.close()
            raise ConnectionError(str(error)) from error
        return answered.status, json.loads(text)

    def records(self, records: Sequence[dict[str, Any]]) -> tuple[int, Any]:
        """Send records of passages."""
        body = json.dumps({"records": list(records)}, ensure_ascii=False).encode()
        return self.ask("POST", PASSAGES, body)

    def picture(self, content: bytes) -> tuple[int, Any]:
        """Send a picture under its sum."""
        return self.ask("PUT", PHOTOS + hashlib.sha256(content).hexdigest(), content)

    def decision(self, vehicle: dict[str, Any]) -> tuple[int, Any]:
        """Ask whether a vehicle may pass."""
        return self.ask("POST", DECISION, json.dumps(vehicle, ensure_ascii=False).encode())

    def rules(self) -> tuple[int, Any]:
        """Fetch the rule file."""
        return self.ask("GET", RULES)

    def close(self) -> None:
        """Hang up."""
        self._to.close()


def verified(answer: dict[str, Any], public_key: str) -> dict[str, Any]:
    """The content of a rule file that the centre signed: its key came with the unit's own. Raises ValueError for a forged one."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    try:
        key.verify(bytes.fromhex(answer["signature"]), answer["payload"].encode())
    except InvalidSignature as error:
        raise ValueError("the rule file is not signed by the centre") from error
    content: dict[str, Any] = json.loads(answer["payload"])
    return content
