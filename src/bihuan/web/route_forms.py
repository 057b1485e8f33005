"""The forms of rules for routing: read in their types; what a rule says in words, and why a problem would go where."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.asked import LARGEST_ID, whole_of
from bihuan.cases.actions import case_for
from bihuan.cases.duplicates import Alike
from bihuan.cases.errors import IllegalMove
from bihuan.cases.findings import finding_for
from bihuan.cases.models import Case, Finding, Level
from bihuan.cases.routes import Proposal, Router, propose
from bihuan.cases.routing import Lack, Passed, Question, Responsible, Route, RouteRule, To
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person, Region
from bihuan.web.term_forms import boxes_of, conditions, day_of, level_names, levels_of

KNOWN = {
    Responsible.KNOWN: gettext_noop("责任单位已登记"),
    Responsible.UNKNOWN: gettext_noop("责任单位未登记"),
}


def rule_of(given: Mapping[str, str], key: str) -> RouteRule:
    """The rule that a form says. Raises IllegalMove, which names the field."""
    if given.get("to") not in To.values:
        raise IllegalMove(_("请选择交给谁"), "to")
    if given.get("responsible", "") not in Responsible.values:
        raise IllegalMove(_("请选择责任单位是否已登记"), "responsible")
    return RouteRule(
        key,
        given.get("name", ""),
        To(given["to"]),
        day_of(given.get("since", "").strip()),
        given.get("basis", ""),
        unit=_key(given.get("unit", "")),
        post=given.get("post", ""),
        region=given.get("region", ""),
        check=given.get("check", "").strip(),
        kind=given.get("kind", ""),
        source=given.get("source", ""),
        levels=levels_of(given),
        responsible=Responsible(given.get("responsible", "")),
        enabled="enabled" in given,
    )


def _key(text: str) -> int | None:
    """The key of a row; None for what is none."""
    number = whole_of(text) or 0
    return number if 1 <= number <= LARGEST_ID else None


def values_of(rule: RouteRule) -> dict[str, str]:
    """The form of a rule, filled in."""
    enabled = {"enabled": "on"} if rule.enabled else {}
    return {
        "name": rule.name, "to": str(rule.to), "since": rule.since.isoformat(), "basis": rule.basis,
        "unit": str(rule.unit or ""), "post": rule.post, "region": rule.region, "check": rule.check, "kind": rule.kind,
        "source": rule.source, "responsible": str(rule.responsible), **boxes_of(rule.levels), **enabled,
    }  # fmt: skip


def alike_of(given: Mapping[str, str]) -> Alike:
    """What counts as alike, as a form says it. Raises IllegalMove."""
    numbers = {field: whole_of(given.get(field, "").strip()) for field in ("metres", "days")}
    for field, number in numbers.items():
        if number is None:
            raise IllegalMove(_("请填整数"), field)
    return Alike(**{field: number or 0 for field, number in numbers.items()})


class Words:
    """Rules and ways in words; the names of places and units are read once."""

    def __init__(self) -> None:
        self._units: dict[int, str] = {}

    @cached_property
    def places(self) -> dict[str, str]:
        """The names of all regions."""
        return dict(Region.objects.values_list("pk", "name"))

    def unit(self, pk: int | None) -> str:
        """The name of a unit; one that is no longer registered is said to be so."""
        if pk is None:
            return ""
        if pk not in self._units:
            found = Organisation.objects.filter(pk=pk).values_list("name", flat=True).first()
            self._units[pk] = found or _("（已不在单位登记中）")
        return self._units[pk]

    def conditions(self, rule: RouteRule) -> str:
        """Of what a rule speaks."""
        known = KNOWN.get(rule.responsible, "")
        place = self.places.get(rule.region, rule.region) if rule.region else ""
        said = conditions(
            rule.source, rule.check, rule.kind, _(known) if known else "", level_names(rule.levels)
        )
        return " · ".join(filter(None, (place, said))) or _("不限")  # fmt: skip

    def result(self, rule: RouteRule) -> str:
        """To whom a rule sends."""
        unit = self.unit(rule.unit) if rule.to is To.UNIT else _(rule.to.label)
        return f"{unit} {rule.post}".strip()

    def named(self, rule: RouteRule) -> str:
        """A rule by its name and conditions."""
        return _("“%(name)s”（%(conditions)s）") % {
            "name": _(rule.name),
            "conditions": self.conditions(rule),
        }

    def because(self, route: Route) -> str:
        """Which rule decides, and which fit too."""
        if route.rule is None:
            return _("没有能用的规则，请自行选择承办单位")
        text = _("依据规则%(rule)s") % {"rule": self.named(route.rule)}
        if route.less_specific:
            others = _("、").join(self.named(rule) for rule in route.less_specific)
            text += _("；%(rules)s也适用，但不如它具体") % {"rules": others}
        return text

    def passed(self, passed: Passed) -> str:
        """Why a more specific rule does not decide."""
        why = {
            Lack.NO_RESPONSIBLE: _("对象没有登记责任单位"),
            Lack.NO_LOCAL: _("所在网格和县区没有登记单位"),
            Lack.NOT_ACTIVE: _("%(unit)s已停用：没有在岗的承办人") % {"unit": self.unit(passed.unit)},
        }[passed.why]
        return _("规则%(rule)s更具体，但%(why)s，没有按它办；请核对规则或单位") % {
            "rule": self.named(passed.rule),
            "why": why,
        }


@dataclass(frozen=True)
class Said:
    """A way in words. unit: the one proposed; troubles: what is wrong with more specific rules, or with the person's rights."""

    proposal: Proposal
    because: str
    troubles: tuple[str, ...]

    @property
    def unit(self) -> Organisation | None:
        """The unit that the form proposes."""
        return self.proposal.unit


def said(proposal: Proposal, words: Words) -> Said:
    """A proposal in words."""
    troubles = [words.passed(p) for p in proposal.route.passed]
    if proposal.beyond is not None:
        troubles.append(_("应交%(unit)s，不在您的职务范围内") % {"unit": proposal.beyond.name})
    return Said(proposal, words.because(proposal.route), tuple(troubles))


@dataclass(frozen=True)
class Tryout:
    """What somebody asks about: a finding or a case that is there, or what was typed."""

    about: Finding | Case | None
    said: Said


def tryout(given: Mapping[str, str], person: Person, router: Router) -> Tryout | None:
    """The way of what somebody asks about; None where nothing is asked. Raises IllegalMove, NotVisible."""
    number = given.get("about", "").strip()
    about: Finding | Case | None = None
    if number:
        pk = _key(number)
        about = finding_for(person, pk) if pk else case_for(person, number)
        route = router.of_case(about) if isinstance(about, Case) else router.of_finding(about)
    elif given.get("region"):
        route = router.decide(_typed(given, person))
    else:
        return None
    (proposal,) = propose([route], person)
    return Tryout(about, said(proposal, Words()))


def _typed(given: Mapping[str, str], person: Person) -> Question:
    level, check = given.get("level", ""), given.get("check", "").strip().rstrip(".")
    if level and level not in Level.values:
        raise IllegalMove(_("请选择级别"), "level")
    if not visible(Region.objects.filter(pk=given["region"]), person).exists():
        raise IllegalMove(_("请选择区划"), "region")
    # The beginning of a key stands for a check that begins so.
    check = f"{check}." if check else ""
    return Question(given["region"], check, given.get("kind", ""), given.get("source", ""), level)
