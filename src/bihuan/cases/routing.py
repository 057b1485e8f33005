"""To which unit a problem goes: rules by place, check, kind of target, source, level, and whether somebody is responsible for it.

Of the rules that fit, the one with the most conditions decides; of equal ones the one with the smaller place, then the
longer check, then one for a kind of target, for a source, for a responsible unit, for fewer levels, then the newest in
force. One place decides (`decide`), and says why. Pure: nothing is read here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db.models import TextChoices

from bihuan.cases.term_rules import speaks_of
from bihuan.registry.models import prefix_of


class To(TextChoices):
    """Which unit a rule names."""

    UNIT = "unit", "指定单位"
    RESPONSIBLE = "responsible", "对象的责任单位"
    LOCAL = "local", "所在网格或县区的单位"


class Responsible(TextChoices):
    """What a rule asks of the unit that the registry makes responsible for the target."""

    ANY = "", "不限"
    KNOWN = "known", "已登记"
    UNKNOWN = "unknown", "未登记"


class Lack(Enum):
    """Why a rule that fits names nobody who could take the problem."""

    NO_RESPONSIBLE = "no responsible unit"
    NO_LOCAL = "no unit of the place"
    NOT_ACTIVE = "not active"


@dataclass(frozen=True)
class RouteRule:
    """One rule. key: names it for ever. basis: where it stands written. In force from `since` on, while `enabled`.

    to: which unit; `unit` is its key where it is a certain one. post: of whom in the unit answers for it (责任人).
    region: a code, with all that lies inside it: a county, a township, a grid cell; check: a key or the beginning of one;
    empty fits all, and so do no levels.
    """

    key: str
    name: str
    to: To
    since: date
    basis: str
    unit: int | None = None
    post: str = ""
    region: str = ""
    check: str = ""
    kind: str = ""
    source: str = ""
    levels: tuple[str, ...] = ()
    responsible: Responsible = Responsible.ANY
    enabled: bool = True

    def fits(self, asked: "Question") -> bool:
        """Does it speak of this?"""
        wanted = {Responsible.KNOWN: True, Responsible.UNKNOWN: False}.get(self.responsible)
        return (
            (not self.region or asked.region.startswith(prefix_of(self.region)))
            and speaks_of(self.check, asked.check)
            and self.kind in ("", asked.kind)
            and self.source in ("", asked.source)
            and (not self.levels or asked.level in self.levels)
            and wanted in (None, asked.responsible is not None)
        )

    @property
    def rank(self) -> tuple[int | bool | date | str, ...]:
        """How specific it is: the greatest decides."""
        conditions = (self.region, self.check, self.kind, self.source, self.responsible, self.levels)
        return (
            sum(map(bool, conditions)),
            len(prefix_of(self.region)) if self.region else 0,
            len(self.check), bool(self.kind), bool(self.source), bool(self.responsible), -len(self.levels), self.since, self.key,
        )  # fmt: skip

    def same_matter(self, other: "RouteRule") -> bool:
        """Would nothing but their keys say which of the two decides?"""
        both = self.enabled and other.enabled and self.key != other.key
        mine, others = (
            (prefix_of(r.region), r.check, r.kind, r.source, r.responsible, r.since) for r in (self, other)
        )
        met = self.levels == other.levels or bool({*self.levels} & {*other.levels})
        return both and mine == others and self.rank[:-1] == other.rank[:-1] and met


@dataclass(frozen=True)
class Question:
    """What the way of a problem depends on. responsible, local: keys of the units that the registry makes responsible
    for the target, and that is there for the smallest area around it; None where there is none."""

    region: str
    check: str = ""
    kind: str = ""
    source: str = ""
    level: str = ""
    responsible: int | None = None
    local: int | None = None


@dataclass(frozen=True)
class Passed:
    """A rule that would have decided, and why it could not; `unit`: the one that it names, where it names one."""

    rule: RouteRule
    why: Lack
    unit: int | None = None


@dataclass(frozen=True)
class Route:
    """Where a problem goes: the unit and the rule that says so (None where no rule can), the more specific ones that had to be
    passed over, and those that fit too but are less specific, in their order."""

    unit: int | None
    rule: RouteRule | None
    passed: tuple[Passed, ...] = ()
    less_specific: tuple[RouteRule, ...] = ()


def decide(rules: Iterable[RouteRule], asked: Question, on: date, active: Collection[int]) -> Route:
    """The way of a problem on a day; `active`: the units in which somebody can sign for it."""
    fitting = [r for r in rules if r.enabled and r.fits(asked)]
    # A replay may show days before the first rule: those that come then count too.
    in_force = [r for r in fitting if r.since <= on] or fitting
    ordered = sorted(in_force, key=lambda r: r.rank, reverse=True)
    passed: list[Passed] = []
    for place, rule in enumerate(ordered):
        unit = _unit(rule, asked)
        why = _lack(rule, unit, active)
        if why is None:
            return Route(unit, rule, tuple(passed), tuple(ordered[place + 1 :]))
        passed.append(Passed(rule, why, unit))
    return Route(None, None, tuple(passed))


def _unit(rule: RouteRule, asked: Question) -> int | None:
    return {To.UNIT: rule.unit, To.RESPONSIBLE: asked.responsible, To.LOCAL: asked.local}[rule.to]


def _lack(rule: RouteRule, unit: int | None, active: Collection[int]) -> Lack | None:
    if unit is None:
        return Lack.NO_LOCAL if rule.to is To.LOCAL else Lack.NO_RESPONSIBLE
    return None if unit in active else Lack.NOT_ACTIVE
