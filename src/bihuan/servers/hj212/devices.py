"""What the receiver has seen of each logger. Kept by MN, and over restarts by the state file: a reconnect loses nothing."""

import json
import logging
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.header import Header
from bihuan.loggers.register import Device, read_register
from bihuan.pipeline.packets import read_time
from bihuan.servers.rare_log import RareLog

log = logging.getLogger(__name__)
rare = RareLog(__name__)

_MN = re.compile(rb"(?i:MN)\s*=\s*([^;,&]+)")
MOST_UNKNOWN = 10_000  # names that strangers can make us remember
STRANGER = Device()
TRACKED = frozenset({"2011", "2051", "2061"})
KEPT, AHEAD = timedelta(hours=26), timedelta(hours=2)
HOUR_FORM = "%Y%m%d%H"
MINUTES = {f"{minute:02d}": 1 << minute for minute in range(60)}
BROKEN_BYTES = 1024
FUTURE, PAST = "time_far_ahead", "time_far_back"
"""Marks of packets whose DataTime is more than a day ahead or 400 days back (own choice; history is sent for months)."""
DAYS_AHEAD, DAYS_BACK = 1, 400


@lru_cache(maxsize=4)
def _days_near(today: int) -> tuple[str, str]:
    """The first and last day that a packet of today (an ordinal of UTC) may speak of, as DataTime writes them."""
    first, last = date.fromordinal(today - DAYS_BACK), date.fromordinal(today + 1 + DAYS_AHEAD)
    return f"{first:%Y%m%d}", f"{last:%Y%m%d}"


@dataclass(slots=True)
class Seen:
    """One device.

    came: by command and hour (YYYYMMDDHH) the minutes that DataTime named, as bits. ever: the same over all hours.
    """

    first: datetime
    last: datetime
    peer: str = ""
    qn: str | None = None
    packets: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    last_broken: tuple[datetime, str, bytes] | None = None
    deviations: Counter[str] = field(default_factory=Counter)
    head: Header | None = None
    came: dict[str, dict[str, int]] = field(default_factory=dict)
    ever: dict[str, int] = field(default_factory=dict)

    def note(self, piece: Piece, now: datetime) -> None:
        """A packet of this device."""
        self.last, self.qn, self.head = now, piece.qn, piece.head
        self.packets += 1
        at = piece.shape.data_time
        if at is not None:
            cn, day = piece.head.fields.get("CN"), piece.values[at][:8]
            if cn in TRACKED:
                self.note_time(cn, piece.values[at])
            first, last = _days_near(now.toordinal())
            if not first <= day <= last and day.isdecimal():
                self.deviations[FUTURE if day > last else PAST] += 1
        if piece.marks:
            self.deviations.update(piece.marks)

    def note_time(self, cn: str, time: str) -> None:
        """A record of this command and DataTime has come."""
        bit = MINUTES.get(time[10:12])
        if bit is not None:
            hours, hour = self.came.get(cn), time[:10]
            if hours is None:
                hours = self.came[cn] = {}
            if not hours.get(hour, 0) & bit:
                hours[hour] = hours.get(hour, 0) | bit

    def note_broken(self, reason: str, data: bytes, now: datetime) -> None:
        """A packet under this name that was not taken."""
        self.broken[reason] += 1
        self.last_broken = (now, reason, data[:BROKEN_BYTES])

    def forget(self, now: datetime) -> None:
        """Only the last day is kept of what came, and what was no time at all is dropped."""
        first, last = (f"{moment.astimezone(CST):{HOUR_FORM}}" for moment in (now - KEPT, now + AHEAD))
        for cn, hours in self.came.items():
            kept = {hour: bits for hour, bits in hours.items() if first <= hour <= last and hour.isdecimal()}
            self.came[cn] = kept
            bits = reduce(or_, kept.values(), self.ever.get(cn, 0))
            if bits:
                self.ever[cn] = bits

    def as_dict(self) -> dict[str, Any]:
        """behind: seconds that the device's QN was behind our clock at its last packet (-: ahead)."""
        sent = read_time(self.qn)
        return {
            "peer": self.peer,
            "first": self.first.astimezone(CST).isoformat(timespec="seconds"),
            "last": self.last.astimezone(CST).isoformat(timespec="milliseconds"),
            "packets": self.packets,
            "edition": None if self.head is None else self.head.edition,
            "st": None if self.head is None else self.head.fields.get("ST"),
            "broken": dict(self.broken),
            "last_broken": self.last_broken and _broken_as_list(*self.last_broken),
            "behind": None if sent is None else round((self.last - sent).total_seconds(), 1),
            "deviations": dict(self.deviations),
            "came": self.came,
            "ever": self.ever,
        }


def _broken_as_list(at: datetime, reason: str, data: bytes) -> list[str]:
    return [at.astimezone(CST).isoformat(timespec="milliseconds"), reason, data.hex()]


def seen_again(saved: dict[str, Any]) -> Seen:
    """A device as the state file says. Raises KeyError, ValueError, TypeError for what is no such text."""
    broken = saved["last_broken"]
    return Seen(
        first=datetime.fromisoformat(saved["first"]),
        last=datetime.fromisoformat(saved["last"]),
        peer=saved["peer"],
        packets=saved["packets"],
        broken=Counter(saved["broken"]),
        last_broken=broken and (datetime.fromisoformat(broken[0]), broken[1], bytes.fromhex(broken[2])),
        deviations=Counter(saved["deviations"]),
        came=saved["came"],
        ever=saved["ever"],
    )


class Register:
    """`devices.json`, read again when it changes (loggers.register says what it holds). version: grows with each change."""

    def __init__(self, path: Path, *, everyone: bool) -> None:
        """Raises NothingDone for a file that cannot be read."""
        self.path = path
        self.everyone = everyone
        self.version = 0
        self._stamp = 0
        self._devices: dict[str, Device] = {}
        self._load()

    def _load(self) -> None:
        stamp = self.path.stat().st_mtime_ns if self.path.exists() else 0
        if stamp != self._stamp:
            self._devices = read_register(self.path)
            self._stamp = stamp
            self.version += 1

    def refresh(self) -> None:
        """Look whether the file has changed; a damaged one changes nothing."""
        try:
            self._load()
        except (OSError, NothingDone) as error:
            rare.error("%s; the devices known so far stay", error)

    def listed(self, mn: str) -> Device | None:
        """What is written of a device, if anything."""
        return self._devices.get(mn)

    def device(self, mn: str) -> Device:
        """What is written of a device; nothing of an unknown one."""
        return self._devices.get(mn, STRANGER)

    def knows(self, mn: str) -> bool:
        """Is the device let in?"""
        device = self._devices.get(mn)
        return self.everyone if device is None else not device.refused

    def unlock(self, segment: bytes) -> bytes | None:
        """The plain form of an encrypted data segment, by its device's key; None when there is no key."""
        match = _MN.search(segment)
        return self.device(match[1].strip().decode("ascii", "replace")).unlock(segment) if match else None


class Devices:
    """What has been seen of known and unknown devices. rejected: registered ones of which no packet was taken yet."""

    def __init__(self) -> None:
        self.known: dict[str, Seen] = {}
        self.parked: dict[str, Seen] = {}
        self.rejected: dict[str, Seen] = {}
        self.counts: Counter[str] = Counter()

    def of(self, mn: str, now: datetime) -> Seen:
        """The state of a known device; what was refused of it before comes along."""
        seen, before = self._one(self.known, mn, now), self.rejected.pop(mn, None)
        if before is not None:
            seen.broken.update(before.broken)
            seen.last_broken = max(filter(None, (seen.last_broken, before.last_broken)), default=None)
        return seen

    def of_unknown(self, mn: str, now: datetime) -> Seen:
        """The state of a device that is not let in; beyond a number of names they share one."""
        full = mn not in self.parked and len(self.parked) >= MOST_UNKNOWN
        return self._one(self.parked, "others" if full else mn, now)

    def note_broken(self, mn: str, reason: str, data: bytes, now: datetime, *, listed: bool) -> None:
        """A packet under the name of a device that was not taken; of names that nobody has nothing is noted.

        listed: is the name registered? Then it is noted though nothing of it was ever taken.
        """
        if mn in self.known:
            self.known[mn].note_broken(reason, data, now)
        elif listed:
            self._one(self.rejected, mn, now).note_broken(reason, data, now)

    def forget(self, now: datetime) -> None:
        """Only the last day is kept of what came."""
        for seen in (*self.known.values(), *self.parked.values()):
            seen.forget(now)

    @staticmethod
    def _one(group: dict[str, Seen], mn: str, now: datetime) -> Seen:
        seen = group.get(mn)
        if seen is None:
            seen = group[mn] = Seen(now, now)
        return seen

    def as_dict(self, online: Collection[str]) -> dict[str, Any]:
        """For the state file."""
        known = {mn: {**seen.as_dict(), "online": mn in online} for mn, seen in self.known.items()}
        parked = {mn: seen.as_dict() for mn, seen in self.parked.items()}
        rejected = {mn: seen.as_dict() for mn, seen in self.rejected.items()}
        return {"counts": dict(self.counts), "devices": known, "parked": parked, "rejected": rejected}

    def remember(self, path: Path) -> None:
        """Take up what the state file says of devices; a damaged or older one is left aside."""
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            known = {mn: seen_again(about) for mn, about in saved["devices"].items()}
            parked = {mn: seen_again(about) for mn, about in saved["parked"].items()}
            # Files of before 2026-12 do not have it.
            rejected = {mn: seen_again(about) for mn, about in saved.get("rejected", {}).items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("%s is left aside (%s); devices are listed as they send again", path, error)
            return
        self.known, self.parked, self.rejected = known, parked, rejected
