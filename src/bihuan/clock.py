"""The only clock. A replay of the practice city sets it, for all processes, through a file in the data folder."""

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Replay:
    """At real instant `real` (Unix seconds) the replayed clock shows `shown` and runs `speed` times as fast."""

    shown: float
    real: float
    speed: float

    def at(self, real: float) -> datetime:
        """What the replayed clock shows at a real instant."""
        return datetime.fromtimestamp(self.shown + (real - self.real) * self.speed, UTC)


_cache: tuple[Path, int, Replay | None] | None = None


def _file() -> Path:
    return Path(os.environ.get("BIHUAN_DATA", "data")) / "clock.json"


def replay() -> Replay | None:
    """The running replay, or None when the clock is the real one."""
    global _cache  # noqa: PLW0603 - one small cache, keyed by file and its time
    path = _file()
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    if _cache is None or _cache[:2] != (path, stamp):
        _cache = (path, stamp, Replay(**json.loads(path.read_text())))
    return _cache[2]


def set_replay(shown: datetime, speed: float) -> None:
    """Let the clock show `shown` now and run `speed` times as fast (0 = stand still)."""
    path = _file()
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(asdict(Replay(shown.timestamp(), time.time(), speed))))
    beside.replace(path)


def now() -> datetime:
    """The present instant, aware, UTC."""
    running = replay()
    return running.at(time.time()) if running else datetime.now(UTC)
