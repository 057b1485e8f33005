"""Why a step is not allowed: the table, the person's posts, and the rules of the closed loop."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bihuan.cases import milestones, trees
from bihuan.cases.deadlines import TERMS
from bihuan.cases.models import Case
from bihuan.cases.transitions import FINISHED, State, Transition
from bihuan.registry.access import may, posts_for, scope_of
from bihuan.registry.models import Organisation, Person, Post, Region, prefix_of
from bihuan.registry.roles import CHIEF

RETURNS = ("return", "refuse_offer")
"""With which a unit gives a case back."""
SENDS = ("dispatch", "offer")
"""With which the office finds a unit for a case that has none: after the last return that is the leader's, also where the case
was merged, transferred or taken back meanwhile."""


@dataclass(frozen=True)
class Move:
    """A transition as one person sees it now; `why_not` is empty when it is allowed."""

    transition: Transition
    why_not: str

    @property
    def allowed(self) -> bool:
        """May this person take it now?"""
        return not self.why_not


def post_for(
    person: Person, transition: Transition, region: Region | None, unit: Organisation | None
) -> Post | None:
    """The post by which the person may act: the handling unit's own people, or an office that covers the region.

    Of several the one that does not stand for the handling unit, where that matters.
    """
    fitting = posts_for(person, *transition.roles, region=region, organisation=unit)
    if transition.other_unit and unit is not None:
        fitting.sort(key=lambda p: stands_for(p, unit))
    return fitting[0] if fitting else None


def post_text(post: Post) -> str:
    """What a step keeps of a post: region, unit and role as they were then."""
    unit = f" {post.organisation.name}" if post.organisation else ""
    return f"{post.region.name}{unit} {post.get_role_display()}"


def unit_actors(case: Case) -> set[int]:
    """Everyone who ever acted for the handling unit in this case."""
    return set(case.steps.filter(by_unit=True).values_list("actor_id", flat=True))


def why_not(
    case: Case, person: Person, transition: Transition, now: datetime, unit_people: Iterable[int]
) -> str:
    """An empty text, or the Chinese reason why this person may not take this step now."""
    return (
        _state(case, transition)
        or _role(case, person, transition)
        or _conflict(person, transition, unit_people)
        or _own_unit(case, person, transition)
        or _limits(case, person, transition, now)
    )


def _state(case: Case, transition: Transition) -> str:
    if transition.echo:
        return _("%(step)s随另一问题的办理记入，不能单独办理") % {"step": _(transition.label)}
    if transition.automatic:
        return _("%(step)s由平台自动办理，不能人工办理") % {"step": _(transition.label)}
    if transition.source == case.state:
        return ""
    words = {"state": _(case.get_state_display()), "step": _(transition.label)}
    if case.state in FINISHED and case.state != State.CLOSED:
        return _("问题%(state)s, 不能%(step)s") % words
    return _("问题现在是“%(state)s”, 不能%(step)s") % words


def _role(case: Case, person: Person, transition: Transition) -> str:
    if may(person, *transition.roles, region=case.region, organisation=case.organisation):
        return ""
    step = _(transition.label)
    if not scope_of(person).has(*transition.roles):
        roles = _("、").join(_(str(r.label)) for r in transition.roles)
        return _("%(step)s由%(roles)s办理, 您没有这个职务") % {"step": step, "roles": roles}
    if transition.by_unit:
        unit = case.organisation or _("尚未指定")
        return _("%(step)s只能由承办单位(%(unit)s)办理") % {"step": step, "unit": unit}
    return _("您的职务不覆盖%(region)s, 不能%(step)s") % {"region": case.region.name, "step": step}


def _conflict(person: Person, transition: Transition, unit_people: Iterable[int]) -> str:
    if transition.independent and person.pk in unit_people:
        return _("您经办过本问题, %(step)s必须由他人办理") % {"step": _(transition.label)}
    return ""


def _own_unit(case: Case, person: Person, transition: Transition) -> str:
    """A unit's work is verified by another: a county unit's by the city, a company's or department's by the bureau above."""
    unit = case.organisation
    if not transition.other_unit or unit is None:
        return ""
    step = _(transition.label)
    if unit.pk in scope_of(person).organisations:
        return _("您任职于承办单位(%(unit)s), %(step)s须由其他单位办理") % {"unit": unit, "step": step}
    covering = posts_for(person, *transition.roles, region=case.region)
    if covering and all(stands_for(p, unit) for p in covering):
        return _("%(step)s由承办单位(%(unit)s)以外的单位办理; 县级单位承办的由市级核查") % {
            "step": step,
            "unit": unit,
        }
    return ""


def stands_for(post: Post, unit: Organisation) -> bool:
    """Is a post of this unit, or (a county's unit) not above it? A post of the city without a unit is its centre's."""
    if unit.kind == Organisation.Kind.COUNTY:
        return len(prefix_of(post.region_id)) >= len(prefix_of(unit.region_id))
    if unit.kind == Organisation.Kind.CENTRE:
        return post.organisation_id is None and post.region_id == unit.region_id
    return post.organisation_id == unit.pk


def _limits(case: Case, person: Person, transition: Transition, now: datetime) -> str:
    if transition.late_only and not case.is_overdue(now):
        return _("尚未超期, 不能督办")
    if transition.action in RETURNS and case.returns >= TERMS.returns:
        return _("已退回 %(n)d 次, 承办单位由负责人裁定, 不能再退回") % {"n": case.returns}
    if (
        (transition.source == State.RETURNED or transition.action in SENDS)
        and case.returns >= TERMS.returns
        and not may(person, *CHIEF, region=case.region)
    ):
        return _("已退回 %(n)d 次, 须由负责人裁定") % {"n": case.returns}
    if transition.action == "ask_extension":
        return _extension(case, now)
    return milestones.why_not(case, transition) or trees.why_not(case, transition)


def longest_extension(case: Case) -> int:
    """How long an extension may be at most, in the unit of the term: a share of it."""
    return int(min(case.term_days, TERMS.longest_days) * TERMS.extension_share)


def _extension(case: Case, now: datetime) -> str:
    if case.extensions >= TERMS.extensions:
        return _("已延期 %(n)d 次, 不能再申请延期") % {"n": case.extensions}
    if case.is_overdue(now):
        return _("期限已过, 延期须在期限前申请")
    if longest_extension(case) < 1:
        return _("原期限只有 %(term)s, 不能延期") % {"term": case.term.label}
    return ""
