"""Which term a problem gets when nobody chooses one: rules by source, check, kind of target and level. One place decides.

Of the rules that fit, the one with the longest check decides, then one for a source, then one for a kind of target, of
equal ones the newest that is in force. Of several findings the one that is due first counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from bihuan.cases.deadlines import local_day
from bihuan.cases.terms import Term, Unit, unknown_year
from bihuan.domain.worktime import UnknownYear, WorkCalendar

OFFERED = (Term(Unit.AT_ONCE), *(Term(Unit.DAYS, n) for n in (1, 3, 7, 15, 30)))
"""What every form offers, besides the terms of the rules."""


def speaks_of(prefix: str, check: str) -> bool:
    """Does a check's key, or the beginning of one, name this check? An empty one names all."""
    return not prefix or check == prefix or check.startswith((f"{prefix}.", f"{prefix}:"))


@dataclass(frozen=True)
class TermRule:
    """One rule. key: names it for ever. basis: where it stands written. In force from `since` on, while `enabled`.

    check: a check's key or the beginning of one (`cems.limits`); source, kind (of target): empty fits all. urgent: of what
    is to be mended at once (立行立改): then the earlier of the two deadlines counts. sign: within what it is to be signed for;
    None: as 13710 has it (`deadlines.TERMS.sign_days`).
    """

    key: str
    name: str
    term: Term
    levels: tuple[str, ...]
    since: date
    basis: str
    check: str = ""
    source: str = ""
    kind: str = ""
    urgent: bool = False
    enabled: bool = True
    sign: Term | None = None

    def fits(self, level: str, source: str, check: str, kind: str) -> bool:
        """Does it speak of this?"""
        return (
            speaks_of(self.check, check)
            and level in self.levels
            and self.source in ("", source)
            and self.kind in ("", kind)
        )

    @property
    def general(self) -> bool:
        """Does it speak of whatever has its levels?"""
        return self.enabled and not (self.check or self.source or self.kind or self.urgent)

    def same_matter(self, other: "TermRule") -> bool:
        """Would nothing say which of the two decides?"""
        mine, others = ((r.check, r.source, r.kind, r.urgent, r.since) for r in (self, other))
        both = self.enabled and other.enabled and self.key != other.key
        return both and mine == others and bool({*self.levels} & {*other.levels})


@dataclass(frozen=True)
class Matter:
    """What a term depends on. about: check and kind of target of each finding; none for a patrol or a complaint."""

    level: str
    source: str
    about: tuple[tuple[str, str], ...] = ()
    urgent: bool = False


@dataclass(frozen=True)
class Decision:
    """The term, the rule that gave it, and the deadline of what is handed over now; None where `trouble` says why not.

    sign_due: until when it is to be signed for, where the rule says that itself.
    """

    term: Term
    rule: TermRule
    due: datetime | None
    sign_due: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Rulebook:
    """The rules and the calendar of a moment."""

    rules: tuple[TermRule, ...]
    calendar: WorkCalendar

    def decide(self, matter: Matter, now: datetime) -> Decision:
        """The term of what is handed over now. Raises KeyError for a level that no rule knows.

        Where one of several deadlines cannot be known, nobody can say which is the first: that one stands, with the reason.
        """
        found = [self._decision(rule, now) for rule in dict.fromkeys(self._deciding(matter, local_day(now)))]
        dated = [(d.due, n) for n, d in enumerate(found) if d.due is not None]
        unknown = [d for d in found if d.due is None]
        return unknown[0] if unknown else found[min(dated)[1]]

    def offered(self) -> tuple[Term, ...]:
        """The terms that a form offers: the usual ones and those of the rules, the shortest of each unit first."""
        terms = {*OFFERED, *(rule.term for rule in self.rules if rule.enabled)}
        return tuple(sorted(terms, key=lambda term: term.place))

    def with_rule(self, rule: TermRule) -> "Rulebook":
        """The same with a rule that is new or changed."""
        return replace(self, rules=(*(r for r in self.rules if r.key != rule.key), rule))

    def _deciding(self, matter: Matter, on: date) -> Iterator[TermRule]:
        for check, kind in matter.about or (("", ""),):
            fitting = [
                r for r in self.rules if r.enabled and r.fits(matter.level, matter.source, check, kind)
            ]
            usual = _first([r for r in fitting if not r.urgent], on)
            if usual is None:
                raise KeyError(f"no term for level {matter.level}")
            yield usual
            urgent = _first([r for r in fitting if r.urgent], on) if matter.urgent else None
            if urgent is not None:
                yield urgent

    def _decision(self, rule: TermRule, now: datetime) -> Decision:
        try:
            sign_due = rule.sign.due(now, self.calendar) if rule.sign else None
            return Decision(rule.term, rule, rule.term.due(now, self.calendar), sign_due)
        except UnknownYear as error:
            return Decision(rule.term, rule, None, trouble=unknown_year(error))


def _first(fitting: Iterable[TermRule], on: date) -> TermRule | None:
    rules = list(fitting)
    # A replay may show days before the first notice: its terms count then too.
    in_force = [r for r in rules if r.since <= on] or rules
    return max(in_force, key=lambda r: (len(r.check), bool(r.source), bool(r.kind), r.since), default=None)
