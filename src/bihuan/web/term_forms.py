"""The forms of rules for terms: read in their types, and what a rule or a problem would mean for a hand-over now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from bihuan.asked import whole_of
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Level
from bihuan.cases.targets import OWN
from bihuan.cases.term_rules import Decision, Matter, Rulebook, TermRule
from bihuan.cases.terms import Term, Unit
from bihuan.domain.worktime import LIBRARY, Span, WorkCalendar
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.resolved import every_register, kinds

LEVEL = "level_"
"""How the boxes of the levels begin: a refused form keeps one value of each name."""


def rule_of(given: Mapping[str, str], key: str) -> TermRule:
    """The rule that a form says. Raises IllegalMove, which names the field."""
    return TermRule(
        key,
        given.get("name", ""),
        _term(given, "length", "unit"),
        levels_of(given),
        day_of(given.get("since", "").strip()),
        given.get("basis", ""),
        check=given.get("check", "").strip(),
        source=given.get("source", ""),
        kind=given.get("kind", ""),
        urgent="urgent" in given,
        enabled="enabled" in given,
        sign=_term(given, "sign_length", "sign_unit") if given.get("sign_length", "").strip() else None,
    )


def _term(given: Mapping[str, str], length: str, unit: str) -> Term:
    if given.get(unit) not in Unit.values:
        raise IllegalMove(_("请选择时限的单位"), unit)
    if given[unit] == Unit.AT_ONCE:
        return Term(Unit.AT_ONCE)
    n = whole_of(given.get(length, "").strip())
    if n is None:
        raise IllegalMove(_("时限的长度请填整数"), length)
    return Term(Unit(given[unit]), n)


def values_of(rule: TermRule) -> dict[str, str]:
    """The form of a rule, filled in."""
    boxes = boxes_of(rule.levels)
    boxes |= {name: "on" for name, ticked in (("urgent", rule.urgent), ("enabled", rule.enabled)) if ticked}
    sign = {"sign_unit": str(rule.sign.unit), "sign_length": str(rule.sign.length)} if rule.sign else {}
    return sign | {
        "name": rule.name, "unit": str(rule.term.unit), "length": str(rule.term.length or ""), "check": rule.check,
        "source": rule.source, "kind": rule.kind, "since": rule.since.isoformat(), "basis": rule.basis, **boxes,
    }  # fmt: skip


def levels_of(given: Mapping[str, str]) -> tuple[str, ...]:
    """The levels whose boxes are ticked."""
    return tuple(level for level in Level.values if LEVEL + level in given)


def boxes_of(levels: Iterable[str]) -> dict[str, str]:
    """The boxes of these levels, ticked."""
    return {LEVEL + level: "on" for level in levels}


def day_of(text: str) -> date:
    """The day from which a rule is in force. Raises IllegalMove."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise IllegalMove(
            _("生效日“%(text)s”不是日期，写成 2026-01-01 的样子") % {"text": text[:20]}, "since"
        ) from error


def office_of(text: str) -> tuple[Span, ...]:
    """Office hours as `08:00-12:00 14:30-18:00`. Raises IllegalMove."""
    try:
        pairs = [span.split("-") for span in text.replace("—", "-").replace("、", " ").split()]
        return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)
    except ValueError as error:
        said = {"text": text[:40]}
        raise IllegalMove(
            _("工作时间“%(text)s”写成 08:00-12:00 14:30-18:00 的样子") % said, "office"
        ) from error


def office_text(office: tuple[Span, ...]) -> str:
    """Office hours as the form has them."""
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in office)


def matter_of(given: Mapping[str, str]) -> Matter | None:
    """What somebody asks about: nothing without a level. Raises IllegalMove for what cannot be chosen."""
    level, source, check = given.get("level", ""), given.get("source", ""), given.get("check", "").strip()
    if not level:
        return None
    if level not in Level.values:
        raise IllegalMove(_("请选择级别"), "level")
    # The beginning of a key stands for a check that begins so.
    about = ((check.rstrip(".") + "." if check else "", given.get("kind", "")),)
    return Matter(level, source, about, "urgent" in given)


@dataclass(frozen=True)
class Effect:
    """What becomes of a problem of one level: by the rules in force, and with the rule that is tried."""

    level: str
    now: Decision
    then: Decision


def effects_of(rule: TermRule, book: Rulebook, at: datetime) -> list[Effect]:
    """What a rule would change for the problems that it speaks of, were they handed over now."""
    changed = book.with_rule(rule)
    about = ((f"{rule.check}." if rule.check else "", rule.kind),)
    matters = [Matter(level, rule.source, about, rule.urgent) for level in rule.levels]
    return [Effect(_(Level(m.level).label), book.decide(m, at), changed.decide(m, at)) for m in matters]


def conditions_of(rule: TermRule) -> str:
    """Of what a rule speaks, in words."""
    urgent = _("立行立改") if rule.urgent else ""
    return conditions(rule.source, rule.check, rule.kind, urgent, level_names(rule.levels))


def conditions(source: str, check: str, kind: str, *more: str) -> str:
    """The conditions that rules have in common, in words, and those of their own."""
    names = dict(kind_choices()) if kind else {}
    parts = (_(Case.Source(source).label) if source else "", check, names.get(kind, kind), *more)
    return " · ".join(part for part in parts if part)


def level_names(levels: Iterable[str]) -> str:
    """The names of levels in one."""
    return _("、").join(_(Level(level).label) for level in levels)


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of targets, each called as its register is."""
    titles = {r.target: _(r.title) for r in every_register().values() if r.target}
    return [(kind, titles.get(kind, kind)) for kind in sorted({*OWN, *kinds(), *titles})]


def check_choices() -> list[str]:
    """The keys of all checks and their beginnings."""
    keys = {entry.check.key for entry in every_check()}
    return sorted(keys | {key[:n] for key in keys for n, letter in enumerate(key) if letter == "."})


@dataclass(frozen=True)
class Year:
    """Whether it is known which days of a year are worked, and from where. gap: a day that an imported list lacks."""

    year: int
    known: bool
    imported: int
    gap: date | None

    @property
    def by_library(self) -> bool:
        """Does its list come with the program?"""
        return self.year in LIBRARY


def years_of(calendar: WorkCalendar, today: date) -> list[Year]:
    """This year and the next, and every year that was imported."""
    years = {today.year, today.year + 1, *(day.year for day in calendar.listed)}
    return [
        Year(y, calendar.knows(y), calendar.days_off(y), next(iter(calendar.gaps(y)), None))
        for y in sorted(years)
    ]
