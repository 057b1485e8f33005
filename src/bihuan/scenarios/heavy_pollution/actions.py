"""What people decide on suggestions, one by one. Every decision is conditional, audited, in one transaction."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.filing import file_alone
from bihuan.cases.joining import Row
from bihuan.cases.models import Case, Finding
from bihuan.cases.texts import clean, needed
from bihuan.cases.transitions import UNFINISHED, State
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.heavy_pollution.models import POLLUTANTS, Advice, Suggestion

CHECK_KEY = "heavy_pollution.measure"
REASON_LENGTH, TEXT_LENGTH = 400, 200
SHOWN_TO = 0.05  # forms show amounts to a tenth
SEVERITY = {"yellow": "moderate", "orange": "serious", "red": "major"}
Status = Suggestion.Status


def latest_advice(person: Person, now: datetime) -> Advice | None:
    """The newest advice up to `now` that the person may see."""
    return _advices(person).filter(issued__lte=now).first()


def _advices(person: Person) -> QuerySet[Advice]:
    return visible(Advice.objects.select_related("region", "decided_by"), person)


def advice_for(person: Person, pk: int) -> Advice:
    """The advice, if it was made by now and the person may see it. Raises NotVisible (a 404)."""
    found = _advices(person).filter(pk=pk, made_at__lte=clock.now()).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的预警建议") % {"number": pk})
    return found


def suggestion_for(person: Person, pk: int) -> Suggestion:
    """The suggestion, if the person may see it. Raises NotVisible (a 404)."""
    rows = visible(Suggestion.objects.select_related("region", "emitter__organisation", "advice"), person)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotVisible(_("没有编号为 %(number)s 的管控建议") % {"number": pk})
    return found


@transaction.atomic
def accept(
    suggestion: Suggestion,
    by: Person,
    *,
    changed_text: str = "",
    changed_kg: float | None = None,
    hand: bool = False,
) -> Case:
    """Accept, perhaps changed: a finding and a case that waits to be handed over (with `hand`: is handed over).

    The case's unit is the bureau of the county. Raises IllegalMove, ChangedMeanwhile.
    """
    _check_decider(by, suggestion)
    text = clean(changed_text, "措施", TEXT_LENGTH)
    text = "" if text == suggestion.text else text
    kg = _amount(suggestion, changed_kg)
    _not_twice(suggestion)
    status = Status.CHANGED if text or kg is not None else Status.ACCEPTED
    changes: dict[str, Any] = {"status": status, "changed_text": text, "changed_kg": kg}
    _change(suggestion, Status.OPEN, changes | {"decided_by": by, "decided_at": clock.now()})
    case = _open(suggestion, by, hand)
    Suggestion.objects.filter(pk=suggestion.pk).update(case=case)
    suggestion.case = case
    enter(suggestion)
    record(by, f"suggestion.{status}", str(suggestion.pk), case=case.number, text=text, kg=kg)
    return case


@transaction.atomic
def refuse(suggestion: Suggestion, by: Person, reason: str) -> None:
    """Refuse, with a reason. Raises IllegalMove, ChangedMeanwhile."""
    _check_decider(by, suggestion)
    reason = check_refusal(reason)
    changes = {"status": Status.REFUSED, "reason": reason}
    _change(suggestion, Status.OPEN, changes | {"decided_by": by, "decided_at": clock.now()})
    record(by, "suggestion.refused", str(suggestion.pk), reason=reason)


def check_refusal(reason: str) -> str:
    """The reason of a refusal as it is kept. Raises IllegalMove without one."""
    return needed(reason, "理由", REASON_LENGTH, _("不采纳需要写明理由"))


def _amount(suggestion: Suggestion, kg: float | None) -> float | None:
    """The changed amount, None when it is the listed one: a unit cannot save more than its list says. [kg/d]"""
    most = suggestion.kg_per_day
    if kg is None or abs(kg - most) <= SHOWN_TO:
        return None
    if 0 < kg <= most:  # no comparison holds of what is no number
        return kg
    why = _(
        "减排量须大于 0 千克/日，且不超过清单所列的 %(most)s；不需要减排请选“不采纳”，清单所列偏低请先更正清单"
    )
    raise IllegalMove(why % {"most": f"{most:.1f}"})


@transaction.atomic
def hand_accepted(suggestion: Suggestion, by: Person) -> None:
    """Hand an accepted measure, whose case still waits, to the bureau of the county. Raises IllegalMove."""
    _check_decider(by, suggestion)
    case, unit = suggestion.case, county_unit(suggestion.region)
    if case is None or case.state != State.PENDING:
        raise IllegalMove(_("只有已采纳、待交办的措施可以交办"))
    take(case, "dispatch", by, note="按管控建议交办", organisation=_known(unit, suggestion.region))


@transaction.atomic
def take_back(suggestion: Suggestion, by: Person) -> None:
    """Undo a decision that went no further: what was refused, or accepted and not handed over, is open again.

    The case of an accepted one is voided. Raises IllegalMove, ChangedMeanwhile.
    """
    _check_decider(by, suggestion)
    case, was = suggestion.case, suggestion.status
    if was not in (Status.REFUSED, Status.ACCEPTED, Status.CHANGED):
        raise IllegalMove(_("“%(what)s”没有可以撤回的决定") % {"what": suggestion})
    if suggestion.level != suggestion.advice.listed_level:
        raise IllegalMove(_("清单已改为其他级别，不能撤回"))
    if case is not None:
        if case.state != State.PENDING:
            raise IllegalMove(_("%(number)s 已交办，不能撤回；请在问题中办理") % {"number": case.number})
        take(case, "void", by, note="撤回采纳")
    changes: dict[str, Any] = {
        "status": Status.OPEN, "reason": "", "changed_text": "", "changed_kg": None, "case": None,
        "decided_by": None, "decided_at": None,
    }  # fmt: skip
    _change(suggestion, was, changes)
    record(by, "suggestion.taken_back", str(suggestion.pk), was=was, case=case.number if case else "")


def _known(unit: Organisation | None, region: Region) -> Organisation:
    if unit is None:
        raise IllegalMove(
            _("%(region)s没有登记县区承办单位，请采纳后在问题中选择单位交办") % {"region": region.name}
        )
    return unit


def _check_decider(by: Person, suggestion: Suggestion) -> None:
    if not may(by, *OFFICE, region=suggestion.region):
        raise IllegalMove(_("管控建议由覆盖本区域的调度岗或负责人处理"))


def _change(row: Suggestion, was: str, changes: dict[str, Any]) -> None:
    if Suggestion.objects.filter(pk=row.pk, status=was).update(**changes) != 1:
        raise ChangedMeanwhile(_("“%(what)s”已处理过或已过期，请刷新后再看") % {"what": row})
    for name, value in changes.items():
        setattr(row, name, value)
    enter(row)


def county_unit(region: Region) -> Organisation | None:
    """The bureau of the county that a region lies in."""
    return Organisation.objects.filter(kind=Organisation.Kind.COUNTY, region_id=region.code[:6]).first()


def _open(suggestion: Suggestion, by: Person, hand: bool) -> Case:
    finding, unit = _finding(suggestion), county_unit(suggestion.region)
    fields: dict[str, Any] = {
        "title": f"{suggestion.emitter.name}：执行{suggestion.get_level_display()}级减排措施",
        "source": Case.Source.SUGGESTION,
        "requirement": requirement(suggestion),
        "description": suggestion.why,
        "immediate": True,
        "place": suggestion.emitter.name,
        "lat": suggestion.emitter.lat,
        "lon": suggestion.emitter.lon,
    }
    if hand:
        return hand_over([finding], by, _known(unit, suggestion.region), note="按管控建议交办", **fields)
    # The unit is only proposed: the office still chooses when it hands over.
    case = open_case([finding], by, organisation=unit, **fields)
    take(case, "submit", by)
    return case


def requirement(suggestion: Suggestion) -> str:
    """What the unit is told: the measure and every reduction, as decided."""
    kgs = "、".join(f"{POLLUTANTS.get(p, p)} {kg:.1f}" for p, kg in suggestion.final_kgs.items())
    return f"{suggestion.final_text}。减排量：{kgs} 千克/日。"


def _finding(suggestion: Suggestion) -> Finding:
    now, unit = clock.now(), suggestion.emitter
    evidence = {
        "预报": suggestion.advice.run_id,
        "依据": suggestion.advice.need,
        "措施": suggestion.final_text,
        "减排": requirement(suggestion),
        "为什么": suggestion.why,
        "绩效分级": unit.grade,
        "占同级清单": f"{suggestion.share:.1%}" if suggestion.share is not None else "未知",
    }
    title = f"需执行{suggestion.get_level_display()}级减排措施，{suggestion.pollutant_label} 减 {suggestion.final_kg:.0f} kg/日"
    # What ended with an earlier warning is history: an accepted measure is always a finding of its own.
    return file_alone(
        Row(
            check_key=CHECK_KEY,
            item=suggestion.level,
            target_kind="emitter",
            target=unit.code,
            target_name=unit.name,
            region=suggestion.region,
            organisation=unit.organisation,
            title=title,
            start=now,
            until=now,
            magnitude=suggestion.final_kg,
            unit="kg/d",
            severity=SEVERITY[suggestion.level],
            evidence=evidence,
            basis=suggestion.basis,
            simulated=suggestion.simulated,
        )
    )


def _not_twice(suggestion: Suggestion) -> None:
    same = Suggestion.objects.filter(emitter=suggestion.emitter_id, level=suggestion.level)
    running = same.exclude(pk=suggestion.pk).filter(case__state__in=UNFINISHED)
    if number := running.values_list("case__number", flat=True).first():
        why = _("%(unit)s 同级措施已在 %(number)s 中办理，请到该问题中办理")
        raise IllegalMove(why % {"unit": suggestion.emitter.name, "number": number})
