"""Alarm rules as they are set: the versions, who may set one, back to the one before, what was found by them."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.cases.rule_models import RuleVersion
from bihuan.cases.targets import targets_of
from bihuan.cases.texts import clean
from bihuan.domain.alarm_rules import NO_RULE, PLACES, SCOPES, Rule, Window
from bihuan.domain.checks import FINDINGS, SEVERITIES
from bihuan.domain.parameters import Parameter
from bihuan.english import told
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE

Kind = RuleVersion.Kind
PERIOD = timedelta(days=30)
"""How far back a change is tried, and a proposal looks."""
LONGEST_DELAY = 7 * 24 * 60.0
REASON, REASON_LENGTH = "理由", 400


def may_set(person: Person) -> bool:
    """May the person set alarm rules: dispatcher or chief of the whole city?"""
    return may(person, *OFFICE, region=CITY)


def versions(check_key: str) -> "QuerySet[RuleVersion]":
    """All versions of a check's rule as of the clock, the newest first."""
    return RuleVersion.objects.filter(check_key=check_key, at__lte=clock.now()).select_related("by")


def rule_of(check_key: str) -> Rule:
    """The rule in force for a check now."""
    return rule_at(check_key, clock.now())


def rule_at(check_key: str, moment: datetime) -> Rule:
    """The rule that was in force for a check at a moment."""
    newest = RuleVersion.objects.filter(check_key=check_key, at__lte=moment).first()
    return read(newest.content) if newest else NO_RULE


@transaction.atomic
def change(
    by: Person, check_key: str, rule: Rule, reason: str, *, known: Mapping[str, Parameter]
) -> RuleVersion:
    """Set the rule of a check. `known`: the parameters of the check. Raises NotAllowed, IllegalMove."""
    rule = meant(rule, known)
    if rule == rule_of(check_key):
        raise IllegalMove(_("没有改动"))
    return _keep(by, check_key, Kind.CHANGED, rule, reason)


@transaction.atomic
def undo(by: Person, check_key: str, reason: str) -> RuleVersion:
    """Back to what was set before the version in force. Raises NotAllowed, IllegalMove."""
    now = rule_of(check_key)
    earlier = [read(v.content) for v in versions(check_key)]
    if not earlier:
        raise IllegalMove(_("这条规则没有改过，不能撤销"))
    return _keep(by, check_key, Kind.UNDONE, next((r for r in earlier if r != now), NO_RULE), reason)


@transaction.atomic
def dismiss(by: Person, check_key: str, reason: str) -> RuleVersion:
    """Not change a rule that a proposal would change, and say why. Raises NotAllowed, IllegalMove."""
    return _keep(by, check_key, Kind.DISMISSED, rule_of(check_key), reason)


def _keep(by: Person, check_key: str, kind: Kind, rule: Rule, reason: str) -> RuleVersion:
    if not may_set(by):
        raise NotAllowed(_("告警规则由全市的调度岗或负责人设定。"))
    text = clean(reason, REASON, REASON_LENGTH)
    if not text:
        raise IllegalMove(_("请写明理由"))
    made = RuleVersion.objects.create(
        check_key=check_key, kind=kind, content=written(rule), reason=text, by=by, at=clock.now()
    )
    record(by, f"rule.{kind}", check_key, reason=text)
    return made


def meant(rule: Rule, known: Mapping[str, Parameter]) -> Rule:
    """The rule with its parameters as the check takes them. Raises IllegalMove for one that cannot be meant."""
    for fault in faults(rule, known):
        raise IllegalMove(fault)
    return replace(rule, parameters={n: known[n].of(v) for n, v in rule.parameters.items()})


def faults(rule: Rule, known: Mapping[str, Parameter]) -> list[str]:
    """What of a rule cannot be meant, each in a sentence."""
    found = [_parameter_fault(known.get(name), name, value) for name, value in rule.parameters.items()]
    found = [fault for fault in found if fault]
    if rule.least is not None and not math.isfinite(rule.least):
        found.append(_("%(name)s 不是数") % {"name": _("起报大小")})
    for name, minutes in ((_("起报延时"), rule.delay_on), (_("消除延时"), rule.delay_off)):
        if not 0 <= minutes <= LONGEST_DELAY:
            found.append(_("%(name)s应在 0 至 %(most)d 分钟之间") % {"name": name, "most": LONGEST_DELAY})
    if any(not 0 < h <= 24 * 30 or s not in SEVERITIES for h, s in rule.worse_after.items()):
        found.append(_("升级的时长应在 0 至 720 小时之间，级别从列表中选择"))
    if rule.duty is not None and (rule.duty[0] == rule.duty[1] or not all(0 <= h <= 24 for h in rule.duty)):
        found.append(_("值守时段的起止应是不同的整点，0 至 24"))
    for window in rule.windows:
        if window.until <= window.since or window.scope not in SCOPES or not window.reason:
            found.append(_("静默时段要有理由，结束晚于开始"))
        elif window.weekly and window.until - window.since > timedelta(days=7):
            found.append(_("每周重复的静默时段不能长于一周"))
    return found


def _parameter_fault(parameter: Parameter | None, name: str, value: float) -> str:
    """Why a parameter may not have this value; empty where it may."""
    if parameter is None:
        return _("没有参数 %(name)s") % {"name": name[:40]}
    named = {"name": told(parameter.title), "value": f"{value:g}"}
    if not parameter.allows(value):
        return _("%(name)s不能是 %(value)s，应在 %(span)s 之间") % (named | {"span": parameter.span})
    if parameter.whole and value != value // 1:
        return _("%(name)s应是整数，不能是 %(value)s") % named
    return ""


def written(rule: Rule) -> dict[str, Any]:
    """A rule as it is kept."""
    return {
        "parameters": dict(rule.parameters),
        "delay_on": rule.delay_on,
        "delay_off": rule.delay_off,
        "least": rule.least,
        "worse_after": [[hours, severity] for hours, severity in sorted(rule.worse_after.items())],
        "duty": list(rule.duty) if rule.duty else None,
        "windows": [
            {
                "scope": w.scope, "key": w.key, "since": w.since.isoformat(), "until": w.until.isoformat(),
                "reason": w.reason, "weekly": w.weekly,
            }
            for w in rule.windows
        ],
    }  # fmt: skip


def read(content: Mapping[str, Any]) -> Rule:
    """A rule from what `written` made of it."""
    instant = datetime.fromisoformat
    return Rule(
        parameters=dict(content["parameters"]),
        delay_on=content["delay_on"],
        delay_off=content["delay_off"],
        least=content["least"],
        worse_after={float(hours): severity for hours, severity in content["worse_after"]},
        duty=(content["duty"][0], content["duty"][1]) if content["duty"] else None,
        windows=tuple(
            Window(**{**w, "since": instant(w["since"]), "until": instant(w["until"])})
            for w in content["windows"]
        ),
    )


def with_window(rule: Rule, window: Window) -> Rule:
    """The rule with one more window."""
    return replace(rule, windows=(*rule.windows, window))


def without_window(rule: Rule, place: int) -> Rule:
    """The rule without the window at a place."""
    return replace(rule, windows=tuple(w for n, w in enumerate(rule.windows) if n != place))


def places_of(found: pl.DataFrame) -> pl.DataFrame:
    """PLACES of the targets in a table of findings."""
    rows = []
    for kind, codes in found.group_by("target_kind").agg(pl.col("target").unique()).iter_rows():
        for code, target in targets_of(kind, codes).items():
            unit = str(target.organisation.pk) if target.organisation else None
            rows.append((kind, code, target.region.code, unit))
    return pl.DataFrame(rows, schema=PLACES, orient="row")


def recorded(check_key: str, now: datetime) -> pl.DataFrame:
    """What was found by a check in the last 30 days as a table of FINDINGS, with `right`: what people said of it."""
    status = Finding.Status
    verdict = {status.CONFIRMED: True, status.HANDED: True, status.REJECTED: False}

    def right(finding: Finding) -> bool | None:
        said = verdict.get(status(finding.status))
        # What only took over the verdict of another finding says nothing about its own check.
        return None if said and finding.follows_id else said

    rows = Finding.objects.filter(
        check_key=check_key, started_at__gte=now - PERIOD, found_at__lte=now
    ).exclude(status=status.MERGED)
    made = [
        (
            f.target_kind, f.target, f.started_at, f.until, f.item, f.magnitude, f.unit, f.title, "{}", f.phrase,
            right(f),
        )
        for f in rows
    ]  # fmt: skip
    return pl.DataFrame(made, schema={**FINDINGS, "right": pl.Boolean()}, orient="row")
