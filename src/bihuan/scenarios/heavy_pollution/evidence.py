"""What was lately found about a unit of the reduction list and what belongs to it: its stacks, sites and gates. It stands beside the suggestion."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from bihuan.cases.models import Finding, Level
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.heavy_pollution.models import Suggestion
from bihuan.scenarios.resolved import listed_objects

WEEK = timedelta(days=7)
UNIT = "emitter"
STANDING = ("new", "confirmed", "handed")
"""A finding that was put aside or merged tells nothing against a unit."""


@dataclass(frozen=True)
class Found:
    """How many findings of the last week stand, and the worst of them, the newest of several."""

    count: int
    worst: Finding


def found_about_units(rows: Iterable[Suggestion], person: Person, now: datetime) -> dict[str, Found]:
    """By code of the unit, for those of which anything was found that the person may see."""
    codes = {row.emitter_id for row in rows}
    if not codes:
        return {}
    owner = {(kind, target): code for code, kind, target in listed_objects(codes)}
    owner |= {(UNIT, code): code for code in codes}
    targets: dict[str, list[str]] = defaultdict(list)
    for kind, target in owner:
        targets[kind].append(target)
    concerned = Q()
    for kind, several in targets.items():
        concerned |= Q(target_kind=kind, target__in=several)
    standing = Finding.objects.filter(
        concerned, status__in=STANDING, started_at__gte=now - WEEK, started_at__lte=now
    )
    by_unit: dict[str, list[Finding]] = defaultdict(list)
    for finding in visible(standing, person).order_by("started_at"):
        by_unit[owner[finding.target_kind, finding.target]].append(finding)
    return {code: Found(len(found), max(found, key=_rank)) for code, found in by_unit.items()}


def _rank(finding: Finding) -> tuple[int, datetime]:
    return Level.values.index(finding.severity), finding.started_at
