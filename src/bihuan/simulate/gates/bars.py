"""The bar of a unit's gates (模拟): it asks the centre, and goes by the signed rule file while the centre is away.

A unit that cheats turns barred trucks away where the cameras of an inspection would look, and opens its side gate for them by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.domain.vehicles.decisions import Vehicle
from bihuan.domain.vehicles.rule_files import RuleFile
from bihuan.simulate.gates.link import Link, verified

DETOUR = timedelta(minutes=5)
"""From the goods gate round to the side gate."""
OK = 200
Record = dict[str, Any]


@dataclass
class Bar:
    """side: the gate that it opens by hand for the first `lets_in` that are turned away; empty for a unit that does not cheat."""

    link: Link
    public_key: str
    side: str = ""
    lets_in: int = 0
    file: RuleFile | None = None
    _turned: set[str] = field(default_factory=set)
    _later: list[tuple[datetime, Record]] = field(default_factory=list)

    def fetch(self) -> None:
        """Bring the rule file up to date; the old one stays where the centre does not answer. Raises ValueError for a forged one."""
        try:
            status, answer = self.link.rules()
        except ConnectionError:
            return
        if status == OK:
            self.file = RuleFile(verified(answer, self.public_key))

    def passed(self, record: Record, at: datetime, *, cut: bool) -> list[Record]:
        """What the gates tell of a vehicle that came at `at`: what was decided with it; nothing of one that never got in."""
        plate = str(record.get("plate", ""))
        if record["direction"] != "in":
            return [] if plate in self._turned else [record]
        self._turned.discard(plate)
        decided = self._decided(record, at, cut=cut)
        if decided.get("allowed", True):
            return [decided]
        if self.lets_in and plate:
            self.lets_in -= 1
            self._later.append((at + DETOUR, _by_hand(record, self.side, at + DETOUR)))
        else:
            self._turned.add(plate)
        return [decided]

    def round_the_back(self, until: datetime) -> list[Record]:
        """Who went in by the side gate before `until`."""
        due = [record for at, record in self._later if at < until]
        self._later = [(at, record) for at, record in self._later if at >= until]
        return due

    def _decided(self, record: Record, at: datetime, *, cut: bool) -> Record:
        said: Mapping[str, Any] | None = None
        if not cut:
            try:
                status, answer = self.link.decision(_asked(record))
                said = answer if status == OK else None
            except ConnectionError:
                pass
        if said is not None:
            return record | {"allowed": said["allow"], "rule": said["rule"], "decided_by": "centre"}
        if self.file is None:
            return record
        found = self.file.decide(_vehicle(record), at)
        return record | {"allowed": found.allow, "rule": found.rule, "decided_by": "file"}


def _asked(record: Record) -> Record:
    names = ("gate", "plate", "colour", "fuel", "stage", "stage_source", "registered", "permitted_kg")
    return {name: record[name] for name in names if record.get(name) is not None}


def _vehicle(record: Record) -> Vehicle:
    """What the gate's own system knows of it: the same that it asks the centre with."""
    said, day = _asked(record), record.get("registered")
    told = {name: said.get(name) for name in ("colour", "fuel", "stage", "stage_source", "permitted_kg")}
    return Vehicle(said.get("plate", ""), registered=date.fromisoformat(day) if day else None, **told)


def _by_hand(record: Record, side: str, at: datetime) -> Record:
    """The same vehicle at the side gate: let in by the guard, under no rule."""
    moment = at.isoformat(timespec="milliseconds")
    said = {k: v for k, v in record.items() if k not in ("rule", "photo_sum")}
    return said | {
        "gate": side, "number": f"{record['number']}b", "time": moment, "photo_time": moment, "sent": moment, "allowed": True, "opened": "manual", "decided_by": "门卫",
    }  # fmt: skip
