"""Requests to loggers (HJ 212-2017, 6.2 and table 1): request, answer 9011, uploads, result 9012, with time-outs.

One request at a time per device. A resend is the same packet, QN included. The state of every command is on disk, so a
restarted receiver carries it on.
"""

import logging
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.errors import NothingDone
from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.encode import COMMANDS, CannotBuild, command
from bihuan.loggers import commands as states
from bihuan.loggers.commands import SYSTEM, Command, Spool, new_command
from bihuan.loggers.register import change_key, change_password, settle_key, settle_password
from bihuan.servers.hj212.ask.responses import Response, Writer, code_of, response_in
from bihuan.servers.hj212.devices import Devices, Register

log = logging.getLogger(__name__)

AGREED, DONE = 1, 1
STATION, PASSWORD = "31", "123456"  # of a device that has said neither
CLOCK = "SystemTime"
KEYS_SINCE, KEY_BYTES = 2025, 16
BYTES = "latin-1"  # a packet as text, byte by byte: CP may be encrypted


@dataclass(frozen=True)
class Patience:
    """Seconds. answer, resends: HJ 212-2017 table 1 (10 s, 3 times); result and connection are our choice."""

    answer: float = 10.0
    resends: int = 3
    result: float = 300.0
    connection: float = 60.0


@dataclass(slots=True)
class Talk:
    """A command that is being carried on until `due` (monotonic seconds)."""

    command: Command
    due: float

    @property
    def cn(self) -> str:
        """The command's number, which uploads that it asks for have too."""
        return COMMANDS[self.command.name][0]


@dataclass
class Dialogues:
    """All commands. link: the live connection of a device, or None. Methods take monotonic seconds.

    wanted: what devices asked for themselves: a clock set by 1013 (they get 1012, HJ 212-2017 table 9), a key by 1014.
    """

    spool: Spool
    devices: Devices
    register: Register
    patience: Patience
    link: Callable[[str], Writer | None]
    talks: dict[str, Talk] = field(default_factory=dict)
    wanted: dict[str, str] = field(default_factory=dict)
    _queues: dict[str, deque[Command]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _last_qn: datetime | None = None

    def wants(self, mn: str, name: str) -> None:
        """A device asks for a command of ours; not heard while something is asked of it."""
        if not self.busy(mn):
            self.wanted[mn] = name

    def busy(self, mn: str) -> bool:
        """Is something asked of the device, or about to be?"""
        return mn in self.talks or mn in self._queues

    def ask(self, mn: str, name: str, cp: dict[str, str]) -> None:
        """A command of the receiver itself."""
        self.spool.save(new_command(mn, name, cp, by=SYSTEM, now=clock.now()))

    def tick(self, now: float) -> None:
        """Take new commands up; send, resend and give up what is due."""
        while self.wanted:
            mn, name = self.wanted.popitem()
            self.ask(mn, name, {})
        for fresh in self.spool.waiting(self._known):
            self._known.add(fresh.id)
            self._queues.setdefault(fresh.mn, deque()).append(fresh)
        for mn in [mn for mn in self._queues if mn not in self.talks]:
            queue = self._queues[mn]
            self.talks[mn] = Talk(queue.popleft(), now)
            if not queue:
                del self._queues[mn]
            self._begin(self.talks[mn], now)
        for talk in list(self.talks.values()):
            self._carry_on(talk, now)

    def _begin(self, talk: Talk, now: float) -> None:
        """Also for a command that an earlier process has begun."""
        if talk.command.state == states.WAITING:
            talk.due = now + self.patience.connection
        elif talk.command.state == states.ACCEPTED:
            talk.due = now + self.patience.result

    def _carry_on(self, talk: Talk, now: float) -> None:
        state = talk.command.state
        if state == states.WAITING and self.link(talk.command.mn) is not None:
            self._first_send(talk, now)
        elif now < talk.due:
            return
        elif state == states.WAITING:
            self._end(talk, states.NO_CONNECTION)
        elif state == states.SENT and talk.command.sends <= self.patience.resends:
            self._send(talk, now)
        else:
            self._end(talk, states.TIMED_OUT)

    def _next_qn(self) -> str:
        moment = clock.now().astimezone(CST)
        if self._last_qn is not None and moment <= self._last_qn:
            moment = self._last_qn + timedelta(milliseconds=1)
        self._last_qn = moment
        return f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"

    def _first_send(self, talk: Talk, now: float) -> None:
        asked = talk.command
        seen = self.devices.known.get(asked.mn)
        head = seen.head if seen else None
        fields = {} if head is None else head.fields
        asked.qn = self._next_qn()
        edition, device = 2017 if head is None else head.edition, self.register.device(asked.mn)
        if asked.name == "set_clock":
            asked.cp = {**asked.cp, CLOCK: asked.qn[:14]}
        try:
            if asked.name == "set_key":
                if edition < KEYS_SINCE:
                    raise CannotBuild(f"该设备按 {edition} 版通信，HJ 212-{KEYS_SINCE} 才有密钥")
                asked.cp = {"SKCreateTime": asked.qn[:14], "NewSK": secrets.token_hex(KEY_BYTES)}
            packet = command(
                asked.name,
                qn=asked.qn,
                st=(fields.get("ST") or "").strip() or STATION,
                pw=device.password or (fields.get("PW") or "").strip() or PASSWORD,
                mn=asked.mn,
                edition=edition,
                cp=asked.cp,
                key=device.key if asked.name == "set_key" else None,
            )
            if asked.name == "set_password":
                change_password(self.register.path, asked.mn, asked.cp["NewPW"])
            if asked.name == "set_key":
                change_key(self.register.path, asked.mn, asked.cp["NewSK"])
            self.register.refresh()
        except (CannotBuild, NothingDone, OSError) as error:
            asked.note = str(error)
            self._end(talk, states.FAILED)
            return
        asked.packet, asked.state = packet.decode(BYTES), states.SENT
        self._send(talk, now)

    def _send(self, talk: Talk, now: float) -> None:
        talk.command.sends += 1
        talk.due = now + self.patience.answer
        outlet = self.link(talk.command.mn)
        if outlet is not None:
            outlet.write(talk.command.packet.encode(BYTES))
        self._save(talk.command)

    def heard(self, mn: str, piece: Piece, now: float) -> None:
        """A packet of a device that something is asked of."""
        response = response_in(piece, self.talks[mn].cn)
        if response is not None:
            self.told(mn, response, now)

    def told(self, mn: str, response: Response, now: float) -> None:
        """What a device says of its request, if that is still open."""
        talk = self.talks.get(mn)
        if talk is None or talk.command.state not in (states.SENT, states.ACCEPTED):
            return
        ours = not response.qn or response.qn == talk.command.qn
        if response.cn == "9011" and ours:
            self._answered(talk, code_of(response.top, "QnRtn"), now)
        elif response.cn == "9012" and ours:
            self._result(talk, code_of(response.top, "ExeRtn"))
        elif response.cn == "9013" and ours:  # a notice is answered and that is all
            self._result(talk, DONE)
        elif response.cn == talk.cn:
            self._upload(talk, response.top, now)

    def _answered(self, talk: Talk, code: int | None, now: float) -> None:
        if code is None:
            return
        talk.command.answer = code
        if code != AGREED:
            self._end(talk, states.REFUSED)
        elif talk.command.state == states.SENT:
            talk.command.state = states.ACCEPTED
            talk.due = now + self.patience.result
            self._save(talk.command)

    def _result(self, talk: Talk, code: int | None) -> None:
        if code is not None:
            talk.command.result = code
            self._end(talk, states.DONE if code == DONE else states.FAILED)

    def _upload(self, talk: Talk, top: dict[str, str], now: float) -> None:
        """What the request asked for; a fetch tells its span, and the device may be sending others beside."""
        time, asked = top.get("DataTime", ""), talk.command
        first, last = asked.cp.get("BeginTime", ""), asked.cp.get("EndTime", "")
        if first and not first[:12] <= time[:12] <= last[:12]:
            return
        asked.uploads += 1
        if not first:
            asked.told = {key: value for key, value in top.items() if key != "DataTime"}
        if asked.state == states.ACCEPTED:
            talk.due = now + self.patience.result

    def _end(self, talk: Talk, state: str) -> None:
        ended = talk.command
        ended.state = state
        if state in (states.DONE, states.FAILED, states.REFUSED):
            self._settle(ended, done=state == states.DONE)
        self._save(ended)
        del self.talks[ended.mn]
        self._known.discard(ended.id)

    def _settle(self, ended: Command, *, done: bool) -> None:
        """A new password or key counts now, or is dropped. After a time-out nobody knows: both go on being taken."""
        path, at = self.register.path, clock.now().astimezone(CST).isoformat(timespec="seconds")
        try:
            if ended.name == "set_password":
                settle_password(path, ended.mn, changed=done)
            if ended.name == "set_key":
                settle_key(path, ended.mn, at, changed=done)
        except (NothingDone, OSError) as error:
            log.error("the new password or key of %s: %s", ended.mn, error)

    def _save(self, changed: Command) -> None:
        changed.changed = clock.now().astimezone(CST).isoformat(timespec="seconds")
        try:
            self.spool.save(changed)
        except OSError as error:
            log.error("the command %s of %s is not on disk as it is now (%s)", changed.id, changed.mn, error)
