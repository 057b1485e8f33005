"""A push service on this machine and the browsers that subscribed there: they open what came (RFC 8291, written down anew here)
and look at who signed it (RFC 8292)."""

import hashlib
import hmac
import json
import os
import struct
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256, one block."""
    first = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(first, info + b"\x01", hashlib.sha256)[:length]


@dataclass
class Pushed:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Push:
    """The service. status: what it answers, by the end of the address; 201 for others."""

    host: str = ""
    status: dict[str, int] = field(default_factory=dict)
    came: list[Pushed] = field(default_factory=list)

    def to(self, path: str) -> list[Pushed]:
        return [pushed for pushed in self.came if pushed.path == path]


@contextmanager
def push_fake() -> Iterator[Push]:
    fake = Push()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fake.came.append(Pushed(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(fake.status.get(self.path, 201))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class FakeBrowser:
    """One that subscribed at the service under a path."""

    def __init__(self, service: Push, path: str) -> None:
        self.endpoint = f"http://{service.host}{path}"
        self.path, self.service, self.secret = path, service, os.urandom(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def given(self) -> dict[str, str]:
        """What it gives a page."""
        return {"endpoint": self.endpoint, "p256dh": b64(self.point), "auth": b64(self.secret)}

    def opened(self, body: bytes) -> dict[str, Any]:
        """What its worker is handed (RFC 8188, 2.1; RFC 8291, 3.4)."""
        salt, size, length = body[:16], struct.unpack("!L", body[16:20])[0], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        secret = hkdf(self.secret, shared, b"WebPush: info\0" + self.point + sender, 32)
        key = hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain.endswith(b"\x02")
        told: dict[str, Any] = json.loads(plain[:-1])
        return told

    def shown(self) -> list[dict[str, Any]]:
        """All that it was sent."""
        return [self.opened(pushed.body) for pushed in self.service.to(self.path)]


def signed(pushed: Pushed, public_key: str) -> dict[str, Any]:
    """The claims of who pushed, once the signature is found to be by this key (ES256 of RFC 7515)."""
    scheme, _space, rest = pushed.headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", public_key)
    head, claims, signature = parts["t"].split(".")
    assert json.loads(unb64(head))["alg"] == "ES256"
    raw = unb64(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public_key))
    key.verify(pair, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    told: dict[str, Any] = json.loads(unb64(claims))
    assert 0 < told["exp"] - time.time() <= 24 * 3600
    return told
