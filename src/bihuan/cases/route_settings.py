"""Rules for routing as they are set: what is in force at a moment, who may change it, back to the one before."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan.cases import rule_versions
from bihuan.cases.duplicates import Alike
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level
from bihuan.cases.route_models import RouteVersion
from bihuan.cases.route_start import START
from bihuan.cases.routing import Responsible, RouteRule, To
from bihuan.cases.rule_versions import LENGTHS
from bihuan.cases.term_settings import demand_known
from bihuan.cases.texts import clean, needed
from bihuan.cases.transitions import Need
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.roles import OFFICE

Kind = RouteVersion.Kind
ALIKE = "alike"
"""The name under which versions of what counts as alike are kept."""
STARTED = {rule.key: rule for rule in START}


def may_set(person: Person) -> bool:
    """May the person set rules for routing: dispatcher or chief of the whole city?"""
    return may(person, *OFFICE, region=CITY)


def versions(rule: str) -> "QuerySet[RouteVersion]":
    """All versions of a rule as of the clock, the newest first."""
    return rule_versions.versions(RouteVersion, rule)


def rules(at: datetime | None = None) -> tuple[RouteRule, ...]:
    """What is in force at a moment (now): the rules of the start as they were changed, and those of the bureau's own."""
    newest = rule_versions.newest(RouteVersion, at)
    newest.pop(ALIKE, None)
    return tuple({**STARTED, **{key: read(key, content) for key, content in newest.items()}}.values())


def with_rule(known: Iterable[RouteRule], rule: RouteRule) -> tuple[RouteRule, ...]:
    """The rules with one that is new or changed."""
    return (*(r for r in known if r.key != rule.key), rule)


def alike() -> Alike:
    """What counts as alike now."""
    kept = rule_versions.newest(RouteVersion).get(ALIKE)
    return Alike(**kept) if kept else Alike()


@transaction.atomic
def change(by: Person, rule: RouteRule, reason: str) -> RouteVersion:
    """Set a rule, new or not. Raises NotAllowed, IllegalMove."""
    rule = fitting(rule)
    if rule in rules():
        raise IllegalMove(_("没有改动"))
    return _keep(by, rule.key, Kind.CHANGED, written(rule), reason)


@transaction.atomic
def change_alike(by: Person, setting: Alike, reason: str) -> RouteVersion:
    """Set within how many metres and days problems may be the same. Raises NotAllowed, IllegalMove."""
    for field, value, most in (("metres", setting.metres, 10_000), ("days", setting.days, 366)):
        if not 1 <= value <= most:
            raise IllegalMove(_("请填 1 至 %(most)d 的整数") % {"most": most}, field)
    if setting == alike():
        raise IllegalMove(_("没有改动"))
    return _keep(by, ALIKE, Kind.CHANGED, setting.written, reason)


@transaction.atomic
def undo(by: Person, key: str, reason: str) -> RouteVersion:
    """Back to what was set before the version in force. Raises NotAllowed, IllegalMove."""
    start = STARTED.get(key)
    first = [Alike().written] if key == ALIKE else [written(start)] if start else []
    earlier = rule_versions.before(RouteVersion, key, first)
    if key != ALIKE:
        fitting(read(key, earlier))
    return _keep(by, key, Kind.UNDONE, earlier, reason)


def _keep(by: Person, key: str, kind: str, content: Any, reason: str) -> RouteVersion:
    if not may_set(by):
        raise NotAllowed(_("交办规则由全市的调度岗或负责人设定。"))
    made = rule_versions.keep(by, RouteVersion, key, kind, content, reason)
    record(by, f"route.{kind}", key, reason=made.reason)
    return made


def fitting(rule: RouteRule) -> RouteRule:
    """The rule as it would be kept. Raises IllegalMove where it cannot be meant or contradicts another."""
    rule = _meant(rule)
    for other in rules():
        if rule.same_matter(other):
            raise IllegalMove(
                _("与“%(other)s”条件相同，分不出按哪条：请改条件或生效日，或停用其中一条")
                % {"other": _(other.name)}
            )
    return rule


def _meant(rule: RouteRule) -> RouteRule:
    name = needed(rule.name, "名称", LENGTHS["name"], _("请写明规则名称"), "name")
    basis = needed(rule.basis, "依据", LENGTHS["basis"], _("请写明依据"), "basis")
    demand_known(rule.check, rule.kind, rule.source, rule.levels)
    if rule.region and not Region.objects.filter(pk=rule.region).exists():
        raise IllegalMove(_("请选择区划"), "region")
    if rule.to is To.UNIT:
        if not Organisation.objects.filter(pk=rule.unit or 0).exists():
            raise IllegalMove(_("请选择承办单位"), "unit")
    else:
        rule = replace(rule, unit=None)
    levels = tuple(level for level in Level.values if level in rule.levels)
    post = clean(rule.post, Need.LIABLE.label, Need.LIABLE.limit, "post")
    return replace(
        rule, name=name, basis=basis, check=rule.check.strip("."), post=post,
        levels=() if len(levels) == len(Level.values) else levels,
    )  # fmt: skip


def written(rule: RouteRule) -> dict[str, Any]:
    """A rule as it is kept, without its key."""
    return {
        "name": rule.name, "to": str(rule.to), "since": rule.since.isoformat(), "basis": rule.basis, "unit": rule.unit,
        "post": rule.post, "region": rule.region, "check": rule.check, "kind": rule.kind, "source": rule.source,
        "levels": list(rule.levels), "responsible": str(rule.responsible), "enabled": rule.enabled,
    }  # fmt: skip


def read(key: str, content: Mapping[str, Any]) -> RouteRule:
    """A rule from what `written` made of it."""
    return RouteRule(
        key,
        **{
            **content,
            "to": To(content["to"]),
            "since": date.fromisoformat(content["since"]),
            "levels": tuple(content["levels"]),
            "responsible": Responsible(content["responsible"]),
        },
    )
