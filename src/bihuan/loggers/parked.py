"""Packets of devices that were not let in yet: parked in the journal, brought in when an officer accepts the device.

The page asks; the receiver confirms as soon as it lets the device in and all that it parked is on disk; then the storing
process journals the parked packets anew. Each new entry names the position of the old one, so that a crash in between
brings nothing in twice.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from bihuan.archive.journal import Entry, Journal
from bihuan.atomic import write_json
from bihuan.feeds.hj212 import read_piece
from bihuan.feeds.hj212.crc import crc_text, judge
from bihuan.feeds.hj212.framing import Frame, frames
from bihuan.loggers.files import name_of
from bihuan.loggers.register import Device
from bihuan.pipeline.packets import ACCEPTED, PARKED

NAME_SIGNS = 64  # of an unknown MN in the journal's source
BROUGHT_IN = f"{ACCEPTED}parked@"
_CHECK_VALUE = re.compile(rb"([0-9A-Fa-f]{4})[\r\n \t*]*\Z")
ASKED, READY = ".asked", ".ready"
GROUP = 5_000


def parked_source(mn: str) -> str:
    """Under which name packets of an unknown device are journalled."""
    return f"{PARKED}{mn[:NAME_SIGNS]}"


def plain(frame: Frame, raw: bytes) -> bytes:
    """The packet as it would have come without encryption: keys change, and what was answered must stay readable.

    raw: as it came. Its check value is that of the plain segment, and stays as it was sent.
    """
    sent = _CHECK_VALUE.search(raw)
    fits = sent is not None and judge(frame.segment, sent[1]) is not None
    value = sent[1] if sent is not None and fits else crc_text(frame.segment)
    return b"##%04d%s%s\r\n" % (len(frame.segment), frame.segment, value)


def _folder(devices: Path) -> Path:
    return devices / "parked"


def ask(devices: Path, mn: str) -> None:
    """Ask for a device's parked packets. `devices`: the archive's folder of devices."""
    write_json(_folder(devices) / f"{name_of(mn)}{ASKED}", {})


def asked(devices: Path, ending: str = ASKED) -> list[tuple[str, Path]]:
    """(MN, file) of what was asked, or is ready."""
    found = sorted(_folder(devices).glob(f"mn-*{ending}"))
    return [(unquote(file.name.removesuffix(ending).removeprefix("mn-")), file) for file in found]


def confirm(file: Path) -> None:
    """Nothing of the device is parked any more from now on: its packets can be brought in."""
    if file.exists():
        file.replace(file.with_suffix(READY))


def _readable(entry: Entry, mn: str, device: Device) -> Iterator[bytes]:
    """The packets of an entry that the device may send, decrypted."""
    for frame in frames(entry.data, unlock=device.unlock):
        piece = read_piece(frame)
        said = {name: (piece.head.fields.get(name) or "").strip() for name in ("MN", "PW")}
        if piece.accepted and said["MN"] == mn and device.password_fits(said["PW"]):
            raw = entry.data[frame.start : frame.end]
            yield plain(frame, raw) if frame.encrypted else raw


def bring_in(journal: Journal, mn: str, device: Device) -> int:
    """Journal the parked packets of a device as accepted ones, each once; returns how many.

    A packet that was sent again and again counts once. Those with another password stay parked.
    """
    source, waiting, done = parked_source(mn), dict[bytes, Entry](), set[int]()
    for entry in journal.entries():
        if entry.source == source:
            waiting.setdefault(entry.data, entry)
        elif entry.source.startswith(BROUGHT_IN):
            done.add(int(entry.source.removeprefix(BROUGHT_IN)))
    open_ones = [entry for entry in waiting.values() if entry.position not in done]
    new = [
        (f"{BROUGHT_IN}{entry.position}", data, entry.received)
        for entry in open_ones
        for data in [b"".join(_readable(entry, mn, device))]
        if data
    ]
    for first in range(0, len(new), GROUP):
        journal.append_many(new[first : first + GROUP])
    return len(new)
