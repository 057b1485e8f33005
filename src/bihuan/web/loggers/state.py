"""What the receiver last said of loggers, as the page shows it."""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.domain.timeaxis import CST
from bihuan.feeds.hj212.masking import without_secrets
from bihuan.kit.ages import age_text
from bihuan.registry.hours import archive
from bihuan.web.loggers.texts import REASONS

STATE_OLD = 120.0  # seconds; the receiver writes its state every 2, with very many devices every 20
HOUR = timedelta(hours=1)
DRIFT = 60.0  # seconds of clock error that are shown as wrong


@dataclass(frozen=True)
class State:
    """What the receiver last said. rejected: registered, all packets refused. fresh: it is running and says so."""

    devices: dict[str, dict[str, Any]]
    parked: dict[str, dict[str, Any]]
    rejected: dict[str, dict[str, Any]]
    counts: dict[str, int]
    connections: int
    fresh: bool
    known: bool


def read_state() -> State:
    """The receiver's state file; empty when no receiver ever ran here."""
    path = archive().devices.folder / "state.json"
    if not path.exists():
        return State({}, {}, {}, {}, 0, fresh=False, known=False)
    said = json.loads(path.read_text(encoding="utf-8"))
    fresh = time.time() - path.stat().st_mtime < STATE_OLD
    return State(
        said["devices"],
        said["parked"],
        said.get("rejected", {}),  # a receiver of before 2026-12 does not say it
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


def last_refused(about: dict[str, Any]) -> dict[str, Any] | None:
    """When and why a packet of the device was last refused, and its text."""
    if not about["last_broken"]:
        return None
    at, reason, data = about["last_broken"]
    text = without_secrets(bytes.fromhex(data)).decode("utf-8", "backslashreplace")
    return {"at": datetime.fromisoformat(at), "reason": REASONS.get(reason, reason), "text": text}


def silences(devices: dict[str, str], state: State, now: datetime) -> list[dict[str, Any]]:
    """mn, name of devices of which the receiver has taken nothing: when and why it refused something of them (`refused`),
    else the time of their last record in the archive (`last`, `received`), written there by other ways.
    """
    known = archive().devices.last_of(sorted(set(devices) - set(state.rejected)), now)
    rows = []
    for mn, name in devices.items():
        about, (last, received) = state.rejected.get(mn), known.get(mn, (None, None))
        refused = last_refused(about) if about else None
        count = sum(about["broken"].values()) if about else 0
        rows.append({"mn": mn, "name": name, "refused": refused, "count": count, "last": last, "received": received})  # fmt: skip
    return rows


def row(mn: str, about: dict[str, Any], name: str, now: datetime, *, fresh: bool) -> dict[str, Any]:
    """A device as the table shows it."""
    last = datetime.fromisoformat(about["last"])
    refused = last_refused(about)
    behind = about["behind"]
    missing = hours_without_records(about, now)
    drifts = behind is not None and abs(behind) > DRIFT
    return {
        "mn": mn,
        "name": name,
        "online": fresh and bool(about.get("online")),
        "last": last,
        "age": age_text(max(now - last, timedelta(0))),
        "behind": behind,
        "drifts": drifts,
        "broken": sum(about["broken"].values()),
        "refused": refused if refused and refused["at"] > last else None,
        "deviations": sum(about["deviations"].values()),
        "missing": missing,
        "edition": about.get("edition"),
        "packets": about["packets"],
        "peer": about["peer"],
        "wrong": bool(about["broken"]) or bool(missing) or drifts,
    }
