"""规则文件: what a gate needs to decide by itself while the centre is away: order, rules, exceptions, the vehicles that it sees."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bihuan.domain.vehicles.decisions import (
    EXPIRED,
    RULES,
    Barred,
    Decision,
    Order,
    Pass,
    Rules,
    Settings,
    Unit,
    Vehicle,
    better,
    decide,
)

VERSION = 1


def as_file(
    unit: Unit,
    order: Order | None,
    rules: Rules,
    vehicles: Sequence[Vehicle],
    made: datetime,
    until: datetime,
) -> dict[str, Any]:
    """The content of a rule file that holds from `made` to `until`; exceptions of other units are left out."""
    passes = [p for p in rules.passes if p.unit in ("", unit.code) and p.until >= made]
    return {
        "version": VERSION,
        "made": made.isoformat(),
        "from": made.isoformat(),
        "until": until.isoformat(),
        "unit": asdict(unit),
        "order": None if order is None else {"level": order.level, "since": _written(order.since), "until": _written(order.until)},
        "barred": [row.row for row in rules.barred],
        "settings": asdict(rules.settings),
        "exceptions": [{**asdict(p), "since": p.since.isoformat(), "until": p.until.isoformat()} for p in passes],
        "vehicles": [{**asdict(v), "registered": v.registered.isoformat() if v.registered else None} for v in vehicles],
    }  # fmt: skip


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class RuleFile:
    """A rule file as a gate reads it, once its signature was verified. Raises KeyError, ValueError, TypeError for another content."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        if content["version"] != VERSION:
            raise ValueError(f"version {content['version']}")
        self.until = datetime.fromisoformat(content["until"])
        self.unit = Unit(**content["unit"])
        order = content["order"]
        self.order = (
            Order(order["level"], _moment(order["since"]), _moment(order["until"])) if order else None
        )
        held = content["settings"]
        passes = tuple(
            Pass(
                **{
                    **p,
                    "since": datetime.fromisoformat(p["since"]),
                    "until": datetime.fromisoformat(p["until"]),
                }
            )
            for p in content["exceptions"]
        )
        barred = tuple(Barred.of(row) for row in content["barred"])
        self.rules = Rules(barred, Settings(**{**held, "grades": tuple(held["grades"])}), passes)
        self._vehicles = {v.plate: v for v in map(_vehicle, content["vehicles"])}

    def decide(self, vehicle: Vehicle, at: datetime) -> Decision:
        """What the centre would say; once the file is too old, that nobody knows whether an order runs: it may pass, by that rule."""
        if at > self.until:
            return Decision(True, EXPIRED, f"{RULES[EXPIRED]} 准予通行", vehicle.stage, vehicle.stage_source)
        return decide(
            better(vehicle, self._vehicles.get(vehicle.plate)), self.unit, self.order, self.rules, at
        )


def _vehicle(said: Mapping[str, Any]) -> Vehicle:
    day = said["registered"]
    return Vehicle(**{**said, "registered": date.fromisoformat(day) if day else None})
