"""Rules that somebody tries on the last 30 days: asked for on a page, read there again.

Where what was recorded can tell, it is counted at once; else a job (`bihuan.trying`) runs the check again over the past.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import alarm_rules
from bihuan.cases.alarm_rules import may_set, meant, places_of, recorded, rule_of, written
from bihuan.cases.rule_models import RuleTry
from bihuan.domain.alarm_rules import Rule, Tried, shaped, tried
from bihuan.domain.parameters import Parameter
from bihuan.errors import NotAllowed
from bihuan.registry.audit import record
from bihuan.registry.models import Person

KEPT = 200
MOST_BEGUN = 3
"""A try whose process was killed so often is given up."""


@dataclass(frozen=True)
class Result:
    """What the rule in force (`now`) and the one that was tried (`then`) show of [since, until).

    Both were computed as of `looks` moments, `step_hours` apart, on what had been received by each; none: what was
    recorded was counted.
    """

    since: datetime
    until: datetime
    step_hours: int
    looks: int
    now: Tried
    then: Tried

    @property
    def cut(self) -> bool:
        """Was a part of the 30 days left out, as it would have taken too long?"""
        return self.until - self.since < alarm_rules.PERIOD


def needs_computing(rule: Rule, in_force: Rule) -> bool:
    """Can findings that were recorded not tell what the rule shows? So with other parameters, and where less was recorded."""
    only_parameters = Rule(parameters=in_force.parameters)
    return rule.parameters != in_force.parameters or in_force != only_parameters


@transaction.atomic
def ask(by: Person, check_key: str, rule: Rule, *, known: Mapping[str, Parameter], severity: str) -> RuleTry:
    """Let a rule of a check of this severity be tried; what the person asked before of this check and has not begun is forgotten.

    Raises NotAllowed, IllegalMove.
    """
    if not may_set(by):
        raise NotAllowed(_("告警规则由全市的调度岗或负责人设定。"))
    rule = meant(rule, known)
    RuleTry.objects.filter(by=by, check_key=check_key, begun=0, ended=False).delete()
    old = RuleTry.objects.filter(ended=True).order_by("-id").values_list("pk", flat=True)[KEPT:]
    RuleTry.objects.filter(pk__in=list(old)).delete()
    made = RuleTry.objects.create(check_key=check_key, content=written(rule), by=by, at=clock.now())
    record(by, "rule.try", check_key)
    if not needs_computing(rule, rule_of(check_key)):
        end(made, _of_recorded(check_key, rule, severity, made.at))
    return made


def _of_recorded(check_key: str, rule: Rule, severity: str, now: datetime) -> Result:
    """What was found, and what a stricter rule would have left of it."""
    found = recorded(check_key, now)
    # What waits for the morning is shown all the same.
    kept = shaped(found, replace(rule, duty=None), severity, places_of(found), now)
    return Result(now - alarm_rules.PERIOD, now, 0, 0, tried(found), tried(kept))


def waiting() -> bool:
    """Is there one to compute?"""
    return RuleTry.objects.filter(ended=False).exists()


def begin() -> RuleTry | None:
    """The oldest that is to be computed, and its turn counted; one whose process was killed again and again is given up."""
    RuleTry.objects.filter(ended=False, begun__gte=MOST_BEGUN).update(
        ended=True, error="计算多次被中断，已放弃；可以再次试算"
    )
    found = RuleTry.objects.filter(ended=False).first()
    if found is not None:
        found.begun += 1
        found.save(update_fields=["begun"])
    return found


def say(asked: RuleTry, done: int, total: int) -> None:
    """How far it is."""
    RuleTry.objects.filter(pk=asked.pk).update(done=done, total=total)


def end(asked: RuleTry, result: Result | None, error: str = "") -> None:
    """Keep what came of it."""
    kept = result and {**asdict(result), "since": result.since.isoformat(), "until": result.until.isoformat()}
    RuleTry.objects.filter(pk=asked.pk).update(ended=True, result=kept, error=error[:500])


def result_of(asked: RuleTry) -> Result | None:
    """What came of it; None where nothing did (yet)."""
    kept: dict[str, Any] | None = asked.result
    if kept is None:
        return None
    instant = datetime.fromisoformat
    return Result(
        instant(kept["since"]),
        instant(kept["until"]),
        kept["step_hours"],
        kept["looks"],
        Tried(**kept["now"]),
        Tried(**kept["then"]),
    )
