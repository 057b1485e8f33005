"""Encryption of CP in HJ 212-2025 (6.4.2 and annex A.2, second-hand): SM4, ECB, no padding.

Only whole blocks of 16 bytes are encrypted, the rest stays plain. Check value and length are those of the plain segment.
The standard prints the cipher as {0xE4,0x3E,...}; on the wire only raw binary agrees with the length field. Both are read.
"""

import re

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from bihuan.feeds.hj212.header import fields_behind

BLOCK = 16
OPEN = b"CP=&&"
CLOSE = b"&&"
VERSION_2025 = 2
_PRINTED = re.compile(rb"\{(\s*0[xX][0-9A-Fa-f]{2}(?:\s*,\s*0[xX][0-9A-Fa-f]{2})*)\s*\}")
_BYTE = re.compile(rb"0[xX]([0-9A-Fa-f]{2})")
_FLAG = re.compile(rb"(?i:Flag)\s*=\s*(\d{1,3})")
_CN = re.compile(rb"(?i:CN)\s*=\s*(\d{4})")
_KEY = re.compile(rb"[A-Za-z0-9_-]+=")
_FOREIGN_BYTES = 4
_FOREIGN = bytes(range(0x80))


def key_from_hex(text: str) -> bytes:
    """The 16 bytes of a key. Raises ValueError."""
    key = bytes.fromhex(text)
    if len(key) != BLOCK:
        raise ValueError(f"an SM4 key has {BLOCK} bytes (32 hexadecimal digits), not {len(key)}")
    return key


def encrypts(cn: str) -> bool:
    """Does a device encrypt CP of this command? 2000-2999, 1014 and 3020."""
    return cn in ("1014", "3020") or (len(cn) == 4 and cn.isdigit() and cn[0] == "2")


def _blocks(region: bytes, key: bytes, *, encrypt: bool) -> bytes:
    whole = len(region) - len(region) % BLOCK
    cipher = Cipher(SM4(key), modes.ECB())
    worker = cipher.encryptor() if encrypt else cipher.decryptor()
    return worker.update(region[:whole]) + worker.finalize() + region[whole:]


def _parts(segment: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Header with the opening &&, content, and the closing && with header fields behind it; None when CP is not closed."""
    head, opened, body = segment.partition(OPEN)
    closed = body.rfind(CLOSE)
    if not opened or closed < 0 or not (body.endswith(CLOSE) or fields_behind(body[closed:])):
        return None
    return head + opened, body[:closed], body[closed:]


def encrypt(segment: bytes, key: bytes) -> bytes:
    """The segment as it travels. Its length is unchanged."""
    parts = _parts(segment)
    if parts is None:
        return segment
    head, body, behind = parts
    return head + _blocks(body, key, encrypt=True) + behind


def _region(body: bytes) -> bytes:
    """The cipher text of CP as bytes, printed or binary."""
    printed = _PRINTED.match(body)
    if not printed:
        return body
    return bytes.fromhex(b"".join(_BYTE.findall(printed[1])).decode()) + body[printed.end() :]


def decrypt(segment: bytes, key: bytes) -> bytes | None:
    """The plain segment, or None when it has no closed CP. Another key gives nonsense: look at the check value."""
    parts = _parts(segment)
    if parts is None:
        return None
    head, body, behind = parts
    return head + _blocks(_region(body), key, encrypt=False) + behind


def reads_plain(segment: bytes) -> bool:
    """Is CP empty, or does it begin with a key? With another key than the right one hardly ever."""
    body = segment.partition(OPEN)[2]
    return body == CLOSE or _KEY.match(body) is not None


def is_printed(segment: bytes) -> bool:
    """Is the cipher text printed as {0x..,0x..}?"""
    return _PRINTED.match(segment.partition(OPEN)[2]) is not None


def may_be_encrypted(segment: bytes) -> bool:
    """A packet of the 2025 edition with a command that devices encrypt."""
    parts = _parts(segment)
    head = segment.partition(OPEN)[0] if parts is None else parts[0] + parts[2]
    flag, cn = _FLAG.search(head), _CN.search(head)
    return bool(flag and cn and int(flag[1]) >> 2 == VERSION_2025 and encrypts(cn[1].decode()))


def looks_encrypted(segment: bytes) -> bool:
    """May be encrypted, and CP is printed cipher text or full of bytes that are no ASCII."""
    if not may_be_encrypted(segment):
        return False
    body = segment.partition(OPEN)[2]
    return is_printed(segment) or len(body.translate(None, _FOREIGN)) >= _FOREIGN_BYTES


def is_cipher_text(segment: bytes) -> bool:
    """Looks encrypted, and CP does not begin with a key as plain text of any encoding does."""
    return looks_encrypted(segment) and not _KEY.match(segment.partition(OPEN)[2])
