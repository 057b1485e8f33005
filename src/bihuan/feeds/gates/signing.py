"""How a gate signs a request: HMAC-SHA256 with the unit's key over method, path, time, nonce and body. Both ends use this."""

import hashlib
import hmac

UNIT, TIME, NONCE, SIGNATURE = "x-gate-unit", "x-gate-time", "x-gate-nonce", "x-gate-signature"
"""Headers: code of the unit (percent-encoded where it is not ASCII), Unix seconds, a text that is used once, and the signature in hex."""
PASSAGES, PHOTOS = "/gates/v1/passages", "/gates/v1/photos/"
DECISION, RULES = "/gates/v1/decision", "/gates/v1/rules"
LONGEST_NONCE = 64


def signature(secret: str, method: str, path: str, time: str, nonce: str, body: bytes) -> str:
    """The signature. secret: the unit's key as it was handed out (hex). Raises ValueError for what is no such key."""
    head = "\n".join((method, path, time, nonce, "")).encode()
    return hmac.new(bytes.fromhex(secret), head + body, hashlib.sha256).hexdigest()
