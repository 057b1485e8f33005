"""The key of a push channel (RFC 8292): the private scalar of P-256 and the public point, in base64url as browsers write them.

Loaded only where a channel is set up or a browser subscribes: the library takes 10 MB of memory.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
SCALAR, SECRET = 32, 16
"""Bytes of a private key, and of the secret that a browser gives with its own key (RFC 8291)."""


def new_key() -> str:
    """A private key that nobody else has."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return _written(number.to_bytes(SCALAR, "big"))


def private(written: str) -> ec.EllipticCurvePrivateKey:
    """The key as it was kept. Raises ValueError."""
    return ec.derive_private_key(int.from_bytes(read(written), "big"), CURVE)


def public(written: str) -> str:
    """The public key of a private one. Raises ValueError."""
    point = private(written).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _written(point)


def point(written: str) -> ec.EllipticCurvePublicKey:
    """The key of a browser. Raises ValueError for what is no point of the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, read(written))


def is_subscription(p256dh: str, auth: str) -> bool:
    """Are these the keys of a browser?"""
    try:
        point(p256dh)
        return len(read(auth)) == SECRET
    except ValueError:
        return False


def read(written: str) -> bytes:
    """Bytes of base64url, with or without padding. Raises ValueError."""
    bare = written.rstrip("=")
    return urlsafe_b64decode((bare + "=" * (-len(bare) % 4)).encode("ascii"))


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
