"""Which warning is in force, what waits for a signature, and what happened: all read from the steps."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from bihuan.registry.access import scope_of
from bihuan.registry.models import Person, Region, prefix_of
from bihuan.scenarios.heavy_pollution.models import WarningStep

Action, Kind = WarningStep.Action, WarningStep.Kind


def steps_of(region: Region, at: datetime) -> QuerySet[WarningStep]:
    """All steps in a region up to a moment, newest first."""
    return WarningStep.objects.filter(region=region, at__lte=at).select_related("region", "person", "advice")


def this_warning(region: Region, at: datetime) -> list[WarningStep]:
    """The approved steps of the warning that runs (or is announced) at a moment, newest first; none without one."""
    return _newest_warning(steps_of(region, at).filter(action=Action.APPROVED))


def _newest_warning(approved: Iterable[WarningStep]) -> list[WarningStep]:
    """Of approved steps of a region, newest first, those of the last warning; none where that is lifted."""
    found = []
    for step in approved:
        if step.kind == Kind.LIFT:
            break
        found.append(step)
        if step.kind == Kind.START:
            break
    return found


def warning_in_force(region: Region, at: datetime) -> WarningStep | None:
    """The step by whose level a warning runs in a region at a moment; before it begins, the one that announced it."""
    return in_force_of(steps_of(region, at).filter(action=Action.APPROVED), at)


def in_force_of(approved: Iterable[WarningStep], at: datetime) -> WarningStep | None:
    """The same, of the approved steps of a region up to the moment, newest first."""
    steps = _newest_warning(approved)
    begun = [s for s in steps if s.since is None or s.since <= at]
    return next(iter(begun or reversed(steps)), None)


def open_proposal(region: Region, at: datetime) -> WarningStep | None:
    """What waits for a second signature."""
    return steps_of(region, at).filter(action=Action.PROPOSED, answer__isnull=True).first()


def warnings_for(person: Person, at: datetime) -> list[WarningStep]:
    """The warnings in force at a moment where the person holds a post, whatever the role: inside the region, or over it."""
    codes = {p.region_id for p in scope_of(person).posts}
    started = WarningStep.objects.filter(action=Action.APPROVED, at__lte=at).values("region")
    concerned = [
        region
        for region in Region.objects.filter(pk__in=started)
        if any(c.startswith(region.prefix) or region.code.startswith(prefix_of(c)) for c in codes)
    ]
    found = [warning_in_force(region, at) for region in concerned]
    return [step for step in found if step is not None]
