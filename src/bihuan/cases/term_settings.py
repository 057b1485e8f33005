"""Rules for terms as they are set: what is in force at a moment, who may change it, back to the one before."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan.cases import set_versions
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Level
from bihuan.cases.rule_versions import LENGTHS as LENGTHS
from bihuan.cases.set_versions import OFFICE_HOURS, ONCE, Kind, keep
from bihuan.cases.term_models import TermVersion
from bihuan.cases.term_rules import Rulebook, TermRule
from bihuan.cases.term_start import START
from bihuan.cases.terms import LONGEST, Term, Unit
from bihuan.cases.texts import needed
from bihuan.domain.worktime import OFFICE, Span, WorkCalendar
from bihuan.registry.calendar import work_calendar
from bihuan.registry.models import Person

STARTED = {rule.key: rule for rule in START}
KEYS = re.compile(r"[a-z0-9_.]*")


def rulebook(at: datetime | None = None) -> Rulebook:
    """What is in force at a moment (now): the rules of the start as they were changed, and those of the bureau's own."""
    newest = set_versions.newest(at)
    rules = {**STARTED, **{key: read(key, content) for key, content in newest.items() if key not in ONCE}}
    return Rulebook(tuple(rules.values()), calendar_of(newest))


def calendar_of(newest: Mapping[str, Any]) -> WorkCalendar:
    """The days as they are worked here, with the office hours of what is in force (`set_versions.newest`)."""
    return work_calendar(office_read(newest[OFFICE_HOURS]) if OFFICE_HOURS in newest else OFFICE)


@transaction.atomic
def change(by: Person, rule: TermRule, reason: str) -> TermVersion:
    """Set a rule, new or not. Raises NotAllowed, IllegalMove."""
    book = rulebook()
    rule = fitting(rule, book)
    if rule in book.rules:
        raise IllegalMove(_("没有改动"))
    return keep(by, rule.key, Kind.CHANGED, written(rule), reason)


@transaction.atomic
def change_office(by: Person, office: tuple[Span, ...], reason: str) -> TermVersion:
    """Set the office hours. Deadlines that run stay where they are. Raises NotAllowed, IllegalMove."""
    edges = [edge for span in office for edge in span]
    if not edges or any(a >= b for a, b in pairwise(edges)):
        raise IllegalMove(_("工作时间应按先后写，如 08:00-12:00 14:30-18:00"), "office")
    if office == rulebook().calendar.office:
        raise IllegalMove(_("没有改动"))
    return keep(by, OFFICE_HOURS, Kind.CHANGED, office_written(office), reason)


@transaction.atomic
def undo(by: Person, key: str, reason: str) -> TermVersion:
    """Back to what was set before the version in force. Raises NotAllowed, IllegalMove."""
    start = STARTED.get(key)
    first = office_written(OFFICE) if key == OFFICE_HOURS else written(start) if start else None
    before = set_versions.earlier(key, first)
    if key != OFFICE_HOURS:
        fitting(read(key, before), rulebook())
    return keep(by, key, Kind.UNDONE, before, reason)


def fitting(rule: TermRule, book: Rulebook) -> TermRule:
    """The rule as it would be kept. Raises IllegalMove where it cannot be meant, contradicts another, or leaves a level without
    any term."""
    rule = _meant(rule)
    for other in book.rules:
        if rule.same_matter(other):
            raise IllegalMove(
                _("与“%(other)s”条件相同，分不出按哪条：请改条件或生效日，或停用其中一条")
                % {"other": _(other.name)}
            )
    covered = {level for r in book.with_rule(rule).rules if r.general for level in r.levels}
    for level in Level:
        if level not in covered:
            raise IllegalMove(
                _("“%(level)s”将没有通用的时限：每个级别都要有一条不限来源、规则和对象的规则")
                % {"level": _(level.label)}
            )
    return rule


def _meant(rule: TermRule) -> TermRule:
    """The rule with its texts as they are kept. Raises IllegalMove, which names the field, for one that cannot be meant."""
    name = needed(rule.name, "名称", LENGTHS["name"], _("请写明规则名称"), "name")
    basis = needed(rule.basis, "依据", LENGTHS["basis"], _("请写明依据"), "basis")
    demand_known(rule.check, rule.kind, rule.source, rule.levels)
    if not rule.levels:
        raise IllegalMove(_("请至少选择一个级别"), "levels")
    for term, field in ((rule.term, "length"), (rule.sign, "sign_length")):
        if term is not None:
            _demand_length(term, field)
    return replace(rule, name=name, basis=basis, check=rule.check.strip("."))


def demand_known(check: str, kind: str, source: str, levels: tuple[str, ...]) -> None:
    """Raises IllegalMove, which names the field, where a condition of a rule speaks of what cannot be."""
    for field, value in (("check", check), ("kind", kind)):
        if len(value) > LENGTHS[field] or not KEYS.fullmatch(value):
            raise IllegalMove(
                _("“%(value)s”不是检查规则或对象种类的编码，写成 cems.limits 的样子") % {"value": value[:40]},
                field,
            )
    if not {*levels} <= {*Level.values}:
        raise IllegalMove(_("请至少选择一个级别"), "levels")
    if source and source not in Case.Source.values:
        raise IllegalMove(_("请选择问题来源"), "source")


def _demand_length(term: Term, field: str) -> None:
    least, most = min(1, LONGEST[term.unit]), LONGEST[term.unit]
    if not least <= term.length <= most:
        said = {"least": least, "most": most}
        raise IllegalMove(_("时限的长度应在 %(least)d 至 %(most)d 之间") % said, field)


def written(rule: TermRule) -> dict[str, Any]:
    """A rule as it is kept, without its key."""
    return {
        "name": rule.name, "term": rule.term.written, "levels": list(rule.levels), "since": rule.since.isoformat(),
        "basis": rule.basis, "check": rule.check, "source": rule.source, "kind": rule.kind, "urgent": rule.urgent,
        "enabled": rule.enabled, "sign": rule.sign.written if rule.sign else None,
    }  # fmt: skip


def read(key: str, content: Mapping[str, Any]) -> TermRule:
    """A rule from what `written` made of it."""
    return TermRule(
        key,
        **{
            **content,
            "term": Term.read(content["term"]),
            "levels": tuple(content["levels"]),
            "since": date.fromisoformat(content["since"]),
            "sign": Term.read(content["sign"]) if content.get("sign") else None,
        },
    )


def office_written(office: tuple[Span, ...]) -> list[list[str]]:
    """Office hours as they are kept."""
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in office]


def office_read(content: Any) -> tuple[Span, ...]:
    """Office hours from what `office_written` made of them."""
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in content)


def units() -> list[tuple[str, str]]:
    """The units of terms as a form offers them."""
    return [(unit.value, _(str(unit.label))) for unit in Unit]
