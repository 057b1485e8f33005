"""Packets as they may be shown or given out: without passwords and keys."""

import re
from collections.abc import Mapping

HIDDEN = "******"
_SECRET = re.compile(rb"((?:(?<![A-Za-z])|(?i:new))(?i:PW)|(?i:NewSK))(\s*=\s*)[^;,&\r\n]*")
SECRET_NAMES = frozenset({"PW", "NEWPW", "NEWSK"})
SECRET_IN_TEXT = r"(?i)((?:^|[^a-z]|new)pw\s*=\s*|newsk\s*=\s*)[^;,&\r\n]*"
"""The same for tables, whose patterns cannot look behind."""


def is_secret(key: str) -> bool:
    """Does this key of a header or of CP hold a password or a key, whatever its capitals?"""
    return key.strip().upper() in SECRET_NAMES


def without_secrets(data: bytes) -> bytes:
    """Raw bytes with all passwords and keys hidden: also of broken packets, and of those that a log quotes."""
    return _SECRET.sub(rb"\1\2" + HIDDEN.encode(), data)


def hidden(fields: Mapping[str, str]) -> dict[str, str]:
    """Fields with passwords and keys hidden, also those of packets that a text quotes."""
    return {
        key: HIDDEN if is_secret(key) else without_secrets(value.encode()).decode()
        for key, value in fields.items()
    }
