"""How often whom is to patrol: the table that comes with the folder, and what the city set in its place from a day on."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import needed
from bihuan.english import told
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.river_chiefs.models import Duty, DutyRules
from bihuan.scenarios.river_chiefs.periods import TITLES

MOST_TIMES = 31


@dataclass(frozen=True)
class Rule:
    """So many times in each period of a kind; 0: nothing is demanded. own: set by the city."""

    key: str
    title: str
    times: int
    period: str
    source: str
    own: bool = False


@cache
def table() -> Mapping[str, Rule]:
    """The rules of the start by their key (rules.csv)."""
    with Path(__file__).with_name("rules.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {r["key"]: Rule(r["key"], r["title"], int(r["times"]), r["period"], r["source"]) for r in rows}


def key_of(duty: Duty) -> str:
    """Under which rule a duty falls: of a chief by the level, of all others by the role."""
    return f"chief_{duty.level}" if duty.role == Duty.Role.CHIEF else duty.role


def versions() -> "list[DutyRules]":
    """What was set by now, newest first."""
    return list(DutyRules.objects.filter(at__lte=clock.now()).select_related("by"))


def rules_on(day: date, known: "list[DutyRules] | None" = None) -> Mapping[str, Rule]:
    """The rules for periods that begin on a day: of the versions that hold by then, the one that was written last."""
    own: Mapping[str, tuple[int, str]] = next(
        (v.values for v in (versions() if known is None else known) if v.since <= day), {}
    )
    made = dict(table())
    for key, (times, period) in own.items():
        if key in made:
            made[key] = replace(made[key], times=times, period=period, own=True)
    return made


def may_set(person: Person) -> bool:
    """May the person set the rules: dispatcher or chief of the whole city?"""
    return may(person, *OFFICE, region=CITY)


@transaction.atomic
def set_rules(by: Person, given: Mapping[str, tuple[str, str]], since: date, reason: str) -> DutyRules:
    """Set (times, period) of some keys from a day on; the others stay. Raises NotAllowed, IllegalMove naming the field."""
    if not may_set(by):
        raise NotAllowed(_("巡河次数由全市的调度岗或负责人设定。"))
    before = rules_on(since)
    wanted = {key: _wanted(before[key], *given[key]) for key in before if key in given}
    values = {key: [r.times, r.period] for key, r in before.items() if r.own} | {
        key: pair for key, pair in wanted.items() if pair != [before[key].times, before[key].period]
    }
    if all([before[key].times, before[key].period] == pair for key, pair in values.items()):
        raise IllegalMove(_("没有改动"))
    why = needed(reason, "理由", 400, _("请写明理由"), "reason")
    made = DutyRules.objects.create(since=since, values=values, reason=why, by=by, at=clock.now())
    record(by, "river_chiefs.rules", since.isoformat(), reason=why)
    return made


def _wanted(rule: Rule, times: str, period: str) -> list[object]:
    if not (times.isascii() and times.isdigit() and int(times[:4]) <= MOST_TIMES):
        said = {"title": told(rule.title), "most": MOST_TIMES}
        raise IllegalMove(_("“%(title)s”的次数应为 0 至 %(most)d") % said, f"times_{rule.key}")
    if period not in TITLES:
        raise IllegalMove(_("请选择周期"), f"period_{rule.key}")
    return [int(times), period]
