"""What the receiver last said of loggers, as the page shows it."""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.registry.hours import archive
from bihuan.web.air import span

STATE_OLD = 120.0  # seconds; the receiver writes its state every 2, with very many devices every 20
HOUR = timedelta(hours=1)
DRIFT = 60.0  # seconds of clock error that are shown as wrong


@dataclass(frozen=True)
class State:
    """What the receiver last said. fresh: it is running and says so."""

    devices: dict[str, dict[str, Any]]
    parked: dict[str, dict[str, Any]]
    counts: dict[str, int]
    connections: int
    fresh: bool
    known: bool


def read_state() -> State:
    """The receiver's state file; empty when no receiver ever ran here."""
    path = archive().devices.folder / "state.json"
    if not path.exists():
        return State({}, {}, {}, 0, fresh=False, known=False)
    said = json.loads(path.read_text(encoding="utf-8"))
    fresh = time.time() - path.stat().st_mtime < STATE_OLD
    return State(
        said["devices"],
        said["parked"],
        said["counts"],
        said["connections"] if fresh else 0,
        fresh,
        known=True,
    )


def hours_without_records(about: dict[str, Any], now: datetime) -> list[datetime]:
    """Starts of the last 24 whole hours in which no record of the device lies."""
    last = now.astimezone(CST).replace(minute=0, second=0, microsecond=0) - HOUR
    came = set().union(*about["came"].values())
    first = datetime.fromisoformat(about["first"])
    hours = [last - n * HOUR for n in range(23, -1, -1)]
    return [hour for hour in hours if hour >= first and f"{hour:%Y%m%d%H}" not in came]


def row(mn: str, about: dict[str, Any], name: str, now: datetime, *, fresh: bool) -> dict[str, Any]:
    """A device as the table shows it."""
    last = datetime.fromisoformat(about["last"])
    behind = about["behind"]
    missing = hours_without_records(about, now)
    drifts = behind is not None and abs(behind) > DRIFT
    return {
        "mn": mn,
        "name": name,
        "online": fresh and bool(about.get("online")),
        "last": last,
        "age": span(max(now - last, timedelta(0))),
        "behind": behind,
        "drifts": drifts,
        "broken": sum(about["broken"].values()),
        "deviations": sum(about["deviations"].values()),
        "missing": missing,
        "edition": about.get("edition"),
        "packets": about["packets"],
        "peer": about["peer"],
        "wrong": bool(about["broken"]) or bool(missing) or drifts,
    }
