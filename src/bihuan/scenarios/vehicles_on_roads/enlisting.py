"""列入减排清单: a road with a suggestion becomes a unit of the reduction list with a measure for each level, so that a warning suggests it among all others.

It is written through the two registers: their history shows it, and they take it back. Pressed again, it says what the newest days say.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.cases.errors import IllegalMove
from bihuan.domain.vehicles.traffic.factors import ROWS
from bihuan.errors import NotAllowed
from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.planning import make_plan
from bihuan.kit.registers.table import Table
from bihuan.kit.registers.writing import Act
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Emitter, Measure, Person
from bihuan.registry.roles import REGISTRARS
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.roads import Road
from bihuan.scenarios.vehicles_on_roads.view import Suggestion, Whole

INDUSTRY, UNGRADED = "重点路段", "未评级"
SAVED = {"nox": "nox_kg", "pm": "pm10_kg"}
"""Pollutants of the reduction list, and what of a suggestion is theirs."""
LETTERS = 200
"""Of a text or a basis in the register of measures."""


def code_of(road: Road) -> str:
    """The code of a road in the reduction list."""
    return f"LD-{road.code}"


def may_enlist(person: Person) -> bool:
    """Those who write the reduction list of the whole city."""
    return may(person, *REGISTRARS, region=CITY)


@transaction.atomic
def enlist(road: Road, whole: Whole, by: Person, request: HttpRequest | None = None) -> Emitter:
    """Put a road into the list, or bring its measures up to date. Raises NotAllowed, IllegalMove."""
    if not may_enlist(by):
        raise NotAllowed(_("只有全市的负责人或系统管理员可以列入减排清单"))
    mine = [s for s in whole.suggestions if s.road.code == road.code]
    if not mine:
        raise IllegalMove(_("这条路段没有达到门槛的管控建议"))
    act = Act(by, f"重点路段管控：{whole.span} 过车均值", request=request)
    registers = every_register()
    _write(registers["emitters"], [_unit(road)], act)
    _write(registers["measures"], [*_measures(mine, whole), *_over(road, mine, whole)], act)
    detail = {s.level: round(s.sums["nox_kg"], 3) for s in mine}
    record(by, "road.listed", code_of(road), request, span=whole.span, **detail)
    return Emitter.objects.get(pk=code_of(road))


def _unit(road: Road) -> dict[str, Any]:
    return {
        "code": code_of(road), "name": f"{INDUSTRY} {road.name}", "region": road.region, "lon": road.lon, "lat": road.lat, "until": "",
        "kind": Emitter.Kind.VEHICLES.label, "industry": INDUSTRY, "grade": UNGRADED, "simulated": "是" if road.simulated else "否",
    }  # fmt: skip


def _measures(mine: Sequence[Suggestion], whole: Whole) -> list[dict[str, Any]]:
    """A row for each level and pollutant of which the amount is known."""
    return [
        _row(s.road, s.level, pollutant, s.text, s.sums[name], _basis(s, whole))
        for s in mine
        for pollutant, name in SAVED.items()
        if s.sums[name] is not None
    ]


def _over(road: Road, mine: Sequence[Suggestion], whole: Whole) -> list[dict[str, Any]]:
    """Measures of an earlier press that the newest days do not bear out: they save nothing, and are suggested no more."""
    levels = {s.level for s in mine}
    old = Measure.objects.filter(emitter=code_of(road)).exclude(level__in=levels)
    why = f"按 {whole.span} 过车均值已低于建议门槛"
    return [_row(road, m.level, m.pollutant, m.text, 0.0, why) for m in old]


def _row(road: Road, level: str, pollutant: str, text: str, kg: float, basis: str) -> dict[str, Any]:
    return {
        "emitter": code_of(road), "level": Measure.Level(level).label, "pollutant": pollutant, "text": text[:LETTERS],
        "kg_per_day": round(kg, 3), "basis": basis[:LETTERS],
    }  # fmt: skip


def _basis(s: Suggestion, whole: Whole) -> str:
    """The span, how many vehicles, and where the factors are from."""
    source = re.split("[；;]", ROWS[0]["source"])[0]
    return (
        f"{whole.span} 有数据的 {len(whole.days)} 天过车均值：{s.sums['vehicles']:.1f} 辆/d，排放不明 {s.sums['unknown']:.1f} 辆/d；"
        f"排放因子：{source}"
    )


def _write(register: Register, rows: Sequence[Mapping[str, Any]], act: Act) -> None:
    """Raises IllegalMove for a row that the register refuses."""
    columns = tuple(rows[0])
    table = Table(columns, [(n, tuple(str(row[c]) for c in columns)) for n, row in enumerate(rows, 1)])
    plan = make_plan(register, table, "", act.by)
    refused = [p.why for row in plan.of(Fate.REFUSED) for p in row.problems]
    if refused:
        raise IllegalMove("；".join(refused))
    apply(plan, act)
