"""Which loggers the receiver knows, and what it has seen of each since it started. Kept by MN: a reconnect loses nothing."""

import json
import logging
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.sm4 import decrypt, key_from_hex
from bihuan.receiving import read_time

log = logging.getLogger(__name__)

_MN = re.compile(rb"MN=([^;]+);")
MOST_UNKNOWN = 10_000  # names that strangers can make us remember


@dataclass(slots=True)
class Seen:
    """One device since the start."""

    first: datetime
    last: datetime
    peer: str = ""
    qn: str | None = None
    packets: int = 0
    broken: int = 0
    deviations: Counter[str] = field(default_factory=Counter)

    def note(self, piece: Piece, peer: str, now: datetime) -> None:
        """A packet of this device."""
        self.peer, self.last, self.qn = peer, now, piece.qn
        self.packets += 1
        if piece.marks:
            self.deviations.update(piece.marks)

    def as_dict(self) -> dict[str, Any]:
        """behind: seconds that the device's QN was behind our clock at its last packet (-: ahead)."""
        sent = read_time(self.qn)
        return {
            "peer": self.peer,
            "first": self.first.astimezone(CST).isoformat(timespec="seconds"),
            "last": self.last.astimezone(CST).isoformat(timespec="milliseconds"),
            "packets": self.packets,
            "broken": self.broken,
            "behind": None if sent is None else round((self.last - sent).total_seconds(), 1),
            "deviations": dict(self.deviations),
        }


class Register:
    """`devices.json` in the data folder: {"MN": {"password": "123456", "sm4_key": "32 hexadecimal digits"}}.

    Without a password any is taken; without a key encrypted packets (2025) are refused. Read again when it changes.
    """

    def __init__(self, path: Path, *, everyone: bool) -> None:
        """Raises NothingDone for a file that cannot be read."""
        self.path = path
        self.everyone = everyone
        self._stamp = 0
        self._passwords: dict[str, str | None] = {}
        self._keys: dict[str, bytes] = {}
        try:
            self._load()
        except (OSError, ValueError, AttributeError) as error:
            raise NothingDone(
                f'{path} cannot be read ({error}); it must look like {{"MN": {{"password": "123456"}}}}'
            ) from error

    def _load(self) -> None:
        stamp = self.path.stat().st_mtime_ns if self.path.exists() else 0
        if stamp != self._stamp:
            found = json.loads(self.path.read_text(encoding="utf-8")) if stamp else {}
            keys = {str(mn): about.get("sm4_key") for mn, about in found.items()}
            self._keys = {mn: key_from_hex(text) for mn, text in keys.items() if text}
            self._passwords = {str(mn): about.get("password") for mn, about in found.items()}
            self._stamp = stamp

    def refresh(self) -> None:
        """Look whether the file has changed; a damaged one changes nothing."""
        try:
            self._load()
        except (OSError, ValueError, AttributeError) as error:
            log.error("%s cannot be read (%s); the devices known so far stay", self.path, error)

    def knows(self, mn: str) -> bool:
        """Is the device let in?"""
        return self.everyone or mn in self._passwords

    def password_fits(self, mn: str, password: str) -> bool:
        """Is it the device's password?"""
        wanted = self._passwords.get(mn)
        return wanted is None or wanted == password

    def unlock(self, segment: bytes) -> bytes | None:
        """The plain form of an encrypted data segment, by its device's key; None when there is no key."""
        match = _MN.search(segment)
        key = self._keys.get(match[1].decode("ascii", "replace")) if match else None
        return None if key is None else decrypt(segment, key)


class Devices:
    """What has been seen of known and unknown devices."""

    def __init__(self) -> None:
        self.known: dict[str, Seen] = {}
        self.parked: dict[str, Seen] = {}
        self.counts: Counter[str] = Counter()

    def of(self, mn: str, now: datetime) -> Seen:
        """The state of a known device."""
        return self._one(self.known, mn, now)

    def of_unknown(self, mn: str, now: datetime) -> Seen:
        """The state of a device that is not let in; beyond a number of names they share one."""
        full = mn not in self.parked and len(self.parked) >= MOST_UNKNOWN
        return self._one(self.parked, "others" if full else mn, now)

    @staticmethod
    def _one(group: dict[str, Seen], mn: str, now: datetime) -> Seen:
        seen = group.get(mn)
        if seen is None:
            seen = group[mn] = Seen(now, now)
        return seen

    def as_dict(self) -> dict[str, Any]:
        """For the state file."""
        groups = {"devices": self.known, "parked": self.parked}
        listed = {name: {mn: seen.as_dict() for mn, seen in group.items()} for name, group in groups.items()}
        return {"counts": dict(self.counts), **listed}


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write beside, then rename."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)
