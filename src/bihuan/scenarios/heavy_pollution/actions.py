"""What people decide: on the warning, and on each suggestion. Every decision is conditional, audited, in one transaction."""

import math
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case, Finding
from bihuan.registry.access import may, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Measure, Organisation, Person, Region
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.heavy_pollution.models import POLLUTANTS, Advice, Suggestion, warning_in_force
from bihuan.scenarios.heavy_pollution.suggesting import follow_level

CHECK_KEY = "heavy_pollution.measure"
SHOWN_TO = 0.05  # forms show amounts to a tenth
SEVERITY = {"yellow": "moderate", "orange": "serious", "red": "major"}
Decision, Status = Advice.Decision, Suggestion.Status


def latest_advice(person: Person, now: datetime) -> Advice | None:
    """The newest advice up to `now` that the person may see."""
    rows = visible(Advice.objects.select_related("region", "decided_by"), person)
    return rows.filter(issued__lte=now).first()


def advice_for(person: Person, pk: int) -> Advice:
    """The advice, if the person may see it. Raises NotVisible (a 404)."""
    found = visible(Advice.objects.select_related("region", "decided_by"), person).filter(pk=pk).first()
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
def decide_warning(advice: Advice, by: Person, *, start: bool, reason: str = "", level: str = "") -> None:
    """Record whether a warning is started (or goes on), at which level (default: the suggested one), or not (or ends).

    A reason is required for whatever differs from the suggestion. Starting another level than the one listed lets the
    open suggestions expire and suggests that level's measures. Raises IllegalMove.
    """
    _check_decider(by, advice.region, _("预警由覆盖本区域的调度岗或负责人决定"))
    level = (level or advice.level) if start else ""
    if start and level not in Measure.Level.values:
        raise IllegalMove(_("启动预警需要选择级别：黄色、橙色或红色"))
    if level != advice.level and not reason.strip():
        raise IllegalMove(_("与建议不一致的决定需要写明理由") if start else _("不启动或解除预警需要写明理由"))
    if Advice.objects.filter(
        region=advice.region, issued__gt=advice.issued, issued__lte=clock.now()
    ).exists():
        raise IllegalMove(_("已有更新的预报，请按最新的建议决定"))
    running = warning_in_force(advice.region, clock.now())
    changes = {
        "decision": Decision.STARTED if start else Decision.ENDED if running else Decision.NOT_STARTED,
        "started_level": level,
        "reason": reason.strip(),
        "decided_by": by,
        "decided_at": clock.now(),
    }
    _change(advice, {"decision": Decision.OPEN}, changes)
    if start:
        follow_level(advice, level)
    record(
        by,
        f"warning.{changes['decision']}",
        f"{advice.region_id} {advice.run_id}",
        level=level,
        reason=reason.strip(),
    )


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
    _check_decider(by, suggestion.region, _("管控建议由覆盖本区域的调度岗或负责人处理"))
    text = changed_text.strip() if changed_text.strip() != suggestion.text else ""
    kg = _amount(suggestion, changed_kg)
    if len(text) > 200:
        raise IllegalMove(_("措施最多 200 字，现在是 %(n)s 字") % {"n": len(text)})
    status = Status.CHANGED if text or kg is not None else Status.ACCEPTED
    changes: dict[str, Any] = {"status": status, "changed_text": text, "changed_kg": kg}
    _change(suggestion, {"status": Status.OPEN}, {**changes, "decided_by": by, "decided_at": clock.now()})
    case = _open(suggestion, by, hand)
    Suggestion.objects.filter(pk=suggestion.pk).update(case=case)
    suggestion.case = case
    record(by, f"suggestion.{status}", str(suggestion.pk), case=case.number, text=text, kg=kg)
    return case


@transaction.atomic
def refuse(suggestion: Suggestion, by: Person, reason: str) -> None:
    """Refuse, with a reason. Raises IllegalMove, ChangedMeanwhile."""
    _check_decider(by, suggestion.region, _("管控建议由覆盖本区域的调度岗或负责人处理"))
    if not reason.strip():
        raise IllegalMove(_("不采纳需要写明理由"))
    changes = {
        "status": Status.REFUSED,
        "reason": reason.strip(),
        "decided_by": by,
        "decided_at": clock.now(),
    }
    _change(suggestion, {"status": Status.OPEN}, changes)
    record(by, "suggestion.refused", str(suggestion.pk), reason=reason.strip())


def _amount(suggestion: Suggestion, kg: float | None) -> float | None:
    """The changed amount, None when it is the listed one: a unit cannot save more than its list says. [kg/d]"""
    most = suggestion.kg_per_day
    if kg is None or (math.isfinite(kg) and abs(kg - most) <= SHOWN_TO):
        return None
    if not (math.isfinite(kg) and 0 < kg <= most):
        raise IllegalMove(
            _(
                "减排量须大于 0 千克/日，且不超过清单所列的 %(most)s；不需要减排请选“不采纳”，清单所列偏低请先更正清单"
            )
            % {"most": f"{most:.1f}"}
        )
    return kg


def _check_decider(by: Person, region: Region, why_not: str) -> None:
    if not may(by, *OFFICE, region=region):
        raise IllegalMove(why_not)


def _change(row: Advice | Suggestion, only_if: dict[str, Any], changes: dict[str, Any]) -> None:
    if type(row).objects.filter(pk=row.pk, **only_if).update(**changes) != 1:
        raise ChangedMeanwhile(_("“%(what)s”已处理过或已过期，请刷新后再看") % {"what": row})
    for name, value in changes.items():
        setattr(row, name, value)


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
        if unit is None:
            raise IllegalMove(
                _("%(region)s没有登记县区承办单位，请采纳后在问题中选择单位交办")
                % {"region": suggestion.region.name}
            )
        return hand_over([finding], by, unit, note="按管控建议交办", **fields)
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
    finding, _made = open_or_extend(
        check_key=CHECK_KEY,
        target_kind="emitter",
        target=unit.code,
        target_name=unit.name,
        title=f"需执行{suggestion.get_level_display()}级减排措施，{suggestion.pollutant_label} 减 {suggestion.final_kg:.0f} kg/日",
        region=suggestion.region,
        organisation=unit.organisation,
        started_at=now,
        until=now,
        # One finding per unit and level, whichever pollutant leads the list.
        item=suggestion.level,
        magnitude=suggestion.final_kg,
        unit="kg/d",
        severity=SEVERITY[suggestion.level],
        evidence=evidence,
        basis=suggestion.basis,
        simulated=suggestion.simulated,
    )
    if finding.status == Finding.Status.HANDED:
        number = finding.cases.order_by("-id").values_list("number", flat=True).first()
        raise IllegalMove(
            _("%(unit)s 同级措施已在 %(number)s 中办理，请到该问题中办理")
            % {"unit": unit.name, "number": number}
        )
    return finding
