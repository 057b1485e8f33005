"""`forward.json` in the data folder: to which platforms above the records of loggers are sent on, and which of them.

{"targets": [{"name": "省厅", "host": "10.1.0.1", "port": 8212, "edition": 2017, "password": "123456",
"mn": ["0100*"], "st": ["31"], "cn": ["2051", "2061"], "codes": ["a21026"], "map": {"MN here": "MN above"},
"sm4_key": "32 hexadecimal digits", "since": "2026-01-01T00:00", "compare": true}]}
Everything behind `password` is optional: without a filter all is sent; without `since` all that the journal holds.
compare: every morning the target is asked what it has of the day before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bihuan.archive.devices import Devices
from bihuan.archive.journal import Entry
from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import Piece, decode_stream
from bihuan.feeds.hj212.editions import VERSION_BITS
from bihuan.feeds.hj212.encode import CannotBuild
from bihuan.feeds.hj212.sm4 import key_from_hex
from bihuan.feeds.hj212.upward import Address, sent_on
from bihuan.pipeline.packets import time_of
from bihuan.small_json import read_small_json

FILE = "forward.json"
EXAMPLE = '{"targets": [{"name": "...", "host": "...", "port": 8212, "edition": 2017, "password": "..."}]}'


@dataclass(frozen=True)
class Target:
    """One platform above. mn: names or patterns (`0100*`); empty filters let everything through."""

    name: str
    host: str
    port: int
    edition: int
    password: str
    mn: tuple[str, ...] = ()
    st: frozenset[str] = frozenset()
    cn: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    key: bytes | None = None
    since: datetime | None = None
    compare: bool = False

    def wants(self, mn: str, st: str, cn: str) -> bool:
        """Is a packet of this device, system and command sent on? Without a filter all uploads (2xxx, 3xxx) are."""
        return (
            (cn in self.cn if self.cn else cn[:1] in ("2", "3"))
            and (not self.st or st in self.st)
            and (not self.mn or any(fnmatchcase(mn, pattern) for pattern in self.mn))
        )

    def address(self, mn: str) -> Address:
        """How the device is named there."""
        return Address(self.names.get(mn, mn), self.password, self.edition, self.codes, self.key)


@dataclass(frozen=True, slots=True)
class Upload:
    """One packet for a target. day: of its data time in China; mn: here, above: there."""

    position: int
    day: str
    mn: str
    above: str
    cn: str
    qn: str
    packet: bytes


def _target(said: dict[str, Any]) -> Target:
    edition, key, since = said["edition"], said.get("sm4_key"), said.get("since")
    if edition not in VERSION_BITS.values():
        raise ValueError(f"edition {edition} is none of {', '.join(map(str, VERSION_BITS.values()))}")
    return Target(
        name=str(said["name"]),
        host=str(said["host"]),
        port=int(said["port"]),
        edition=edition,
        password=str(said["password"]),
        mn=tuple(said.get("mn") or ()),
        st=frozenset(said.get("st") or ()),
        cn=frozenset(said.get("cn") or ()),
        codes=frozenset(said.get("codes") or ()),
        names=dict(said.get("map") or {}),
        key=key_from_hex(key) if key else None,
        since=datetime.fromisoformat(since).replace(tzinfo=CST) if since else None,
        compare=bool(said.get("compare")),
    )


def read_targets(path: Path) -> list[Target]:
    """All targets; none when there is no file. Raises NothingDone for a file that cannot be read."""
    if not path.exists():
        return []
    try:
        targets = [_target(said) for said in read_small_json(path)["targets"]]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NothingDone(f"{path} cannot be read ({error!r}); it must look like {EXAMPLE}") from error
    if len({target.name for target in targets}) < len(targets):
        raise NothingDone(f"{path}: two targets have the same name; records are counted by it")
    return targets


def ledger_file(devices: Devices, target: Target) -> Path:
    """Where it is written what the target has received."""
    return devices.forwarded / f"{quote(target.name, safe='')}.sqlite3"


def uploads_of(entry: Entry, target: Target) -> tuple[list[Upload], list[str]]:
    """The packets of a journal entry that the target wants, and why others of them cannot be sent."""
    if target.since is not None and entry.received < target.since:
        return [], []
    found: list[Upload] = []
    troubles: list[str] = []
    for piece in decode_stream(entry.data):
        if piece.accepted:
            try:
                found += _uploads(piece, entry, target)
            except CannotBuild as error:
                troubles.append(f"{entry.position}: {error}")
    return found, troubles


def _uploads(piece: Piece, entry: Entry, target: Target) -> list[Upload]:
    mn, st, cn = ((piece.head.fields.get(name) or "").strip() for name in ("MN", "ST", "CN"))
    if not target.wants(mn, st, cn):
        return []
    at = piece.shape.data_time
    sent = None if at is None else piece.values[at]
    moment = time_of(sent, piece.qn, entry.received)[0].astimezone(CST)
    otherwise = f"{moment:%Y%m%d%H%M%S}{entry.position % 1000:03d}"
    to, day = target.address(mn), f"{moment:%Y-%m-%d}"
    return [
        Upload(entry.position, day, mn, to.mn, cn, qn, packet) for qn, packet in sent_on(piece, to, otherwise)
    ]
