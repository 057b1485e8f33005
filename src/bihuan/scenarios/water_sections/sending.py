"""现场核查: people are sent to a suspect with the phone form of the line of business that it belongs to, as a round of one object."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.domain.timeaxis import CST
from bihuan.errors import NotAllowed
from bihuan.kit.inspection.models import Round, RoundTask
from bihuan.kit.inspection.rounds.planning import Wanted, make_round, may_plan
from bihuan.kit.inspection.rounds.progress import Standing, standing_of
from bihuan.registry.models import Person
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.water_sections.settings import in_force

TITLE_LENGTH = 60


@dataclass(frozen=True)
class Visit:
    """Whether a suspect was or can be looked at on site. standing: of the newest round since the event, None where nobody was sent."""

    standing: Standing | None
    may_send: bool


def visits(codes: Collection[str], since: datetime, person: Person) -> Mapping[str, Visit]:
    """By discharge, of those that a form inspects. since: the start of the event."""
    found = {}
    for code, (form, target) in resolved_discharges.inspected(codes).items():
        key = code.partition("/")[2]
        tasks = RoundTask.objects.filter(
            round__form=form.key, target=key, round__at__gte=since, round__at__lte=clock.now()
        )
        newest = tasks.order_by("-pk").first()
        found[code] = Visit(standing_of(newest) if newest else None, may_plan(person, target.region))
    return found


def send(by: Person, finding: Finding, code: str) -> Round:
    """Have a suspect of an event looked at by whoever inspects there, until the day that the manifest says.

    Raises NotAllowed; IllegalMove where the person does not see it, no form inspects it, or somebody is on the way already.
    """
    if not may_plan(by, finding.region_id):
        raise NotAllowed(_("现场核查由断面所在地的调度岗或负责人安排。"))
    if code not in resolved_discharges.seen(by):
        raise IllegalMove(_("没有这个排放口，或者它不在您的管辖范围内"))
    form, target = resolved_discharges.inspected([code]).get(code, (None, None))
    if form is None or target is None:
        raise IllegalMove(_("这个排放口没有现场检查表，无法派查"))
    visit = visits([code], finding.started_at, by)[code]
    if visit.standing and visit.standing.open:
        raise IllegalMove(_("%(name)s已经派查，还没有检查") % {"name": target.name})
    today = clock.now().astimezone(CST).date()
    until = today + timedelta(days=in_force().visit_days)
    began = finding.started_at.astimezone(CST)
    title = f"{finding.target_name}{began:%m-%d}突变核查：{target.name}"[:TITLE_LENGTH]
    return make_round(by, Wanted(title, form, target.region, today, until, {code.partition("/")[2]: None}))
