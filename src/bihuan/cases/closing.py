"""销号凭据: what the checks that found a case's problems have seen since, and whether that allows closing it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from bihuan.cases import alarm_rules, recovery
from bihuan.cases.models import Case, CheckRun, Finding, Step
from bihuan.cases.recovery import Recovery
from bihuan.cases.sensors import Place, Sensing, every_sensing
from bihuan.cases.transitions import Sensors, State, Transition
from bihuan.domain.alarm_rules import Rule, on_duty, silenced
from bihuan.domain.checks import SEVERITIES
from bihuan.domain.timeaxis import HOUR
from bihuan.english import told

Status = Finding.Status
KEY = ("check_key", "target_kind", "target", "item")
NO_PROBLEM = (Status.MERGED, Status.REJECTED)
"""What stands in another finding, or was said to be none."""
PROOF = "recovery"
"""Key of `Step.data` under which a closing keeps what was known of the sensors."""


ASKED = (State.RECTIFYING, State.VERIFYING, State.PASSED, State.LISTED)
"""In which people want to know whether the sensor is normal again."""


def findings_of(case: Case) -> "QuerySet[Finding]":
    """What a case deals with: its findings, and those of their incidents that came to it later."""
    return Finding.objects.filter(Q(cases=case) | Q(follows__cases=case)).exclude(status__in=NO_PROBLEM)


def recoveries(case: Case, now: datetime) -> list[Recovery]:
    """How each of a case's problems that a sensor shows stands at `now`; none of a case that no sensor shows."""
    sensing = every_sensing()
    by_check: dict[str, list[Place]] = defaultdict(list)
    names: dict[tuple[str, ...], str] = {}
    for finding in findings_of(case).filter(check_key__in=sensing).defer("evidence", "latest").distinct():
        place = (finding.target_kind, finding.target, finding.item)
        if place not in by_check[finding.check_key]:
            by_check[finding.check_key].append(place)
        names.setdefault((finding.check_key, *place), str(finding))
    found: list[Recovery] = []
    for check_key, places in by_check.items():
        found += _of_check(sensing[check_key], places, names, now)
    return found


def _of_check(
    sensing: Sensing, places: list[Place], names: Mapping[tuple[str, ...], str], now: datetime
) -> list[Recovery]:
    """How the problems of one check stand: what it showed last, its newest sound run, and what was measured since."""
    key, rule = sensing.check.key, alarm_rules.rule_at(sensing.check.key, now)
    shown, run = _shown(key, places), _newest_run(sensing, rule, now)
    first = recovery.whole_hour_from((run or now) - sensing.look_back)
    measured = sensing.closing.measured(sensing.check, places, first, now)
    if rule.windows:
        measured = _not_silenced(measured, places, rule)
    hours = {place: measured.filter(target=place[1], item=place[2])["start"] for place in places}
    return [
        recovery.recovered(
            (key, *place),
            names[key, *place],
            shown=shown[key, *place],
            run=run,
            look_back=sensing.look_back,
            needed=sensing.normal_hours,
            measured=hours[place],
            now=now,
        )
        for place in places
    ]


def _shown(key: str, places: Iterable[Place]) -> dict[tuple[str, ...], datetime]:
    """Until when a check has shown each problem, in whichever finding."""
    rows = Finding.objects.filter(check_key=key, target__in={target for _kind, target, _item in places})
    newest = rows.exclude(status__in=NO_PROBLEM).order_by().values_list(*KEY).annotate(Max("until"))
    return {(check, kind, target, item): until for check, kind, target, item, until in newest}


def _newest_run(sensing: Sensing, rule: Rule, now: datetime) -> datetime | None:
    """As of when the check ran well last, and would have shown what it finds."""
    runs = CheckRun.objects.filter(check_key=sensing.check.key, as_of__lte=now, error="", skipped="")
    moments = runs.order_by("-as_of").values_list("as_of", flat=True)
    if rule.duty is None or sensing.check.severity in SEVERITIES[2:]:  # shown at any time of the day
        return moments.first()
    duty = rule.duty
    return next((at for at in moments.filter(as_of__gt=now - sensing.look_back) if on_duty(duty, at)), None)


def _not_silenced(measured: pl.DataFrame, places: list[Place], rule: Rule) -> pl.DataFrame:
    """Without the hours in which the rule would have shown nothing of a target."""
    kinds = pl.DataFrame(
        [(kind, target) for kind, target, _item in set(places)],
        schema={"target_kind": pl.String, "target": pl.String}, orient="row",
    ).unique()  # fmt: skip
    rows = measured.join(kinds, on="target").with_columns(until=pl.col("start") + HOUR)
    return rows.filter(~silenced(rows, rule.windows, alarm_rules.places_of(kinds)))


def watched_until(case: Case) -> datetime | None:
    """Until when a relapse reopens a closed case by itself; None where no sensor shows what it deals with."""
    sensing = every_sensing()
    checks = findings_of(case).filter(check_key__in=sensing).order_by().values_list("check_key", flat=True)
    spans = [sensing[check].watch for check in checks.distinct()]
    return case.closed_at + max(spans) if case.closed_at and spans else None


def why_not(transition: Transition, found: list[Recovery]) -> str:
    """Why what the sensors show does not allow a step; empty where it does, or where the step does not ask."""
    if transition.sensors is None:
        return ""
    lacking = [r for r in found if not r.proven]
    if transition.sensors is Sensors.UNPROVEN:
        if not lacking:
            words = {"step": _(transition.label)}
            return _("监测凭据不缺，请直接销号，不需要%(step)s") % words
        lacking = [r for r in lacking if r.persists]
    return _("；").join(r.said if len(found) == 1 else f"{told(r.name)}{_('：')}{r.said}" for r in lacking)


def kept(step: Step) -> list[dict[str, Any]]:
    """What a closing kept as its proof; nothing where its data were made into something else."""
    found = step.data.get(PROOF) if isinstance(step.data, dict) else None
    records = [r for r in found if isinstance(r, dict)] if isinstance(found, list) else []
    return [r | {"until": _instant(r.get("normal_until"))} for r in records]


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def proof(found: list[Recovery]) -> dict[str, Any]:
    """What a step keeps of what the sensors showed."""
    return {PROOF: [r.record() for r in found]} if found else {}
