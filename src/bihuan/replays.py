"""What an installation says of its own replay: of which year its data are, and the episodes worth practising on.

The file `replay.json` is written by who builds the installation; one without it can be replayed all the same.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = "replay.json"
SPEEDS = (0, 1, 60, 600, 3600)


@dataclass(frozen=True)
class Episode:
    """A stretch of the past worth practising on, from its start."""

    key: str
    title: str
    start: datetime


@dataclass(frozen=True)
class About:
    """`measured`: the year of the real measurements that are replayed; empty where nobody said that they are real."""

    measured: str = ""
    episodes: tuple[Episode, ...] = field(default=())

    def episode(self, key: str) -> Episode | None:
        """The episode of a key."""
        return next((e for e in self.episodes if e.key == key), None)


def write(folder: Path, about: About) -> None:
    """Keep what the installation says of its replay."""
    rows = [{"key": e.key, "title": e.title, "start": e.start.isoformat()} for e in about.episodes]
    (folder / FILE).write_text(json.dumps({"measured": about.measured, "episodes": rows}, ensure_ascii=False))


def of_installation() -> About:
    """What the installation says of its replay; nothing where it says nothing."""
    path = Path(os.environ.get("BIHUAN_DATA", "data")) / FILE
    return _of(json.loads(path.read_text("utf-8"))) if path.is_file() else About()


def _of(told: dict[str, Any]) -> About:
    rows = (Episode(e["key"], e["title"], datetime.fromisoformat(e["start"])) for e in told["episodes"])
    return About(told["measured"], tuple(rows))
