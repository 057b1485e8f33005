"""When each part of the installation was up, in small files of the data folder; `bihuan.outages` reads when it was not.

`up/PART.json` is the life that goes on: written every few seconds and flushed, so it tells after a kill or a power cut until
when the part worked. `up/PART.jsonl` holds the lives that ended, one a line. A life is a stretch in which the clock ran on
as usual: a stall of the machine, a jump of the replay and a clock that is set end one and begin another.
"""

import json
import logging
import math
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any

from bihuan import clock
from bihuan.atomic import write_json, write_text

log = logging.getLogger(__name__)
FOLDER = "up"
RECEIVER, GATES, WORKER, SERVER = "hj212", "gates", "worker", "serve"
PARTS = {RECEIVER: "接收服务", GATES: "门禁接入", WORKER: "后台任务", SERVER: "总控"}
EVERY, EVERY_IN_REPLAY = 5.0, 1.0
"""Seconds between two beats; a replay may run so fast that seconds are hours."""
SILENT_AFTER = 30.0
"""Real seconds without a beat after which a part did not work, whatever it says later."""
SLACK = 2.0
"""Seconds by which the clock may differ from what its speed makes of the real time."""
MOST_LIVES = 5000
"""Of a part that are remembered; the oldest are forgotten first."""


@dataclass(frozen=True)
class Moment:
    """What the clock shows, the real instant (both Unix seconds), and how fast the clock runs."""

    shown: float
    real: float
    speed: float

    def leads_to(self, later: "Moment") -> bool:
        """Can the clock have run on from here to there, by its speed and without a stop?"""
        elapsed, ran = later.real - self.real, later.shown - self.shown
        return 0 <= elapsed <= SILENT_AFTER and 0 <= ran <= elapsed * max(self.speed, later.speed) + SLACK


@dataclass(frozen=True)
class Life:
    """A stretch in which a part worked; `stopped`: it ended because it was told to."""

    since: Moment
    last: Moment
    stopped: bool = False


def moment() -> Moment | None:
    """The present moment; None while nobody can know what the clock shows."""
    if clock.is_lost():
        return None
    real, replay = time.time(), clock.replay()
    if replay is None:
        return Moment(real, real, 1.0)
    return Moment(replay.at(real).timestamp(), real, replay.speed)


class Heart:
    """The record of one running part. A disk that takes no record stops no part."""

    def __init__(self, data: Path, part: str) -> None:
        """Remember the life that was not ended: its process was killed, or the power went."""
        self._file, self._past = _files(data, part)
        self._life: Life | None = _read(self._file)
        self._written = 0.0
        self._lock = Lock()  # the receiver beats in a thread
        self._stopped = False
        self._end_life()

    def beat(self) -> None:
        """Say that the part works; as often as one likes, it is written every few seconds."""
        with self._lock:
            now = moment()
            if now is not None and not self._stopped:
                self._beat(now)

    def _beat(self, now: Moment) -> None:
        life = self._life
        if life is not None and not life.last.leads_to(now):
            self._end_life()
            life = None
        due = EVERY if now.speed <= 1 else EVERY_IN_REPLAY
        if life is None or not 0 <= now.real - self._written < due:
            self._write(Life(life.since if life else now, now))

    def stop(self) -> None:
        """The part stops as it should: its life ends at this moment."""
        with self._lock:
            self._stopped = True
            now, life = moment(), self._life
            if life is not None and now is not None and life.last.leads_to(now):
                self._life = Life(life.since, now, stopped=True)
            self._end_life()

    def _write(self, life: Life) -> None:
        self._life, self._written = life, life.last.real
        try:
            write_json(self._file, {"pid": os.getpid(), **asdict(life)})
        except OSError as error:
            log.error("the heartbeat cannot be written: %s", error)

    def _end_life(self) -> None:
        if self._life is None:
            return
        try:
            _append(self._past, self._life)
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.error("the heartbeat cannot be written: %s", error)
        self._life = None


def begin(data: Path) -> None:
    """The parts of an installation that has just been filled with data worked until now: what its clock runs on alone counts."""
    for part in PARTS:
        heart = Heart(data, part)
        heart.beat()
        heart.stop()


def beat(data: Path, stop: Event) -> None:
    """The worker's heart, in a thread of its own: it beats until stopped."""
    heart = Heart(data, WORKER)
    while not stop.is_set():
        heart.beat()
        stop.wait(EVERY_IN_REPLAY)
    heart.stop()


def last_beat(data: Path, part: str = WORKER) -> float | None:
    """When a part last said that it works (Unix seconds); None when it has stopped, never did, or its file is damaged."""
    life = _read(_files(data, part)[0])
    return life.last.real if life else None


def lives(data: Path, part: str) -> list[Life]:
    """All that is remembered of a part, the life that goes on last. Lines that a power cut tore are passed over."""
    current, past = _files(data, part)
    try:
        lines = past.read_bytes().splitlines()
    except OSError:
        lines = []
    found = [_life(line) for line in lines] + [_read(current)]
    return [life for life in found if life is not None]


def _files(data: Path, part: str) -> tuple[Path, Path]:
    return data / FOLDER / f"{part}.json", data / FOLDER / f"{part}.jsonl"


def _append(path: Path, life: Life) -> None:
    """One more line, on the disk when this returns; a line that a power cut tore is closed first."""
    before = path.read_text("utf-8", "replace").splitlines()[-MOST_LIVES:] if path.exists() else []
    write_text(path, "\n".join([*before, json.dumps(asdict(life)), ""]))


def _read(path: Path) -> Life | None:
    try:
        return _life(path.read_bytes())
    except OSError:
        return None


def _life(text: bytes) -> Life | None:
    """A life as it was written; None of what is no such text."""
    try:
        said: dict[str, Any] = json.loads(text)
        return Life(_moment(said["since"]), _moment(said["last"]), bool(said.get("stopped")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _moment(said: dict[str, Any]) -> Moment:
    """Raises ValueError, KeyError, TypeError."""
    found = Moment(*(float(said[name]) for name in ("shown", "real", "speed")))
    if not all(map(math.isfinite, (found.shown, found.real, found.speed))):
        raise ValueError("it holds something else than numbers")
    return found
