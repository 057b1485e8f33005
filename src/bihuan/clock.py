"""The only clock. A replay of the practice city sets it, for all processes, through a file in the data folder."""

import json
import logging
import math
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bihuan.atomic import write_json

log = logging.getLogger(__name__)
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1970, 9000))
FASTEST = 1e6


@dataclass(frozen=True)
class Replay:
    """At real instant `real` (Unix seconds) the replayed clock shows `shown` and runs `speed` times as fast."""

    shown: float
    real: float
    speed: float

    def at(self, real: float) -> datetime:
        """What the replayed clock shows at a real instant."""
        shown = self.shown + (real - self.real) * self.speed
        return datetime.fromtimestamp(min(max(shown, EARLIEST), LATEST), UTC)


@dataclass(frozen=True)
class _Read:
    """What a process has read of the file of that time.

    broken: it could not be, and `replay` is what was known before; lost: nothing was, and `replay` is the real time.
    """

    path: Path
    stamp: int
    replay: Replay
    broken: bool = False
    lost: bool = False


_last: _Read | None = None


def _file() -> Path:
    return Path(os.environ.get("BIHUAN_DATA", "data")) / "clock.json"


def _parse(text: str) -> Replay:
    """Raises ValueError, TypeError."""
    found = Replay(**json.loads(text))
    if not all(
        isinstance(n, int | float) and math.isfinite(n) for n in (found.shown, found.real, found.speed)
    ):
        raise ValueError("it holds something else than numbers")
    if not (EARLIEST <= found.shown <= LATEST and 0 <= found.speed <= FASTEST):
        raise ValueError("its moment or speed is out of range")
    return found


def _read() -> _Read | None:
    """The file as it is now, read again when it has changed; None when there is none."""
    global _last  # noqa: PLW0603 - one small cache, keyed by file and its time
    path = _file()
    try:
        stamp = path.stat().st_mtime_ns
        if _last is None or (_last.path, _last.stamp) != (path, stamp):
            before = _last if _last is not None and _last.path == path else None
            try:
                _last = _Read(path, stamp, _parse(path.read_text()))
            except (ValueError, TypeError) as error:
                _last = _without(path, stamp, before)
                goes_on = (
                    "shows the real time and no job runs" if _last.lost else "goes on as it was known before"
                )
                log.error(
                    "%s is damaged (%s); the clock %s; set the replay anew on a page", path, error, goes_on
                )
    except FileNotFoundError:
        return None
    return _last


def _without(path: Path, stamp: int, before: _Read | None) -> _Read:
    if before is None or before.lost:
        real = time.time()
        return _Read(path, stamp, Replay(real, real, 1.0), broken=True, lost=True)
    return _Read(path, stamp, before.replay, broken=True)


def replay() -> Replay | None:
    """The running replay, or None when the clock is the real one.

    With a damaged file it is the replay that this process knew before; a process that knew none has the real time.
    """
    found = _read()
    return found.replay if found else None


def is_broken() -> bool:
    """Whether the file of the replay is damaged. Setting the replay mends it."""
    found = _read()
    return found is not None and found.broken


def is_lost() -> bool:
    """Whether this process cannot know what the replay shows: nothing should be computed as of the time it shows."""
    found = _read()
    return found is not None and found.lost


def set_replay(shown: datetime, speed: float) -> None:
    """Let the clock show `shown` now and run `speed` times as fast (0 = stand still)."""
    write_json(_file(), asdict(Replay(shown.timestamp(), time.time(), speed)), durable=False)


def now() -> datetime:
    """The present instant, aware, UTC."""
    running = replay()
    return running.at(time.time()) if running else datetime.now(UTC)
