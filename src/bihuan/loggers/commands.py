"""Commands for loggers: a file each, written by who asks, carried on by the receiver, read by the page.

An open command lies in `commands/open`, an ended one in `commands/done/<device>`. Only the receiver changes it.
"""

import json
import logging
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from bihuan.atomic import write_json
from bihuan.domain.timeaxis import CST
from bihuan.feeds.hj212.masking import hidden, is_secret
from bihuan.loggers.files import name_of

log = logging.getLogger(__name__)

WAITING, SENT, ACCEPTED = "waiting", "sent", "accepted"
REFUSED, DONE, FAILED, TIMED_OUT, NO_CONNECTION = "refused", "done", "failed", "timed_out", "no_connection"
ENDED = frozenset({REFUSED, DONE, FAILED, TIMED_OUT, NO_CONNECTION})
SYSTEM = "系统"


@dataclass(slots=True)
class Command:
    """One command. name: of encode.COMMANDS. cp: its parameters.

    packet: as it was sent (a resend is the same, QN included). answer: QnRtn of 9011. result: ExeRtn of 9012.
    uploads: packets that came for it; told: what they said outside of factors. note: why it could not be built.
    """

    id: str
    mn: str
    name: str
    cp: dict[str, str]
    by: str
    asked: str
    state: str = WAITING
    changed: str = ""
    qn: str = ""
    packet: str = ""
    sends: int = 0
    answer: int | None = None
    result: int | None = None
    uploads: int = 0
    told: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def ended(self) -> bool:
        """Is nothing more to come?"""
        return self.state in ENDED


def new_command(mn: str, name: str, cp: dict[str, str], *, by: str, now: datetime) -> Command:
    """A command that nobody has sent yet. Its id sorts by time."""
    local = now.astimezone(CST)
    return Command(
        f"{local:%Y%m%d%H%M%S%f}-{uuid.uuid4().hex[:8]}",
        mn,
        name,
        cp,
        by,
        local.isoformat(timespec="seconds"),
    )


def _read(path: Path) -> Command | None:
    """A command; None when it has gone or is no command (the file is put aside)."""
    try:
        return Command(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        log.error("%s is no command (%s); it is put aside", path, error)
        path.replace(path.with_suffix(".bad"))
        return None


class Spool:
    """The commands in the archive's folder of devices."""

    def __init__(self, devices: Path) -> None:
        self._open = devices / "commands" / "open"
        self._done = devices / "commands" / "done"

    def _ended_file(self, command: Command) -> Path:
        return self._done / name_of(command.mn) / f"{command.id}.json"

    def save(self, command: Command) -> None:
        """Keep a command as it is now. An ended one loses its new password or key, and the packet with it."""
        waiting = self._open / f"{command.id}.json"
        if not command.ended:
            write_json(waiting, asdict(command), private=True)
            return
        if any(map(is_secret, command.cp)):
            command.cp, command.packet = hidden(command.cp), ""
        command.told = hidden(command.told)
        write_json(self._ended_file(command), asdict(command))
        waiting.unlink(missing_ok=True)

    def waiting(self, known: set[str] | frozenset[str] = frozenset()) -> list[Command]:
        """Open commands whose id is not among the known ones, oldest first."""
        files = sorted(self._open.glob("[0-9]*.json"))
        found = [_read(file) for file in files if file.stem not in known]
        return [command for command in found if command is not None]

    def of(self, mn: str, most: int = 50) -> list[Command]:
        """Commands of a device, newest first."""
        found = {c.id: c for c in self.waiting() if c.mn == mn}  # first: a command that ends now is in both
        files = sorted((self._done / name_of(mn)).glob("[0-9]*.json"), reverse=True)[:most]
        found |= {c.id: c for c in map(_read, files) if c is not None}
        return sorted(found.values(), key=lambda c: c.id, reverse=True)[:most]
