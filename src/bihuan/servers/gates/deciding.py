"""Decisions at gates and rule files: the running order, the city's rules, exceptions, what the register knows of a vehicle."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import polars as pl
from django.db import connections

from bihuan import clock
from bihuan.archive.passages import Passages
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.decisions import RULES, Order, Rules, Unit, Vehicle, better, decide
from bihuan.domain.vehicles.rule_files import as_file
from bihuan.feeds.gates.records import read_vehicle
from bihuan.reasons import Reason
from bihuan.registry import models
from bihuan.registry.gate_rules import CityRules, city_rules, rules_between
from bihuan.registry.gate_secrets import signing_key
from bihuan.scenarios.resolved import running_order
from bihuan.servers.gates.admission import Request
from bihuan.servers.gates.answers import Refused
from bihuan.servers.gates.known import Registers

SEEN = timedelta(days=30)
MOST_SEEN = 5_000
"""Vehicles of a rule file: those that the unit saw in the last 30 days, the most frequent ones."""
FRESH, REMEMBERED = 60.0, 50_000
"""For how long [s] and of how many plates what the register says is remembered."""
SEEN_FRESH = 600.0


class Desk:
    """Decides for the gates of all units; `read` brings orders, units and rules up to date."""

    def __init__(self, folder: Path, passages: Passages, registers: Registers) -> None:
        self._folder, self._passages, self._registers = folder, passages, registers
        self._city = CityRules()
        self._rules = Rules()
        self._units: Mapping[str, tuple[Unit, Order | None]] = {}
        self._vehicles: dict[str, tuple[float, tuple[Vehicle, ...]]] = {}
        self._seen: dict[str, tuple[float, list[Vehicle]]] = {}
        self._key = signing_key(folder)

    def read(self) -> None:
        """Read it all. Raises DatabaseError, NothingDone."""
        now = clock.now()
        self._city = city_rules(self._folder)
        self._rules = rules_between(now, city=self._city)
        orders: dict[str, Order | None] = {}
        units: dict[str, tuple[Unit, Order | None]] = {}
        for unit in models.VehicleUser.objects.select_related("region__parent__parent"):
            if unit.region_id not in orders:
                running = running_order(unit.region, now)
                orders[unit.region_id] = (
                    Order(running.level, running.since, running.until) if running else None
                )
            units[unit.pk] = (Unit(unit.pk, unit.grade, unit.guaranteed), orders[unit.region_id])
        self._units = units

    def _of(self, unit: str) -> tuple[Unit, Order | None]:
        return self._units.get(unit, (Unit(unit), None))

    async def decision(self, request: Request, language: str) -> tuple[int, Any]:
        """May a vehicle pass?"""
        try:
            asked = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise Refused(422, Reason("gate_no_json", error=str(error)[:100])) from error
        if not isinstance(asked, dict):
            raise Refused(422, Reason("gate_no_object"))
        vehicle, noted = read_vehicle(asked, self._registers.known.sender(request.unit, request.dialect))
        known = await self._known(vehicle.plate)
        of_colour = [v for v in known if vehicle.colour in (None, v.colour)]
        unit, order = self._of(request.unit)
        at = clock.now()
        found = decide(
            better(vehicle, of_colour[0] if len(of_colour) == 1 else None), unit, order, self._rules, at
        )
        titles = RULES | {row.rule: row.title for row in self._rules.barred}
        return 200, {
            **asdict(found),
            "rule_title": titles.get(found.rule, found.rule),
            "order": order.level if order else None,
            "noted": noted,
            "decided_by": "centre",
            "at": at.astimezone(CST).isoformat(timespec="milliseconds"),
        }

    async def _known(self, plate: str) -> tuple[Vehicle, ...]:
        """What the register says of a plate, of each colour."""
        if not plate:
            return ()
        kept = self._vehicles.get(plate)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        found = await asyncio.to_thread(_registered, [plate])
        if len(self._vehicles) >= REMEMBERED:
            self._vehicles.clear()
        self._vehicles[plate] = (time.monotonic() + FRESH, tuple(found))
        return tuple(found)

    async def rules(self, request: Request, language: str) -> tuple[int, Any]:
        """The rule file of the unit, signed: the text of `payload` is what was signed."""
        now = clock.now()
        unit, order = self._of(request.unit)
        kept = self._seen.get(request.unit)
        if kept is None or kept[0] < time.monotonic():
            kept = (
                time.monotonic() + SEEN_FRESH,
                await asyncio.to_thread(self._seen_lately, request.unit, now),
            )
            self._seen[request.unit] = kept
        content = as_file(
            unit, order, self._rules, kept[1], now, now + timedelta(hours=self._city.file_hours)
        )
        payload = json.dumps(content, ensure_ascii=False)
        return 200, {
            "payload": payload,
            "algorithm": "Ed25519",
            "signature": self._key.sign(payload.encode()).hex(),
            "public_key": self._key.public_key().public_bytes_raw().hex(),
        }

    def _seen_lately(self, unit: str, now: datetime) -> list[Vehicle]:
        """Vehicles that went through the unit's gates, as the register and their last records know them."""
        gates = [gate for gate, of in self._registers.known.gates.items() if of == unit]
        rows = (
            self._passages.versions(now - SEEN, now, gates, as_of=now)
            .filter(pl.col("plate") != "")
            .group_by("plate")
            .agg(
                pl.len().alias("count"),
                pl.col("colour", "fuel", "stage", "stage_source").sort_by("start").drop_nulls().last(),
            )
            .sort("count", "plate", descending=[True, False])
            .head(MOST_SEEN)
            .collect()
        )
        try:
            known = {(v.plate, v.colour): v for v in _registered(rows["plate"].to_list())}
        finally:
            connections.close_all()
        seen = [
            Vehicle(r["plate"], r["colour"], r["fuel"], r["stage"], r["stage_source"])
            for r in rows.iter_rows(named=True)
        ]
        return [better(v, known.get((v.plate, v.colour))) for v in seen]


def _registered(plates: list[str]) -> list[Vehicle]:
    """What the register of vehicles says of plates."""
    found = []
    for first in range(0, len(plates), 500):
        rows = models.Vehicle.objects.filter(plate__in=plates[first : first + 500]).values_list(
            "plate", "colour", "fuel", "stage", "stage_source", "registered", "permitted_kg"
        )
        found += [Vehicle(p, c, f or None, s or None, o or None, r, kg) for p, c, f, s, o, r, kg in rows]
    return found
